"""A book on OPFS that is damaged is said to be, is set aside, and gives what it has; a whole one can be copied."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from app.domain.deeds import Deed
from app.domain.picking import PickTask
from app.errors import LedgerBusy, LedgerDamaged, LedgerReadOnly, LedgerUnsafe, SchemaTooNew
from sync import schema
from sync.book import open_book, set_aside
from sync.ledger import SqliteLedger
from sync.protocol import GENESIS_HASH, fact_hash, read_envelope
from sync.salvage import has_been_salvaged, salvage, waits_for_salvage
from sync.web_lock import WebLock
from tests.fakes.clock import SHIFT_BEGINS_UTC, FakeClock
from tests.handset.inside.opfs import Folder
from tests.sync.floor import ENROLLED, PICKER, a_job, a_task, at_bin, do, picked

PAGE = 4096
PICKS = 60
ALL = list(range(1, PICKS + 2))
RECORDS = (0, 4096)
# In memory: the folder on OPFS is flat.
DESK = Path("/tmp")
V1 = Path("tests/sync/books/v1.sql")


def the_lock() -> WebLock:
    return WebLock(lambda: True)


def seqs(texts: tuple[str, ...]) -> list[int]:
    return [read_envelope(text).seq for text in texts]


def a_written_book(folder: Folder) -> dict[str, int]:
    """A closed book of one list with some picks, all owed, a label and a seat; gives each table's root page."""
    ledger = folder.ledger(a_task(quantity_each=1_000))
    ledger.record(Deed(facts=(), print_jobs=(a_job(),)), worker_id=PICKER)
    ledger.remember("seat.1", "pick")
    do(ledger, at_bin())
    for _ in range(PICKS):
        do(ledger, picked())
    roots = dict(ledger.book.db.execute("SELECT name, rootpage FROM sqlite_master").fetchall())
    ledger.close()
    return roots


def killed(folder: Folder) -> None:
    """A book with its log as a kill leaves them, the log not carried over."""
    ledger = folder.ledger(a_task(quantity_each=1_000))
    do(ledger, at_bin())
    for _ in range(PICKS):
        do(ledger, picked())
    parts = {name: (folder.path / name).read_bytes() for name in ("book.db", "book.db-wal")}
    ledger.close()
    for name, content in parts.items():
        (folder.path / name).write_bytes(content)


def owed_by_a_new_book(folder: Folder) -> list[int]:
    """Walk the way of a damaged book to its end; gives the numbers that its facts had."""
    book = folder.path / "book.db"
    with pytest.raises(LedgerDamaged):
        open_book(book, lock=the_lock(), flushes=folder.flushes)
    aside = set_aside(book, SHIFT_BEGINS_UTC, lock=the_lock())
    folder.remount()
    assert waits_for_salvage(book) == aside
    ledger = SqliteLedger(open_book(book, lock=the_lock(), flushes=folder.flushes), FakeClock())
    ledger.enrol_with(salvage(aside, desk=DESK), replace(ENROLLED, station_id="K9"))
    has_been_salvaged(aside)
    resent = [read_envelope(text).resent or "" for text in ledger.owed(1, 1000)]
    ledger.close()
    folder.remount()
    assert waits_for_salvage(book) is None
    again = folder.ledger()
    assert (again.station_id, again.owed_count()) == ("K9", len(resent))
    again.close()
    return [int(each.removeprefix("K3#")) for each in resent]


def test_a_book_with_a_torn_page_gives_every_fact(folder: Folder) -> None:
    roots = a_written_book(folder)
    with (folder.path / "book.db").open("rb+") as file:
        file.seek((roots["rows"] - 1) * PAGE)
        file.write(b"\xff" * PAGE)
    assert owed_by_a_new_book(folder) == ALL


def test_a_book_whose_first_page_is_gone_gives_every_fact(folder: Folder) -> None:
    a_written_book(folder)
    with (folder.path / "book.db").open("rb+") as file:
        file.write(os.urandom(PAGE))
    assert owed_by_a_new_book(folder) == ALL


