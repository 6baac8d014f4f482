"""A short that its picker takes back: no false question stays behind, and the units are had once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.domain.discrepancies import COUNTED, Discrepancy, DiscrepancySettled, DiscrepancyState
from app.domain.facts import Fact
from app.domain.orders import Order, OrderState
from app.domain.picking import PickShorted, PickState, PickTask, PickUndone
from app.domain.picklists import Picklist, PicklistFinished
from store.claims import Claim
from store.tables import allocations
from tests.store.a_station import AStation
from tests.store.a_store import AStore
from tests.store.test_shorts import a_begun_walk, a_short
from tests.store.w1 import OTHER_PICKER, PEN_BIN, SOCKS, SOCKS_BIN, SOCKS_RESERVE
from tests.store.walk import a_placing, a_take, a_walk, load_id
from tests.store.what_holds import what_does_not_hold, what_is_left_over


def undone(task: PickTask, seq: int, each: int) -> PickUndone:
    return PickUndone(task_id=task.task_id, negates_seq=seq, negates_kind=PickShorted.kind, quantity_each=each)


def the_rest(task: PickTask, each: int | None = None) -> list[Fact]:
    """All of it, after all; and the list is done."""
    finished = PicklistFinished(
        picklist_id=task.picklist_id, complete=True, tote_load_ids=(load_id(task.picklist_id, task.order_id),)
    )
    return [*a_take(task, each), a_placing(task, each), finished]


def counted(work: Discrepancy, each: int) -> DiscrepancySettled:
    return DiscrepancySettled(
        discrepancy_id=work.discrepancy_id,
        how=COUNTED,
        location_id=SOCKS_BIN,
        product_id=SOCKS,
        quantity_each=each,
    )


def open_work(store: AStore) -> list[tuple[str, str]]:
    works = [work for work in store.rows(Discrepancy) if work.state is DiscrepancyState.OPEN]
    return sorted((work.kind, work.facts.get("quantity_each", "")) for work in works)


def held_back(store: AStore) -> dict[tuple[str, str], int]:
    """Units that are reserved or missing, by their bin."""
    with store.room.reading() as connection:
        found = connection.execute(select(allocations)).all()
    claims = [one for one in found if one.state in (Claim.RESERVED, Claim.MISSING) and one.quantity_each]
    return {(one.state, one.place): one.quantity_each for one in claims}


async def two_walks(store: AStore) -> list[tuple[AStation, PickTask]]:
    """Two lists for the socks of one bin, each begun by somebody."""
    walks = []
    for number, who in ((1, "ann"), (2, OTHER_PICKER)):
        await store.order(f"100{number}", SOCKS=3)
        await store.release()
        handset = await store.station(name=f"{number}")
        picklist_id = await handset.get_work(who)
        assert picklist_id is not None
        await handset.do(*a_walk(store, picklist_id)[:2], worker_id=who)
        (task,) = store.rows(PickTask, picklist_id)
        walks.append((handset, task))
    return walks


async def test_nobody_counts_a_bin_whose_picker_takes_the_short_back_and_picks_all_of_it(store: AStore) -> None:
    handset, task, order_id = await a_begun_walk(store, 5)
    await handset.do(*a_short(task, 5))
    assert open_work(store) == [("short_pick", "5")]

    await handset.do(undone(task, handset.seq, 5))

    (work,) = store.rows(Discrepancy)
    assert (work.state, work.how) == (DiscrepancyState.SETTLED, "undone")
    assert held_back(store) == {(Claim.RESERVED, SOCKS_BIN): 5}
    await handset.do(*the_rest(task))
    assert store.row(Order, order_id).state is OrderState.PICKED
    assert (store.stock_each(SOCKS_BIN, SOCKS), store.stock_each(SOCKS_RESERVE, SOCKS)) == (5, 4)
    assert held_back(store) == {}
    assert what_does_not_hold(store) == []


async def test_a_short_and_its_undo_that_come_together_leave_nothing_to_count(store: AStore) -> None:
    handset, task, order_id = await a_begun_walk(store, 10)
    handset.tell(*a_short(task, 10))
    handset.tell(undone(task, handset.seq, 10), *the_rest(task))

    await handset.push()

    assert open_work(store) == []
    line = store.row(Order, order_id).lines[0]
    assert (line.short_each, line.allocated_each, line.picked_each) == (0, 10, 10)
    assert held_back(store) == {}
    assert what_does_not_hold(store) == []


async def test_a_bin_that_was_short_for_somebody_else_too_is_counted_all_the_same(store: AStore) -> None:
    (one, task), (other, others) = await two_walks(store)
    await one.do(*a_short(task, 3))
    await other.do(*a_take(others, 1), *a_short(others, 2)[1:], worker_id=OTHER_PICKER)
    assert open_work(store) == [("short_pick", "5")]

    await one.do(undone(task, one.seq, 3))
    assert open_work(store) == [("short_pick", "2")]
    await other.do(undone(others, other.seq, 2), worker_id=OTHER_PICKER)

    assert open_work(store) == []
    assert what_does_not_hold(store) == []


@pytest.mark.parametrize(("there_each", "reserved"), [(10, {(Claim.RESERVED, SOCKS_BIN): 5}), (0, {})])
async def test_a_count_that_was_made_stands_when_the_short_is_taken_back_after_it(
    store: AStore, there_each: int, reserved: dict[tuple[str, str], int]
) -> None:
    handset, task, _ = await a_begun_walk(store, 5)
    await handset.do(*a_short(task, 5))
    short_seq = handset.seq
    (work,) = store.rows(Discrepancy)
    await handset.do(counted(work, there_each))

    await handset.do(undone(task, short_seq, 5))

    work = store.row(Discrepancy, work.discrepancy_id)
    assert (work.state, work.how) == (DiscrepancyState.SETTLED, COUNTED)
    assert store.stock_each(SOCKS_BIN, SOCKS) == there_each
    assert held_back(store) == reserved
    assert what_does_not_hold(store) == []


async def test_a_short_from_before_a_count_takes_nothing_off_the_question_that_was_asked_after_it(
    store: AStore,
) -> None:
    (one, task), (other, others) = await two_walks(store)
    await one.do(*a_short(task, 3))
    short_seq = one.seq
    (work,) = store.rows(Discrepancy)
    await one.do(counted(work, 3))
    await other.do(*a_short(others, 3), worker_id=OTHER_PICKER)

    await one.do(undone(task, short_seq, 3))

    assert open_work(store) == [("short_pick", "3")]


async def test_of_a_stop_elsewhere_that_was_short_as_well_nothing_is_left_when_both_are_taken_back(
    store: AStore,
) -> None:
    await store.load("stock", [{"location_id": PEN_BIN, "sku": SOCKS, "quantity_each": 3}])
    handset, task, order_id = await a_begun_walk(store, 8)
    await handset.do(*a_short(task, 8))
    first_seq = handset.seq
    stop = next(one for one in store.rows(PickTask, task.picklist_id) if one.location_id == SOCKS_RESERVE)
    await handset.do(*a_short(stop, stop.quantity_each))

    await handset.do(undone(stop, handset.seq, stop.quantity_each), undone(task, first_seq, 8))

    assert open_work(store) == []
    line = store.row(Order, order_id).lines[0]
    assert (line.short_each, line.allocated_each) == (0, 8)
    assert held_back(store) == {(Claim.RESERVED, SOCKS_BIN): 8}


async def test_what_somebody_has_taken_at_the_other_bin_meanwhile_is_not_picked_a_second_time(store: AStore) -> None:
    handset, task, order_id = await a_begun_walk(store, 5)
    await handset.do(*a_short(task, 5))
    short_seq = handset.seq
    (stop,) = [one for one in store.rows(PickTask, task.picklist_id) if one.location_id == SOCKS_RESERVE]
    await handset.do(*a_take(stop), a_placing(stop))
    assert stop.quantity_each == 4

    await handset.do(undone(task, short_seq, 5))

    assert store.row(PickTask, task.task_id).left_each == 1
    assert held_back(store) == {(Claim.RESERVED, SOCKS_BIN): 1}
    await handset.do(*the_rest(task, 1))
    line = store.row(Order, order_id).lines[0]
    assert (line.picked_each, line.short_each, line.allocated_each) == (5, 0, 5)
    assert open_work(store) == []
    assert what_does_not_hold(store) == []


async def test_whoever_has_picked_all_of_it_though_it_was_taken_elsewhere_puts_it_back(store: AStore) -> None:
    handset, task, _ = await a_begun_walk(store, 4)
    await handset.do(*a_short(task, 4))
    short_seq = handset.seq
    (stop,) = [one for one in store.rows(PickTask, task.picklist_id) if one.location_id == SOCKS_RESERVE]
    await handset.do(*a_take(stop), a_placing(stop))

    await handset.do(undone(task, short_seq, 4), *the_rest(task))

    assert store.row(PickTask, task.task_id).state is PickState.CANCELLED
    (work,) = [one for one in store.rows(Discrepancy) if one.state is DiscrepancyState.OPEN]
    assert (work.kind, work.facts["quantity_each"], work.facts["tote_id"]) == ("double_pick", "4", "T-01")
    put_back = DiscrepancySettled(
        discrepancy_id=work.discrepancy_id,
        how="put_back",
        location_id=SOCKS_BIN,
        product_id=SOCKS,
        quantity_each=4,
    )
    await handset.do(put_back)
    assert [store.stock_each(place, SOCKS) for place in (SOCKS_BIN, SOCKS_RESERVE)] == [10, 0]
    assert what_does_not_hold(store) == []


async def test_for_an_order_that_was_cancelled_meanwhile_nothing_is_promised_again(store: AStore) -> None:
    handset, task, _ = await a_begun_walk(store, 5)
    await handset.do(*a_short(task, 5))
    short_seq = handset.seq
    await store.http.post("/v1/orders/web/1001/cancel", headers=store.owner)

    await handset.do(undone(task, short_seq, 5))

    assert open_work(store) == []
    assert held_back(store) == {}
    assert all(stop.settled for stop in store.rows(PickTask, task.picklist_id))
    await handset.do(PicklistFinished(picklist_id=task.picklist_id, complete=False))
    assert what_does_not_hold(store) + what_is_left_over(store) == []


async def test_a_stop_that_is_open_again_after_its_walk_was_finished_is_on_a_list_of_its_own(store: AStore) -> None:
    handset, task, order_id = await a_begun_walk(store, 5)
    await store.load("stock", [{"location_id": SOCKS_RESERVE, "sku": SOCKS, "quantity_each": 0}])
    load = (load_id(task.picklist_id, order_id),)
    finished = PicklistFinished(picklist_id=task.picklist_id, complete=False, tote_load_ids=load)
    short = a_short(task, 2)[1:]
    await handset.do(*a_take(task, 3), a_placing(task, 3), *short)
    short_seq = handset.seq
    await handset.do(finished)

    await handset.do(undone(task, short_seq, 2))

    (rest,) = [one for one in store.rows(Picklist) if one.picklist_id != task.picklist_id]
    (again,) = store.rows(PickTask, rest.picklist_id)
    assert (again.task_id, again.left_each, rest.task_count) == (task.task_id, 2, 1)
    assert open_work(store) == []
    assert what_does_not_hold(store) == []
