"""Facts go up: each has its effect once, in order, whatever the wire does to it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from app.domain.discrepancies import Discrepancy, DiscrepancyKind
from app.domain.orders import Order, OrderState
from app.domain.picking import PickState, PickTask, UnitPicked
from app.domain.picklists import Picklist, PicklistStarted, PicklistState
from app.domain.workers import WorkerSignedIn
from sync.protocol import Verdict, read_envelope, read_fact
from tests.store.a_station import AStation
from tests.store.a_store import AStore
from tests.store.w1 import PICKER, SOCKS, SOCKS_BIN
from tests.store.walk import a_placing, a_take, a_walk, load_id


async def a_leased_list(store: AStore, **lines: Any) -> tuple[AStation, str, str]:
    """(handset, picklist, order) with the list leased to the handset."""
    order_id = await store.order("1001", **lines)
    await store.release()
    handset = await store.station()
    picklist_id = await handset.get_work()
    assert picklist_id is not None
    return handset, picklist_id, order_id


async def test_a_whole_walk_brings_the_order_to_packing(store: AStore) -> None:
    handset, picklist_id, order_id = await a_leased_list(store, SOCKS=3)

    outcomes = await handset.do(*a_walk(store, picklist_id))

    assert {outcome.verdict for outcome in outcomes} == {Verdict.ACCEPTED}
    assert store.row(Picklist, picklist_id).state is PicklistState.PICKED
    order = store.row(Order, order_id)
    assert (order.state, order.lines[0].picked_each) == (OrderState.PICKED, 3)
    assert store.stock_each(SOCKS_BIN, SOCKS) == 7
    assert store.stock_each(f"tote_load:{load_id(picklist_id, order_id)}", SOCKS) == 3


async def test_facts_sent_twice_are_counted_once_and_answered_word_for_word(store: AStore) -> None:
    handset, picklist_id, _ = await a_leased_list(store)
    handset.tell(*a_walk(store, picklist_id))

    first = await handset.send(*handset.owed)
    again = await handset.send(*handset.owed)

    assert again.json() == first.json()
    assert store.stock_each(SOCKS_BIN, SOCKS) == 8


async def test_a_retry_that_begins_earlier_and_goes_on_is_taken_from_where_the_store_stands(store: AStore) -> None:
    handset, picklist_id, _ = await a_leased_list(store)
    handset.tell(*a_walk(store, picklist_id))
    await handset.send(*handset.owed[:3])

    outcomes = await handset.push()

    assert [outcome.seq for outcome in outcomes] == list(range(1, handset.seq + 1))
    assert store.stock_each(SOCKS_BIN, SOCKS) == 8


async def test_a_push_and_its_retry_in_one_group_count_once(store: AStore) -> None:
    handset, picklist_id, _ = await a_leased_list(store)
    handset.tell(*a_walk(store, picklist_id))

    answers = await asyncio.gather(*(handset.send(*handset.owed) for _ in range(5)))

    assert {answer.text for answer in answers} == {answers[0].text}
    assert store.stock_each(SOCKS_BIN, SOCKS) == 8


async def test_the_same_fact_twice_in_one_push_counts_once(store: AStore) -> None:
    handset, picklist_id, _ = await a_leased_list(store)
    handset.tell(*a_walk(store, picklist_id))
    twice = [text for text in handset.owed for _ in range(2)]

    answer = await handset.send(*twice)

    assert {outcome["verdict"] for outcome in answer.json()["outcomes"]} == {"accepted"}
    assert store.stock_each(SOCKS_BIN, SOCKS) == 8


async def test_a_fact_too_many_ahead_names_the_number_that_is_wanted(store: AStore) -> None:
    handset = await store.station()
    handset.tell(*(WorkerSignedIn(seat_id=f"s{number}") for number in range(3)))

    answer = (await handset.send(*handset.owed[1:])).json()

    assert answer["held_through_seq"] == 0
    assert [(outcome["verdict"], outcome["expected_seq"]) for outcome in answer["outcomes"]] == [("gap", 1)]


async def test_a_book_restored_from_a_backup_is_told_that_it_has_forked(store: AStore) -> None:
    handset = await store.station()
    before = replace(handset, owed=[])
    await handset.do(WorkerSignedIn(seat_id="s1"), WorkerSignedIn(seat_id="s2"))

    before.tell(WorkerSignedIn(seat_id="another"))
    told = (await before.send(*before.owed)).json()

    assert [outcome["verdict"] for outcome in told["outcomes"]] == ["forked"]
    assert told["held_through_seq"] == 2


async def test_a_chain_that_does_not_hang_on_the_stores_is_a_fork(store: AStore) -> None:
    handset = await store.station()
    await handset.do(WorkerSignedIn(seat_id="s1"))
    handset.head = "f" * 64
    handset.tell(WorkerSignedIn(seat_id="s2"))

    told = (await handset.send(*handset.owed)).json()

    assert [outcome["verdict"] for outcome in told["outcomes"]] == ["forked"]
    assert told["held_through_seq"] == 1


@pytest.mark.parametrize("prev_hash", ["", "x", "0" * 63, "0" * 65, "g" * 64, "A" * 64, "０" * 64, "0" * 64 + "\n"])
async def test_a_pick_that_hangs_on_no_hash_is_set_aside_and_moves_nothing(store: AStore, prev_hash: str) -> None:
    handset, picklist_id, _ = await a_leased_list(store, SOCKS=2)
    (task,) = store.rows(PickTask, picklist_id)
    handset.owe(handset.text_of(a_take(task)[1], PICKER, prev_hash=prev_hash))
    handset.tell(WorkerSignedIn(seat_id="s1"))

    outcomes = await handset.push()

    assert [outcome.verdict for outcome in outcomes] == [Verdict.QUARANTINED, Verdict.ACCEPTED]
    assert "prev_hash" in (outcomes[0].reason or "")
    assert store.stock_each(SOCKS_BIN, SOCKS) == 10


async def test_a_fact_that_was_set_aside_once_is_judged_when_it_is_sent_again_under_a_new_name(
    store: AStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    from store import effects

    def breaks(_booking: Any, _fact: Any) -> None:
        raise RuntimeError("a mistake of ours")

    handset, picklist_id, _ = await a_leased_list(store, SOCKS=2)
    (task,) = store.rows(PickTask, picklist_id)
    with monkeypatch.context() as broken:
        broken.setitem(effects.EFFECTS, UnitPicked, breaks)
        (set_aside,) = await handset.do(a_take(task)[1])
    anew = await store.station(name="One again")
    anew.lease = handset.lease
    was = read_envelope(handset.told[0])
    same = {"occurred_at_utc": was.occurred_at_utc, "boot_id": was.boot_id, "monotonic_ms": was.monotonic_ms}
    anew.owe(anew.text_of(read_fact(was), PICKER, resent=f"{handset.station_id}#1", **same))

    (outcome,) = await anew.push()

    assert set_aside.verdict is Verdict.QUARANTINED
    assert outcome.verdict in (Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_EXCEPTION)
    assert store.stock_each(SOCKS_BIN, SOCKS) == 10 - 2


async def test_a_forked_book_sent_again_by_a_new_station_counts_what_was_held_once(store: AStore) -> None:
    handset, picklist_id, _ = await a_leased_list(store, SOCKS=2)
    (task,) = store.rows(PickTask, picklist_id)
    await handset.do(PicklistStarted(picklist_id=picklist_id), a_take(task)[1])
    anew = await store.station(name="One again")
    anew.lease = handset.lease
    for number, text in enumerate(handset.told, start=1):
        was = read_envelope(text)
        same = {"occurred_at_utc": was.occurred_at_utc, "boot_id": was.boot_id, "monotonic_ms": was.monotonic_ms}
        anew.owe(anew.text_of(read_fact(was), PICKER, resent=f"{handset.station_id}#{number}", **same))
    anew.owe(anew.text_of(a_placing(task), PICKER, resent=f"{handset.station_id}#3"))

    outcomes = await anew.push()

    superseded = [outcome for outcome in outcomes if outcome.verdict is Verdict.SUPERSEDED]
    assert [outcome.by for outcome in superseded] == [f"{handset.station_id}#1", f"{handset.station_id}#2"]
    assert outcomes[2].verdict in (Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_EXCEPTION)
    assert store.stock_each(SOCKS_BIN, SOCKS) == 10 - 2


@pytest.mark.parametrize("name", ["{station}#1", "nobody#1", "#", "{station}#", "{station}#-1", "{station}#²"])
async def test_another_fact_under_the_name_that_it_was_sent_again_from_happens(store: AStore, name: str) -> None:
    handset, picklist_id, _ = await a_leased_list(store, SOCKS=2)
    (task,) = store.rows(PickTask, picklist_id)
    await handset.do(PicklistStarted(picklist_id=picklist_id), a_take(task)[0])
    resent = name.format(station=handset.station_id)
    handset.owe(handset.text_of(a_take(task)[1], PICKER, resent=resent))

    (outcome,) = await handset.push()

    assert outcome.verdict is Verdict.ACCEPTED
    assert store.stock_each(SOCKS_BIN, SOCKS) == 10 - 2


async def test_what_cannot_be_read_is_set_aside_and_the_numbers_go_on(store: AStore) -> None:
    handset = await store.station()
    good = WorkerSignedIn(seat_id="s1")
    handset.owe(handset.text_of(good, "ann", kind="made.up"))
    handset.owe(handset.text_of(good, "ann", body={"seat_id": 7}))
    handset.owe(handset.text_of(good, "ann", body={"seat_id": "a\x00b"}))
    handset.owe(handset.text_of(good, "ann").replace('"s1"', '"\\ud800"'))
    handset.owe(json.dumps({"seq": handset.seq + 1, "half": "a fact"}))
    handset.owe(handset.text_of(good, "ann", station_id="H-OTHER"))
    handset.tell(good)

    outcomes = await handset.push()

    assert [outcome.verdict for outcome in outcomes] == [*[Verdict.QUARANTINED] * 6, Verdict.ACCEPTED]
    assert all(outcome.reason for outcome in outcomes[:-1])
    raised = store.rows(Discrepancy)
    assert [work.kind for work in raised] == [DiscrepancyKind.QUARANTINED_FACT] * 6


async def test_a_text_without_a_number_is_named_and_nothing_of_the_push_is_kept(store: AStore) -> None:
    handset = await store.station()
    handset.tell(WorkerSignedIn(seat_id="s1"))

    answer = await handset.send(*handset.owed, "{", "[1]", '{"seq": true}', '{"seq": 2, "x": "\ud800"}')

    assert answer.status_code == 422
    assert [problem["path"] for problem in answer.json()["problems"]] == [f"facts[{n}]" for n in (1, 2, 3, 4)]
    assert (await handset.push())[0].verdict is Verdict.ACCEPTED


async def test_nobody_pushes_under_another_stations_id(store: AStore) -> None:
    mine, other = await store.station(name="Mine"), await store.station(name="Other")
    body = {"station_id": other.station_id, "facts": []}

    answer = await store.http.post("/v1/facts", json=body, headers=mine.headers)

    assert answer.status_code == 403


async def test_two_stations_at_once_do_not_disturb_each_other(store: AStore) -> None:
    for number in range(4):
        await store.order(f"10{number}", PEN=5)
    await store.release(max_orders_a_list=1)
    stations = [await store.station(name=f"H{number}") for number in range(4)]
    lists = []
    for station in stations:
        # One list each: the two ahead would be leased to the first.
        picklist = next(one for one in store.rows(Picklist) if one.station_id is None)
        leased = replace(picklist, state=PicklistState.LEASED, station_id=station.station_id, worker_id="ann", epoch=1)
        store.put(leased)
        lists.append(leased)
        station.lease = leased.lease
        station.tell(*a_walk(store, leased.picklist_id))

    results = await asyncio.gather(*(station.push() for station in stations))

    assert {outcome.verdict for outcomes in results for outcome in outcomes} == {Verdict.ACCEPTED}
    assert store.stock_each("A-03", "PEN") == 100 - 20


async def test_a_bin_that_held_less_than_was_taken_is_counted(store: AStore) -> None:
    handset, picklist_id, _ = await a_leased_list(store, SOCKS=3)
    line = {"location_id": SOCKS_BIN, "sku": SOCKS, "quantity_each": 1}
    await store.load("stock", [line])

    outcomes = await handset.do(*a_walk(store, picklist_id))

    assert [outcome.exception for outcome in outcomes if outcome.exception] == ["negative_stock"]
    assert store.stock_each(SOCKS_BIN, SOCKS) == -2
    (work,) = store.rows(Discrepancy)
    assert (work.kind, work.facts["location_id"]) == (DiscrepancyKind.NEGATIVE_STOCK, SOCKS_BIN)


async def test_picks_for_a_cancelled_order_become_one_put_back_that_knows_the_tote(store: AStore) -> None:
    handset, picklist_id, order_id = await a_leased_list(store, SOCKS=3)
    walk = a_walk(store, picklist_id)
    await store.http.post("/v1/orders/web/1001/cancel", headers=store.owner)

    outcomes = await handset.do(*walk)

    assert "order_cancelled" in {outcome.exception for outcome in outcomes}
    (work,) = store.rows(Discrepancy, "picker")
    assert work.kind is DiscrepancyKind.ORDER_CANCELLED
    assert (work.facts["quantity_each"], work.facts["tote_id"], work.facts["location_id"]) == ("3", "T-01", SOCKS_BIN)
    assert work.about == ("pick_task", store.rows(PickTask, picklist_id)[0].task_id)
    assert store.row(Order, order_id).state is OrderState.CANCELLED
    assert store.stock_each(SOCKS_BIN, SOCKS) == 7


async def test_two_stations_on_one_stop_the_second_puts_back(store: AStore) -> None:
    first, picklist_id, _ = await a_leased_list(store, SOCKS=2)
    (task,) = store.rows(PickTask, picklist_id)
    bench, second = await store.station("bench"), await store.station(name="Two")
    first.tell(*a_walk(store, picklist_id))
    given = await bench.ask("reassign", picklist_id=picklist_id, to_worker_id="abe", reason="broken", worker_id="sue")
    assert given.status_code == 200, given.text
    assert await second.get_work("abe") == picklist_id
    walk = a_walk(store, picklist_id)

    late = await first.push()
    outcomes = await second.do(*walk, worker_id="abe")

    # The old lease's picks come first and are taken; only its list is not its own any more.
    assert [outcome.exception for outcome in late if outcome.exception] == ["lease_lost", "lease_lost"]
    assert "double_pick" in {outcome.exception for outcome in outcomes}
    (work,) = [one for one in store.rows(Discrepancy) if one.kind is DiscrepancyKind.DOUBLE_PICK]
    assert (work.facts["quantity_each"], work.about) == ("2", ("pick_task", task.task_id))
    assert store.row(PickTask, task.task_id).state is PickState.PLACED
    assert store.stock_each(SOCKS_BIN, SOCKS) == 10 - 4


async def test_units_that_two_hands_have_placed_are_somebodys_work_though_one_of_them_took_none(store: AStore) -> None:
    """The first took them and owes the placing; the list is given on with the units in the hand, and placed there."""
    first, picklist_id, _ = await a_leased_list(store, SOCKS=2)
    (task,) = store.rows(PickTask, picklist_id)
    bench, second = await store.station("bench"), await store.station(name="Two")
    walk = a_walk(store, picklist_id)
    *taken, placed, finished = walk
    await first.do(*taken)
    await bench.ask("reassign", picklist_id=picklist_id, to_worker_id="abe", reason="broken", worker_id="sue")
    assert await second.get_work("abe") == picklist_id
    await first.do(placed, finished)

    outcomes = await second.do(placed, worker_id="abe")

    assert [outcome.exception for outcome in outcomes] == ["double_pick"]
    (work,) = [one for one in store.rows(Discrepancy) if one.kind is DiscrepancyKind.DOUBLE_PICK]
    assert (work.about, work.facts["quantity_each"]) == (("pick_task", task.task_id), "2")
    assert work.facts["tote_load_id"] == load_id(picklist_id, task.order_id)


async def test_somebody_who_may_not_pick_is_said_once_and_the_pick_counts(store: AStore) -> None:
    handset, picklist_id, _ = await a_leased_list(store)

    outcomes = await handset.do(*a_walk(store, picklist_id), worker_id="pat")

    assert {outcome.exception for outcome in outcomes} == {"not_allowed", None}
    assert len(store.rows(Discrepancy)) == 1
    assert store.stock_each(SOCKS_BIN, SOCKS) == 8


async def test_half_of_a_line_in_the_hand_is_nobodys_stock_yet(store: AStore) -> None:
    handset, picklist_id, _ = await a_leased_list(store, SOCKS=3)
    walk = a_walk(store, picklist_id)
    (task,) = store.rows(PickTask, picklist_id)

    await handset.do(*walk[:2], *a_take(task, 2), a_placing(task, 1))

    assert store.stock_each(f"hand:{handset.station_id}", SOCKS) == 1
    assert store.row(PickTask, task.task_id).in_hand_each == 1
