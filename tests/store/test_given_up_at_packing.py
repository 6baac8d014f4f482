"""An order of which packing has nothing left, and nothing to ship, waits for stock; nobody is left with its totes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancySettled, DiscrepancyState
from app.domain.orders import Order, OrderState
from app.domain.packing import (
    CartonClosed,
    CartonOpened,
    CartonVerified,
    CartonWeighed,
    PackException,
    PackUndone,
)
from app.domain.picking import PickShorted, PickTask, ShortReason
from app.domain.picklists import Picklist, PicklistFinished, PicklistState
from app.domain.totes import ToteEmptied, ToteLoad, ToteLoadState
from tests.store.a_bench import Bench, a_bench
from tests.store.a_store import AStore
from tests.store.w1 import SOCKS, SOCKS_BIN, SOCKS_RESERVE
from tests.store.walk import a_take, a_walk, load_id


async def nobody_finds_any(bench: Bench) -> None:
    for work in bench.store.rows(Discrepancy, "picker"):
        if work.state is DiscrepancyState.OPEN and work.kind is not DiscrepancyKind.SHORT_PICK:
            await bench.handset.do(DiscrepancySettled(discrepancy_id=work.discrepancy_id, how="not_found"))


def state_of(bench: Bench) -> OrderState:
    return bench.store.row(Order, bench.order_id).state


async def packed(bench: Bench, opened: CartonOpened) -> None:
    weighed, closed = bench.closed()[1:]
    assert isinstance(weighed, CartonWeighed)
    assert isinstance(closed, CartonClosed)
    unit = replace(bench.verified(3), carton_id="C2")
    sealing = (CartonVerified(carton_id="C2"), replace(weighed, carton_id="C2"), replace(closed, carton_id="C2"))
    assert await bench.pack(replace(opened, carton_id="C2", number=2), unit, *sealing) == []
    places = (f"blind:{bench.order_id}", f"tote_load:{bench.load}", "carton:C2")
    assert [bench.store.stock_each(place, SOCKS) for place in places] == [0, 0, 3]
    assert state_of(bench) is OrderState.PACKED


@pytest.mark.parametrize("exception", [PackException.DAMAGED, PackException.MISSING])
async def test_an_order_whose_every_unit_was_lost_at_packing_waits_for_stock_once_nobody_brings_any(
    store: AStore, exception: PackException
) -> None:
    bench = await a_bench(store)
    emptied = ToteEmptied(tote_load_id=bench.load)
    await bench.pack(bench.opened(), bench.found(exception, 3), bench.given_up(), emptied)
    # Somebody is on the way with others.
    assert state_of(bench) is OrderState.PACKING

    await nobody_finds_any(bench)

    order = store.row(Order, bench.order_id)
    (line,) = order.lines
    assert order.state is OrderState.BACKORDERED
    assert (line.allocated_each, line.picked_each, line.short_each, line.packed_each) == (0, 0, 0, 0)
    assert (await store.history())[-1] == "order.backordered"
    assert store.row(Picklist, bench.picklist_id).state is PicklistState.CLOSED
    assert store.row(ToteLoad, bench.load).state is ToteLoadState.EMPTIED
    assert [work.kind for work in store.rows(Discrepancy, "supervisor")] == [DiscrepancyKind.NOT_FOUND]


async def test_an_order_that_waits_for_stock_after_packing_is_picked_and_packed_when_there_is_some(
    store: AStore,
) -> None:
    bench = await a_bench(store)
    await bench.pack(bench.opened(), bench.found(PackException.DAMAGED, 3), bench.given_up())
    await nobody_finds_any(bench)
    await store.load("stock", [{"location_id": SOCKS_BIN, "sku": SOCKS, "quantity_each": 9}])

    await store.release()
    picklist_id = await bench.handset.get_work(key="w2")
    assert picklist_id is not None
    await bench.handset.do(*a_walk(store, picklist_id))

    assert state_of(bench) is OrderState.PICKED
    again = replace(bench, picklist_id=picklist_id, load_ids=(load_id(picklist_id, bench.order_id),))
    await packed(again, again.opened())


async def test_an_order_goes_on_when_what_was_broken_has_been_replaced(store: AStore) -> None:
    bench = await a_bench(store)
    await bench.pack(bench.opened(), bench.found(PackException.DAMAGED, 3), bench.given_up())
    (work,) = store.rows(Discrepancy, "picker")

    brought = DiscrepancySettled(
        discrepancy_id=work.discrepancy_id, how="brought", location_id=SOCKS_BIN, product_id=SOCKS, quantity_each=2
    )
    await bench.handset.do(brought)

    order = store.row(Order, bench.order_id)
    assert (order.state, order.left_to_pack_each) == (OrderState.PACKING, 2)


async def test_an_order_that_was_lost_in_a_blind_tote_waits_for_stock_when_its_picks_have_come(store: AStore) -> None:
    bench = await a_bench(store, picked=False)
    await bench.pack(bench.opened(blind=True), bench.found(PackException.MISSING, 3), bench.given_up())
    other = await store.station(name="Two")
    (work,) = store.rows(Discrepancy, "picker")
    await other.do(DiscrepancySettled(discrepancy_id=work.discrepancy_id, how="not_found"))
    # Its walk is not over: nobody knows yet what will come.
    assert state_of(bench) is OrderState.PACKING

    await bench.handset.push()

    assert state_of(bench) is OrderState.BACKORDERED
    places = (f"blind:{bench.order_id}", f"tote_load:{bench.load}")
    assert [store.stock_each(place, SOCKS) for place in places] == [0, 0]
    assert store.row(ToteLoad, bench.load).state is ToteLoadState.EMPTIED


async def test_an_order_whose_blind_carton_was_given_up_and_whose_every_stop_is_short_waits_for_stock(
    store: AStore,
) -> None:
    order_id = await store.order(SOCKS=3)
    await store.release()
    handset, packing = await store.station("handset"), await store.station("packing")
    picklist_id = await handset.get_work()
    assert picklist_id is not None
    (task,) = store.rows(PickTask, picklist_id)
    bench = Bench(
        store=store,
        handset=handset,
        packing=packing,
        order_id=order_id,
        picklist_id=picklist_id,
        line_id=task.line_id,
        load_ids=(load_id(picklist_id, order_id),),
    )
    await store.load("stock", [{"location_id": SOCKS_RESERVE, "sku": SOCKS, "quantity_each": 0}])
    await bench.pack(bench.opened(blind=True), bench.given_up())
    short = PickShorted(task_id=task.task_id, missing_each=3, reason=ShortReason.NONE)
    walk = a_walk(store, picklist_id)
    finished = PicklistFinished(picklist_id=picklist_id, complete=False, tote_load_ids=())

    await handset.do(walk[0], a_take(task)[0], short, finished)

    assert state_of(bench) is OrderState.BACKORDERED


async def test_units_in_a_carton_that_was_given_up_are_to_be_packed_again(store: AStore) -> None:
    bench = await a_bench(store)

    await bench.pack(bench.opened(), bench.verified(3), bench.given_up())

    order = store.row(Order, bench.order_id)
    assert (order.state, order.left_to_pack_each) == (OrderState.PACKING, 3)
    undone = PackUndone(
        carton_id="C1",
        order_id=bench.order_id,
        negates_seq=2,
        line_id=order.lines[0].line_id,
        product_id=SOCKS,
        quantity_each=3,
    )
    await bench.pack(undone)
    assert store.row(Order, bench.order_id).left_to_pack_each == 3


async def test_units_of_a_carton_that_was_given_up_are_put_back_out_of_the_tote_when_their_order_is_cancelled(
    store: AStore,
) -> None:
    bench = await a_bench(store)
    await bench.pack(bench.opened(), bench.verified(2), bench.given_up())

    await store.http.post("/v1/orders/web/1001/cancel", headers=store.owner)

    assert [(work.facts.get("tote_id"), work.facts["quantity_each"]) for work in store.rows(Discrepancy)] == [
        ("T-01", "3")
    ]


async def brought_after_the_tote_was_freed(bench: Bench) -> None:
    """One and then two, for two exits."""
    exits = (bench.found(PackException.DAMAGED, 1), bench.found(PackException.MISSING, 2))
    await bench.pack(bench.opened(), *exits, bench.given_up(), ToteEmptied(tote_load_id=bench.load))
    for work in bench.store.rows(Discrepancy, "picker"):
        brought = DiscrepancySettled(
            discrepancy_id=work.discrepancy_id,
            how="brought",
            location_id=SOCKS_BIN,
            product_id=SOCKS,
            quantity_each=int(work.facts["quantity_each"]),
        )
        await bench.handset.do(brought)


async def test_a_tote_that_was_free_already_takes_what_is_brought_for_its_order(store: AStore) -> None:
    bench = await a_bench(store)
    await brought_after_the_tote_was_freed(bench)

    load = store.row(ToteLoad, bench.load)
    assert load.state is ToteLoadState.READY
    assert [(content.product_id, content.quantity_each) for content in load.contents] == [(SOCKS, 3)]
    await packed(bench, bench.opened())


async def test_what_is_brought_when_its_tote_has_gone_to_another_order_is_packed_by_its_slip(store: AStore) -> None:
    bench = await a_bench(store)
    store.put(ToteLoad(tote_load_id="L-9", tote_id="T-01", picklist_id="P-9", order_id="web:9", slot="A1"))
    await brought_after_the_tote_was_freed(bench)

    assert store.row(ToteLoad, bench.load).state is ToteLoadState.EMPTIED
    await packed(bench, bench.opened(blind=True))
