"""An order whose first tote was full: two loads of one slot, at the store."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from app.domain.discrepancies import Discrepancy
from app.domain.facts import Fact
from app.domain.orders import Order, OrderState
from app.domain.packing import PackException
from app.domain.totes import ToteEmptied, ToteLoad, ToteLoadState, ToteReopened
from sync.protocol import Verdict
from tests.store.a_bench import ACarton
from tests.store.a_station import AStation
from tests.store.a_store import AStore
from tests.store.w1 import PACKER, SOCKS
from tests.store.walk import a_walk_with_a_full_tote, load_id


@dataclass(slots=True, kw_only=True)
class TwoTotes(ACarton):
    """Three socks of one line: so many in the full tote, the rest in the next one."""

    store: AStore
    handset: AStation
    walk: list[Fact]

    def states(self) -> list[ToteLoadState]:
        return [self.store.row(ToteLoad, one).state for one in self.load_ids]

    def stock_each(self) -> list[int]:
        return [self.store.stock_each(f"tote_load:{one}", SOCKS) for one in self.load_ids]


async def two_totes(store: AStore, *, full_after_each: int = 1) -> TwoTotes:
    order_id = await store.order(SOCKS=3)
    await store.release()
    handset = await store.station("handset")
    picklist_id = await handset.get_work()
    assert picklist_id is not None
    first = load_id(picklist_id, order_id)
    return TwoTotes(
        order_id=order_id,
        line_id=store.row(Order, order_id).lines[0].line_id,
        load_ids=(first, f"{first}-2"),
        tote_id="T-02",
        store=store,
        handset=handset,
        walk=a_walk_with_a_full_tote(store, picklist_id, full_after_each=full_after_each),
    )


async def test_a_full_tote_and_the_next_one_go_to_packing_together(store: AStore) -> None:
    totes = await two_totes(store)
    outcomes = await totes.handset.do(*totes.walk[:-1])
    assert totes.states() == [ToteLoadState.FULL, ToteLoadState.FILLING]
    outcomes += await totes.handset.do(totes.walk[-1])
    assert {outcome.verdict for outcome in outcomes} == {Verdict.ACCEPTED}
    assert (totes.states(), totes.stock_each()) == ([ToteLoadState.READY] * 2, [1, 2])
    order = store.row(Order, totes.order_id)
    assert (order.state, order.lines[0].picked_each) == (OrderState.PICKED, 3)


async def test_a_packing_station_sees_both_totes_of_the_order(store: AStore) -> None:
    totes, packing = await two_totes(store), await store.station("packing")
    await totes.handset.do(*totes.walk)
    await packing.pull()
    assert packing.sees("tote_load") == set(totes.load_ids)


@pytest.mark.parametrize("scans", [(1, 1, 1), (3,), (2, 1)])
async def test_units_leave_both_totes_however_many_are_scanned_at_once(store: AStore, scans: tuple[int, ...]) -> None:
    totes, packing = await two_totes(store), await store.station("packing")
    await totes.handset.do(*totes.walk)
    emptied = (ToteEmptied(tote_load_id=one) for one in totes.load_ids)
    units = (totes.verified(each) for each in scans)
    outcomes = await packing.do(totes.opened(), *units, *totes.closed(), *emptied, worker_id=PACKER)
    assert {outcome.verdict for outcome in outcomes} == {Verdict.ACCEPTED}
    assert (totes.states(), totes.stock_each()) == ([ToteLoadState.EMPTIED] * 2, [0, 0])
    assert store.stock_each("carton:C1", SOCKS) == 3
    assert store.row(Order, totes.order_id).state is OrderState.PACKED


async def test_units_that_are_missing_at_packing_are_missing_from_both_totes(store: AStore) -> None:
    totes, packing = await two_totes(store), await store.station("packing")
    await totes.handset.do(*totes.walk)
    await packing.do(totes.opened(), totes.found(PackException.MISSING, 3), worker_id=PACKER)
    assert totes.stock_each() == [0, 0]


async def test_an_order_packed_blind_out_of_two_totes_is_reconciled_with_both(store: AStore) -> None:
    totes, packing = await two_totes(store), await store.station("packing")
    totes.handset.tell(*totes.walk)
    await packing.do(totes.opened(blind=True), totes.verified(3), *totes.closed(), worker_id=PACKER)
    await totes.handset.push()
    assert (totes.states(), totes.stock_each()) == ([ToteLoadState.EMPTIED] * 2, [0, 0])
    assert store.rows(Discrepancy) == []


async def test_a_tote_that_was_not_full_after_all_is_filled_again(store: AStore) -> None:
    totes = await two_totes(store)
    outcomes = await totes.handset.do(*totes.walk[:7], ToteReopened(tote_load_id=totes.load_ids[0]))
    assert {outcome.verdict for outcome in outcomes} == {Verdict.ACCEPTED}
    assert store.row(ToteLoad, totes.load_ids[0]).state is ToteLoadState.FILLING
