"""A bin is counted again: each lot by itself, and what was picked before the count is not lost."""

from __future__ import annotations

from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancySettled, DiscrepancyState, Remedy
from app.domain.orders import Order
from app.domain.picking import PickShorted, PickTask, ShortReason
from tests.store.a_station import AStation
from tests.store.a_store import AStore, later
from tests.store.w1 import MILK, MILK_BIN
from tests.store.walk import a_take, a_walk


def counted(work: Discrepancy, each: int, lot: str | None) -> DiscrepancySettled:
    return DiscrepancySettled(
        discrepancy_id=work.discrepancy_id,
        how="counted",
        location_id=MILK_BIN,
        product_id=MILK,
        lot=lot,
        quantity_each=each,
    )


async def a_short_of_milk(store: AStore, *lots: tuple[str, int]) -> tuple[AStation, Discrepancy]:
    """The bin holds L1=6 (and more lots, when given); a picker found one of three fewer."""
    for lot, each in lots:
        line = {"location_id": MILK_BIN, "sku": MILK, "quantity_each": each, "lot": lot, "expires_on": "2026-07-01"}
        await store.load("stock", [line])
    await store.order(MILK=3)
    await store.release()
    handset = await store.station()
    picklist_id = await handset.get_work()
    assert picklist_id is not None
    (task,) = store.rows(PickTask, picklist_id)
    short = PickShorted(task_id=task.task_id, missing_each=3, reason=ShortReason.NONE)
    await handset.do(*a_walk(store, picklist_id)[:2], a_take(task)[0], short)
    (work,) = store.rows(Discrepancy)
    return handset, work


def lots_there(store: AStore) -> dict[str, int]:
    return {lot: store.stock_each(MILK_BIN, MILK, lot=lot) for lot in ("L1", "L2", "")}


async def test_the_count_of_a_lot_leaves_the_other_lot_of_the_bin_alone(store: AStore) -> None:
    handset, work = await a_short_of_milk(store, ("L2", 4))
    assert work.facts["lot"] == "L1"

    await handset.do(counted(work, 0, "L1"))

    assert lots_there(store) == {"L1": 0, "L2": 4, "": 0}


async def test_a_count_without_a_lot_is_of_the_only_lot_of_the_bin(store: AStore) -> None:
    handset, work = await a_short_of_milk(store)

    await handset.do(counted(work, 9, None))

    assert lots_there(store) == {"L1": 9, "L2": 0, "": 0}
    other = await store.order("1002", MILK=9)
    assert store.row(Order, other).lines[0].allocated_each == 9


async def test_a_count_without_a_lot_where_several_lie_asks_for_each_of_them(store: AStore) -> None:
    handset, work = await a_short_of_milk(store, ("L2", 4))

    await handset.do(counted(work, 7, None))

    assert lots_there(store) == {"L1": 6, "L2": 4, "": 0}
    asked = [one for one in store.rows(Discrepancy) if one.discrepancy_id != work.discrepancy_id]
    assert {(one.kind, one.facts["lot"]) for one in asked if one.how == ""} == {
        (DiscrepancyKind.SHORT_PICK, "L1"),
        (DiscrepancyKind.SHORT_PICK, "L2"),
    }


async def test_a_bin_of_several_lots_that_is_empty_is_empty_of_all(store: AStore) -> None:
    handset, work = await a_short_of_milk(store, ("L2", 4))

    await handset.do(counted(work, 0, None))

    assert lots_there(store) == {"L1": 0, "L2": 0, "": 0}


async def test_a_pick_from_before_a_count_that_comes_after_it_has_the_bin_counted_once_more(store: AStore) -> None:
    handset, work = await a_short_of_milk(store)
    await store.order("1002", MILK=3)
    await store.release()
    offline = await store.station(name="Two")
    picklist_id = await offline.get_work("abe")
    assert picklist_id is not None
    offline.tell(*a_walk(store, picklist_id), worker_id="abe")
    later(store, minutes=5)
    await handset.do(counted(work, 3, "L1"))

    await offline.push()

    assert lots_there(store)["L1"] == 0
    (again,) = [one for one in store.rows(Discrepancy) if one.state is DiscrepancyState.OPEN]
    assert (again.remedy, again.facts["location_id"], again.facts["lot"]) == (Remedy.RECOUNT, MILK_BIN, "L1")
    await handset.do(counted(again, 3, "L1"))
    assert lots_there(store)["L1"] == 3


async def test_a_pick_from_after_a_count_is_no_reason_to_count_again(store: AStore) -> None:
    handset, work = await a_short_of_milk(store)
    await store.order("1002", MILK=3)
    await store.release()
    other = await store.station(name="Two")
    picklist_id = await other.get_work("abe")
    assert picklist_id is not None
    await handset.do(counted(work, 6, "L1"))
    later(store, minutes=5)

    await other.do(*a_walk(store, picklist_id), worker_id="abe")

    assert [one for one in store.rows(Discrepancy) if one.state is DiscrepancyState.OPEN] == []
    assert lots_there(store)["L1"] == 3
