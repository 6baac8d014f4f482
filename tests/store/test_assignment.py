"""Who walks which list: given on request, ended by a supervisor, never by silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.gtin import check_digit
from app.domain.orders import Order, OrderState
from app.domain.packing import CartonClosed
from app.domain.picklists import Picklist, PicklistPaused, PicklistResumed, PicklistStarted, PicklistState
from tests.store.a_store import AStore
from tests.store.walk import a_walk


async def some_lists(store: AStore, count: int) -> list[str]:
    """So many lists of one order each, the first most urgent."""
    for number in range(count):
        await store.order(f"10{number:02}", PEN=1)
    ids = await store.release(max_orders_a_list=1)
    for number, picklist_id in enumerate(ids):
        picklist = store.row(Picklist, picklist_id)
        store.put(replace(picklist, ship_by_utc=picklist.ship_by_utc + timedelta(minutes=number)))
    return ids


async def test_the_current_list_and_two_ahead_are_leased_the_most_urgent_first(store: AStore) -> None:
    lists = await some_lists(store, 5)
    handset = await store.station()

    answer = (await handset.ask("get_work", worker_id="ann")).json()

    assert answer == {"current": lists[0], "picklist_ids": lists[:3], "elsewhere": []}
    leased = store.row(Picklist, lists[0])
    assert (leased.state, leased.station_id, leased.worker_id) == (PicklistState.LEASED, handset.station_id, "ann")
    assert leased.epoch == 1
    assert leased.lease_until_utc == store.clock[0] + timedelta(hours=10)
    assert store.row(Order, leased.slots[0].order_id).state is OrderState.PICKING


async def test_an_urgent_list_goes_before_the_earlier_cut_off(store: AStore) -> None:
    lists = await some_lists(store, 4)
    store.put(replace(store.row(Picklist, lists[3]), priority=5))
    handset = await store.station()

    assert await handset.get_work() == lists[3]


async def test_nobody_gets_a_list_that_another_station_has(store: AStore) -> None:
    lists = await some_lists(store, 4)
    first, second = await store.station(), await store.station()
    await first.get_work("ann")

    assert await second.get_work("abe") == lists[3]
    assert (await second.ask("get_work", key="again", worker_id="abe")).json()["picklist_ids"] == [lists[3]]


async def test_a_list_that_a_colleague_walks_with_the_same_handset_is_left_to_them(store: AStore) -> None:
    lists = await some_lists(store, 4)
    handset = await store.station()
    assert await handset.get_work("ann") == lists[0]
    handset.tell(*a_walk(store, lists[0]))

    given = (await handset.ask("get_work", key="abe", worker_id="abe")).json()
    outcomes = await handset.push()

    assert given["picklist_ids"] == [lists[3]]
    assert {outcome.exception for outcome in outcomes} == {None}
    assert store.row(Picklist, lists[0]).state is PicklistState.PICKED


async def test_what_a_colleague_left_in_the_handset_is_walked_when_there_is_nothing_else(store: AStore) -> None:
    lists = await some_lists(store, 2)
    handset = await store.station()
    await handset.get_work("ann")

    assert await handset.get_work("abe", key="w2") == lists[0]
    assert store.row(Picklist, lists[0]).worker_id == "abe"


async def test_what_a_colleague_left_in_mid_walk_is_taken_over_in_the_handset_and_by_nobody_unasked(
    store: AStore,
) -> None:
    (picklist_id,) = await some_lists(store, 1)
    handset = await store.station()
    await handset.get_work("ann")
    await handset.do(PicklistStarted(picklist_id=picklist_id), PicklistPaused(picklist_id=picklist_id))

    given = (await handset.ask("get_work", key="abe", worker_id="abe")).json()
    resumed = PicklistResumed(picklist_id=picklist_id, worker_id="abe")
    (outcome,) = await handset.do(resumed, worker_id="abe")

    assert (given["current"], outcome.exception) == (None, None)
    walked = store.row(Picklist, picklist_id)
    assert (walked.worker_id, walked.state) == ("abe", PicklistState.IN_PROGRESS)


async def test_my_list_under_way_comes_before_everything_else(store: AStore) -> None:
    lists = await some_lists(store, 3)
    handset = await store.station()
    await handset.get_work()
    second = store.row(Picklist, lists[1])
    handset.lease = second.lease
    await handset.do(PicklistStarted(picklist_id=lists[1]), PicklistPaused(picklist_id=lists[1]))

    assert await handset.get_work(key="w2") == lists[1]


async def test_no_work_is_an_answer_and_no_error(store: AStore) -> None:
    handset = await store.station()

    assert await handset.get_work() is None


async def test_the_same_key_gets_the_same_answer_however_the_floor_has_changed(store: AStore) -> None:
    lists = await some_lists(store, 4)
    handset = await store.station()
    first = await handset.ask("get_work", worker_id="ann")
    await handset.do(*a_walk(store, lists[0]))

    again = await handset.ask("get_work", worker_id="ann")
    fresh = await handset.ask("get_work", key="k2", worker_id="ann")

    assert again.json() == first.json()
    assert fresh.json()["picklist_ids"] == lists[1:]


async def test_a_worker_at_another_handset_is_told_of_the_list_they_left_and_takes_it_over(store: AStore) -> None:
    (picklist_id,) = await some_lists(store, 1)
    old, new = await store.station(), await store.station()
    await old.get_work()
    await old.do(PicklistStarted(picklist_id=picklist_id))

    told = (await new.ask("get_work", key="a", worker_id="ann")).json()
    taken = (await new.ask("get_work", key="b", worker_id="ann", take_over=True)).json()

    assert told == {"current": None, "picklist_ids": [], "elsewhere": [picklist_id]}
    assert taken["current"] == picklist_id
    moved = store.row(Picklist, picklist_id)
    assert (moved.station_id, moved.epoch, moved.state) == (new.station_id, 2, PicklistState.PAUSED)


async def test_whoever_is_no_picker_gets_no_work(store: AStore) -> None:
    handset = await store.station()

    for worker_id, word in (("pat", "role"), ("nobody", "nobody")):
        answer = await handset.ask("get_work", key=worker_id, worker_id=worker_id)
        assert answer.status_code == 409
        assert word in answer.json()["reason"]


async def test_a_supervisor_breaks_a_lease_and_says_who_walks_on(store: AStore) -> None:
    (picklist_id,) = await some_lists(store, 1)
    handset, bench = await store.station(), await store.station("bench")
    await handset.get_work()

    answer = await bench.ask(
        "reassign", picklist_id=picklist_id, to_worker_id="abe", reason="battery is flat", worker_id="sue"
    )

    assert answer.status_code == 200
    given = store.row(Picklist, picklist_id)
    assert (given.state, given.station_id, given.worker_id, given.epoch) == (PicklistState.RELEASED, None, "abe", 2)
    assert await handset.get_work(key="w2") is None
    assert "picklist.reassigned" in await store.history("1000")


async def test_only_a_supervisor_breaks_a_lease(store: AStore) -> None:
    (picklist_id,) = await some_lists(store, 1)
    bench = await store.station("bench")

    answer = await bench.ask("reassign", picklist_id=picklist_id, reason="I want it", worker_id="ann")

    assert answer.status_code == 409
    assert "supervisor" in answer.json()["reason"]


async def test_a_list_that_is_not_open_is_not_reassigned(store: AStore) -> None:
    bench = await store.station("bench")

    answer = await bench.ask("reassign", picklist_id="P-0", reason="?", worker_id="sue")

    assert answer.status_code == 409


async def test_a_refused_ask_may_be_asked_again_with_the_same_key(store: AStore) -> None:
    handset = await store.station()
    assert (await handset.ask("get_work", worker_id="pat")).status_code == 409

    assert (await handset.ask("get_work", worker_id="ann")).status_code == 200


async def test_no_two_stations_share_a_carton_number(store: AStore) -> None:
    first, second = await store.station("packing"), await store.station("packing")

    ranges = [(await station.ask("sscc_range", count=500)).json() for station in (first, second, first)]

    assert ranges[0] == ranges[2]
    assert ranges[0] == {
        "company_prefix": "4012345",
        "extension_digit": "0",
        "first_serial": 1,
        "last_serial": 500,
    }
    assert ranges[1]["first_serial"] == 501


def the_carton(serial: int) -> CartonClosed:
    """A carton that a packer closed with this number of the first range."""
    digits = f"04012345{serial:09}"
    return CartonClosed(carton_id=f"C{serial}", order_id="O", sscc=digits + check_digit(digits), order_complete=True)


async def test_a_station_gets_more_carton_numbers_only_when_those_it_has_run_short(store: AStore) -> None:
    packing = await store.station("packing")
    assert (await packing.ask("sscc_range", key="a")).status_code == 200

    too_early = await packing.ask("sscc_range", key="b")
    await packing.do(the_carton(350), worker_id="pat")
    still_enough = await packing.ask("sscc_range", key="b")
    await packing.do(the_carton(351), worker_id="pat")
    short = await packing.ask("sscc_range", key="b")

    assert (too_early.status_code, still_enough.status_code) == (409, 409)
    assert "500 carton numbers left" in too_early.json()["reason"]
    assert "150 carton numbers left" in still_enough.json()["reason"]
    assert (short.status_code, short.json()["first_serial"]) == (200, 501)
    assert "649 carton numbers left" in (await packing.ask("sscc_range", key="c")).json()["reason"]


async def test_a_carton_that_was_closed_with_another_stations_number_frees_no_numbers(store: AStore) -> None:
    first, second = await store.station("packing"), await store.station("packing")
    for station in (first, second):
        await station.ask("sscc_range", key="a")

    await second.do(the_carton(499), worker_id="pat")

    assert (await second.ask("sscc_range", key="b")).status_code == 409


async def test_nobody_gets_more_carton_numbers_at_once_than_a_range_has(store: AStore) -> None:
    packing = await store.station("packing")

    assert (await packing.ask("sscc_range", count=501)).status_code == 422


@pytest.mark.parametrize(
    ("name", "kind", "body"),
    [
        ("reassign", "bench", {"picklist_id": "P-0", "reason": "I want it", "worker_id": "sue"}),
        ("get_work", "handset", {"worker_id": "ann"}),
        ("sscc_range", "packing", {}),
    ],
)
async def test_each_ask_is_answered_to_the_stations_that_it_is_for_alone(
    store: AStore, name: str, kind: str, body: dict[str, str]
) -> None:
    for other in sorted({"handset", "packing", "bench"} - {kind}):
        station = await store.station(other)
        refused = await station.ask(name, **body)
        assert (refused.status_code, kind in refused.json()["reason"]) == (403, True)

    meant = await store.station(kind)
    assert (await meant.ask(name, **body)).status_code in (200, 409)
