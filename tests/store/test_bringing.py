"""Packing lacked something: a picker brings it, and the packer goes on."""

from __future__ import annotations

import pytest

from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancySettled, DiscrepancyState
from app.domain.orders import Order, OrderState
from app.domain.packing import PackException, PackExceptionFound
from app.domain.totes import ToteLoad
from tests.store.a_store import AStore
from tests.store.test_packing import Bench, a_bench
from tests.store.w1 import SOCKS, SOCKS_BIN


async def a_bench_that_lacks_one(store: AStore, exception: PackException) -> tuple[Bench, Discrepancy]:
    """Two of three socks are in the carton; the third is not right."""
    bench = await a_bench(store)
    found = PackExceptionFound(
        order_id=bench.order_id,
        carton_id="C1",
        exception=exception,
        product_id=SOCKS,
        quantity_each=1,
        line_id=bench.verified(1).line_id,
    )
    assert await bench.pack(bench.opened(), bench.verified(2), found) == []
    (work,) = store.rows(Discrepancy)
    return bench, work


def brought(work: Discrepancy) -> DiscrepancySettled:
    return DiscrepancySettled(
        discrepancy_id=work.discrepancy_id, how="brought", location_id=SOCKS_BIN, product_id=SOCKS, quantity_each=1
    )


@pytest.mark.parametrize("exception", [PackException.MISSING, PackException.DAMAGED])
async def test_what_was_brought_goes_into_the_carton_as_if_it_had_been_there(
    store: AStore, exception: PackException
) -> None:
    bench, work = await a_bench_that_lacks_one(store, exception)
    assert store.row(Order, bench.order_id).lines[0].short_each == 1

    await bench.handset.do(brought(work))

    assert store.row(Order, bench.order_id).lines[0].short_each == 0
    assert store.stock_each(f"tote_load:{bench.load}", SOCKS) == 1
    assert await bench.pack(bench.verified(1), *bench.closed()) == []
    assert store.row(Order, bench.order_id).state is OrderState.PACKED
    assert store.stock_each("carton:C1", SOCKS) == 3
    assert store.stock_each(SOCKS_BIN, SOCKS) == 6
    assert [one for one in store.rows(Discrepancy) if one.state is DiscrepancyState.OPEN] == []


@pytest.mark.parametrize("packed_first", [True, False])
async def test_what_was_brought_too_late_is_put_back(store: AStore, packed_first: bool) -> None:
    bench, work = await a_bench_that_lacks_one(store, PackException.MISSING)
    if packed_first:
        await bench.pack(*bench.closed())
        await bench.handset.do(brought(work))
    else:
        await bench.handset.do(brought(work))
        # The packer has not heard of it.
        await bench.pack(*bench.closed())

    (late,) = [one for one in store.rows(Discrepancy) if one.state is DiscrepancyState.OPEN]
    assert late.kind is DiscrepancyKind.BROUGHT_LATE
    assert late.facts.get("tote_id") == (None if packed_first else "T-01")
    back = DiscrepancySettled(
        discrepancy_id=late.discrepancy_id,
        how="put_back",
        location_id=SOCKS_BIN,
        product_id=SOCKS,
        quantity_each=int(late.facts["quantity_each"]),
    )
    await bench.handset.do(back)

    places = [f"hand:{bench.handset.station_id}", f"tote_load:{bench.load}"]
    assert [store.stock_each(place, SOCKS) for place in places] == [0, 0]
    assert store.stock_each(SOCKS_BIN, SOCKS) == 7


async def test_another_lot_that_was_brought_is_one_that_the_packer_may_take(store: AStore) -> None:
    bench, work = await a_bench_that_lacks_one(store, PackException.MISSING)
    other = DiscrepancySettled(
        discrepancy_id=work.discrepancy_id,
        how="brought",
        location_id=SOCKS_BIN,
        product_id=SOCKS,
        lot="L9",
        quantity_each=1,
    )

    await bench.handset.do(other)

    contents = {content.lot: content.quantity_each for content in store.row(ToteLoad, bench.load).contents}
    assert contents == {None: 2, "L9": 1}
