"""What went wrong is put right: units go back, and a counted bin is known anew."""

from __future__ import annotations

from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancySettled, DiscrepancyState
from app.domain.orders import Order
from app.domain.picking import PickShorted, PickTask, ShortReason
from tests.store.a_station import AStation
from tests.store.a_store import AStore
from tests.store.w1 import SOCKS, SOCKS_BIN
from tests.store.walk import a_take, a_walk


async def a_walk_to_do(store: AStore, socks: int = 3) -> tuple[AStation, str]:
    await store.order(SOCKS=socks)
    await store.release()
    handset = await store.station()
    picklist_id = await handset.get_work()
    assert picklist_id is not None
    return handset, picklist_id


def done(work: Discrepancy, how: str, each: int) -> DiscrepancySettled:
    return DiscrepancySettled(
        discrepancy_id=work.discrepancy_id, how=how, location_id=SOCKS_BIN, product_id=SOCKS, quantity_each=each
    )


async def test_units_of_a_cancelled_order_that_were_put_back_are_stock_again(store: AStore) -> None:
    handset, picklist_id = await a_walk_to_do(store)
    walk = a_walk(store, picklist_id)
    await store.http.post("/v1/orders/web/1001/cancel", headers=store.owner)
    await handset.do(*walk)
    (work,) = store.rows(Discrepancy)

    await handset.do(done(work, "put_back", 3))

    assert store.stock_each(SOCKS_BIN, SOCKS) == 10
    assert store.moved_each(f"hand:{handset.station_id}", SOCKS) == 0
    assert store.row(Discrepancy, work.discrepancy_id).state is DiscrepancyState.SETTLED
    other = await store.order("1002", SOCKS=14)
    assert store.row(Order, other).lines[0].allocated_each == 14


async def test_a_count_after_a_short_says_what_the_bin_holds_and_frees_it_for_others(store: AStore) -> None:
    handset, picklist_id = await a_walk_to_do(store, 5)
    (task,) = store.rows(PickTask, picklist_id)
    short = PickShorted(task_id=task.task_id, missing_each=5, reason=ShortReason.NONE)
    await handset.do(*a_walk(store, picklist_id)[:2], a_take(task)[0], short)
    (work,) = store.rows(Discrepancy)
    assert work.kind is DiscrepancyKind.SHORT_PICK

    await handset.do(done(work, "counted", 8))

    assert store.stock_each(SOCKS_BIN, SOCKS) == 8
    assert store.moved_each("adjustment", SOCKS) == -(14 - 2)
    other = await store.order("1002", SOCKS=8)
    assert store.row(Order, other).lines[0].allocated_each == 8


async def test_work_that_was_settled_is_not_done_again(store: AStore) -> None:
    handset, picklist_id = await a_walk_to_do(store)
    walk = a_walk(store, picklist_id)
    await store.http.post("/v1/orders/web/1001/cancel", headers=store.owner)
    await handset.do(*walk)
    (work,) = store.rows(Discrepancy)

    outcomes = await handset.do(done(work, "put_back", 3), done(work, "put_back", 3))

    assert [outcome.exception for outcome in outcomes] == [None, "illegal_step"]
    assert store.stock_each(SOCKS_BIN, SOCKS) == 10
