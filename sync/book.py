"""The file of a station's book: opening and locking it, one transaction at a time, and its troubles by name."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from app.errors import DiskFull, LedgerBusy, LedgerDamaged, LedgerReadOnly, LedgerTrouble, LedgerUnsafe
from sync import schema
from sync.book_lock import BookLock, FileLock

log = logging.getLogger("floorhand.sync")

BUSY_TIMEOUT_S = 2.0
DAMAGED = "damaged"
TORN = "torn"
"""How a file's name ends that a cut took; a browser's files keep their names in themselves (`handset/page`)."""

_LOG_BEGINS = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")  # SQLite, Database File Format, 4.1: WAL header

# SQLite's extended result code, else its primary one → who can put it right. What is not listed is a damaged book:
# stop, and look.
TROUBLES: dict[int, type[LedgerTrouble]] = {
    # The operating system did not let the file grow, or did not write it: a quota, a limit, a medium that is gone.
    sqlite3.SQLITE_IOERR_WRITE: LedgerReadOnly,
    sqlite3.SQLITE_IOERR_FSYNC: LedgerReadOnly,
    sqlite3.SQLITE_IOERR_TRUNCATE: LedgerReadOnly,
    sqlite3.SQLITE_IOERR_SHMSIZE: DiskFull,
    sqlite3.SQLITE_FULL: DiskFull,
    sqlite3.SQLITE_READONLY: LedgerReadOnly,
    sqlite3.SQLITE_CANTOPEN: LedgerReadOnly,
    sqlite3.SQLITE_PERM: LedgerReadOnly,
    sqlite3.SQLITE_AUTH: LedgerReadOnly,
    sqlite3.SQLITE_BUSY: LedgerBusy,
    sqlite3.SQLITE_LOCKED: LedgerBusy,
}


@contextmanager
def troubles_named() -> Iterator[None]:
    """Raise the family of `app.errors` for what sqlite3 raises."""
    try:
        yield
    except sqlite3.Error as trouble:
        code = getattr(trouble, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
        raise (TROUBLES.get(code) or TROUBLES.get(code & 0xFF, LedgerDamaged))(str(trouble)) from trouble


class Book:
    """An open book. One connection, one writer, no waiting inside.

    Args:
        db: the connection, in autocommit mode, with the schema of this program.
        upgraded_from: the copy of the book as it was before an upgrade.
    """

    def __init__(self, db: Database, *, lock: BookLock | None = None, upgraded_from: Path | None = None) -> None:
        self.db = db
        self.upgraded_from = upgraded_from
        self._lock = lock

    @contextmanager
    def transaction(self) -> Iterator[Database]:
        """Everything inside is on disk when the block ends, or nothing of it.

        Raises:
            LedgerTrouble: nothing was kept.
        """
        db = self.db
        conn = db.conn
        try:
            # At once, not at the first write: a deferred transaction that reads first cannot wait for its lock.
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")
        except BaseException as trouble:
            if conn.in_transaction:
                conn.execute("ROLLBACK")
            if isinstance(trouble, sqlite3.Error):
                with troubles_named():
                    raise
            raise

    def recall(self, key: str) -> str | None:
        found = self.db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if found is None else str(found[0])

    def keep(self, key: str, value: str) -> None:
        """Keep a small thing; inside a transaction."""
        self.db.execute(
            "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, value),
        )

    def forget(self, *keys: str) -> None:
        """Keep these small things no longer; inside a transaction."""
        for key in keys:
            self.db.execute("DELETE FROM meta WHERE key = ?", (key,))

    def copy(self, suffix: str) -> Path:
        """Copy the book as it is now beside itself; outside a transaction.

        Returns:
            Where the copy is.
        """
        path = Path(self.db.execute("PRAGMA database_list").fetchone()[2])
        copy = path.with_name(f"{path.name}.{suffix}")
        with troubles_named():
            schema.copy_through(self.db.conn, copy)
        return copy

    def close(self) -> None:
        self.db.conn.close()
        if self._lock is not None:
            self._lock.release()


def open_book(path: Path, *, lock: BookLock | None = None, flushes: Callable[[], int] | None = None) -> Book:
    """Open the book at `path`, making it when there is none, and hold it until it is closed.

    Args:
        lock: what keeps other processes out; a lock file beside the book when None.
        flushes: how often anything was made to reach the disk so far, where that has to be seen to be believed.

    Raises:
        LedgerBusy: another process holds it.
        LedgerReadOnly: the file or its folder cannot be written.
        SchemaTooNew: a newer program wrote it.
        LedgerDamaged: it is not whole; see `set_aside`.
        DiskFull: there is no room to open it.
        LedgerUnsafe: what is committed does not reach the disk.
    """
    lock = lock or FileLock(path)
    with troubles_named():
        lock.acquire()
        conn: sqlite3.Connection | None = None
        try:
            _check_files(path)
            conn = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_S)
            db = Database(conn)
            if lock.alone:  # before the first look at a log: it is read without memory that others share
                db.execute("PRAGMA locking_mode = EXCLUSIVE")
            db.execute("PRAGMA journal_mode = WAL")
            # NORMAL lost acknowledged scans when the power went; FULL lost none.
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA cache_size = -16384")
            upgraded_from = schema.bring_up_to_date(db, path, alone=lock.alone)
            _check(conn)
            if flushes is not None:
                _see_it_reach_the_disk(db, flushes)
        except BaseException:
            if conn is not None:
                conn.close()
            lock.release()
            raise
    if upgraded_from is not None:
        log.info("book_upgraded copy=%s version=%d", upgraded_from.name, schema.SCHEMA_VERSION)
    return Book(db, lock=lock, upgraded_from=upgraded_from)


def _check_files(path: Path) -> None:
    """What SQLite would not see: it begins a book without a word where there is none, and deletes the log of one."""
    if torn := _torn(path):
        raise LedgerDamaged(f"{torn[0].name}: whose file this was is lost")
    log_file = path.with_name(f"{path.name}-wal")
    if not _has_bytes(path) and _has_bytes(log_file):
        raise LedgerDamaged(f"{log_file.name} is there without its book")


def _has_bytes(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def _torn(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"*.{TORN}"))


def _check(conn: sqlite3.Connection) -> None:
    verdict = conn.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise LedgerDamaged(verdict)


def _see_it_reach_the_disk(db: Database, flushes: Callable[[], int]) -> None:
    """Commit something that changes nothing, and look whether it was waited for."""
    before = flushes()
    db.execute("BEGIN IMMEDIATE")
    db.execute(f"PRAGMA user_version = {schema.SCHEMA_VERSION}")
    db.execute("COMMIT")
    if flushes() <= before:
        raise LedgerUnsafe("a commit returned before it was on the disk")


def set_aside(path: Path, now_utc: datetime, *, lock: BookLock | None = None) -> Path:
    """Move a damaged book out of the way, so that a new one can begin; nothing of it is deleted.

    The new book is a new station to the store: it must be enrolled, and `sync.salvage` reads what the old one owed.

    Args:
        lock: as for `open_book`.

    Returns:
        Where the old book is now.

    Raises:
        LedgerBusy: another process holds it.
        LedgerReadOnly: the folder cannot be written.
    """
    aside = _begun(path) or path.with_name(f"{path.name}.{DAMAGED}-{now_utc:%Y%m%dT%H%M%S}")
    lock = lock or FileLock(path)
    with troubles_named():
        lock.acquire()
    try:
        for torn in _torn(path):
            suffix = "-wal" if torn.read_bytes()[:4] in _LOG_BEGINS else ""
            part = path.with_name(path.name + suffix)
            torn.rename(part if not _has_bytes(part) else torn.with_name(f"{torn.name}-{now_utc:%Y%m%dT%H%M%S}"))
        if not path.exists():  # what is set aside is found by the book's own name
            aside.touch()
        for suffix in ("-wal", "-shm", ""):  # the book last: half-way, it is still found as damaged
            part, target = (each.with_name(each.name + suffix) for each in (path, aside))
            if part.exists():
                # What is there already is the damaged book's own; this one came of looking at it since.
                part.rename(
                    target if not target.exists() else target.with_name(target.name.replace(DAMAGED, "later", 1))
                )
    except OSError as trouble:
        raise LedgerReadOnly(str(trouble)) from trouble
    finally:
        lock.release()
    log.warning("book_set_aside file=%s", aside.name)
    return aside


def _begun(path: Path) -> Path | None:
    """Where a book goes whose setting aside was cut short: its log is there already, without it."""
    for log_file in path.parent.glob(f"{path.name}.{DAMAGED}-*-wal"):
        aside = log_file.with_name(log_file.name.removesuffix("-wal"))
        if not aside.exists():
            return aside
    return None
