"""One process holds a book. The lock is the operating system's, so that it ends with the process, however that ends."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Protocol

from app.errors import LedgerBusy


class BookLock(Protocol):
    """A browser has one of its own kind (`sync.web_lock`)."""

    @property
    def alone(self) -> bool:
        """Whether nobody else can even look into the book while it is held, and SQLite can have but one connection."""

    def acquire(self) -> None:
        """Hold the lock until `release` or the end of the process.

        Raises:
            LedgerBusy: another process holds it.
            sqlite3.Error, OSError: the lock cannot be taken here at all.
        """

    def release(self) -> None: ...


class FileLock:
    """A lock on the file beside the book.

    SQLite's own exclusive lock on an empty database is used: the same on every platform, and gone with the process.
    The book itself stays readable for people who look into it with other tools.
    """

    alone = False

    def __init__(self, book: Path) -> None:
        self._path = book.with_name(f"{book.name}.lock")
        self._conn: sqlite3.Connection | None = None

    def acquire(self) -> None:
        conn = sqlite3.connect(self._path, isolation_level=None, timeout=0)
        try:
            conn.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as trouble:
            conn.close()
            if trouble.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise LedgerBusy(f"another process holds {self._path.name}") from None
            raise
        self._conn = conn

    def release(self) -> None:
        if self._conn is not None:
            self._conn.close()
            self._conn = None
