"""What packing begins with: a tote, a slip, blind, the only unit of an order, the label of a closed carton."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.cartons import Carton
from app.domain.orders import Order, OrderState
from app.domain.packing import CartonOpened
from app.domain.totes import ToteLoad, ToteLoadState
from app.errors import (
    LotExpired,
    UnknownCode,
    WrongTote,
)
from app.workflows.pack_step import PackStep
from tests.fakes.clock import SHIFT_BEGINS_UTC
from tests.fakes.ledger import DEMO_RANGE
from tests.fakes.packing import (
    ADDRESS,
    MUG,
    MUG_EAN,
    PEN,
    PEN_EAN,
    RADIO,
    RADIO_EAN,
    TEA,
    TEA_EAN,
    PackFloor,
    a_line,
    a_load,
    an_order,
)
from tests.fakes.said import said


def blind_floor(*, state: ToteLoadState | None) -> PackFloor:
    order = an_order(a_line(1, MUG), state=OrderState.PICKING)
    loads = (a_load(order, state=state, contents=()),) if state else ()
    return PackFloor(order, ADDRESS, *loads, bare=True)


def test_a_tote_that_is_still_being_filled_is_packed_blind() -> None:
    floor = blind_floor(state=ToteLoadState.FILLING)
    assert said(floor.scan("T.T-1")) == "pack.opened_blind"
    assert (floor.carton().blind, floor.carton().tote_load_ids) == (True, ())
    floor.scan(MUG_EAN, "C.S")
    assert said(floor.digits(400)) == "pack.closed"
    assert floor.load().state is ToteLoadState.FILLING


def test_a_tote_that_nobody_knows_of_asks_for_its_slip() -> None:
    floor = blind_floor(state=None)
    assert said(floor.scan("T.T-1")) == "pack.picks_not_here"
    assert floor.pack.step() is PackStep.SLIP
    assert said(floor.scan("O.O-1")) == "pack.opened_blind"
    assert floor.carton().tote_id == "T-1"


def test_the_slip_is_asked_for_no_longer_once_the_picks_are_here() -> None:
    floor = blind_floor(state=None)
    floor.scan("T.T-1")
    assert floor.pack.tend() is None
    floor.ledger.receive(a_load(floor.order()))
    answer = floor.pack.tend()
    assert answer is not None
    assert said(answer) == "pack.picks_are_here"
    assert floor.pack.step() is PackStep.TOTE
    assert floor.pack.tend() is None
    assert said(floor.scan("T.T-1")) == "pack.opened"


def test_an_order_is_said_to_be_packed_blind_until_its_picks_are_here() -> None:
    floor = blind_floor(state=ToteLoadState.FILLING)
    floor.scan("T.T-1")
    assert floor.pack.tend() is None
    assert floor.pack.view().blind
    floor.ledger.receive(a_load(floor.order()))
    answer = floor.pack.tend()
    assert answer is not None
    assert said(answer) == "pack.picks_have_come"
    assert not floor.pack.view().blind
    assert floor.pack.tend() is None


def test_a_slip_may_carry_the_customers_reference() -> None:
    floor = blind_floor(state=None)
    assert said(floor.scan("T.T-1", "REF-O-1")) == "pack.opened_blind"


def test_a_blind_tote_scanned_again_comes_back_to_its_carton() -> None:
    floor = blind_floor(state=None)
    floor.scan("T.T-1", "O.O-1", "X.BACK")
    assert said(floor.scan("T.T-1")) == "pack.resumed"
    assert len(floor.cartons()) == 1


def test_a_blind_tote_scanned_again_between_units_belongs_to_its_order() -> None:
    floor = blind_floor(state=None)
    floor.scan("T.T-1", "O.O-1")
    assert said(floor.scan("T.T-1")) == "pack.same_order"


def test_a_blind_tote_whose_picks_turn_out_to_be_another_orders_is_refused() -> None:
    floor = blind_floor(state=None)
    floor.scan("T.T-1", "O.O-1")
    other = an_order(a_line(1, PEN), order_id="O-2")
    floor.ledger.receive(other, a_load(other))
    with pytest.raises(WrongTote) as refused:
        floor.scan("T.T-1")
    assert (refused.value.expected, refused.value.scanned) == ("", "T-1")


def test_a_slip_that_nobody_knows_is_unknown() -> None:
    with pytest.raises(UnknownCode):
        PackFloor().scan("O.O-77")


# -- by the only unit of an order -------------------------------------------------------------------------------------


def a_single(number: int, *, due_hour: int, **facts: Any) -> tuple[Order, ToteLoad]:
    """An order of one pen in a tote of its own."""
    due = SHIFT_BEGINS_UTC.replace(hour=due_hour)
    order = an_order(a_line(1, PEN), order_id=f"O-{number}", ship_by_utc=due, **facts)
    return order, a_load(order, f"T-{number}")


def test_the_only_unit_of_an_order_opens_it_and_is_in_its_carton_at_once() -> None:
    floor = PackFloor(None, *a_single(2, due_hour=12))
    assert said(floor.scan(PEN_EAN)) == "pack.single_in"
    carton = floor.cartons("O-2")[0]
    assert (carton.tote_id, carton.tote_load_ids) == ("T-2", ("TL-T-2",))
    assert [unit.product_id for unit in carton.units] == ["pen"]
    assert floor.pack.step() is PackStep.CARTON


def test_of_several_orders_that_one_unit_may_be_the_one_due_first_is_opened() -> None:
    floor = PackFloor(None, *a_single(2, due_hour=12), *a_single(3, due_hour=9))
    floor.scan(PEN_EAN)
    assert floor.cartons("O-3")
    assert not floor.cartons("O-2")


def test_a_unit_that_no_order_waits_for_alone_says_what_it_is_and_what_to_scan() -> None:
    several = an_order(a_line(1, PEN, 2), order_id="O-2")
    floor = PackFloor(None, several, a_load(several, "T-2"))
    answer = floor.scan(PEN_EAN)
    assert (said(answer), answer.sentence.facts["product"]) == ("pack.no_single", "Pen")
    assert floor.pack.step() is PackStep.TOTE
    assert not floor.found(CartonOpened)


def test_a_single_that_another_station_packs_is_left_to_it() -> None:
    order, load = a_single(2, due_hour=9)
    there = Carton(carton_id="C-other", order_id="O-2", number=1, station_id="P2")
    floor = PackFloor(None, order, load, there)
    assert said(floor.scan(PEN_EAN)) == "pack.no_single"


def test_a_single_that_was_set_aside_is_come_back_to_by_its_unit() -> None:
    floor = PackFloor(None, *a_single(2, due_hour=12))
    floor.scan("T.T-2", "X.BACK", PEN_EAN)
    assert len(floor.cartons("O-2")) == 1
    assert floor.pack.step() is PackStep.CARTON


def test_a_single_with_a_serial_asks_for_it_before_it_is_in() -> None:
    order = an_order(a_line(1, RADIO), order_id="O-2")
    floor = PackFloor(None, order, a_load(order, "T-2"))
    assert said(floor.scan(RADIO_EAN)) == "pack.which_serial"
    floor.scan("SN1")
    assert floor.cartons("O-2")[0].units[0].serial == "SN1"


def test_a_unit_past_its_date_opens_nothing() -> None:
    order = an_order(a_line(1, TEA), order_id="O-2")
    floor = PackFloor(None, order, a_load(order, "T-2", lots={"L-1": "L9"}))
    with pytest.raises(LotExpired):
        floor.scan(f"010{TEA_EAN}17260301" + "10L9")
    assert not floor.found(CartonOpened)


def test_while_a_label_is_awaited_the_next_single_may_be_scanned() -> None:
    floor = PackFloor(None, *a_single(2, due_hour=12))
    floor.scan("T.T-1", "C.S", MUG_EAN)
    floor.digits(400)
    assert floor.pack.step() is PackStep.LABEL
    assert said(floor.scan(PEN_EAN)) == "pack.single_in"


# -- by a label -------------------------------------------------------------------------------------------------------


def labelled(floor: PackFloor) -> str:
    """The first carton of the floor's order, closed, and its label on it; gives the label's code."""
    floor.digits(400)
    floor.label_comes_out()
    code = f"00{floor.carton().sscc}"
    floor.scan(code)
    return code


def test_the_label_of_a_closed_carton_says_that_it_is_closed() -> None:
    floor = PackFloor()
    floor.scan("T.T-1", "C.S", MUG_EAN)
    answer = floor.scan(labelled(floor))
    assert (said(answer), answer.sentence.facts["number"]) == ("pack.label_is_closed", 1)
    assert floor.pack.step() is PackStep.TOTE


def test_the_label_of_a_closed_carton_comes_back_to_its_order_when_something_is_left() -> None:
    floor = PackFloor(an_order(a_line(1, MUG), a_line(2, PEN)))
    floor.scan("T.T-1", MUG_EAN, "X.FINISH", "C.S")
    code = labelled(floor)
    floor.scan("X.BACK")
    assert said(floor.scan(code)) == "pack.resumed"
    assert floor.carton().number == 2
    assert floor.pack.step() is PackStep.UNIT


def test_a_label_that_nobody_printed_is_unknown() -> None:
    with pytest.raises(UnknownCode):
        PackFloor().scan(f"00{DEMO_RANGE.sscc(400)}")
