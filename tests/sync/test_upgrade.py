"""Books of older programs open in this one with everything in them, and lie beside it as they were before."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from app.domain.picking import PickTask
from app.errors import SchemaTooNew
from app.ports import CodeHit
from sync import schema
from sync.book import open_book
from sync.ledger import SqliteLedger
from sync.protocol import GENESIS_HASH, fact_hash, read_envelope
from tests.fakes.clock import FakeClock
from tests.sync.floor import do, picked

REPOSITORY = Path(__file__).parents[2]
WRITTEN = sorted((Path(__file__).parent / "books").glob("v*.sql"))


def a_book_of(written: Path, folder: Path) -> Path:
    """A book as an older program left it."""
    book = folder / "book.db"
    conn = sqlite3.connect(book)
    conn.executescript(written.read_text())
    conn.execute("PRAGMA journal_mode = WAL")
    conn.close()
    return book


def in_it(book: Path) -> list[str]:
    """Everything in a book, but what its journal mode has to do with."""
    conn = sqlite3.connect(book)
    try:
        return [*conn.iterdump(), str(conn.execute("PRAGMA user_version").fetchone())]
    finally:
        conn.close()


@pytest.fixture
def next_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program after this one, whose books have one more column."""
    later = Migrations("book")
    later()(schema.m001_the_book)

    @later()
    def m002_a_column(db: Database) -> None:
        db.execute("ALTER TABLE print_jobs ADD COLUMN asked_at_utc TEXT")

    monkeypatch.setattr(schema, "migrations", later)
    monkeypatch.setattr(schema, "SCHEMA_VERSION", schema.SCHEMA_VERSION + 1)


def everything_is_there(book: Path) -> None:
    ledger = SqliteLedger(open_book(book), FakeClock())
    assert (ledger.station_id, ledger.held_through_seq, ledger.last_seq, ledger.owed_count()) == ("K3", 2, 3, 1)
    prev_hash = GENESIS_HASH
    for text in ledger.owed(1, 10):
        assert read_envelope(text).prev_hash == prev_hash
        prev_hash = fact_hash(prev_hash, text)
    task = ledger.get(PickTask, "T1")
    assert task is not None
    assert task.picked_each == 2
    assert ledger.find_code("04012345000016") == CodeHit(product_id="SKU1", factor_each=1)
    assert (ledger.recall("seat.1"), [job.job_id for job in ledger.jobs()]) == ("pick", ["J1"])
    assert ledger.numbers_left_each() == 500
    assert do(ledger, picked()) == (4,)
    assert read_envelope(ledger.owed(4, 1)[0]).prev_hash == prev_hash
    ledger.close()


def test_there_is_a_book_of_every_version_that_was_ever_written() -> None:
    assert [each.stem for each in WRITTEN] == [f"v{version}" for version in range(1, schema.SCHEMA_VERSION + 1)]


@pytest.mark.parametrize("written", WRITTEN, ids=lambda path: path.stem)
def test_a_book_of_every_version_opens_with_everything_in_it(written: Path, tmp_path: Path) -> None:
    everything_is_there(a_book_of(written, tmp_path))


@pytest.mark.usefixtures("next_program")
def test_the_next_program_takes_the_book_over_and_leaves_a_copy_that_the_last_one_still_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = a_book_of(WRITTEN[0], tmp_path)
    before = in_it(book)
    everything_is_there(book)
    copy = tmp_path / "book.db.v1.bak"
    assert in_it(copy) == before
    with sqlite3.connect(book) as conn:
        assert conn.execute("SELECT asked_at_utc FROM print_jobs").fetchall() == [(None,)]
    conn.close()
    monkeypatch.undo()  # somebody goes back to the program before
    with pytest.raises(SchemaTooNew):
        open_book(book)
    everything_is_there(copy)


@pytest.mark.usefixtures("next_program")
def test_a_book_that_is_up_to_date_is_not_copied(tmp_path: Path) -> None:
    book = a_book_of(WRITTEN[0], tmp_path)
    first, again = open_book(book), None
    first.close()
    again = open_book(book)
    assert (first.upgraded_from, again.upgraded_from) == (tmp_path / "book.db.v1.bak", None)
    again.close()


@pytest.mark.usefixtures("next_program")
def test_a_book_whose_upgrade_fails_is_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = a_book_of(WRITTEN[0], tmp_path)
    before = in_it(book)

    def breaks(db: Database) -> None:
        db.execute("ALTER TABLE print_jobs ADD COLUMN half TEXT")
        raise RuntimeError("a fault of ours")

    schema.migrations()(breaks)
    monkeypatch.setattr(schema, "SCHEMA_VERSION", schema.SCHEMA_VERSION + 1)
    with pytest.raises(RuntimeError):
        open_book(book)
    assert in_it(book) == before
    assert in_it(tmp_path / "book.db.v1.bak") == before


@pytest.mark.usefixtures("next_program")
def test_a_second_program_that_upgrades_in_mid_copy_does_not_spoil_the_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = a_book_of(WRITTEN[0], tmp_path)
    before, copy_to = in_it(book), schema.copy_to

    def and_another_comes(path: Path, copy: Path) -> None:
        monkeypatch.setattr(schema, "copy_to", copy_to)
        other = Database(sqlite3.connect(book, isolation_level=None, timeout=0))
        with suppress(sqlite3.OperationalError):
            schema.bring_up_to_date(other, book)
        other.conn.close()
        copy_to(path, copy)

    monkeypatch.setattr(schema, "copy_to", and_another_comes)
    open_book(book).close()
    assert in_it(tmp_path / "book.db.v1.bak") == before


UPGRADES = """
import sqlite3, sys
from pathlib import Path
from sqlite_utils import Database, Migrations
from sync import schema
later = Migrations("book")
later()(schema.m001_the_book)
@later()
def m002_a_column(db):
    db.execute("ALTER TABLE print_jobs ADD COLUMN asked_at_utc TEXT")
schema.migrations, schema.SCHEMA_VERSION = later, 2
book = Path(sys.argv[1])
db = Database(sqlite3.connect(book, isolation_level=None, timeout=30))
sys.stdin.readline()
print(schema.bring_up_to_date(db, book))
"""


def test_two_programs_that_upgrade_the_same_book_at_once_do_it_once(tmp_path: Path) -> None:
    book = a_book_of(WRITTEN[0], tmp_path)
    before = in_it(book)
    command = [sys.executable, "-c", UPGRADES, str(book)]
    programs = [
        subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("now\n")
        program.stdin.flush()
    said = sorted(program.communicate()[0].strip() for program in programs)
    assert said == [str(tmp_path / "book.db.v1.bak"), "None"]
    assert in_it(tmp_path / "book.db.v1.bak") == before
    with sqlite3.connect(book) as conn:
        assert conn.execute("PRAGMA user_version").fetchone() == (2,)
    conn.close()
