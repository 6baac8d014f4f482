from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.deeds import Deed
from app.domain.picking import PickState, PickTask
from app.domain.picklists import Picklist
from app.domain.products import Product
from app.domain.rows import Row
from app.domain.totes import ToteLoad
from app.domain.workers import ScanRefused, WorkerSignedIn
from app.ports import CodeHit
from sync import fact_log
from sync.book import open_book
from sync.fact_log import KEPT_FOR, NEWEST_KEPT
from sync.ledger import SqliteLedger
from sync.protocol import (
    GENESIS_HASH,
    Cursor,
    FactsJudged,
    Outcome,
    Pulled,
    RowChange,
    Verdict,
    fact_hash,
    read_envelope,
)
from tests.contracts.ledger_contract import LedgerContract, Station
from tests.fakes.clock import FakeClock
from tests.fakes.ledger import FakeLedger
from tests.sync.floor import (
    PICKER,
    a_change,
    a_ledger,
    a_picklist,
    a_product,
    a_pull,
    a_task,
    at_bin,
    do,
    gone,
    picked,
    placed,
    tote_taken,
)


class TestSqliteLedger(LedgerContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> Iterator[None]:
        self.folder = tmp_path
        self.opened: list[SqliteLedger] = []
        yield
        for ledger in self.opened:
            ledger.close()

    def station(self, *rows: Row) -> Station:
        ledger = a_ledger(self.folder, *rows, clock=self.clock)
        self.opened.append(ledger)
        return ledger


class TestFakeLedger(LedgerContract):
    def station(self, *rows: Row) -> Station:
        return FakeLedger(rows, clock=self.clock)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    ledger = a_ledger(tmp_path, a_picklist(), a_task())
    yield ledger
    ledger.close()


def held(ledger: SqliteLedger, through: int) -> None:
    """The store accepts everything up to `through`."""
    outcomes = tuple(
        Outcome(seq=seq, verdict=Verdict.ACCEPTED) for seq in range(ledger.held_through_seq + 1, through + 1)
    )
    ledger.settle(FactsJudged(outcomes=outcomes, held_through_seq=through))


def test_a_fact_is_chained_to_the_one_before_it(ledger: SqliteLedger) -> None:
    do(ledger, at_bin())
    do(ledger, picked())
    first, second = ledger.owed(1, 10)
    assert read_envelope(first).prev_hash == GENESIS_HASH
    assert read_envelope(second).prev_hash == fact_hash(GENESIS_HASH, first)
    envelope = read_envelope(second)
    assert (envelope.station_id, envelope.warehouse_id, envelope.seq, envelope.worker_id) == ("K3", "W1", 2, PICKER)


def test_a_book_that_is_opened_again_goes_on_where_it_was(tmp_path: Path) -> None:
    first = a_ledger(tmp_path, a_task())
    do(first, at_bin())
    held(first, 1)
    do(first, picked())
    first.remember("seat.1", "pick")
    chain = first.owed(1, 10)
    first.close()

    again = a_ledger(tmp_path)
    task = again.get(PickTask, "T1")
    assert task is not None
    assert task.picked_each == 1
    assert (again.station_id, again.owed_count(), again.held_through_seq, again.last_seq) == ("K3", 1, 1, 2)
    assert again.recall("seat.1") == "pick"
    do(again, picked())
    assert read_envelope(again.owed(3, 1)[0]).prev_hash == fact_hash(fact_hash(GENESIS_HASH, chain[0]), chain[1])
    again.close()


def test_a_station_that_is_not_enrolled_records_nothing(tmp_path: Path) -> None:
    ledger = SqliteLedger(open_book(tmp_path / "book.db"), FakeClock())
    with pytest.raises(ValueError, match="not enrolled"):
        ledger.record(Deed(facts=(WorkerSignedIn(seat_id="s"),)), worker_id=PICKER)
    assert ledger.last_seq == 0
    ledger.close()


def test_a_fact_that_the_wire_cannot_carry_is_not_recorded(ledger: SqliteLedger) -> None:
    long = ScanRefused(step="pick.item", reason="x" * 20_000)
    with pytest.raises(ValueError, match="wire carries"):
        ledger.record(Deed(facts=(at_bin(), long)), worker_id=PICKER)
    assert ledger.owed_count() == 0
    assert ledger.owed(1, 10) == ()


def test_an_owed_fact_is_played_over_what_the_store_sends(ledger: SqliteLedger) -> None:
    do(ledger, at_bin(), picked())
    ledger.apply(a_pull(a_change(a_task(quantity_each=2)), at=2, included=0))
    task = ledger.get(PickTask, "T1")
    assert task is not None
    assert (task.quantity_each, task.picked_each, task.state) == (2, 1, PickState.AT_LOCATION)


def test_a_fact_that_the_rows_include_is_not_played_twice(ledger: SqliteLedger) -> None:
    do(ledger, at_bin(), picked())
    do(ledger, picked())
    included = a_task(picked_each=1, state=PickState.AT_LOCATION)
    ledger.apply(a_pull(a_change(included), at=2, included=2))
    task = ledger.get(PickTask, "T1")
    assert task is not None
    assert task.picked_each == 2


def test_a_fact_that_no_longer_fits_leaves_the_row_as_the_store_has_it(ledger: SqliteLedger) -> None:
    do(ledger, at_bin(), picked())
    cancelled = a_task(state=PickState.CANCELLED)
    ledger.apply(a_pull(a_change(cancelled), at=2))
    assert ledger.get(PickTask, "T1") == cancelled
    assert ledger.owed_count() == 2


def test_a_row_that_leaves_the_station_goes_and_its_facts_stay(ledger: SqliteLedger) -> None:
    do(ledger, at_bin())
    ledger.apply(a_pull(gone(a_task()), at=2))
    assert ledger.get(PickTask, "T1") is None
    assert ledger.all(PickTask) == []
    assert ledger.owed_count() == 1


def test_a_row_born_here_stays_until_the_store_has_its_facts(ledger: SqliteLedger) -> None:
    do(ledger, tote_taken(), at_bin(), picked(), placed())
    load = ledger.get(ToteLoad, "TL1")
    assert load is not None
    ledger.apply(a_pull(at=2, included=2))
    assert ledger.get(ToteLoad, "TL1") is None  # the store took the tote's facts in, and lists no such load
    ledger.apply(a_pull(a_change(load), at=3, included=4))
    assert ledger.get(ToteLoad, "TL1") == load


def test_an_answer_older_than_the_cursor_changes_nothing(ledger: SqliteLedger) -> None:
    ledger.apply(a_pull(a_change(a_task(quantity_each=9)), at=5))
    ledger.apply(a_pull(a_change(a_task(quantity_each=1)), at=4))
    task = ledger.get(PickTask, "T1")
    assert task is not None
    assert task.quantity_each == 9
    assert ledger.cursor() == Cursor(epoch="e1", change_seq=5)


def test_after_a_lost_cursor_the_old_rows_stay_until_the_new_ones_are_whole(ledger: SqliteLedger) -> None:
    do(ledger, at_bin())
    ledger.apply(Pulled(cursor=Cursor(epoch="e2"), must_refetch=True))
    assert ledger.cursor() == Cursor()
    ledger.apply(a_pull(a_change(a_task(quantity_each=8)), epoch="e2", at=1, more=True))
    task = ledger.get(PickTask, "T1")
    assert task is not None
    assert (task.quantity_each, task.state) == (3, PickState.AT_LOCATION)

    ledger.apply(a_pull(a_change(a_task(task_id="T2")), epoch="e2", at=2))
    task = ledger.get(PickTask, "T1")
    assert task is not None
    assert (task.quantity_each, task.state) == (8, PickState.AT_LOCATION)
    assert [task.task_id for task in ledger.all(PickTask)] == ["T1", "T2"]
    assert ledger.get(Picklist, "P1") is None
    assert ledger.owed_count() == 1


def test_a_fetch_that_was_cut_by_a_crash_goes_on(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path, a_task())
    ledger.apply(Pulled(cursor=Cursor(), must_refetch=True))
    ledger.apply(a_pull(a_change(a_task(task_id="T2")), epoch="e2", at=1, more=True))
    ledger.close()
    again = a_ledger(tmp_path)
    assert again.cursor() == Cursor(epoch="e2", change_seq=1)
    again.apply(a_pull(a_change(a_task(task_id="T3")), epoch="e2", at=2))
    assert [task.task_id for task in again.all(PickTask)] == ["T2", "T3"]
    again.close()


def test_a_new_numbering_of_the_feed_is_fetched_whole(ledger: SqliteLedger) -> None:
    ledger.apply(a_pull(a_change(a_task(task_id="T2")), epoch="e2", at=7))
    assert ledger.cursor() == Cursor()
    assert ledger.get(PickTask, "T2") is None


def test_codes_follow_their_product(ledger: SqliteLedger) -> None:
    ledger.apply(a_pull(a_change(a_product("SKU1", ("A", 1), ("B", 6))), at=2))
    ledger.apply(a_pull(a_change(a_product("SKU1", ("B", 8), ("C", 1))), at=3))
    assert ledger.find_code("A") is None
    assert ledger.find_code("B") == CodeHit(product_id="SKU1", factor_each=8)
    ledger.apply(a_pull(gone(a_product("SKU1")), at=4))
    assert ledger.find_code("B") is None
    assert ledger.find_code("C") is None


def test_codes_follow_the_products_of_a_snapshot(ledger: SqliteLedger) -> None:
    before = (a_product("SKU1", ("A", 1)), a_product("SKU2", ("B", 1)), a_product("SKU3", ("C", 1)))
    ledger.apply(a_pull(*(a_change(row) for row in before), at=2))
    assert ledger.get(Product, "SKU1") == before[0]
    ledger.apply(Pulled(cursor=Cursor(epoch="e2"), must_refetch=True))
    after = (a_product("SKU1", ("A", 6), ("D", 1)), before[2])
    ledger.apply(a_pull(*(a_change(row) for row in after), epoch="e2", at=1))
    assert ledger.get(Product, "SKU1") == after[0]
    assert ledger.get(Product, "SKU2") is None
    hits = [ledger.find_code(code) for code in "ABCD"]
    assert [hit and (hit.product_id, hit.factor_each) for hit in hits] == [("SKU1", 6), None, ("SKU3", 1), ("SKU1", 1)]


def test_of_two_words_on_one_row_the_last_one_counts(ledger: SqliteLedger) -> None:
    first, last = a_change(a_task(task_id="T2")), gone(a_task(task_id="T2"))
    ledger.apply(a_pull(first, last, a_change(a_task(quantity_each=9)), at=2))
    assert ledger.get(PickTask, "T2") is None
    ledger.apply(a_pull(last, first, at=3))
    assert [task.quantity_each for task in ledger.all(PickTask)] == [9, 3]


def test_a_row_that_is_none_hides_itself_and_nothing_else(ledger: SqliteLedger) -> None:
    broken = RowChange(row_kind="product", row_id="SKU9", change_seq=2, image={"product_id": 7})
    stranger = RowChange(row_kind="drone", row_id="D1", change_seq=2, image={"wings": 4})
    ledger.apply(a_pull(broken, stranger, a_change(a_product("SKU1")), at=2))
    assert ledger.get(Product, "SKU9") is None
    assert [product.product_id for product in ledger.all(Product)] == ["SKU1"]


def test_an_outcome_once_given_never_changes(ledger: SqliteLedger) -> None:
    do(ledger, at_bin())
    held(ledger, 1)
    other = Outcome(seq=1, verdict=Verdict.QUARANTINED, reason="x")
    ledger.settle(FactsJudged(outcomes=(other,), held_through_seq=1))
    outcome = ledger.outcome(1)
    assert outcome is not None
    assert outcome["verdict"] == "accepted"
    assert ledger.owed_count() == 0


def test_facts_leave_the_book_when_they_are_held_included_and_old_but_for_the_newest(tmp_path: Path) -> None:
    clock = FakeClock()
    ledger = a_ledger(tmp_path, clock=clock)
    many = tuple(WorkerSignedIn(seat_id=str(n)) for n in range(NEWEST_KEPT + 30))
    ledger.record(Deed(facts=many), worker_id=PICKER)
    held(ledger, 25)
    clock.advance(s=KEPT_FOR.total_seconds())
    assert ledger.oldest_kept_seq() == 1  # the rows do not include them yet
    ledger.apply(a_pull(at=2, included=20))
    assert ledger.oldest_kept_seq() == 1  # a store that is put back to a backup may want them again
    clock.advance(s=1)
    ledger.apply(a_pull(at=3, included=20))
    assert ledger.oldest_kept_seq() == 21
    ledger.apply(a_pull(at=4, included=25))
    assert ledger.oldest_kept_seq() == 26
    held(ledger, len(many))
    ledger.apply(a_pull(at=5, included=len(many)))
    assert len(ledger.last_facts(limit=1000)) == NEWEST_KEPT
    ledger.close()


def test_facts_of_a_clock_that_was_years_ahead_leave_the_book_by_their_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fact_log, "MOST_KEPT", NEWEST_KEPT + 10)
    ledger = a_ledger(tmp_path, clock=FakeClock(datetime(2099, 1, 1, tzinfo=UTC)))
    many = tuple(WorkerSignedIn(seat_id=str(n)) for n in range(NEWEST_KEPT + 30))
    ledger.record(Deed(facts=many), worker_id=PICKER)
    held(ledger, len(many))
    ledger.apply(a_pull(at=2, included=len(many)))
    assert len(ledger.last_facts(limit=1000)) == NEWEST_KEPT + 10
    ledger.close()


