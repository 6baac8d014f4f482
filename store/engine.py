"""How the store opens its database: one way in for the writer, another for readers."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

BUSY_TIMEOUT_MS = 10_000
AGAIN_S = 0.02


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
        dbapi_connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        _write_ahead(dbapi_connection)
        dbapi_connection.execute("PRAGMA synchronous = FULL")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _write_ahead(dbapi_connection: Any) -> None:
    """Turn the log on. SQLite does not wait its busy timeout for this, where two stores make one file at once."""
    give_up_at_s = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            dbapi_connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > give_up_at_s:
                raise
            time.sleep(AGAIN_S)
