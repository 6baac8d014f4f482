"""What a campaign's store stands on: its file, or a PostgreSQL of its own that keeps its word and may be killed."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import psycopg

from tests.campaign.child import lasting_port
from tests.store import a_postgres
from tests.store.a_postgres import Postgres

ENGINES = ("sqlite", "postgresql")


class Database(Protocol):
    url: str
    kills: int

    @property
    def may_be_killed(self) -> bool: ...

    async def kill(self) -> None:
        """As a power cut would end it."""

    async def start(self) -> None:
        """Over the same folder, and come back once it answers."""


class InTheStore:
    """SQLite: it dies with the store, and needs no kills of its own."""

    may_be_killed = False

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'store.db'}"
        self.kills = 0

    async def kill(self) -> None:
        """It has died with the store."""

    async def start(self) -> None:
        """It is there with the store."""


class OnAServer:
    """PostgreSQL as it comes: fsync and synchronous commit are on, unlike for other tests."""

    may_be_killed = True

    def __init__(self, server: Postgres) -> None:
        self._server = server
        self.url = server.address("floorhand")
        self.kills = 0

    async def kill(self) -> None:
        self.kills += 1
        await asyncio.to_thread(self._server.kill)

    async def start(self) -> None:
        await asyncio.to_thread(self._server.start)


@asynccontextmanager
async def a_database(engine: str, folder: Path) -> AsyncIterator[Database]:
    """An empty one; gone with the block."""
    if engine == "sqlite":
        yield InTheStore(folder)
        return
    server = Postgres(home=a_postgres.a_folder(), port=lasting_port())
    try:
        await asyncio.to_thread(server.init)
        await asyncio.to_thread(server.start)
        with psycopg.connect(a_postgres.plain(server.address()), autocommit=True) as connection:
            connection.execute("CREATE DATABASE floorhand")
        yield OnAServer(server)
    finally:
        server.kill()
        shutil.rmtree(server.home, ignore_errors=True)
