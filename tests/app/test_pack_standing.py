"""Who stands at an order: two stations, two windows, after a restart, and whoever comes next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain.cartons import Carton, CartonState
from app.domain.orders import Order, OrderState, ShipPolicy
from app.domain.packing import CartonOpened
from app.domain.rows import Row
from app.errors import (
    TooMany,
)
from app.workflows.pack_step import PackStep
from tests.fakes.packing import (
    MUG,
    MUG_EAN,
    PackFloor,
    a_line,
    an_order,
)
from tests.fakes.said import said

# -- others -----------------------------------------------------------------------------------------------------------


def opened_at(station_id: str) -> tuple[Order, Carton]:
    order = replace(an_order(a_line(1, MUG, 2)), state=OrderState.PACKING)
    carton = Carton(carton_id="C-other", order_id="O-1", number=1, station_id=station_id)
    return order, carton


def test_the_second_station_at_an_order_is_told_who_is_there() -> None:
    floor = PackFloor(*opened_at("P2"))
    answer = floor.scan("T.T-1")
    assert (said(answer), answer.sentence.facts["station"]) == ("pack.packed_elsewhere", "P2")
    assert len(floor.cartons()) == 1


def test_the_second_station_may_pack_beside_the_first_in_a_carton_of_its_own() -> None:
    floor = PackFloor(*opened_at("P2"))
    floor.scan("T.T-1", "X.OK", MUG_EAN)
    mine = floor.cartons()[1]
    assert (mine.number, mine.station_id) == (2, "P1")
    assert floor.pack.view().beside == ("P2",)


def test_the_order_is_complete_only_with_the_last_of_both_stations_cartons() -> None:
    floor = PackFloor(*opened_at("P2"))
    floor.scan("T.T-1", "X.OK", MUG_EAN, MUG_EAN, "C.M")
    floor.digits(700)
    assert floor.cartons()[1].state is CartonState.CLOSED
    assert floor.order().state is OrderState.PACKING


def test_two_windows_at_one_carton_count_each_unit_once() -> None:
    floor = PackFloor(an_order(a_line(1, MUG, 2)))
    first = floor.pack
    floor.scan("T.T-1", MUG_EAN)
    floor.reopened(seat_id="seat-2")
    assert said(floor.scan("T.T-1")) == "pack.resumed"
    floor.scan(MUG_EAN)
    assert len(floor.cartons()) == 1
    assert first.step() is PackStep.CARTON
    with pytest.raises(TooMany):
        floor.scan(MUG_EAN)


def all_in_other_cartons(floor: PackFloor) -> None:
    """Another station has put the rest of the order into a carton of its own, and closed it."""
    order = floor.order()
    lines = tuple(replace(line, packed_each=line.quantity_each) for line in order.lines)
    other = Carton(carton_id="C-other", order_id="O-1", number=9, station_id="P2", state=CartonState.CLOSED)
    floor.ledger.receive(other, replace(order, lines=lines, cartons_closed=1))


@pytest.mark.parametrize("aside", [False, True], ids=["at hand", "set aside"])
def test_an_empty_carton_is_given_up_once_the_rest_is_in_other_cartons(aside: bool) -> None:
    floor = PackFloor(an_order(a_line(1, MUG, 2)))
    floor.scan("T.T-1", "C.S")
    if aside:
        floor.scan("X.BACK")
    floor.pack.tend()
    all_in_other_cartons(floor)
    answer = floor.pack.tend()
    assert aside or said(answer) == "pack.not_needed"
    assert floor.cartons()[0].state is CartonState.ABANDONED
    assert floor.pack.step() is PackStep.TOTE
    assert floor.order().state is OrderState.PACKED


def test_a_carton_with_units_is_not_given_up_by_itself() -> None:
    floor = PackFloor(an_order(a_line(1, MUG, 2)))
    floor.scan("T.T-1", MUG_EAN)
    all_in_other_cartons(floor)
    floor.pack.tend()
    assert floor.carton().number == 9
    assert floor.cartons()[0].state is CartonState.VERIFYING
    assert floor.pack.step() is PackStep.CARTON


def test_an_empty_carton_of_an_order_that_must_be_complete_waits_for_the_supervisor() -> None:
    order = an_order(a_line(1, MUG), ship_policy=ShipPolicy.COMPLETE)
    floor = PackFloor(order)
    floor.scan("T.T-1")
    floor.ledger.receive(replace(floor.order(), lines=(a_line(1, MUG, short_each=1),)))
    floor.pack.tend()
    assert floor.pack.step() is PackStep.PARKED


def test_an_empty_carton_of_an_order_that_is_packed_meanwhile_is_given_up() -> None:
    floor = PackFloor()
    floor.scan("T.T-1")
    all_in_other_cartons(floor)
    floor.ledger.receive(replace(floor.order(), state=OrderState.PACKED))
    floor.pack.tend()
    assert floor.pack.step() is PackStep.TOTE


@pytest.mark.parametrize("gone", [True, False], ids=["row taken away", "row says so"])
def test_a_cancelled_order_is_put_back(gone: bool) -> None:
    floor = PackFloor()
    floor.scan("T.T-1", MUG_EAN)
    order = floor.order()
    if gone:
        floor.ledger.lose(order)
    else:
        floor.ledger.receive(replace(order, state=OrderState.CANCELLED))
    assert floor.pack.step() is PackStep.CANCELLED
    assert said(floor.scan("X.OK")) == "pack.put_back"
    assert floor.carton().state is CartonState.ABANDONED
    assert floor.pack.step() is PackStep.TOTE


@pytest.mark.parametrize(
    ("state", "key"),
    [
        (OrderState.PACKED, "pack.order_is_packed"),
        (OrderState.CANCELLED, "pack.order_cancelled"),
        (OrderState.HELD, "pack.order_not_ready"),
    ],
)
def test_an_order_that_is_not_to_be_packed_says_why(state: OrderState, key: str) -> None:
    assert said(PackFloor(an_order(state=state)).scan("T.T-1")) == key


# -- packed without it ------------------------------------------------------------------------------------------------


def packed_without_it(floor: PackFloor) -> None:
    """Another station has packed the whole order, and knew of no carton here."""
    all_in_other_cartons(floor)
    floor.ledger.receive(replace(floor.order(), state=OrderState.PACKED))


@pytest.mark.parametrize(
    "codes", [(MUG_EAN,), (MUG_EAN, MUG_EAN), (MUG_EAN, MUG_EAN, "C.M"), ("C.M", MUG_EAN, "X.FINISH")]
)
def test_units_of_an_order_that_was_packed_without_them_go_back_by_one_answer(codes: tuple[str, ...]) -> None:
    floor = PackFloor(an_order(a_line(1, MUG, 2)))
    floor.scan("T.T-1", *codes)
    packed_without_it(floor)
    floor.pack.tend()
    view = floor.pack.view()
    assert (view.step, len(view.choices)) == (PackStep.TOO_LATE, 1)
    assert floor.pack.prompt().care is not None
    assert said(floor.scan("X.OK")) == "pack.put_back"
    assert floor.cartons()[0].state is CartonState.ABANDONED
    assert len(floor.cartons()[0].units) == codes.count(MUG_EAN)
    assert floor.pack.step() is PackStep.TOTE


def test_a_weighed_carton_whose_order_was_packed_without_it_waits_for_no_number() -> None:
    floor = PackFloor(number_range=None)
    floor.scan("T.T-1", "C.S", MUG_EAN)
    floor.digits(400)
    assert floor.pack.step() is PackStep.NUMBER
    packed_without_it(floor)
    floor.pack.tend()
    assert floor.pack.step() is PackStep.TOO_LATE
    newcomer = floor.reopened(seat_id="another")
    assert (len(newcomer.view().choices), newcomer.view().owed) == (1, ())
    floor.scan("X.A.1", "X.OK")
    assert floor.cartons()[0].state is CartonState.ABANDONED


@pytest.mark.parametrize("what", ["packed", "cancelled"])
@pytest.mark.parametrize("codes", [("X.SHORT.DAMAGED",), (MUG_EAN, "C.M", "X.D.9"), (MUG_EAN, "C.M", "X.D.9", "X.OK")])
def test_a_question_about_a_carton_that_nobody_wants_any_more_is_closed(codes: tuple[str, ...], what: str) -> None:
    floor = PackFloor(an_order(a_line(1, MUG, 2)))
    floor.scan("T.T-1", MUG_EAN, *codes)
    packed_without_it(floor)
    if what == "cancelled":
        floor.ledger.receive(replace(floor.order(), state=OrderState.CANCELLED))
    floor.pack.tend()
    assert said(floor.scan("X.OK")) == "pack.put_back"


def test_the_next_tote_waits_until_what_came_too_late_is_put_back() -> None:
    floor = PackFloor(an_order(a_line(1, MUG, 2)))
    floor.scan("T.T-1", MUG_EAN)
    packed_without_it(floor)
    assert said(floor.scan("T.T-2")) == "pack.tote_later.too_late"


# -- restarts ---------------------------------------------------------------------------------------------------------


def to_unit(floor: PackFloor) -> None:
    floor.scan("T.T-1")


def to_carton(floor: PackFloor) -> None:
    floor.scan("T.T-1", MUG_EAN)


def to_weight(floor: PackFloor) -> None:
    floor.scan("T.T-1", MUG_EAN, "C.S")


def to_label(floor: PackFloor) -> None:
    to_weight(floor)
    floor.digits(400)


def to_scan_back(floor: PackFloor) -> None:
    to_label(floor)
    floor.label_comes_out()


@pytest.mark.parametrize("reach", [to_unit, to_carton, to_weight, to_label, to_scan_back])
def test_a_restart_comes_back_to_the_same_carton_and_step(reach: Callable[[PackFloor], None]) -> None:
    floor = PackFloor()
    reach(floor)
    before = floor.pack.view()
    floor.reopened()
    assert floor.pack.view() == before


def test_a_new_window_comes_back_by_scanning_the_tote() -> None:
    floor = PackFloor()
    to_weight(floor)
    floor.reopened(seat_id="another")
    assert floor.pack.step() is PackStep.TOTE
    assert said(floor.scan("T.T-1")) == "pack.resumed"
    assert floor.pack.step() is PackStep.WEIGHT


def test_a_carton_remembers_where_it_was_opened() -> None:
    opened = CartonOpened(carton_id="C", order_id="O-1", number=1, station_id="P1")
    carton = Carton.born_of(opened)
    assert carton is not None
    assert carton.station_id == "P1"


# -- by whoever comes to the station ----------------------------------------------------------------------------------


def test_whoever_comes_is_told_of_the_carton_that_this_seat_is_at() -> None:
    floor = PackFloor(an_order(a_line(1, MUG, 2)))
    floor.scan("T.T-1", MUG_EAN)
    greeting = floor.reopened().greet()
    assert said(greeting) == "pack.here"
    assert greeting is not None
    assert greeting.sentence.facts == {"number": 1, "order": "REF-O-1"}


def test_whoever_comes_to_another_window_is_told_what_stands_open_and_goes_on_by_one_scan() -> None:
    floor = PackFloor(an_order(a_line(1, MUG, 2)))
    floor.scan("T.T-1", MUG_EAN)
    newcomer = floor.reopened(seat_id="another")
    assert said(newcomer.greet()) == "pack.left_open"
    (choice,) = newcomer.view().choices
    assert choice.facts == {"order": "REF-O-1", "number": 1, "tote": "T-1"}
    assert said(floor.scan("X.A.1")) == "pack.resumed"
    assert floor.pack.step() is PackStep.UNIT


def test_nothing_is_said_to_whoever_comes_where_nothing_stands_open() -> None:
    floor = PackFloor()
    floor.scan("T.T-1", "C.S", MUG_EAN)
    floor.digits(400)
    floor.label_comes_out()
    floor.scan_back()
    assert floor.reopened().greet() is None
    assert floor.pack.view().choices == ()


def test_a_closed_carton_whose_label_is_owed_is_not_offered_as_open() -> None:
    floor = PackFloor()
    floor.scan("T.T-1", "C.S", MUG_EAN)
    floor.digits(400)
    view = floor.reopened(seat_id="another").view()
    assert (view.choices, len(view.owed)) == ((), 1)


def left_open(*rows: Row) -> PackFloor:
    """An order's carton that somebody left open here, and a newcomer at another window."""
    floor = PackFloor(an_order(a_line(1, MUG, 2)), *rows)
    floor.scan("T.T-1", MUG_EAN)
    floor.reopened(seat_id="another")
    return floor


def test_one_key_goes_on_with_the_carton_that_was_left_open() -> None:
    assert said(left_open().scan("1")) == "pack.resumed"


def test_an_order_that_is_called_by_one_digit_is_opened_by_its_slip_whatever_stands_open() -> None:
    floor = left_open(an_order(order_id="O-2", external_reference="1"))
    assert said(floor.scan("1")) == "pack.opened_blind"
    assert floor.cartons("O-2")
