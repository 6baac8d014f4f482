"""Packing lacked something: a picker brings it, and the packer goes on."""

from __future__ import annotations

import pytest

from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancySettled, DiscrepancyState
from app.domain.orders import Order, OrderState
from app.domain.packing import PackException, PackExceptionFound, PackUndone
from app.domain.totes import ToteLoad, ToteLoadState
from tests.store.a_bench import Bench, a_bench, put_back
from tests.store.a_store import AStore
from tests.store.w1 import SOCKS, SOCKS_BIN, SOCKS_RESERVE
from tests.store.walk import a_walk_with_a_full_tote


async def a_bench_that_lacks_one(store: AStore, exception: PackException) -> tuple[Bench, Discrepancy]:
    """Two of three socks are in the carton; the third is not right."""
    bench = await a_bench(store)
    assert await bench.pack(bench.opened(), bench.verified(2), bench.found(exception)) == []
    (work,) = store.rows(Discrepancy)
    return bench, work


async def allocated_each(store: AStore, reference: str, each: int) -> int:
    """What another order of socks gets."""
    return store.row(Order, await store.order(reference, SOCKS=each)).lines[0].allocated_each


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
    await bench.handset.do(put_back(late))

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


async def test_what_is_to_be_brought_is_promised_to_nobody_else(store: AStore) -> None:
    bench, work = await a_bench_that_lacks_one(store, PackException.DAMAGED)

    # Eleven are left in two bins, and one of them is to be brought.
    assert await allocated_each(store, "1002", 20) == 10

    await bench.handset.do(brought(work))
    assert store.stock_each(SOCKS_BIN, SOCKS) == 6
    assert await allocated_each(store, "1003", 20) == 0


async def test_what_was_missing_by_mistake_is_free_for_others(store: AStore) -> None:
    bench, work = await a_bench_that_lacks_one(store, PackException.MISSING)
    assert work.seq is not None
    undone = PackUndone(
        carton_id="C1",
        order_id=bench.order_id,
        negates_seq=work.seq,
        negates_kind=PackExceptionFound.kind,
        exception=PackException.MISSING,
        line_id=bench.verified(1).line_id,
        product_id=SOCKS,
        quantity_each=1,
    )

    assert await bench.pack(undone) == []

    assert await allocated_each(store, "1002", 20) == 11


async def test_another_bin_is_named_when_the_first_is_promised_to_others(store: AStore) -> None:
    bench = await a_bench(store)
    assert await allocated_each(store, "1002", 7) == 7

    await bench.pack(bench.opened(), bench.found(PackException.MISSING))

    (work,) = store.rows(Discrepancy)
    assert work.facts["location_id"] == SOCKS_RESERVE


async def test_what_is_not_in_its_bin_has_the_bin_counted_and_is_promised_to_nobody_till_then(store: AStore) -> None:
    bench, work = await a_bench_that_lacks_one(store, PackException.MISSING)

    await bench.handset.do(DiscrepancySettled(discrepancy_id=work.discrepancy_id, how="not_found", product_id=SOCKS))

    still_open = {one.kind: one for one in store.rows(Discrepancy) if one.state is DiscrepancyState.OPEN}
    assert set(still_open) == {DiscrepancyKind.NOT_FOUND, DiscrepancyKind.SHORT_PICK}
    assert still_open[DiscrepancyKind.SHORT_PICK].facts["location_id"] == SOCKS_BIN
    assert await allocated_each(store, "1002", 20) == 10


async def test_a_tote_that_comes_after_its_order_was_packed_without_it_is_put_back_and_free(store: AStore) -> None:
    """The packer of the first tote has said that the rest is missing, and closed the order."""
    bench = await a_bench(store, picked=False)
    walk = a_walk_with_a_full_tote(store, bench.picklist_id, full_after_each=1)
    await bench.handset.do(*walk[:-1])
    missing = bench.found(PackException.MISSING, 2)
    await bench.pack(bench.opened(), bench.verified(1), missing, *bench.closed())

    outcomes = await bench.handset.do(walk[-1])

    assert store.row(Order, bench.order_id).state is OrderState.PACKED, outcomes
    (late,) = [one for one in store.rows(Discrepancy) if one.kind is DiscrepancyKind.BROUGHT_LATE]
    assert (late.facts["tote_id"], late.facts["quantity_each"]) == ("T-02", "2")
    await bench.handset.do(put_back(late))
    assert store.row(ToteLoad, f"{bench.load}-2").state is ToteLoadState.EMPTIED
    assert store.stock_each(f"tote_load:{bench.load}-2", SOCKS) == 0
