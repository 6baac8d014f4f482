"""How the store opens its database: one way in for the writer, another for readers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

BUSY_TIMEOUT_MS = 10_000


def open_writer(url: str) -> Engine:
    """The engine that the one writer uses: each transaction holds the write lock from its first word."""
    return _open(url, begin="BEGIN IMMEDIATE")


def open_reader(url: str) -> Engine:
    """The engine for requests that only read; each transaction is one snapshot."""
    return _open(url, begin="BEGIN")


def _open(url: str, *, begin: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, pool_size=32)

    @event.listens_for(engine, "connect")
    def connected(dbapi_connection: Any, _record: object) -> None:
        # Python's driver would begin transactions by itself, and late; we say when.
        dbapi_connection.isolation_level = None
        for pragma in (
            f"busy_timeout = {BUSY_TIMEOUT_MS}",
            "journal_mode = WAL",
            "synchronous = FULL",
        ):
            dbapi_connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
