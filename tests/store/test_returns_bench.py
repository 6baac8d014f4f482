"""Goods that come back, as the bench tells of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancySettled, DiscrepancyState
from app.domain.facts import Fact
from app.domain.orders import Order, OrderState
from app.domain.returns import (
    Disposition,
    FoundBy,
    Grade,
    Money,
    MoneyRequested,
    Return,
    ReturnClosed,
    ReturnItemDisposed,
    ReturnItemGraded,
    ReturnItemIdentified,
    ReturnItemPutAway,
    ReturnReceived,
    ReturnState,
    ReturnUndone,
)
from store.tables import money_requests
from sync.protocol import Verdict
from tests.store.a_store import AStore
from tests.store.w1 import PEN, RECEIVER, SOCKS, SOCKS_BIN, SUPERVISOR
from tests.store.what_holds import what_does_not_hold


async def a_packed_order(store: AStore, socks: int = 1) -> Order:
    """An order that has left the packers, two socks or more of it in the customer's hands."""
    order_id = await store.order(SOCKS=socks)
    order = store.row(Order, order_id)
    packed = replace(
        order, state=OrderState.PACKED, lines=tuple(replace(line, packed_each=socks) for line in order.lines)
    )
    store.put(packed)
    return packed


def an_inspection(order: Order, disposition: Disposition = Disposition.RESTOCK) -> list[Fact]:
    """One sock of the order, from the parcel to the shelf."""
    return [
        ReturnReceived(return_id="R1", found_by=FoundBy.ORDER, order_id=order.order_id),
        ReturnItemIdentified(return_id="R1", item_id="I1", product_id=SOCKS, line_id=order.lines[0].line_id),
        ReturnItemGraded(return_id="R1", item_id="I1", grade=Grade.NEW),
        ReturnItemDisposed(return_id="R1", item_id="I1", disposition=disposition, licence_plate="LP1"),
        ReturnItemPutAway(return_id="R1", item_id="I1", location_id=SOCKS_BIN),
    ]


def money(request_id: str = "M1") -> MoneyRequested:
    return MoneyRequested(return_id="R1", request_id=request_id, money=Money.REFUND, item_ids=("I1",))


async def test_a_unit_graded_as_new_is_stock_again_and_the_money_is_asked_for(store: AStore) -> None:
    order = await a_packed_order(store)
    bench = await store.station("bench")

    outcomes = await bench.do(*an_inspection(order), money(), ReturnClosed(return_id="R1"), worker_id=RECEIVER)

    assert {outcome.verdict for outcome in outcomes} == {Verdict.ACCEPTED}
    assert store.stock_each(SOCKS_BIN, SOCKS, condition="good") == 11
    assert store.stock_each("returns:R1", SOCKS) == 0
    assert store.row(Order, order.order_id).lines[0].returned_each == 1
    assert store.row(Return, "R1").state is ReturnState.CLOSED
    assert (await store.history())[-3:] == ["return.received", "return.money_requested", "return.closed"]


async def test_a_broken_unit_is_on_the_shelf_and_nobody_is_promised_it(store: AStore) -> None:
    order = await a_packed_order(store)
    bench = await store.station("bench")

    await bench.do(*an_inspection(order, Disposition.SCRAP), worker_id=RECEIVER)

    assert store.stock_each(SOCKS_BIN, SOCKS, condition="good") == 10
    assert store.stock_each(SOCKS_BIN, SOCKS, condition="scrap") == 1


async def test_money_is_asked_for_once_however_often_the_bench_asks(store: AStore) -> None:
    order = await a_packed_order(store)
    bench = await store.station("bench")

    outcomes = await bench.do(*an_inspection(order), money("M1"), money("M1"), money("M2"), worker_id=RECEIVER)

    with store.room.reading() as connection:
        asked = list(connection.scalars(select(money_requests.c.request_id)))
    assert asked == ["M1"]
    assert [outcome.exception for outcome in outcomes if outcome.exception] == ["illegal_step", "illegal_step"]


async def test_a_parcel_that_nobody_announced_can_be_worked_and_somebody_asks_whose_it_is(store: AStore) -> None:
    bench = await store.station("bench")
    received = ReturnReceived(return_id="R9", found_by=FoundBy.NOTHING)

    (outcome,) = await bench.do(received, worker_id=RECEIVER)

    assert outcome.verdict is Verdict.ACCEPTED
    (work,) = store.rows(Discrepancy)
    assert (work.kind, work.about) == (DiscrepancyKind.UNANNOUNCED_RETURN, ("return", "R9"))


async def test_an_announced_parcel_is_no_surprise(store: AStore) -> None:
    order = await a_packed_order(store)
    store.put(Return(return_id="R1", order_id=order.order_id, rma="RMA-1"))
    bench = await store.station("bench")

    await bench.do(*an_inspection(order), worker_id=RECEIVER)

    assert store.rows(Discrepancy) == []


