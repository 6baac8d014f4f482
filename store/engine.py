"""How the store opens its database: one way in for the writer, another for readers."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

from store import replicated

POOL_SIZE = 32
_SERVER: Mapping[str, Any] = {"pool_size": POOL_SIZE, "max_overflow": 0}
BUSY_TIMEOUT_MS = 10_000
WRITER_LOCK = 0x466C6F6F72
"""Number of the advisory lock that stands for the write lock on PostgreSQL; any that no other program there takes."""
AGAIN_S = 0.02
# The writer asks for a few rows by their keys, and PostgreSQL takes each such question for one of a hundred rows: to
# read all ten thousand of a warehouse and sort out seems as cheap to it, and costs a millisecond a statement.
_BY_KEYS = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off"


def open_writer(url: str) -> Engine:
    """The engine that the one writer uses: each transaction holds the write lock from its first word.

    So the numbers of the feed are given in the order of commits, whatever number of stores share a database.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_file(parsed, begin="BEGIN IMMEDIATE")
    # Each statement sees what was committed before the lock was ours; a snapshot of the whole transaction would be
    # older than the wait.
    engine = create_engine(parsed, isolation_level="READ COMMITTED", **_SERVER)

    @event.listens_for(engine, "connect")
    def connected(dbapi_connection: Any, record: Any) -> None:
        dbapi_connection.execute(_BY_KEYS)
        dbapi_connection.commit()
        replicated.watch(dbapi_connection, record.info)

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")

    return engine


def open_reader(url: str) -> Engine:
    """The engine for requests that only read; each transaction is one snapshot."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_file(parsed, begin="BEGIN")
    # A connection from before a failover is found out before it is used; the writer finds out by itself.
    engine = create_engine(parsed, isolation_level="REPEATABLE READ", pool_pre_ping=True, **_SERVER)
    return engine.execution_options(postgresql_readonly=True)


def _open_file(url: URL, *, begin: str) -> Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_size=POOL_SIZE)

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
