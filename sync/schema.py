"""The shape of a station's book, and how a book of an older program becomes one of this.

Tables:
    meta            small things by key: who the station is, the cursor, how far the store holds its facts
    rows            `held` as the store last sent it; `view` as this station's owed facts leave it, null where
                    they do not touch it: what people see is `coalesce(view, held)`
    fetched         a snapshot that is being pulled after the cursor was lost; replaces `held` when it is whole
    codes           barcode → product, kept from the product rows, so that a scan is one look-up
    facts           the owed facts, and the newest held ones; `text` is what was hashed and what is sent
    fact_subjects   which rows a fact changes
    print_jobs      labels owed to printers
    number_ranges   carton numbers leased to this station

The SQL is that of SQLite 3.39, which is what a browser's Python carries.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlite_utils import Database, Migrations

from app.errors import SchemaTooNew

migrations = Migrations("book")
SCHEMA_VERSION = 1
"""Number of migrations below; kept in the book as `user_version`."""


@migrations()
def m001_the_book(db: Database) -> None:
    for statement in (
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        "CREATE TABLE rows (row_kind TEXT NOT NULL, row_id TEXT NOT NULL, parent TEXT, held TEXT, view TEXT,"
        " PRIMARY KEY (row_kind, row_id))",
        "CREATE INDEX rows_by_parent ON rows (row_kind, parent)",
        "CREATE TABLE fetched (row_kind TEXT NOT NULL, row_id TEXT NOT NULL, parent TEXT, held TEXT NOT NULL,"
        " PRIMARY KEY (row_kind, row_id))",
        "CREATE TABLE codes (code TEXT PRIMARY KEY, product_id TEXT NOT NULL, factor_each INTEGER NOT NULL)"
        " WITHOUT ROWID",
        "CREATE TABLE facts (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, text TEXT NOT NULL, hash TEXT NOT NULL,"
        " subjects TEXT NOT NULL, occurred_at_utc TEXT NOT NULL, outcome TEXT)",
        "CREATE TABLE fact_subjects (row_kind TEXT NOT NULL, row_id TEXT NOT NULL, seq INTEGER NOT NULL,"
        " PRIMARY KEY (row_kind, row_id, seq)) WITHOUT ROWID",
        "CREATE TABLE print_jobs (position INTEGER PRIMARY KEY, job_id TEXT NOT NULL UNIQUE, state TEXT NOT NULL,"
        " image TEXT NOT NULL)",
        "CREATE INDEX print_jobs_by_state ON print_jobs (state)",
        "CREATE TABLE number_ranges (first_serial INTEGER PRIMARY KEY, last_serial INTEGER NOT NULL,"
        " next_serial INTEGER NOT NULL, company_prefix TEXT NOT NULL, extension_digit TEXT NOT NULL)",
    ):
        db.execute(statement)


def bring_up_to_date(db: Database, path: Path, *, alone: bool = False) -> Path | None:
    """Give the book this program's shape, all of it or none; two processes may do so at once.

    Args:
        alone: nobody else can open the book, this program not a second time either.

    Returns:
        The copy that was made of an older book before it was changed; None when nothing had to change.

    Raises:
        SchemaTooNew: a newer program wrote the book; it was not touched.
        sqlite3.Error: nothing was changed.
    """
    copy = None
    if alone and 0 < (version := _version(db)) < SCHEMA_VERSION:
        # Before the lock, since SQLite copies nothing out of a transaction that may write; and nobody can come between.
        copy = _copy_of(path, version)
        copy_through(db.conn, copy)
    db.execute("BEGIN IMMEDIATE")  # the second of two processes waits here, and then finds nothing left to do
    try:
        version = _version(db)
        if version > SCHEMA_VERSION:
            raise SchemaTooNew(version, SCHEMA_VERSION)
        if 0 < version < SCHEMA_VERSION and not alone:
            # Under the lock, or another process might have changed it between the look and the copy.
            copy = _copy_of(path, version)
            copy_to(path, copy)
        if version < SCHEMA_VERSION:
            migrations.apply(db)
            db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        db.execute("COMMIT")
    except BaseException:
        if db.conn.in_transaction:
            db.execute("ROLLBACK")
        raise
    return copy


def _version(db: Database) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def copy_to(path: Path, copy: Path) -> None:
    """A whole book of its own, as it was last committed, also while somebody writes to this one."""
    source = sqlite3.connect(path)
    try:
        copy_through(source, copy)
    finally:
        source.close()


def copy_through(source: sqlite3.Connection, copy: Path) -> None:
    """The same through a connection that is open already; outside a transaction."""
    target = sqlite3.connect(copy)
    try:
        # An older copy is written over in its own journal mode, and WAL shares memory unless it is alone.
        target.execute("PRAGMA locking_mode = EXCLUSIVE")
        source.backup(target)
    finally:
        target.close()


def _copy_of(path: Path, version: int) -> Path:
    return path.with_name(f"{path.name}.v{version}.bak")
