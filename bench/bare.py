"""The yardstick: the rows of a deed written by sqlite3 alone, in one FULL transaction, with nothing else around it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sync.ledger import SqliteLedger

Statement = tuple[str, tuple[object, ...]]


class Written:
    """Notes what a ledger writes in a deed: SQL and values, as they went to sqlite3."""

    def __init__(self, ledger: SqliteLedger) -> None:
        self._db = ledger.book.db
        self.statements: list[Statement] = []

    def __enter__(self) -> Written:
        self.statements = []
        self._db._tracer = self._note
        return self

    def __exit__(self, *_: object) -> None:
        self._db._tracer = None

    def _note(self, sql: str, values: object) -> None:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")) and isinstance(values, tuple):
            self.statements.append((sql, values))


class BareBook:
    """A copy of a book, opened with sqlite3 alone and the same pragmas."""

    def __init__(self, path: Path) -> None:
        self._conn = sqlite3.connect(path, isolation_level=None)
        self._conn.execute("PRAGMA journal_mode = WAL")
        self._conn.execute("PRAGMA synchronous = FULL")
        self._conn.execute("PRAGMA cache_size = -16384")

    def write(self, statements: list[Statement]) -> None:
        conn = self._conn
        conn.execute("BEGIN IMMEDIATE")
        for sql, values in statements:
            conn.execute(sql, values)
        conn.execute("COMMIT")

    def close(self) -> None:
        self._conn.close()
