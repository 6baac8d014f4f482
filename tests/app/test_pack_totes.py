"""An order in more than one tote: one that arrives while its carton is open, and one that comes when all is packed."""

from __future__ import annotations

from app.domain.orders import Order, OrderState
from app.domain.totes import Content, ToteEmptied, ToteLoad, ToteLoadState
from app.workflows.pack_step import PackStep
from tests.fakes.packing import (
    ADDRESS,
    MUG,
    MUG_EAN,
    PEN,
    PEN_EAN,
    TEA,
    TEA_EAN,
    PackFloor,
    a_line,
    a_load,
    an_order,
)
from tests.fakes.said import said


def a_filling(order: Order, tote_id: str, line_id: str, lot: str | None = None) -> ToteLoad:
    """A tote that holds one unit of one line."""
    line = order.line(line_id)
    unit = Content(line_id=line_id, product_id=line.product_id, quantity_each=1, lot=lot)
    return a_load(order, tote_id, contents=(unit,))


def a_mug_and_a_late_pen() -> PackFloor:
    """The mug's tote is being packed when the pen's tote arrives."""
    order = an_order(a_line(1, MUG), a_line(2, PEN))
    floor = PackFloor(order, ADDRESS, a_filling(order, "T-1", "L-1"), bare=True)
    floor.scan("T.T-1")
    floor.ledger.receive(a_filling(order, "T-2", "L-2"))
    return floor


def test_a_tote_that_arrived_after_its_carton_was_opened_is_free_when_the_order_is_packed() -> None:
    floor = a_mug_and_a_late_pen()
    floor.scan(MUG_EAN)
    assert said(floor.scan("T.T-2")) == "pack.same_order"
    floor.scan(PEN_EAN, "C.M")
    assert said(floor.digits(700)) == "pack.closed"
    assert floor.order().state is OrderState.PACKED
    assert [floor.load(tote_id).state for tote_id in ("T-1", "T-2")] == [ToteLoadState.EMPTIED] * 2


def test_a_late_tote_stays_while_something_of_its_order_is_left() -> None:
    floor = a_mug_and_a_late_pen()
    floor.scan(MUG_EAN, "X.FINISH", "C.M")
    floor.digits(400)
    assert not floor.found(ToteEmptied)
    assert floor.load("T-2").state is ToteLoadState.READY


def test_a_tote_that_was_filled_for_the_next_order_is_packed_for_that_one() -> None:
    floor = a_mug_and_a_late_pen()
    floor.scan(MUG_EAN, PEN_EAN, "C.M")
    floor.digits(700)
    after_that = an_order(a_line(1, PEN), order_id="O-3")
    floor.ledger.receive(after_that, a_load(after_that, "T-2", tote_load_id="TL-next"))
    assert said(floor.scan("T.T-2")) == "pack.opened"
    assert floor.cartons("O-3")[0].tote_load_ids == ("TL-next",)


def test_a_tote_that_came_when_its_order_was_packed_already_is_packed_for_the_order_that_it_holds_since() -> None:
    packed = an_order(state=OrderState.PACKED)
    after_that = an_order(a_line(1, PEN), order_id="O-3")
    floor = PackFloor(packed, after_that, a_load(after_that, tote_load_id="TL-next"))
    assert said(floor.scan("T.T-1")) == "pack.opened"
    assert floor.cartons("O-3")


def test_a_tote_that_is_being_filled_again_is_not_taken_for_the_order_that_is_through() -> None:
    packed = an_order(state=OrderState.PACKED)
    after_that = an_order(a_line(1, PEN), order_id="O-3", state=OrderState.PICKING)
    filling = a_load(after_that, tote_load_id="TL-next", state=ToteLoadState.FILLING, contents=())
    floor = PackFloor(packed, after_that, filling)
    assert said(floor.scan("T.T-1")) == "pack.opened_blind"


def test_the_lot_of_a_late_tote_is_known() -> None:
    order = an_order(a_line(1, TEA, 2))
    floor = PackFloor(order, ADDRESS, a_filling(order, "T-1", "L-1", "L9"), bare=True)
    floor.scan("T.T-1")
    floor.ledger.receive(a_filling(order, "T-2", "L-1", "L8"))
    floor.scan(TEA_EAN)
    assert floor.pack.step() is PackStep.LOT
    floor.scan("L8", TEA_EAN)
    assert [unit.lot for unit in floor.carton().units] == ["L8", "L9"]


def test_what_was_packed_blind_is_compared_before_its_tote_is_free() -> None:
    order = an_order(a_line(1, MUG), state=OrderState.PICKING)
    floor = PackFloor(order, ADDRESS, a_load(order, state=ToteLoadState.FILLING, contents=()), bare=True)
    floor.scan("T.T-1")
    floor.ledger.receive(a_load(order))
    floor.scan(MUG_EAN, "C.S")
    assert said(floor.digits(400)) == "pack.closed"
    assert floor.load().state is ToteLoadState.READY
