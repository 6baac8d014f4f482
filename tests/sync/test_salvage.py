"""What a damaged book still gives: every fact that can be read, once, and its labels; the file keeps its bytes."""

from __future__ import annotations

import os
import random
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.deeds import Deed
from app.domain.picking import PickTask
from app.errors import LedgerDamaged, LedgerReadOnly
from sync.book import open_book, set_aside
from sync.ledger import SqliteLedger
from sync.protocol import FactsJudged, Outcome, Verdict, read_envelope
from sync.salvage import has_been_salvaged, salvage, waits_for_salvage
from tests.fakes.clock import SHIFT_BEGINS_UTC, FakeClock
from tests.sync.floor import PICKER, a_job, a_ledger, a_task, at_bin, do, picked
from tests.sync.test_enrolled_anew import ANEW

PAGE = 4096
PICKS = 60


def a_written_book(folder: Path) -> Path:
    """A book of one list with some picks, all owed, a label and a seat; closed."""
    ledger = a_ledger(folder, a_task(quantity_each=1_000))
    ledger.record(Deed(facts=(), print_jobs=(a_job(),)), worker_id=PICKER)
    ledger.remember("seat.1", "pick")
    do(ledger, at_bin())
    for _ in range(PICKS):
        do(ledger, picked())
    ledger.close()
    return folder / "book.db"


def pages_of(book: Path, table: str) -> list[int]:
    """The pages of a table's leaves, by number from 1."""
    conn = sqlite3.connect(book)
    found = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    conn.close()
    content = book.read_bytes()
    root = content[(found[0] - 1) * PAGE :][:PAGE]
    if root[0] == 0x0D:
        return [found[0]]
    cells = int.from_bytes(root[3:5], "big")
    at = [int.from_bytes(root[12 + 2 * cell :][:2], "big") for cell in range(cells)]
    return [int.from_bytes(root[one : one + 4], "big") for one in at] + [int.from_bytes(root[8:12], "big")]


def spoil(book: Path, page: int, *, first_bytes: int = PAGE) -> None:
    content = bytearray(book.read_bytes())
    content[(page - 1) * PAGE : (page - 1) * PAGE + first_bytes] = b"\xff" * first_bytes
    book.write_bytes(content)


def seqs(texts: tuple[str, ...]) -> list[int]:
    return [read_envelope(text).seq for text in texts]


ALL = list(range(1, PICKS + 2))


def test_a_whole_book_gives_everything(tmp_path: Path) -> None:
    book = a_written_book(tmp_path)
    before = book.read_bytes()
    found = salvage(book)
    assert (found.station_id, seqs(found.texts)) == ("K3", ALL)
    assert [job.job_id for job in found.jobs] == ["J1"]
    assert dict(found.remembered)["remembered.seat.1"] == "pick"
    assert book.read_bytes() == before


@pytest.mark.parametrize("table", ["meta", "rows", "codes", "fact_subjects", "print_jobs", "number_ranges"])
def test_facts_are_read_whatever_else_is_torn(tmp_path: Path, table: str) -> None:
    book = a_written_book(tmp_path)
    for page in pages_of(book, table):
        spoil(book, page)
    found = salvage(book)
    assert (found.station_id, seqs(found.texts)) == ("K3", ALL)


def test_a_page_of_facts_whose_head_is_torn_gives_the_facts_that_lie_in_it(tmp_path: Path) -> None:
    book = a_written_book(tmp_path)
    leaves = pages_of(book, "facts")
    assert len(leaves) > 3
    for page in (leaves[0], leaves[2], leaves[-1]):
        spoil(book, page, first_bytes=64)
    assert seqs(salvage(book).texts) == ALL


def test_a_page_of_facts_that_is_gone_is_all_that_is_missing(tmp_path: Path) -> None:
    book = a_written_book(tmp_path)
    leaves = pages_of(book, "facts")
    spoil(book, leaves[1])
    given = seqs(salvage(book).texts)
    missing = sorted(set(ALL) - set(given))
    assert missing == list(range(missing[0], missing[-1] + 1))
    assert 0 < len(missing) < 12


def test_a_file_without_its_first_page_still_gives_its_facts(tmp_path: Path) -> None:
    book = a_written_book(tmp_path)
    spoil(book, 1)
    found = salvage(book)
    assert (found.station_id, seqs(found.texts)) == ("K3", ALL)


def a_killed_book(folder: Path) -> None:
    """Two facts, of which the power cut left one at least in the log that is written ahead alone."""
    ledger = a_ledger(folder, a_task(quantity_each=1_000))
    do(ledger, at_bin())
    do(ledger, picked())
    parts = {name: (folder / name).read_bytes() for name in ("book.db", "book.db-wal")}
    ledger.close()
    for name, content in parts.items():
        (folder / name).write_bytes(content)


def a_damaged_book_with_its_log(folder: Path) -> None:
    a_killed_book(folder)
    spoil(folder / "book.db", 1)


def test_what_is_in_the_log_that_was_written_ahead_is_read_too(tmp_path: Path) -> None:
    a_damaged_book_with_its_log(tmp_path)
    assert seqs(salvage(set_aside(tmp_path / "book.db", SHIFT_BEGINS_UTC)).texts) == [1, 2]


