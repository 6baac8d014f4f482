"""A copy of everything that the store holds, in one file, taken while the store works: whole, or not there at all."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import URL, make_url

PG_TOOLS = "FLOORHAND_PG_TOOLS"
# What a restore has set aside stays where it is, and is in no copy.
ASIDE = "before_"


class BackupTrouble(Exception):
    """A backup cannot be made, or not be taken back; the message says why, for whoever typed the command."""


def back_up(address: str, to: Path) -> int:
    """Write the database at `address` as it is at one moment to `to`, for its owner's eyes alone; its size in bytes.

    Raises:
        BackupTrouble: nothing was written; what was at `to` before is still there.
    """
    url = make_url(address)
    part = to.with_name(f".{to.name}.part")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        if url.get_backend_name() == "sqlite":
            _copy_file(Path(url.database or ""), part)
        else:
            how = ("--format=custom", "--no-owner", "--no-privileges", f"--exclude-schema={ASIDE}*")
            run_pg_tool("pg_dump", url, *how, f"--file={part}")
        put_in_place(part, to)
    except OSError as reason:
        raise BackupTrouble(f"{to} cannot be written: {reason.strerror}") from reason
    finally:
        part.unlink(missing_ok=True)
    return to.stat().st_size


def put_in_place(part: Path, to: Path) -> None:
    """Give a finished file its name, so that a power cut leaves either all of it there or what was there before."""
    for path, what in ((part, os.O_RDWR), (to.parent, os.O_RDONLY)):
        with _opened(path, what) as file:
            os.fsync(file)
        if path is part:
            part.replace(to)


def run_pg_tool(name: str, url: URL, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on a database.

    Raises:
        BackupTrouble: it is not installed, or did not do it.
    """
    folder = os.environ.get(PG_TOOLS)
    tool = shutil.which(name, path=folder)
    if tool is None:
        raise BackupTrouble(f"{name} is not in {folder or 'PATH'}: install PostgreSQL's client, or name its {PG_TOOLS}")
    conninfo, secret = _conninfo(url)
    done = subprocess.run(
        [tool, f"--dbname={conninfo}", *arguments],
        env={**os.environ, **secret},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        raise BackupTrouble(said[0] if said else f"{name} ended with {done.returncode}")


def _conninfo(url: URL) -> tuple[str, dict[str, str]]:
    """The address as libpq takes it, and apart from it the password, which must not stand in a list of processes."""
    _, told = url.get_dialect()().create_connect_args(url)
    secret = {"PGPASSWORD": str(told.pop("password"))} if "password" in told else {}
    return make_conninfo(**told), secret


def _copy_file(database: Path, part: Path) -> None:
    if not database.exists():
        raise BackupTrouble(f"there is no store at {database}")
    try:
        # A whole copy of one moment, also while the store goes on writing.
        with closing(sqlite3.connect(database.absolute().as_uri() + "?mode=ro", uri=True)) as source:
            source.execute("VACUUM INTO ?", (str(part),))
    except sqlite3.Error as reason:
        raise BackupTrouble(f"{database} cannot be copied: {reason}") from reason


@contextmanager
def _opened(path: Path, how: int) -> Iterator[int]:
    file = os.open(path, how)
    try:
        yield file
    finally:
        os.close(file)
