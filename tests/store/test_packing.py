"""What packing does at the store: units, cartons, exceptions, and what was packed before its picks had come."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.cartons import Carton, CartonState
from app.domain.discrepancies import Discrepancy, DiscrepancyKind
from app.domain.facts import Fact
from app.domain.orders import Order, OrderState
from app.domain.packing import (
    CartonAbandoned,
    CartonClosed,
    CartonReopened,
    CartonVerified,
    CartonWeighed,
    PackException,
    PackUndone,
    WeightSource,
)
from app.domain.picklists import Picklist, PicklistState
from app.domain.totes import ToteLoad, ToteLoadState
from sync.protocol import Verdict
from tests.store.a_bench import a_bench, put_back
from tests.store.a_store import AStore
from tests.store.w1 import MILK, MILK_BIN, PACKER, PEN, SOCKS, SOCKS_BIN


async def test_units_go_from_the_tote_into_the_carton_and_the_order_is_packed(store: AStore) -> None:
    bench = await a_bench(store)

    exceptions = await bench.pack(bench.opened(), bench.verified(2), bench.verified(1), *bench.closed())

    assert exceptions == []
    order = store.row(Order, bench.order_id)
    assert (order.state, order.lines[0].packed_each, order.cartons_closed) == (OrderState.PACKED, 3, 1)
    assert store.stock_each("carton:C1", SOCKS) == 3
    assert store.stock_each(f"tote_load:{bench.load}", SOCKS) == 0
    assert store.row(Picklist, bench.picklist_id).state is PicklistState.CLOSED
    assert (await store.history())[-2:] == ["carton.closed", "order.packed"]


@pytest.mark.parametrize("second_is_empty", [False, True], ids=["both closed", "one closed, one given up"])
async def test_an_order_is_packed_when_each_of_two_stations_thought_that_the_other_had_the_last_carton(
    store: AStore, second_is_empty: bool
) -> None:
    bench = await a_bench(store)
    *sealing, sealed = bench.closed()
    assert isinstance(sealed, CartonClosed)
    sealed = replace(sealed, order_complete=False)
    mine = (bench.opened(), bench.verified(3 if second_is_empty else 2), *sealing, sealed)
    other = replace(bench.opened(), carton_id="C2", number=2)
    theirs: list[Fact] = [CartonAbandoned(carton_id="C2", order_id=bench.order_id)]
    if not second_is_empty:
        weighed = CartonWeighed(carton_id="C2", weight_g=330, expected_weight_g=330, source=WeightSource.TYPED)
        unit = replace(bench.verified(1), carton_id="C2")
        last = replace(sealed, carton_id="C2", sscc="040123450000000024")
        theirs = [unit, CartonVerified(carton_id="C2"), weighed, last]
    beside = await store.station("packing")
    await bench.pack(mine[0])
    await beside.do(other, worker_id=PACKER)
    await bench.pack(*mine[1:])
    assert store.row(Order, bench.order_id).state is OrderState.PACKING
    await beside.do(*theirs, worker_id=PACKER)

    assert store.row(Order, bench.order_id).state is OrderState.PACKED
    assert store.row(Picklist, bench.picklist_id).state is PicklistState.CLOSED
    assert (await store.history())[-1] == "order.packed"
    assert store.rows(Discrepancy) == []
    await beside.do(replace(other, carton_id="C3"), CartonAbandoned(carton_id="C3", order_id=bench.order_id))
    assert (await store.history()).count("order.packed") == 1


async def test_a_unit_taken_out_again_is_in_the_tote_again(store: AStore) -> None:
    bench = await a_bench(store)
    unit = bench.verified(3)
    undone = PackUndone(
        carton_id="C1",
        order_id=bench.order_id,
        negates_seq=2,
        line_id=unit.line_id,
        product_id=SOCKS,
        quantity_each=3,
    )

    await bench.pack(bench.opened(), unit, undone)

    assert store.stock_each("carton:C1", SOCKS) == 0
    assert store.stock_each(f"tote_load:{bench.load}", SOCKS) == 3
    assert store.row(Order, bench.order_id).lines[0].packed_each == 0


async def test_a_carton_that_was_not_full_takes_units_again(store: AStore) -> None:
    bench = await a_bench(store)
    full = CartonVerified(carton_id="C1")

    exceptions = await bench.pack(
        bench.opened(), bench.verified(1), full, CartonReopened(carton_id="C1"), bench.verified(2)
    )

    assert exceptions == []
    assert store.row(Carton, "C1").state is CartonState.VERIFYING
    assert store.stock_each("carton:C1", SOCKS) == 3


async def test_an_abandoned_carton_gives_back_what_was_in_it(store: AStore) -> None:
    bench = await a_bench(store)

    await bench.pack(bench.opened(), bench.verified(2), bench.given_up())

    assert store.row(Carton, "C1").state is CartonState.ABANDONED
    assert store.stock_each("carton:C1", SOCKS) == 0
    assert store.stock_each(f"tote_load:{bench.load}", SOCKS) == 3


async def test_what_is_missing_broken_or_too_much_in_a_tote_is_somebodys_work(store: AStore) -> None:
    bench = await a_bench(store)

    await bench.pack(bench.opened(), *(bench.found(exception) for exception in PackException))

    places = {work.kind: work.facts["location_id"] for work in store.rows(Discrepancy)}
    kinds = (DiscrepancyKind.PACK_EXTRA, DiscrepancyKind.PACK_MISSING, DiscrepancyKind.PACK_DAMAGED)
    assert places == dict.fromkeys(kinds, SOCKS_BIN)
    assert store.row(Order, bench.order_id).lines[0].short_each == 2
    assert store.stock_each("quarantine", SOCKS, condition="damaged") == 1
    # Three were picked; one was too much, one never there, one is broken.
    assert store.stock_each(f"tote_load:{bench.load}", SOCKS) == 2


async def test_what_was_too_much_and_of_no_stop_of_the_order_may_go_to_any_bin(store: AStore) -> None:
    bench = await a_bench(store)
    extra = replace(bench.found(PackException.EXTRA), product_id=MILK, line_id=None)

    await bench.pack(bench.opened(), extra)

    (work,) = store.rows(Discrepancy)
    assert "location_id" not in work.facts


async def test_what_was_too_much_in_a_tote_that_is_packed_blind_is_put_back_out_of_it(store: AStore) -> None:
    bench = await a_bench(store, picked=False)
    extra = replace(bench.found(PackException.EXTRA), product_id=MILK, line_id=None)
    await bench.pack(bench.opened(blind=True), extra)
    (work,) = store.rows(Discrepancy)

    await bench.handset.do(put_back(work, MILK_BIN))

    places = (f"blind:{bench.order_id}", f"hand:{bench.packing.station_id}")
    assert [store.stock_each(place, MILK) for place in places] == [0, 0]
    assert store.stock_each(MILK_BIN, MILK) == 7


async def test_a_tote_packed_before_its_picks_had_come_is_reconciled_when_they_come(store: AStore) -> None:
    bench = await a_bench(store, picked=False)
    assert await bench.pack(bench.opened(blind=True), bench.verified(3), *bench.closed()) == []
    assert store.stock_each(f"blind:{bench.order_id}", SOCKS) == -3

    outcomes = await bench.handset.push()

    assert {outcome.verdict for outcome in outcomes} == {Verdict.ACCEPTED}
    assert store.rows(Discrepancy) == []
    assert store.stock_each(f"blind:{bench.order_id}", SOCKS) == 0
    assert store.stock_each(f"tote_load:{bench.load}", SOCKS) == 0
    assert store.row(ToteLoad, bench.load).state is ToteLoadState.EMPTIED
    assert store.row(Order, bench.order_id).state is OrderState.PACKED
    assert store.row(Picklist, bench.picklist_id).state is PicklistState.CLOSED
    assert "order.reconciled" in await store.history()


async def test_a_tote_of_two_lines_that_was_packed_blind_is_emptied_once(store: AStore) -> None:
    bench = await a_bench(store, picked=False, socks=2, pens=1)
    units = [
        replace(bench.verified(line.quantity_each), line_id=line.line_id, product_id=line.product_id)
        for line in store.row(Order, bench.order_id).lines
    ]
    await bench.pack(bench.opened(blind=True), *units, *bench.closed())

    await bench.handset.push()

    places = (f"blind:{bench.order_id}", f"tote_load:{bench.load}")
    assert [store.stock_each(place, sku) for place in places for sku in (SOCKS, PEN)] == [0, 0, 0, 0]


async def test_picks_that_come_between_a_blind_opening_and_its_closing_are_reconciled_at_the_closing(
    store: AStore,
) -> None:
    bench = await a_bench(store, picked=False)
    await bench.pack(bench.opened(blind=True), bench.verified(3))
    await bench.handset.push()

    assert await bench.pack(*bench.closed()) == []

    assert store.stock_each(f"blind:{bench.order_id}", SOCKS) == 0
    assert store.row(ToteLoad, bench.load).state is ToteLoadState.EMPTIED


async def test_a_blind_carton_that_differs_from_the_picks_is_looked_at(store: AStore) -> None:
    bench = await a_bench(store, picked=False)
    await bench.pack(bench.opened(blind=True), bench.verified(2), *bench.closed())

    outcomes = await bench.handset.push()

    assert outcomes[-1].exception == "blind_mismatch"
    (work,) = store.rows(Discrepancy)
    assert (work.facts["packed_each"], work.facts["picked_each"]) == ("2", "3")


async def test_packing_a_cancelled_order_becomes_a_put_back(store: AStore) -> None:
    bench = await a_bench(store)
    unit = bench.verified(3)
    await store.http.post("/v1/orders/web/1001/cancel", headers=store.owner)

    exceptions = await bench.pack(bench.opened(), unit)

    assert exceptions == ["order_cancelled"] * 2
    assert store.row(Order, bench.order_id).state is OrderState.CANCELLED
    assert store.stock_each("carton:C1", SOCKS) == 3