def test_facts_that_the_store_lost_are_owed_again_while_they_are_in_the_book(ledger: SqliteLedger) -> None:
    do(ledger, at_bin())
    do(ledger, picked())
    held(ledger, 2)
    ledger.owe_again(2)
    assert ledger.owed_count() == 1
    with pytest.raises(ValueError, match="not in the book"):
        ledger.owe_again(9)


def test_facts_that_the_store_never_took_stay_owed_when_it_holds_others_under_their_numbers(
    ledger: SqliteLedger,
) -> None:
    do(ledger, at_bin())
    held(ledger, 1)
    many = tuple(WorkerSignedIn(seat_id=str(n)) for n in range(NEWEST_KEPT + 30))
    ledger.record(Deed(facts=many), worker_id=PICKER)
    owed = ledger.owed(2, 1000)
    forked = (Outcome(seq=2, verdict=Verdict.FORKED),)
    ledger.settle(FactsJudged(outcomes=forked, held_through_seq=80))
    ledger.keep_fork("the store holds another fact 2")
    ledger.apply(a_pull(at=2, included=80))
    assert (ledger.held_through_seq, ledger.included_through_seq) == (1, 1)
    assert ledger.owed(2, 1000) == owed
    assert ledger.owed_count() == len(many)


def test_what_the_store_took_before_the_fork_is_owed_no_longer(ledger: SqliteLedger) -> None:
    do(ledger, at_bin(), picked())
    do(ledger, picked())
    outcomes = (Outcome(seq=1, verdict=Verdict.ACCEPTED), Outcome(seq=2, verdict=Verdict.FORKED))
    ledger.settle(FactsJudged(outcomes=outcomes, held_through_seq=3))
    assert (ledger.held_through_seq, ledger.owed_count()) == (1, 2)


