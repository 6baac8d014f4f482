"""A bin held less than it should: the rest is found elsewhere, or the line is short; and the bin is counted."""

from __future__ import annotations

from dataclasses import replace

from app.domain.discrepancies import Discrepancy, DiscrepancyKind
from app.domain.orders import Order, OrderState
from app.domain.picking import LocationConfirmed, PickShorted, PickState, PickTask, PickUndone, ShortReason
from app.domain.picklists import Picklist, PicklistFinished, PicklistStarted, PicklistState
from sync.protocol import Verdict
from tests.store.a_station import AStation
from tests.store.a_store import AStore
from tests.store.w1 import SOCKS_BIN, SOCKS_RESERVE
from tests.store.walk import a_placing, a_take, a_walk


async def a_begun_walk(store: AStore, socks: int) -> tuple[AStation, PickTask, str]:
    """A list of one stop, begun, with its tote on the cart."""
    order_id = await store.order(SOCKS=socks)
    await store.release()
    handset = await store.station()
    picklist_id = await handset.get_work()
    assert picklist_id is not None
    await handset.do(*a_walk(store, picklist_id)[:2])
    (task,) = store.rows(PickTask, picklist_id)
    return handset, task, order_id


def a_short(task: PickTask, each: int) -> list[LocationConfirmed | PickShorted]:
    at = LocationConfirmed(task_id=task.task_id, location_id=task.location_id)
    return [at, PickShorted(task_id=task.task_id, missing_each=each, reason=ShortReason.FEWER)]


async def test_the_rest_of_a_line_is_sought_in_another_bin_on_the_same_walk(store: AStore) -> None:
    handset, task, order_id = await a_begun_walk(store, 5)

    outcomes = await handset.do(*a_take(task, 3), *a_short(task, 2)[1:], a_placing(task, 3))

    assert {outcome.verdict for outcome in outcomes} == {Verdict.ACCEPTED}
    stops = {stop.location_id: stop for stop in store.rows(PickTask, task.picklist_id)}
    assert (stops[SOCKS_RESERVE].quantity_each, stops[SOCKS_RESERVE].position) == (2, 2)
    assert store.row(Picklist, task.picklist_id).task_count == 2
    assert store.row(Order, order_id).lines[0].short_each == 0
    (work,) = store.rows(Discrepancy)
    assert (work.kind, work.facts["location_id"]) == (DiscrepancyKind.SHORT_PICK, SOCKS_BIN)


async def test_what_is_nowhere_is_short_on_the_line(store: AStore) -> None:
    handset, task, order_id = await a_begun_walk(store, 10)

    await handset.do(*a_short(task, 10))

    line = store.row(Order, order_id).lines[0]
    assert (line.short_each, line.allocated_each) == (6, 4)


async def test_nobody_else_is_promised_what_was_not_there(store: AStore) -> None:
    handset, task, _ = await a_begun_walk(store, 5)
    await handset.do(*a_short(task, 5))

    # 14 on the books, 4 of them promised to the first order from the reserve, 1 missing for ever, 5 not found.
    other = await store.order("1002", SOCKS=10)

    assert store.row(Order, other).lines[0].allocated_each == 5


async def test_a_walk_finished_before_its_new_stop_was_known_leaves_it_on_a_list_of_its_own(store: AStore) -> None:
    handset, task, order_id = await a_begun_walk(store, 5)
    finished = PicklistFinished(picklist_id=task.picklist_id, complete=False, tote_load_ids=())
    handset.tell(*a_take(task, 3), *a_short(task, 2)[1:], a_placing(task, 3), finished)

    await handset.push()

    assert store.row(Picklist, task.picklist_id).state is PicklistState.PARTLY_PICKED
    (rest,) = [one for one in store.rows(Picklist) if one.picklist_id != task.picklist_id]
    assert (rest.state, rest.task_count) == (PicklistState.RELEASED, 1)
    assert store.row(Order, order_id).state is OrderState.PICKING

    assert await handset.get_work(key="w2") == rest.picklist_id
    await handset.do(PicklistStarted(picklist_id=rest.picklist_id))
    (stop,) = store.rows(PickTask, rest.picklist_id)
    again = PicklistFinished(picklist_id=rest.picklist_id, complete=True)
    await handset.do(*a_take(stop), replace(a_placing(stop), tote_load_id=a_placing(task).tote_load_id), again)
    assert store.row(Order, order_id).state is OrderState.PICKED


async def test_a_short_taken_back_is_as_if_it_had_not_been(store: AStore) -> None:
    handset, task, order_id = await a_begun_walk(store, 10)
    await handset.do(*a_short(task, 10))
    shorted_seq = handset.seq
    undone = PickUndone(task_id=task.task_id, negates_seq=shorted_seq, negates_kind=PickShorted.kind, quantity_each=10)

    outcomes = await handset.do(undone)

    assert outcomes[0].verdict is Verdict.ACCEPTED
    line = store.row(Order, order_id).lines[0]
    assert (line.short_each, line.allocated_each) == (0, 10)
    stops = store.rows(PickTask, task.picklist_id)
    assert sorted(stop.state for stop in stops) == [PickState.AT_LOCATION, PickState.CANCELLED]


async def test_an_order_of_which_nothing_was_found_waits_for_stock(store: AStore) -> None:
    handset, task, order_id = await a_begun_walk(store, 2)
    await store.load("stock", [{"location_id": SOCKS_RESERVE, "sku": "SOCKS", "quantity_each": 0}])
    finished = PicklistFinished(picklist_id=task.picklist_id, complete=False)

    await handset.do(*a_short(task, 2), finished)

    order = store.row(Order, order_id)
    assert order.state is OrderState.BACKORDERED
    assert order.lines[0].short_each == 0