def test_a_book_that_was_cut_half_way_gives_the_facts_before_the_cut(folder: Folder) -> None:
    a_written_book(folder)
    path = folder.path / "book.db"
    texts = salvage(path, desk=DESK).texts
    os.truncate(path, path.stat().st_size * 3 // 4 // PAGE * PAGE)
    left = path.read_bytes()
    still_there = [seq for seq, text in enumerate(texts, 1) if text.encode() in left]
    assert 10 < len(still_there) < len(ALL)
    assert owed_by_a_new_book(folder) == still_there


def the_chain_is_whole(ledger: SqliteLedger) -> None:
    prev_hash = GENESIS_HASH
    for seq, text in enumerate(ledger.owed(1, 1000), 1):
        assert (read_envelope(text).seq, read_envelope(text).prev_hash) == (seq, prev_hash)
        prev_hash = fact_hash(prev_hash, text)


def test_a_killed_station_has_every_fact_of_its_log(folder: Folder) -> None:
    killed(folder)
    folder.remount()
    ledger = folder.ledger()
    assert ledger.last_seq == PICKS + 1
    the_chain_is_whole(ledger)
    ledger.close()


@pytest.mark.parametrize("tail", [b"", b"\0" * 5000, b"\x7f" * 5000], ids=["cut off", "nothing", "rubbish"])
def test_a_log_whose_last_deed_is_half_written_gives_all_deeds_before_it(folder: Folder, tail: bytes) -> None:
    killed(folder)
    path = folder.path / "book.db-wal"
    content = path.read_bytes()
    path.write_bytes(content[: -PAGE // 2] + tail)
    folder.remount()
    ledger = folder.ledger()
    assert ledger.last_seq == PICKS
    the_chain_is_whole(ledger)
    task = ledger.get(PickTask, "T1")
    assert task is not None
    assert task.picked_each == PICKS - 1
    assert do(ledger, picked()) == (PICKS + 1,)
    ledger.close()


def test_rubbish_behind_the_last_deed_of_a_log_takes_nothing_away(folder: Folder) -> None:
    killed(folder)
    with (folder.path / "book.db-wal").open("ab") as file:
        file.write(os.urandom(3000))
    ledger = folder.ledger()
    assert ledger.last_seq == PICKS + 1
    ledger.close()


@pytest.mark.parametrize("gone", [Path.unlink, lambda path: os.truncate(path, 0)], ids=["gone", "empty"])
def test_a_log_without_its_book_is_damage_and_gives_every_fact(folder: Folder, gone: Callable[[Path], None]) -> None:
    killed(folder)
    gone(folder.path / "book.db")
    assert owed_by_a_new_book(folder) == ALL


@pytest.mark.parametrize("name", ["book.db", "book.db-wal"])
def test_a_file_of_the_book_that_lost_its_name_is_damage_and_gives_every_fact(folder: Folder, name: str) -> None:
    killed(folder)
    folder.unmount()
    slot = folder.slot_of(name)
    for at in RECORDS:
        folder.poke(slot, at, b"\xff" * 512)
    folder.mount()
    assert owed_by_a_new_book(folder) == ALL


def test_a_station_that_is_enrolled_anew_leaves_a_whole_copy(folder: Folder) -> None:
    ledger = folder.ledger(a_task(quantity_each=1_000))
    do(ledger, at_bin(), picked())
    for number in range(2):  # the second copy of a name is written over the first
        ledger.enrol_anew(replace(ENROLLED, station_id=f"K{number + 4}"))
        ledger.enrol_anew(replace(ENROLLED, station_id="K3"))
    ledger.close()
    folder.remount()
    assert "book.db.K3.bak" in folder.names()
    copy = SqliteLedger(open_book(folder.path / "book.db.K3.bak", lock=the_lock()), FakeClock())
    assert (copy.station_id, copy.last_seq) == ("K3", 2)
    the_chain_is_whole(copy)
    copy.close()


def test_the_next_program_takes_the_book_over_and_leaves_a_copy(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = folder.path / "book.db"
    conn = sqlite3.connect(book)
    conn.execute("PRAGMA locking_mode = EXCLUSIVE")
    conn.executescript(V1.read_text())
    conn.execute("PRAGMA journal_mode = WAL")
    conn.close()
    later = Migrations("book")
    later()(schema.m001_the_book)

    @later()
    def m002_a_column(db: Database) -> None:
        db.execute("ALTER TABLE print_jobs ADD COLUMN asked_at_utc TEXT")

    with monkeypatch.context() as next_program:
        next_program.setattr(schema, "migrations", later)
        next_program.setattr(schema, "SCHEMA_VERSION", 2)
        opened = open_book(book, lock=the_lock(), flushes=folder.flushes)
        assert opened.upgraded_from == folder.path / "book.db.v1.bak"
        assert opened.db.execute("SELECT asked_at_utc FROM print_jobs").fetchall() == [(None,)]
        opened.close()
        again = open_book(book, lock=the_lock())
        assert again.upgraded_from is None
        again.close()
    folder.remount()
    with pytest.raises(SchemaTooNew):
        open_book(book, lock=the_lock())
    before = SqliteLedger(open_book(folder.path / "book.db.v1.bak", lock=the_lock()), FakeClock())
    assert (before.station_id, before.last_seq, before.owed_count()) == ("K3", 3, 1)
    before.close()


def test_a_book_whose_commits_are_not_waited_for_is_not_opened(folder: Folder) -> None:
    with pytest.raises(LedgerUnsafe):
        open_book(folder.path / "book.db", lock=the_lock(), flushes=lambda: 0)
    folder.ledger().close()


def test_a_book_that_another_window_has_is_not_opened(folder: Folder) -> None:
    with pytest.raises(LedgerBusy):
        open_book(folder.path / "book.db", lock=WebLock(lambda: False))
    lock = the_lock()
    book = open_book(folder.path / "book.db", lock=lock)
    with pytest.raises(LedgerBusy):
        open_book(folder.path / "book.db", lock=lock)
    book.close()
    open_book(folder.path / "book.db", lock=lock).close()


def test_a_book_that_finds_no_free_slot_for_its_log_takes_no_scans(folder: Folder) -> None:
    for number in range(folder.slots - 1):
        (folder.path / f"{number}").write_bytes(b"x")
    with pytest.raises(LedgerReadOnly):
        open_book(folder.path / "book.db", lock=the_lock())