@pytest.mark.parametrize("heard_first", ["the pull", "the fork"])
def test_what_was_picked_here_stays_seen_when_the_store_holds_other_facts(
    ledger: SqliteLedger, heard_first: str
) -> None:
    do(ledger, at_bin(), picked())
    rows = a_pull(a_change(a_task(quantity_each=2)), at=2, included=80 if heard_first == "the fork" else 2)
    if heard_first == "the fork":
        ledger.keep_fork("the store holds another fact 1")
        ledger.apply(rows)
    else:
        ledger.apply(rows)
        ledger.keep_fork("the store holds another fact 1")
    task = ledger.get(PickTask, "T1")
    assert task is not None
    assert (task.quantity_each, task.picked_each) == (2, 1)


def test_a_store_that_includes_more_facts_than_were_done_here_is_not_believed(ledger: SqliteLedger) -> None:
    ledger.apply(a_pull(a_change(a_task()), at=2, included=80))
    do(ledger, at_bin(), picked())
    ledger.apply(a_pull(a_change(a_task(quantity_each=2)), at=3, included=80))
    task = ledger.get(PickTask, "T1")
    assert task is not None
    assert (task.quantity_each, task.picked_each) == (2, 1)
    assert ledger.included_through_seq == 0


def test_a_broken_listener_does_not_make_a_scan_look_refused(
    ledger: SqliteLedger, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("a screen that is gone")

    ledger.on_change(broken)
    assert do(ledger, at_bin()) == (1,)
    assert "listener_failed" in caplog.text


def test_a_book_belongs_to_one_station(ledger: SqliteLedger) -> None:
    assert ledger.enrolled is not None
    ledger.enrol(ledger.enrolled)
    other = replace(ledger.enrolled, station_id="K4")
    with pytest.raises(ValueError, match="belongs to K3"):
        ledger.enrol(other)


def test_people_may_look_into_a_running_book(ledger: SqliteLedger, tmp_path: Path) -> None:
    do(ledger, at_bin())
    looking = sqlite3.connect(tmp_path / "book.db")
    (text,) = looking.execute("SELECT text FROM facts").fetchone()
    looking.close()
    assert json.loads(text)["kind"] == "pick.location_confirmed"


def test_while_a_pull_is_not_whole_what_was_done_here_stays_seen(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path, a_task(task_id="T1"), a_task(task_id="T2"))
    do(ledger, at_bin("T1"), at_bin("T2"))
    at_store = a_task(task_id="T1", state=PickState.AT_LOCATION)
    ledger.apply(a_pull(a_change(at_store), at=2, included=2, more=True))
    second = ledger.get(PickTask, "T2")
    assert second is not None
    assert second.state is PickState.AT_LOCATION
    assert ledger.get(PickTask, "T1") == at_store
    ledger.close()
