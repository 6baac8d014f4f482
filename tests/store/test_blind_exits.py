"""What is wrong in a tote that is packed before its picks have come is told once, as what it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancySettled, DiscrepancyState
from app.domain.facts import Fact
from app.domain.packing import (
    CartonAbandoned,
    CartonClosed,
    CartonVerified,
    CartonWeighed,
    PackException,
    PackExceptionFound,
)
from app.domain.picking import PickShorted, PickTask, ShortReason
from app.domain.picklists import PicklistFinished
from app.domain.totes import ToteEmptied
from tests.store.a_bench import Bench, a_bench
from tests.store.a_store import AStore
from tests.store.w1 import SOCKS, SOCKS_BIN, SOCKS_RESERVE
from tests.store.walk import a_take, a_walk


def found(bench: Bench, exception: PackException) -> PackExceptionFound:
    return PackExceptionFound(
        order_id=bench.order_id,
        carton_id="C1",
        exception=exception,
        product_id=SOCKS,
        quantity_each=1,
        line_id=bench.verified(1).line_id,
    )


def kinds(store: AStore) -> list[DiscrepancyKind]:
    return [work.kind for work in store.rows(Discrepancy)]


@pytest.mark.parametrize(
    ("exception", "packed_each"),
    [(PackException.DAMAGED, 2), (PackException.MISSING, 2), (PackException.EXTRA, 3)],
)
async def test_an_exit_of_a_tote_that_was_packed_blind_is_no_difference_from_its_picks(
    store: AStore, exception: PackException, packed_each: int
) -> None:
    bench = await a_bench(store, picked=False)
    packed = bench.verified(packed_each)
    await bench.pack(bench.opened(blind=True), found(bench, exception), packed, *bench.closed())

    await bench.handset.push()

    assert kinds(store) == [f"pack_{exception}"]


async def test_a_unit_that_was_brought_to_a_tote_that_is_packed_blind_is_no_difference_from_its_picks(
    store: AStore,
) -> None:
    bench = await a_bench(store, picked=False)
    await bench.pack(bench.opened(blind=True), found(bench, PackException.DAMAGED))
    (work,) = store.rows(Discrepancy)
    brought = DiscrepancySettled(
        discrepancy_id=work.discrepancy_id,
        how="brought",
        location_id=SOCKS_BIN,
        product_id=SOCKS,
        quantity_each=1,
    )
    other = await store.station(name="Two")
    await other.do(brought)
    await bench.pack(bench.verified(3), *bench.closed())

    await bench.handset.push()

    assert [(work.kind, work.state) for work in store.rows(Discrepancy)] == [
        (DiscrepancyKind.PACK_DAMAGED, DiscrepancyState.SETTLED)
    ]
    assert store.stock_each(f"blind:{bench.order_id}", SOCKS) == 0


async def test_a_unit_that_nobody_packed_nor_found_broken_is_looked_at(store: AStore) -> None:
    bench = await a_bench(store, picked=False, socks=4)
    units = (found(bench, PackException.DAMAGED), replace(bench.verified(1), quantity_each=2))
    await bench.pack(bench.opened(blind=True), *units, *bench.closed())

    await bench.handset.push()

    (work,) = (work for work in store.rows(Discrepancy) if work.kind is DiscrepancyKind.BLIND_MISMATCH)
    assert (work.facts["packed_each"], work.facts["picked_each"]) == ("3", "4")


@pytest.mark.parametrize("is_freed", [False, True], ids=["tote waits", "tote freed"])
async def test_a_carton_that_was_packed_out_of_the_tote_beside_a_blind_one_is_no_difference(
    store: AStore, is_freed: bool
) -> None:
    bench = await a_bench(store, picked=False)
    weighed, closed = bench.closed()[1:]
    assert isinstance(weighed, CartonWeighed)
    assert isinstance(closed, CartonClosed)
    await bench.pack(bench.opened(blind=True), bench.verified(2))
    await bench.handset.push()
    beside: list[Fact] = [
        replace(bench.opened(), carton_id="C2", number=2),
        replace(bench.verified(1), carton_id="C2"),
        CartonVerified(carton_id="C2"),
        replace(weighed, carton_id="C2"),
        replace(closed, carton_id="C2", order_complete=False),
    ]
    if is_freed:
        # Nothing of the order was left, and its packer knew that tote.
        beside.append(ToteEmptied(tote_load_id=bench.load))

    assert await bench.pack(*beside, *bench.closed()) == []

    assert kinds(store) == []
    places = (f"blind:{bench.order_id}", f"tote_load:{bench.load}")
    assert [store.stock_each(place, SOCKS) for place in places] == [0, 0]


async def test_what_was_packed_blind_although_its_picker_found_none_is_looked_at_once(store: AStore) -> None:
    bench = await a_bench(store, picked=False)
    await store.load("stock", [{"location_id": SOCKS_RESERVE, "sku": SOCKS, "quantity_each": 0}])
    await bench.pack(bench.opened(blind=True), bench.verified(3), *bench.closed())
    (task,) = store.rows(PickTask, bench.picklist_id)
    short = PickShorted(task_id=task.task_id, missing_each=3, reason=ShortReason.NONE)
    finished = PicklistFinished(picklist_id=bench.picklist_id, complete=False, tote_load_ids=())
    other = await store.station(name="Two")

    outcomes = await other.do(a_walk(store, bench.picklist_id)[0], a_take(task)[0], short, finished)

    assert outcomes[-1].exception == "blind_mismatch"
    (work,) = (work for work in store.rows(Discrepancy) if work.kind is DiscrepancyKind.BLIND_MISMATCH)
    assert (work.facts["packed_each"], work.facts["picked_each"]) == ("3", "0")
    await bench.pack(DiscrepancySettled(discrepancy_id=work.discrepancy_id, how="reviewed"))
    given_up = CartonAbandoned(carton_id="C2", order_id=bench.order_id)
    await bench.pack(replace(bench.opened(blind=True), carton_id="C2", number=2), given_up)
    assert kinds(store).count(DiscrepancyKind.BLIND_MISMATCH) == 1
