"""A station whose book and store contradict each other goes on under a new id: nothing lost, nothing counted twice."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest

from app.domain.codes import identify
from app.domain.deeds import Deed
from app.domain.discrepancies import Discrepancy
from app.domain.picking import PickTask
from app.domain.picklists import Picklist, PicklistState
from app.domain.scan import Scan, Source
from app.domain.workers import ScanRefused
from app.errors import LeaseEnded, StoreRefused, StoreUnreachable
from app.ports import Link
from app.workflows.pick import Pick
from sync.book import open_book
from sync.failure import CallFailed, Failure, FailureKind
from sync.ledger import SqliteLedger
from sync.protocol import GENESIS_HASH, Enrolled, Enrolment, FactsJudged, Outcome, Verdict, fact_hash, read_envelope
from sync.transport import StoreTransport
from tests.fakes.clock import FakeClock
from tests.store.a_store import AStore, a_listening_store
from tests.store.w1 import NOW_UTC, PICKER, SOCKS, SOCKS_BIN
from tests.sync.floor import (
    ENROLLED,
    RANGE,
    a_change,
    a_job,
    a_ledger,
    a_picklist,
    a_pull,
    a_task,
    at_bin,
    do,
    picked,
)
from tests.sync.test_with_the_store import Station, a_station, agree

ANEW = replace(ENROLLED, station_id="K9", scopes=("all", "station:K9"))
SOCK = "4006381333931"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[AStore]:
    async with a_listening_store(tmp_path) as store:
        yield store


def a_picker(station: Station, picklist_id: str) -> Pick:
    pick = Pick(ledger=station.ledger, clock=FakeClock(NOW_UTC), worker_id=PICKER, picklist_id=picklist_id, zone=UTC)
    pick.open()
    return pick


def scan(pick: Pick, *texts: str) -> None:
    for text in texts:
        pick.take(identify(Scan(text=text, source=Source.WEDGE)))


async def a_list_in_hand(station: Station, store: AStore, *, socks_each: int) -> str:
    """A picklist of so many socks of which the first is picked, and the store knows it."""
    await store.order(SOCKS=socks_each)
    await store.release()
    picklist_id = await station.get_work()
    scan(a_picker(station, picklist_id), f"L.{SOCKS_BIN}", SOCK)
    await station.until_settled()
    return picklist_id


async def a_code(store: AStore, kind: str = "handset") -> str:
    return str((await store.post("/v1/enrolments", {"station_kind": kind, "name": "One"}))["code"])


def backup_of(station: Station) -> bytes:
    return bytes(station.ledger.book.db.conn.serialize())


def restore(folder: Path, backup: bytes) -> None:
    for left in ("book.db-wal", "book.db-shm"):
        (folder / left).unlink(missing_ok=True)
    (folder / "book.db").write_bytes(backup)


async def test_a_book_from_yesterdays_backup_goes_on_under_a_new_id_and_each_scan_counts_once(
    tmp_path: Path, store: AStore
) -> None:
    folder = tmp_path / "K"
    async with a_station(folder, store) as station:
        picklist_id = await a_list_in_hand(station, store, socks_each=5)
        await station.until_held()
        backup = backup_of(station)
        scan(a_picker(station, picklist_id), SOCK, SOCK)
        await station.until_settled()
        old_id = station.ledger.station_id
    restore(folder, backup)
    async with a_station(folder, store) as station:
        await station.until(Link.REFUSED)
        scan(a_picker(station, picklist_id), SOCK)
        await station.courier.enrol_anew(await a_code(store), "One")
        pick = a_picker(station, picklist_id)
        scan(pick, SOCK)
        await station.until_settled()

        assert station.ledger.station_id != old_id
        assert (folder / f"book.db.{old_id}.bak").exists()
        agree(store, station.ledger, PickTask, Picklist)
        (task,) = store.rows(PickTask, picklist_id)
        assert task.picked_each == 5  # one that both know, two that the backup had lost, two of its own
        scan(pick, "T.T-01", "X.FINISH")
        await station.until_settled()
        assert store.row(Picklist, picklist_id).state is PicklistState.PICKED
        assert store.moved_each(SOCKS_BIN, SOCKS) == 5
        assert store.stock_each(f"hand:{old_id}", SOCKS) == 0
        assert store.rows(Discrepancy) == []


async def test_when_somebody_has_copied_a_station_both_go_on_and_each_scan_counts_once(
    tmp_path: Path, store: AStore
) -> None:
    async with a_station(tmp_path / "K", store) as station:
        picklist_id = await a_list_in_hand(station, store, socks_each=6)
        await station.until_held()
    shutil.copytree(tmp_path / "K", tmp_path / "copy")
    async with a_station(tmp_path / "K", store) as first, a_station(tmp_path / "copy", store) as second:
        scan(a_picker(first, picklist_id), SOCK)
        await first.until_settled()
        await second.until(Link.REFUSED)
        scan(a_picker(second, picklist_id), SOCK)
        first.gate.cut()  # it does not hear that its id is over
        await second.courier.enrol_anew(await a_code(store), "Two")
        scan(a_picker(first, picklist_id), SOCK)
        await second.until_settled()
        first.gate.shut = False
        await first.until(Link.REFUSED)
        assert "enrolled anew" in first.courier.state().reason
        await first.courier.enrol_anew(await a_code(store), "One")
        await first.until_held()
        scan(a_picker(second, picklist_id), SOCK)
        await second.until_held()

        (task,) = store.rows(PickTask, picklist_id)
        assert (task.picked_each, store.moved_each(SOCKS_BIN, SOCKS)) == (5, 5)
        assert store.row(Picklist, picklist_id).station_id == second.ledger.station_id
        assert store.stock_each(f"hand:{second.ledger.station_id}", SOCKS) == 4
        assert store.stock_each(f"hand:{first.ledger.station_id}", SOCKS) == 1


async def test_what_was_picked_before_the_new_enrolment_is_taken_back_after_it(tmp_path: Path, store: AStore) -> None:
    await store.order(SOCKS=3)
    await store.release()
    folder = tmp_path / "K"
    async with a_station(folder, store) as station:
        picklist_id = await station.get_work()
        backup = backup_of(station)
        do(station.ledger, ScanRefused(step="pick.item", reason="only here"))
        await station.until_held()
    restore(folder, backup)
    async with a_station(folder, store) as station:
        await station.until(Link.REFUSED)
        scan(a_picker(station, picklist_id), f"L.{SOCKS_BIN}", SOCK, SOCK, "X.UNDO")
        await station.courier.enrol_anew(await a_code(store), "One")
        scan(a_picker(station, picklist_id), "X.UNDO")
        await station.until_settled()
        (task,) = store.rows(PickTask, picklist_id)
        assert (task.picked_each, store.moved_each(SOCKS_BIN, SOCKS)) == (0, 10)
        scan(a_picker(station, picklist_id), "X.UNDO")  # the bin; there is no third pick
        await station.until_settled()
        agree(store, station.ledger, PickTask)
        assert store.rows(Discrepancy) == []


async def test_nothing_is_pulled_or_asked_before_the_store_has_heard_again_what_was_done(
    tmp_path: Path, store: AStore
) -> None:
    folder = tmp_path / "K"
    async with a_station(folder, store) as station:
        picklist_id = await a_list_in_hand(station, store, socks_each=3)
        code = await a_code(store)
        await station.courier.enrol_anew(code, "One")
        station.gate.cut()  # nothing of it has been told yet
        with pytest.raises(StoreUnreachable):
            await station.courier.ask("get_work", {"worker_id": PICKER})
        await station.courier.pull_now()
        seen = station.ledger.get(PickTask, store.rows(PickTask, picklist_id)[0].task_id)
        assert seen is not None
        assert seen.picked_each == 1
        a_picker(station, picklist_id)  # the list in hand goes on meanwhile
        station.gate.shut = False
        await station.until_settled()
        agree(store, station.ledger, PickTask, Picklist)


async def test_a_code_that_was_used_or_is_none_changes_nothing(tmp_path: Path, store: AStore) -> None:
    async with a_station(tmp_path / "K", store) as station:
        do(station.ledger, ScanRefused(step="pick.item", reason="one"))
        before = station.ledger.station_id
        with pytest.raises(StoreRefused):
            await station.courier.enrol_anew("NOCODE", "One")
        await station.until_held()
        assert station.ledger.station_id == before


async def test_an_enrolment_whose_answer_was_lost_is_made_good_by_the_same_code(
    tmp_path: Path, store: AStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrol = StoreTransport.enrol

    async def heard_and_cut(transport: StoreTransport, enrolment: Enrolment) -> Enrolled:
        await enrol(transport, enrolment)
        raise CallFailed(Failure(kind=FailureKind.UNREACHABLE, reason="cut"))

    async with a_station(tmp_path / "K", store) as station:
        do(station.ledger, ScanRefused(step="pick.item", reason="one"))
        await station.until_held()
        code = await a_code(store)
        with monkeypatch.context() as patch:
            patch.setattr(StoreTransport, "enrol", heard_and_cut)
            with pytest.raises(StoreUnreachable):
                await station.courier.enrol_anew(code, "One")
        await station.until(Link.REFUSED)
        await station.courier.enrol_anew(code, "One")
        await station.until_held()
        outcome = station.ledger.outcome(1)
        assert outcome is not None
        assert outcome["verdict"] == Verdict.SUPERSEDED


# -- the book ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def ledger(tmp_path: Path) -> SqliteLedger:
    """A station with a list in hand, of which the store holds the first two facts."""
    ledger = a_ledger(tmp_path, a_picklist(), a_task())
    do(ledger, at_bin())
    do(ledger, picked())
    outcomes = tuple(Outcome(seq=seq, verdict=Verdict.ACCEPTED) for seq in (1, 2))
    ledger.settle(FactsJudged(outcomes=outcomes, held_through_seq=2))
    do(ledger, picked())
    return ledger


def test_every_fact_that_is_still_in_the_book_is_told_again_in_a_new_chain_from_1(ledger: SqliteLedger) -> None:
    old = [read_envelope(text) for text in ledger.owed(1, 10)]
    ledger.enrol_anew(ANEW)
    prev_hash = GENESIS_HASH
    for seq, (text, was) in enumerate(zip(ledger.owed(1, 10), old, strict=True), 1):
        said = read_envelope(text)
        assert (said.station_id, said.seq, said.prev_hash, said.resent) == ("K9", seq, prev_hash, f"K3#{seq}")
        assert (said.body, said.occurred_at_utc, said.lease) == (was.body, was.occurred_at_utc, was.lease)
        prev_hash = fact_hash(prev_hash, text)
    assert (ledger.owed_count(), ledger.held_through_seq, ledger.last_seq) == (3, 0, 3)
    assert do(ledger, picked()) == (4,)
    ledger.close()


def test_a_second_new_enrolment_keeps_both_older_names(ledger: SqliteLedger) -> None:
    ledger.enrol_anew(ANEW)
    do(ledger, picked())
    ledger.enrol_anew(replace(ANEW, station_id="K10"))
    assert [read_envelope(text).resent for text in ledger.owed(1, 10)] == [
        "K3#1 K9#1",
        "K3#2 K9#2",
        "K3#3 K9#3",
        "K9#4",
    ]
    ledger.close()


def test_a_fact_that_a_person_looks_at_is_not_told_again(ledger: SqliteLedger) -> None:
    ledger.settle(
        FactsJudged(outcomes=(Outcome(seq=3, verdict=Verdict.QUARANTINED, reason="odd"),), held_through_seq=3)
    )
    ledger.enrol_anew(ANEW)
    assert [read_envelope(text).resent for text in ledger.owed(1, 10)] == ["K3#1", "K3#2"]
    ledger.close()


def test_the_list_in_hand_labels_and_seats_stay_and_the_carton_numbers_go(ledger: SqliteLedger) -> None:
    ledger.record(Deed(facts=(), print_jobs=(a_job(),)), worker_id=PICKER)
    ledger.remember("seat.1", "pick")
    ledger.remember("numbers_key", "asked as K3")
    ledger.enrol_anew(ANEW)
    picklist = ledger.get(Picklist, "P1")
    assert picklist is not None
    assert picklist.station_id == "K9"
    assert [job.job_id for job in ledger.jobs()] == ["J1"]
    assert (ledger.recall("seat.1"), ledger.recall("numbers_key")) == ("pick", None)
    assert ledger.take_sscc() is None
    ledger.close()


def test_the_fork_is_over_and_stays_so_and_the_old_book_lies_beside_the_new_one(
    ledger: SqliteLedger, tmp_path: Path
) -> None:
    ledger.keep_fork("the store holds another fact 3")
    ledger.enrol_anew(ANEW)
    ledger.close()
    again = SqliteLedger(open_book(tmp_path / "book.db"), FakeClock())
    assert (again.fork, again.station_id, again.last_seq, again.is_told_again) == ("", "K9", 3, False)
    again.close()
    old = SqliteLedger(open_book(tmp_path / "book.db.K3.bak"), FakeClock())
    assert (old.station_id, old.last_seq, old.held_through_seq) == ("K3", 3, 2)
    assert old.fork
    old.close()


def test_undo_finds_what_is_told_again_by_its_new_number_and_nothing_else(ledger: SqliteLedger) -> None:
    pick = Pick(ledger=ledger, clock=FakeClock(), worker_id=PICKER, picklist_id="P1", zone=UTC)
    pick.open()  # 4
    scan(pick, "X.UNDO")  # 5 takes 3 back
    ledger.settle(
        FactsJudged(outcomes=(Outcome(seq=1, verdict=Verdict.QUARANTINED, reason="odd"),), held_through_seq=2)
    )
    ledger.book.db.execute("DELETE FROM facts WHERE seq = 1")  # it has left the book: numbers move by one
    ledger.enrol_anew(ANEW)
    assert [(seq, body["negates_seq"]) for seq, _, body in ledger.last_facts() if "negates_seq" in body] == [(4, 2)]
    pick = Pick(ledger=ledger, clock=FakeClock(), worker_id=PICKER, picklist_id="P1", zone=UTC)
    scan(pick, "X.UNDO")
    undo = read_envelope(ledger.owed(5, 1)[0])
    assert (undo.resent, undo.body["negates_seq"]) == (None, 1)
    ledger.close()


def test_rows_that_come_whole_replace_those_of_the_old_station(ledger: SqliteLedger) -> None:
    ledger.enrol_anew(ANEW)
    outcomes = tuple(Outcome(seq=seq, verdict=Verdict.SUPERSEDED, by=f"K3#{seq}") for seq in (1, 2, 3))
    ledger.settle(FactsJudged(outcomes=outcomes, held_through_seq=3))
    assert ledger.is_told_again
    task = a_task(picked_each=2)
    ledger.apply(a_pull(a_change(task), at=7, included=3))
    assert ledger.get(PickTask, "T1") == task
    assert ledger.get(Picklist, "P1") is None
    with pytest.raises(LeaseEnded):
        Pick(ledger=ledger, clock=FakeClock(), worker_id=PICKER, picklist_id="P1", zone=UTC).open()
    ledger.close()


def test_carton_numbers_of_the_new_id_are_drawn_as_before(ledger: SqliteLedger) -> None:
    ledger.enrol_anew(ANEW)
    ledger.lease_numbers(RANGE)
    assert ledger.numbers_left_each() == 500
    ledger.close()