@pytest.mark.parametrize("lost", ["", "-wal"])
def test_a_file_of_the_book_that_lost_its_name_is_damage_and_gives_its_facts(tmp_path: Path, lost: str) -> None:
    a_killed_book(tmp_path)
    (tmp_path / f"book.db{lost}").rename(tmp_path / "slot-03.torn")
    with pytest.raises(LedgerDamaged):
        open_book(tmp_path / "book.db")
    assert seqs(salvage(set_aside(tmp_path / "book.db", SHIFT_BEGINS_UTC)).texts) == [1, 2]
    open_book(tmp_path / "book.db").close()


@pytest.mark.parametrize("there", [True, False])
def test_a_log_without_its_book_is_damage_and_gives_its_facts(tmp_path: Path, there: bool) -> None:
    a_killed_book(tmp_path)
    (tmp_path / "book.db").unlink()
    if there:
        (tmp_path / "book.db").touch()
    with pytest.raises(LedgerDamaged):
        open_book(tmp_path / "book.db")
    aside = set_aside(tmp_path / "book.db", SHIFT_BEGINS_UTC)
    assert waits_for_salvage(tmp_path / "book.db") == aside
    assert seqs(salvage(aside).texts) == [1, 2]
    open_book(tmp_path / "book.db").close()


def test_a_setting_aside_that_was_cut_short_is_brought_to_its_end_and_nothing_is_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_damaged_book_with_its_log(tmp_path)
    rename = Path.rename
    renamed: list[Path] = []

    def and_the_power_goes(path: Path, target: Path) -> Path:
        if renamed:
            raise OSError("no power")
        renamed.append(target)
        return rename(path, target)

    with monkeypatch.context() as power:
        power.setattr(Path, "rename", and_the_power_goes)
        with pytest.raises(LedgerReadOnly):
            set_aside(tmp_path / "book.db", SHIFT_BEGINS_UTC)
    (tmp_path / "book.db-wal").write_bytes(b"of the next start")
    aside = set_aside(tmp_path / "book.db", SHIFT_BEGINS_UTC + timedelta(minutes=1))
    assert waits_for_salvage(tmp_path / "book.db") == aside
    assert seqs(salvage(aside).texts) == [1, 2]
    assert b"of the next start" in [each.read_bytes() for each in tmp_path.iterdir()]


def test_a_fact_whose_text_was_changed_is_not_believed(tmp_path: Path) -> None:
    book = a_written_book(tmp_path)
    conn = sqlite3.connect(book)
    conn.execute("UPDATE facts SET text = replace(text, '\"quantity_each\":1', '\"quantity_each\":9') WHERE seq = 5")
    conn.commit()
    conn.execute("VACUUM")
    conn.close()
    assert [text for text in salvage(book).texts if '"quantity_each":9' in text] == []


def test_facts_that_a_person_looks_at_and_facts_that_are_long_held_are_left_where_they_are(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path, a_task(quantity_each=1_000))
    do(ledger, at_bin())
    do(ledger, picked())
    quarantined = Outcome(seq=2, verdict=Verdict.QUARANTINED, reason="odd")
    ledger.settle(FactsJudged(outcomes=(quarantined,), held_through_seq=2))
    ledger.book.db.execute("DELETE FROM facts WHERE seq = 1")  # it has left the book; its bytes may still be there
    do(ledger, picked())
    ledger.close()
    assert seqs(salvage(tmp_path / "book.db").texts) == [3]


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_torn_salvage_raises_nothing_and_invents_nothing(tmp_path: Path, seed: int) -> None:
    book = a_written_book(tmp_path)
    told = set(salvage(book).texts)
    chance = random.Random(seed)
    content = bytearray(book.read_bytes())
    for _ in range(chance.choice((1, 5, 50))):
        at, length = chance.randrange(len(content)), chance.choice((1, 16, 512, PAGE))
        content[at : at + length] = chance.randbytes(len(content[at : at + length]))
    book.write_bytes(content)
    found = set(salvage(book).texts)
    assert found <= told
    assert len(found) >= len(told) - 8 * 50


def test_rubbish_gives_nothing(tmp_path: Path) -> None:
    (tmp_path / "book.db").write_bytes(os.urandom(20_000) + b'{"warehouse_id":"' + b"[" * 20_000)
    assert salvage(tmp_path / "book.db").texts == ()


def test_a_damaged_book_is_set_aside_and_its_facts_are_owed_by_a_new_one(tmp_path: Path) -> None:
    book = a_written_book(tmp_path)
    spoil(book, pages_of(book, "rows")[0])
    with pytest.raises(LedgerDamaged):
        open_book(book)
    aside = set_aside(book, SHIFT_BEGINS_UTC)
    assert waits_for_salvage(book) == aside
    ledger = SqliteLedger(open_book(book), FakeClock())
    ledger.enrol_with(salvage(aside), ANEW)
    has_been_salvaged(aside)
    assert waits_for_salvage(book) is None
    assert [each.name for each in tmp_path.glob("book.db.salvaged-*")] != []
    assert (ledger.station_id, ledger.owed_count(), ledger.is_told_again) == ("K9", len(ALL), False)
    assert [read_envelope(text).resent for text in ledger.owed(1, 2)] == ["K3#1", "K3#2"]
    assert (ledger.recall("seat.1"), [job.job_id for job in ledger.jobs()]) == ("pick", ["J1"])
    assert ledger.get(PickTask, "T1") is None  # rows come from the store
    ledger.close()
