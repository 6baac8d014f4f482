"""What went wrong is put right: units go back, and a counted bin is known anew."""

from __future__ import annotations

from dataclasses import replace

from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancySettled, DiscrepancyState
from app.domain.orders import Order
from app.domain.picking import PickShorted, PickTask, ShortReason, UnitPicked
from app.domain.picklists import Picklist, PicklistState
from app.domain.totes import ToteEmptied, ToteLoad, ToteLoadState
from tests.store.a_station import AStation
from tests.store.a_store import AStore
from tests.store.w1 import PEN, PEN_BIN, PHONE, PHONE_BIN, SOCKS, SOCKS_BIN
from tests.store.walk import a_take, a_walk, load_id


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


async def cancel(store: AStore) -> None:
    await store.http.post("/v1/orders/web/1001/cancel", headers=store.owner)


async def test_a_tote_whose_units_were_put_back_is_free_and_its_list_leaves_the_board(store: AStore) -> None:
    handset, picklist_id = await a_walk_to_do(store)
    await handset.do(*a_walk(store, picklist_id))
    await cancel(store)
    assert store.row(Picklist, picklist_id).state is PicklistState.CLOSED
    (work,) = store.rows(Discrepancy)

    await handset.do(done(work, "put_back", 3))

    load = store.row(ToteLoad, load_id(picklist_id, "web:1001"))
    assert (load.state, load.contents) == (ToteLoadState.EMPTIED, ())
    assert store.stock_each(f"tote_load:{load.tote_load_id}", SOCKS) == 0


async def test_a_tote_of_two_kinds_of_unit_is_free_once_both_are_put_back(store: AStore) -> None:
    await store.order(SOCKS=2, PEN=1)
    await store.release()
    handset = await store.station()
    picklist_id = await handset.get_work()
    assert picklist_id is not None
    await handset.do(*a_walk(store, picklist_id))
    await cancel(store)
    load = load_id(picklist_id, "web:1001")
    socks, pen = sorted(store.rows(Discrepancy), key=lambda one: one.facts["quantity_each"], reverse=True)

    await handset.do(done(socks, "put_back", 2))
    assert [content.product_id for content in store.row(ToteLoad, load).contents] == [PEN]
    assert store.row(ToteLoad, load).state is ToteLoadState.READY
    await handset.do(replace(done(pen, "put_back", 1), location_id=PEN_BIN, product_id=PEN))

    assert store.row(ToteLoad, load).state is ToteLoadState.EMPTIED


async def test_a_tote_emptied_in_mid_walk_is_free_when_the_walk_is_over(store: AStore) -> None:
    handset, picklist_id = await a_walk_to_do(store)
    walk = a_walk(store, picklist_id)
    await handset.do(*walk[:-1])
    await cancel(store)
    (work,) = store.rows(Discrepancy)
    load = load_id(picklist_id, "web:1001")
    await handset.do(done(work, "put_back", 3))
    assert store.row(ToteLoad, load).state is ToteLoadState.FILLING

    outcomes = await handset.do(walk[-1])

    assert [outcome.exception for outcome in outcomes] == [None]
    assert store.row(ToteLoad, load).state is ToteLoadState.EMPTIED
    assert store.row(Picklist, picklist_id).state is PicklistState.CLOSED


async def test_two_people_who_see_the_same_empty_tote_make_no_work(store: AStore) -> None:
    handset, picklist_id = await a_walk_to_do(store)
    await handset.do(*a_walk(store, picklist_id))
    emptied = ToteEmptied(tote_load_id=load_id(picklist_id, "web:1001"))

    outcomes = await handset.do(emptied, emptied)

    assert [outcome.exception for outcome in outcomes] == [None, None]


async def test_units_that_are_not_in_the_tote_are_the_supervisors_and_the_tote_is_free(store: AStore) -> None:
    handset, picklist_id = await a_walk_to_do(store)
    await handset.do(*a_walk(store, picklist_id))
    await cancel(store)
    (work,) = store.rows(Discrepancy)

    await handset.do(done(work, "not_found", 2))

    (lost,) = store.rows(Discrepancy, "supervisor")
    assert (lost.kind, lost.facts["quantity_each"], lost.facts["tote_id"]) == (DiscrepancyKind.NOT_FOUND, "1", "T-01")
    load = store.row(ToteLoad, load_id(picklist_id, "web:1001"))
    assert load.state is ToteLoadState.EMPTIED
    assert store.stock_each(SOCKS_BIN, SOCKS) == 9
    # Nobody knows where it is: in the tote it is not.
    assert store.stock_each(f"tote_load:{load.tote_load_id}", SOCKS) == 0
    assert store.moved_each("adjustment", SOCKS) == -(14 - 1)


async def test_nothing_at_all_found_moves_nothing(store: AStore) -> None:
    handset, picklist_id = await a_walk_to_do(store)
    await handset.do(*a_walk(store, picklist_id))
    await cancel(store)
    (work,) = store.rows(Discrepancy)

    await handset.do(DiscrepancySettled(discrepancy_id=work.discrepancy_id, how="not_found", product_id=SOCKS))

    (lost,) = store.rows(Discrepancy, "supervisor")
    assert lost.facts["quantity_each"] == "3"
    assert store.stock_each(SOCKS_BIN, SOCKS) == 7
    assert store.stock_each(f"tote_load:{load_id(picklist_id, 'web:1001')}", SOCKS) == 0


async def test_the_serial_that_was_put_back_is_the_one_that_is_in_its_bin_again(store: AStore) -> None:
    await store.order(PHONE=2)
    await store.release()
    handset = await store.station()
    picklist_id = await handset.get_work()
    assert picklist_id is not None
    (task,) = store.rows(PickTask, picklist_id)
    walk = a_walk(store, picklist_id)
    takes = [
        UnitPicked(task_id=task.task_id, product_id=PHONE, quantity_each=1, serial=serial) for serial in ("SN1", "SN2")
    ]
    await handset.do(*walk[:3], *takes, *walk[4:])
    await cancel(store)
    (work,) = store.rows(Discrepancy)

    one = replace(done(work, "not_found", 1), location_id=PHONE_BIN, product_id=PHONE, serials=("SN2",))
    await handset.do(one)

    held = {marks.serial: each for marks, each in store.held_at(PHONE_BIN, PHONE).items() if each}
    assert held == {"SN2": 1}