async def test_more_of_a_line_than_was_shipped_is_somebodys_work(store: AStore) -> None:
    order = await a_packed_order(store)
    bench = await store.station("bench")
    second = ReturnItemIdentified(return_id="R1", item_id="I2", product_id=SOCKS, line_id=order.lines[0].line_id)

    outcomes = await bench.do(*an_inspection(order)[:2], second, worker_id=RECEIVER)

    assert [outcome.exception for outcome in outcomes] == [None, None, "return_mismatch"]


async def test_steps_taken_back_one_by_one_leave_nothing_behind(store: AStore) -> None:
    order = await a_packed_order(store)
    bench = await store.station("bench")
    steps = an_inspection(order, Disposition.REFURBISH)
    await bench.do(*steps, worker_id=RECEIVER)

    undone = [
        ReturnUndone(return_id="R1", item_id="I1", negates_seq=number, negates_kind=step.kind)
        for number, step in reversed(list(enumerate(steps, start=1)))
        if not isinstance(step, ReturnReceived)
    ]
    outcomes = await bench.do(*undone, worker_id=RECEIVER)

    assert {outcome.verdict for outcome in outcomes} == {Verdict.ACCEPTED}
    assert store.moved_each("customer", SOCKS) == 0
    assert store.moved_each("returns:R1", SOCKS) == 0
    assert store.stock_each(SOCKS_BIN, SOCKS) == 10
    assert store.row(Order, order.order_id).lines[0].returned_each == 0


def a_foreign_pen() -> list[Fact]:
    """What the order never had, as the bench tells of it: it is wrong at once, and goes aside."""
    return [
        ReturnItemIdentified(return_id="R1", item_id="I9", product_id=PEN, line_id=None, declared=False),
        ReturnItemGraded(return_id="R1", item_id="I9", grade=Grade.WRONG),
        ReturnItemDisposed(return_id="R1", item_id="I9", disposition=Disposition.QUARANTINE, licence_plate="LP9"),
    ]


def taken_back(steps: list[Fact], first_seq: int) -> list[Fact]:
    """The undo of these steps of the foreign pen, newest first."""
    return [
        ReturnUndone(return_id="R1", item_id="I9", negates_seq=seq, negates_kind=step.kind)
        for seq, step in reversed(list(enumerate(steps, start=first_seq)))
    ]


@pytest.mark.parametrize("in_one_push", [True, False])
async def test_an_item_scanned_into_the_wrong_parcel_and_taken_out_again_is_nobodys_question(
    store: AStore, in_one_push: bool
) -> None:
    order = await a_packed_order(store)
    bench = await store.station("bench")
    bench.tell(*an_inspection(order)[:1], *a_foreign_pen(), worker_id=RECEIVER)
    if not in_one_push:
        await bench.push()
    bench.tell(*taken_back(a_foreign_pen(), 2), worker_id=RECEIVER)

    await bench.push()

    works = {work.kind: (work.state, work.how) for work in store.rows(Discrepancy)}
    assert works[DiscrepancyKind.RETURN_MISMATCH] == (DiscrepancyState.SETTLED, "undone")
    assert store.row(Return, "R1").items == ()
    assert (store.moved_each("customer", PEN), store.moved_each("returns:R1", PEN)) == (0, 0)
    assert what_does_not_hold(store) == []


async def test_the_other_foreign_item_of_the_parcel_is_asked_about_still(store: AStore) -> None:
    order = await a_packed_order(store)
    bench = await store.station("bench")
    pen = a_foreign_pen()
    other = ReturnItemIdentified(return_id="R1", item_id="I8", product_id=PEN, line_id=None, declared=False)

    await bench.do(*an_inspection(order)[:1], other, *pen, *taken_back(pen, 3), worker_id=RECEIVER)

    works = [work for work in store.rows(Discrepancy) if work.kind is DiscrepancyKind.RETURN_MISMATCH]
    assert {work.facts["item_id"]: work.state for work in works} == {
        "I8": DiscrepancyState.OPEN,
        "I9": DiscrepancyState.SETTLED,
    }


async def test_what_a_supervisor_has_said_of_a_foreign_item_stands_though_it_is_taken_out_later(store: AStore) -> None:
    order = await a_packed_order(store)
    bench = await store.station("bench")
    await bench.do(*an_inspection(order)[:1], *a_foreign_pen(), worker_id=RECEIVER)
    (work,) = [one for one in store.rows(Discrepancy) if one.kind is DiscrepancyKind.RETURN_MISMATCH]
    await bench.do(DiscrepancySettled(discrepancy_id=work.discrepancy_id, how="reviewed"), worker_id=SUPERVISOR)

    await bench.do(*taken_back(a_foreign_pen(), 2), worker_id=RECEIVER)

    works = [one for one in store.rows(Discrepancy) if one.kind is DiscrepancyKind.RETURN_MISMATCH]
    assert [(one.state, one.how) for one in works] == [(DiscrepancyState.SETTLED, "reviewed")]
