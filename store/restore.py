"""Puts a store back to what a backup holds, and makes it fit to go on. What was there before is set aside."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alembic.util import CommandError
from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError

from store.backup import ASIDE, BackupTrouble, put_in_place, run_pg_tool
from store.engine import open_reader, open_writer
from store.going_on import GoingOn, TooFewNumbers, make_fit
from store.migrate import migrate
from store.verify import verify, warehouse_ids

_HEADS = {b"SQLite format 3\0": "sqlite", b"PGDMP": "postgresql"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """Args:
    aside: where the store is that was there before; empty when there was none.
    """

    warehouses: list[GoingOn]
    aside: str = ""


def restore(address: str, backup: Path, *, replace: bool, skip_numbers: int, now_utc: datetime) -> Restored:
    """Put the database at `address` back to `backup`.

    The rules in order: the store must not be running; a store that holds a warehouse is replaced only when that is
    said, and set aside; the chains of all facts in the backup must be whole; what follows from going back in time is
    in `store.going_on`.

    Raises:
        BackupTrouble: nothing has changed.
    """
    url = make_url(address)
    try:
        with backup.open("rb") as file:
            head = file.read(16)
    except OSError as reason:
        raise BackupTrouble(f"{backup} cannot be read: {reason.strerror}") from reason
    engine = next((name for start, name in _HEADS.items() if head.startswith(start)), None)
    if engine != url.get_backend_name():
        what = f"a backup of {engine}" if engine else "no backup"
        raise BackupTrouble(f"{backup} is {what}, the store's database is {url.get_backend_name()}")
    stamp = now_utc.strftime("%Y%m%dt%H%M%S")
    put_back = _restore_file if engine == "sqlite" else _restore_database
    return put_back(url, backup, replace, skip_numbers, stamp)


def _restore_file(url: URL, backup: Path, replace: bool, skip_numbers: int, stamp: str) -> Restored:
    database = Path(url.database or "")
    database.parent.mkdir(parents=True, exist_ok=True)
    part = database.with_name(f"{database.name}.restoring")
    try:
        there = _quiet_file(database, replace)
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        shutil.copyfile(backup, part)
        going_on = _go_on(f"sqlite:///{part}", skip_numbers)
        _one_file(part)
        aside = database.with_name(f"{database.name}.{ASIDE}{stamp}")
        if there:
            # A second name for the old one first: at no moment there is no store.
            os.link(database, aside)
        put_in_place(part, database)
    except (OSError, sqlite3.Error) as reason:
        raise BackupTrouble(f"{database} cannot be restored: {reason}") from reason
    finally:
        for leftover in (part, part.with_name(f"{part.name}-wal"), part.with_name(f"{part.name}-shm")):
            leftover.unlink(missing_ok=True)
    return Restored(warehouses=going_on, aside=str(aside) if there else "")


def _quiet_file(database: Path, replace: bool) -> bool:
    """Whether there is a store already; all of it is in its one file afterwards."""
    if not database.exists():
        return False
    with closing(sqlite3.connect(database)) as connection:
        known = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'warehouses'").fetchone()[0]
        if known and connection.execute("SELECT count(*) FROM warehouses").fetchone()[0] and not replace:
            raise BackupTrouble(f"{database} is a store with warehouses: say --replace to set it aside")
    try:
        _one_file(database)
    except sqlite3.OperationalError as reason:
        raise BackupTrouble(f"somebody uses {database}: stop the store first") from reason
    return True


def _one_file(database: Path) -> None:
    """Take the log into the file. SQLite does so only where nobody else has it open."""
    with closing(sqlite3.connect(database, timeout=1)) as connection:
        if connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0] != "delete":
            raise sqlite3.OperationalError("database is locked")


def _restore_database(url: URL, backup: Path, replace: bool, skip_numbers: int, stamp: str) -> Restored:
    address = url.render_as_string(hide_password=False)
    try:
        with _set_aside(address, replace, f"{ASIDE}{stamp}") as aside:
            run_pg_tool("pg_restore", url, "--no-owner", "--no-privileges", "--single-transaction", str(backup))
            return Restored(warehouses=_go_on(address, skip_numbers), aside=aside)
    except DBAPIError as reason:
        raise BackupTrouble(f"the database cannot be restored: {reason.orig}") from reason


@contextmanager
def _set_aside(address: str, replace: bool, aside: str) -> Iterator[str]:
    """Make room in the schema `public`; what was in it is in the schema `aside`, and back again when the block fails.

    Within one database, because whoever owns it may do so without any right over others.
    """
    engine = open_writer(address)
    try:
        with engine.begin() as connection:
            there = _quiet_database(connection, replace)
            if there:
                connection.execute(text(f"ALTER SCHEMA public RENAME TO {aside}"))
                connection.execute(text("CREATE SCHEMA public"))
        try:
            yield f"schema {aside}" if there else ""
        except BaseException:
            with engine.begin() as connection:
                connection.execute(text("DROP SCHEMA public CASCADE"))
                connection.execute(text(f"ALTER SCHEMA {aside} RENAME TO public" if there else "CREATE SCHEMA public"))
            raise
    finally:
        engine.dispose()


def _quiet_database(connection: Connection, replace: bool) -> bool:
    """Whether there is a store already."""
    others = connection.scalar(
        text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
    )
    if others:
        raise BackupTrouble(f"{others} others are connected to the database: stop the stores (and their pooler) first")
    if not inspect(connection).has_table("warehouses"):
        return bool(inspect(connection).get_table_names())
    if connection.scalar(text("SELECT count(*) FROM warehouses")) and not replace:
        raise BackupTrouble("the database is a store with warehouses: say --replace to set it aside")
    return True


def _go_on(address: str, skip_numbers: int) -> list[GoingOn]:
    """Bring what was restored up to this program's tables, check it, and make it fit."""
    writer, reader = open_writer(address), open_reader(address)
    try:
        with writer.begin() as connection:
            if not inspect(connection).has_table("alembic_version"):
                raise BackupTrouble("this is no backup of an order store")
        migrate(writer)
        for warehouse_id in warehouse_ids(reader):
            if broken := verify(reader, warehouse_id).broken:
                raise BackupTrouble(f"the backup is not whole: {warehouse_id}: {broken}")
        with writer.begin() as connection:
            return make_fit(connection, skip_numbers=skip_numbers)
    except (CommandError, TooFewNumbers) as reason:
        raise BackupTrouble(str(reason)) from reason
    except DBAPIError as reason:
        raise BackupTrouble(f"the backup cannot be read: {reason.orig}") from reason
    finally:
        writer.dispose()
        reader.dispose()
