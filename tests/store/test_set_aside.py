"""Facts that the store cannot read: one piece of work a station and reason, however many they are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import Connection, event, update

from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancySettled, DiscrepancyState
from app.domain.workers import WorkerSignedIn
from store.tables import rows
from sync.protocol import Outcome, Verdict
from tests.fakes.discrepancies import a_discrepancy
from tests.store.a_station import AStation
from tests.store.a_store import AStore
from tests.store.w1 import PICKER, SUPERVISOR

GOOD = WorkerSignedIn(seat_id="s1")


def newer(station: AStation, times: int = 1, kind: str = "made.up") -> None:
    """Owe facts of a kind that no store of today knows."""
    for _ in range(times):
        station.owe(station.text_of(GOOD, PICKER, kind=kind))


def works(store: AStore) -> list[Discrepancy]:
    """What is open, by the first fact that it tells of."""
    aside = [one for one in store.rows(Discrepancy) if one.kind is DiscrepancyKind.QUARANTINED_FACT]
    still = [one for one in aside if one.state is DiscrepancyState.OPEN]
    return sorted(still, key=lambda one: (one.facts["station_id"], int(one.facts["seq"])))


def told_of(work: Discrepancy) -> tuple[str, ...]:
    """(first number, last number, how many); as the wire has it."""
    return tuple(work.facts.get(name, "") for name in ("seq", "last_seq", "count"))


def is_found(works: list[Discrepancy], station: AStation, outcome: Outcome) -> bool:
    """Whether the fact is one that open work tells of."""
    same = [w for w in works if (w.facts["station_id"], w.facts["reason"]) == (station.station_id, outcome.reason)]
    return any(int(w.facts["seq"]) <= outcome.seq <= int(w.facts.get("last_seq", w.facts["seq"])) for w in same)


async def test_a_station_that_is_newer_than_its_store_is_one_piece_of_work_with_all_its_facts(store: AStore) -> None:
    handset = await store.station()
    newer(handset, 2)
    handset.tell(GOOD)
    newer(handset, 120)

    outcomes = await handset.push()

    (work,) = works(store)
    assert told_of(work) == ("1", "123", "122")
    assert work.facts["station_id"] == handset.station_id
    assert work.facts["reason"] == outcomes[0].reason
    assert all(is_found([work], handset, one) for one in outcomes if one.verdict is Verdict.QUARANTINED)


async def test_what_comes_later_for_the_same_reason_is_added_and_the_row_keeps_its_number_and_its_age(
    store: AStore,
) -> None:
    handset = await store.station()
    newer(handset)
    await handset.push()
    (first,) = works(store)
    assert told_of(first) == ("1", "", "")
    newer(handset)
    await handset.push()
    handset.tell(GOOD)
    newer(handset)
    await handset.push()

    (work,) = works(store)

    assert told_of(work) == ("1", "4", "3")
    same = ("discrepancy_id", "number", "raised_at_utc")
    assert [getattr(work, name) for name in same] == [getattr(first, name) for name in same]


async def test_another_reason_and_another_station_are_work_of_their_own(store: AStore) -> None:
    one, two = await store.station(), await store.station(name="Two")
    for station in (one, two):
        newer(station, 2)
        newer(station, 2, kind="made.up.too")
        newer(station)
        await station.push()

    open_ = works(store)

    assert [told_of(work) for work in open_] == [("1", "5", "3"), ("3", "4", "2")] * 2
    assert {work.facts["station_id"] for work in open_} == {one.station_id, two.station_id}
    assert len({work.number for work in open_}) == 4


async def test_after_a_supervisor_has_looked_a_later_fact_for_the_same_reason_is_new_work(store: AStore) -> None:
    handset, bench = await store.station(), await store.station("bench")
    newer(handset, 3)
    await handset.push()
    (looked_into,) = works(store)
    done = DiscrepancySettled(discrepancy_id=looked_into.discrepancy_id, how="reviewed")
    await bench.do(done, worker_id=SUPERVISOR)

    newer(handset, 2)
    await handset.push()

    (work,) = works(store)
    assert work.discrepancy_id != looked_into.discrepancy_id
    assert told_of(work) == ("4", "5", "2")
    settled = store.row(Discrepancy, looked_into.discrepancy_id)
    assert (settled.state, told_of(settled)) == (DiscrepancyState.SETTLED, ("1", "3", "3"))


async def test_facts_that_are_sent_again_are_counted_once(store: AStore) -> None:
    handset = await store.station()
    newer(handset, 3)
    texts = list(handset.owed)
    await handset.send(*texts[:2])

    for _ in range(2):
        await handset.send(*texts)

    (work,) = works(store)
    assert told_of(work) == ("1", "3", "3")


async def test_one_fact_after_the_other_on_a_store_at_fault_is_one_piece_of_work_too(
    store: AStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    from store import effects

    def breaks(_booking: Any, _fact: Any) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setitem(effects.EFFECTS, WorkerSignedIn, breaks)
    handset = await store.station()
    newer(handset)
    handset.tell(GOOD, GOOD)
    newer(handset)
    handset.tell(GOOD)

    outcomes = await handset.push()

    assert {outcome.verdict for outcome in outcomes} == {Verdict.QUARANTINED}
    open_ = works(store)
    assert [told_of(work) for work in open_] == [("1", "4", "2"), ("2", "5", "3")]
    assert all(is_found(open_, handset, outcome) for outcome in outcomes)


async def test_a_hundred_facts_set_aside_cost_no_more_statements_than_two(store: AStore) -> None:
    handset = await store.station()
    newer(handset)
    await handset.push()
    said: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        said.append(statement)

    def listen(connection: Connection) -> None:
        event.listen(connection.engine, "before_cursor_execute", note)

    store.room.writer.submit(listen).result()
    counts = []
    for times in (2, 100):
        said.clear()
        newer(handset, times)
        await handset.push()
        counts.append(len(said))

    assert counts[1] <= counts[0], json.dumps(said, indent=1)
    assert told_of(works(store)[0]) == ("1", "103", "103")


async def test_open_work_that_only_a_newer_store_could_read_stops_no_queue(store: AStore) -> None:
    handset = await store.station()
    store.put(a_discrepancy(DiscrepancyKind.LEASE_LOST, {}))
    of_tomorrow = update(rows).where(rows.c.row_id == "D-1").values(image={"kind": "made_up"})
    store.room.writer.submit(lambda connection: connection.execute(of_tomorrow).rowcount).result()
    newer(handset)
    handset.tell(GOOD)

    outcomes = await handset.push()

    assert [outcome.verdict for outcome in outcomes] == [Verdict.QUARANTINED, Verdict.ACCEPTED]
