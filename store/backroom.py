"""What every endpoint stands on: the two ways into the database, the writer, the notice, the clock, the secret."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, Any, TypeVar

import anyio.to_thread
from fastapi import Depends, Request
from sqlalchemy import Connection, Engine

from store.engine import open_reader, open_writer
from store.grants import GrantKey
from store.intake import Intake
from store.migrate import migrate
from store.notice import Notice
from store.other_stores import OtherStores
from store.presence import Presence
from store.settings import StoreSettings
from store.side_line import SideLine
from store.statistics import look_after_young_tables
from store.writer import Writer

T = TypeVar("T")


def now_utc() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backroom:
    settings: StoreSettings
    writer_engine: Engine
    reader: Engine
    writer: Writer
    notice: Notice
    presence: Presence
    others: OtherStores | None
    young_tables: SideLine | None
    intake: Intake
    secret: str
    grant_key: GrantKey
    now_utc: Callable[[], datetime]

    @classmethod
    def open(cls, settings: StoreSettings, now_utc: Callable[[], datetime] = now_utc) -> Backroom:
        """Open (or make) the database, bring it up to date, and start the writer."""
        settings.data.mkdir(parents=True, exist_ok=True)
        engine = open_writer(settings.database_url)
        migrate(engine)
        notice = Notice()
        writer = Writer(engine, notice.say)
        shared = engine.dialect.name == "postgresql"
        secret = _secret(settings.data / "token.secret")
        return cls(
            settings=settings,
            writer_engine=engine,
            reader=open_reader(settings.database_url),
            writer=writer,
            notice=notice,
            presence=Presence(writer, now_utc),
            others=OtherStores(settings.database_url, writer.name, notice.say) if shared else None,
            young_tables=SideLine("young-tables", settings.database_url, look_after_young_tables) if shared else None,
            intake=Intake(now_utc),
            secret=secret,
            grant_key=GrantKey(secret),
            now_utc=now_utc,
        )

    def close(self) -> None:
        self.notice.close()
        self.presence.close()
        if self.others is not None:
            self.others.close()
        if self.young_tables is not None:
            self.young_tables.close()
        self.writer.close()
        self.reader.dispose()
        self.writer_engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot of everything committed."""
        with self.reader.begin() as connection:
            yield connection

    async def read(self, look: Callable[[Connection], T]) -> T:
        """`look` at a snapshot, in another thread, so that the event loop goes on."""

        def looked() -> T:
            with self.reading() as connection:
                return look(connection)

        return await anyio.to_thread.run_sync(looked)


def _secret(path: Path) -> str:
    """The store's own secret; made at the first start, readable by the store alone.

    It has its name only when all of it is on the disk: of two stores that start at once both take the one, and a power
    cut leaves no empty one, by which anybody could sign.
    """
    if path.exists() and not path.stat().st_size:
        # A store of before was killed while it made one.
        path.unlink()
    if not path.exists():
        with NamedTemporaryFile("w", dir=path.parent, encoding="ascii") as fresh:
            fresh.write(secrets.token_hex(32))
            fresh.flush()
            os.fsync(fresh.fileno())
            with suppress(FileExistsError):
                os.link(fresh.name, path)
    return path.read_text(encoding="ascii")


def backroom(request: Request) -> Backroom:
    room: Any = request.app.state.backroom
    assert isinstance(room, Backroom)
    return room


async def _backroom(request: Request) -> Backroom:
    return backroom(request)


Room = Annotated[Backroom, Depends(_backroom)]
