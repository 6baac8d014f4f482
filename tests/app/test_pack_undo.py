"""Undo at a packing station takes back what was done last, whatever it was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.cartons import CartonState
from app.domain.orders import ShipPolicy
from app.domain.packing import CartonVerified, PackException, PackExceptionFound, PackUndone, UnitVerified, exit_name
from app.errors import FloorError, IllegalTransition
from app.workflows.pack_step import PackStep
from tests.fakes.packing import MUG, MUG_EAN, PEN, PEN_EAN, PackFloor, a_line, an_order
from tests.fakes.said import said

MISSING = ("X.SHORT.NONE", "X.A.1")
DAMAGED = ("X.SHORT.DAMAGED", PEN_EAN)
EXTRA = ("X.SHORT.WRONGITEM", PEN_EAN)


def with_the_mug_in(**facts: ShipPolicy) -> PackFloor:
    """A mug and a pen are wanted, and the mug is in the carton."""
    floor = PackFloor(an_order(a_line(1, MUG), a_line(2, PEN), **facts))
    floor.scan("T.T-1", MUG_EAN)
    return floor


@pytest.mark.parametrize(
    ("act", "exception"),
    [(MISSING, PackException.MISSING), (DAMAGED, PackException.DAMAGED), (EXTRA, PackException.EXTRA)],
)
def test_undo_after_an_exit_takes_the_exit_back_and_leaves_the_good_unit_in(
    act: tuple[str, ...], exception: PackException
) -> None:
    floor = with_the_mug_in()
    order, carton = floor.order(), floor.carton()
    floor.scan(*act)
    answer = floor.scan("X.UNDO")
    assert (said(answer), answer.sentence.facts["product"]) == (f"pack.undone_{exception}", "Pen")
    assert (floor.order(), floor.carton(), floor.pack.step()) == (order, carton, PackStep.UNIT)
    (found,), (undone,) = floor.found(PackExceptionFound), floor.found(PackUndone)
    assert isinstance(undone, PackUndone)
    assert (undone.negates_seq, undone.negates_kind) == (floor.ledger.facts.index(found) + 1, found.kind)


def test_what_was_missing_and_is_found_a_moment_later_goes_in() -> None:
    floor = with_the_mug_in()
    floor.scan(*MISSING, "X.UNDO")
    assert said(floor.scan(PEN_EAN)) == "pack.all_in"
    assert [unit.product_id for unit in floor.carton().units] == ["mug", "pen"]


def test_undo_goes_on_to_the_unit_before_the_exit() -> None:
    floor = with_the_mug_in()
    floor.scan(*DAMAGED, "X.UNDO")
    assert said(floor.scan("X.UNDO")) == "pack.undone"
    assert (floor.carton().state, floor.carton().units) == (CartonState.OPENED, ())


def test_lines_that_were_missing_together_come_back_line_by_line() -> None:
    floor = PackFloor(an_order(a_line(1, MUG, 2), a_line(2, PEN, 3)))
    floor.scan("T.T-1", MUG_EAN, *MISSING)
    pens = floor.scan("X.UNDO")
    assert (pens.sentence.facts["product"], pens.sentence.facts["count"]) == ("Pen", 3)
    floor.scan("X.UNDO")
    assert [line.short_each for line in floor.order().lines] == [0, 0]


def test_an_exit_of_an_empty_carton_can_be_undone() -> None:
    floor = PackFloor(an_order(a_line(1, MUG), a_line(2, PEN)))
    floor.scan("T.T-1", *DAMAGED)
    assert said(floor.scan("X.UNDO")) == "pack.undone_damaged"
    assert floor.order().left_to_pack_each == 2


def test_a_parked_order_is_taken_up_again_when_what_was_missing_is_found() -> None:
    floor = with_the_mug_in(ship_policy=ShipPolicy.COMPLETE)
    floor.scan(*MISSING)
    assert floor.pack.step() is PackStep.PARKED
    floor.scan("X.UNDO")
    assert floor.pack.step() is PackStep.UNIT


def test_an_extra_that_was_found_in_a_full_carton_is_taken_back_before_the_carton_is_opened_again() -> None:
    floor = with_the_mug_in()
    floor.scan("X.FINISH", *EXTRA)
    assert said(floor.scan("X.UNDO")) == "pack.undone_extra"
    assert floor.carton().state is CartonState.VERIFIED
    assert said(floor.scan("X.UNDO")) == "pack.reopened"
    assert said(floor.scan("X.FINISH")) == "pack.carton_full"
    floor.scan("X.UNDO")
    assert said(floor.scan("X.UNDO")) == "pack.undone"
    assert len(floor.found(CartonVerified)) == 2


def test_nothing_is_undone_in_a_carton_that_is_weighed_and_waits_for_its_number() -> None:
    floor = PackFloor(an_order(a_line(1, MUG, 2)), number_range=None)
    floor.scan("T.T-1", MUG_EAN, *MISSING, "C.S")
    floor.digits(400)
    with pytest.raises(IllegalTransition):
        floor.scan("X.UNDO")


def test_undo_passes_by_what_was_missing_and_has_been_brought_since() -> None:
    floor = with_the_mug_in()
    floor.scan(*MISSING)
    order = floor.order()
    floor.ledger.receive(replace(order, lines=tuple(replace(line, short_each=0) for line in order.lines)))
    answer = floor.scan("X.UNDO")
    assert (said(answer), answer.sentence.facts["product"]) == ("pack.undone", "Blue mug")


def test_of_two_exits_on_a_line_undo_takes_back_the_one_for_which_nothing_was_brought() -> None:
    floor = PackFloor(an_order(a_line(1, MUG), a_line(2, PEN, 3)))
    floor.scan("T.T-1", *DAMAGED, *DAMAGED)
    numbered = enumerate(floor.ledger.facts, start=1)
    first, second = (seq for seq, fact in numbered if isinstance(fact, PackExceptionFound))
    order = floor.order()
    lines = tuple(replace(line, short_each=min(line.short_each, 1)) for line in order.lines)
    brought = exit_name(floor.carton().carton_id, second)
    floor.ledger.receive(replace(order, lines=lines, exits_settled=(brought,)))
    assert said(floor.scan("X.UNDO")) == "pack.undone_damaged"
    (undone,) = floor.found(PackUndone)
    assert isinstance(undone, PackUndone)
    assert undone.negates_seq == first
    assert [line.short_each for line in floor.order().lines] == [0, 0]


def test_undo_after_a_restart_takes_the_same_act_back() -> None:
    floor = with_the_mug_in()
    floor.scan(*MISSING)
    floor.reopened()
    assert said(floor.scan("X.UNDO")) == "pack.undone_missing"


def test_no_more_comes_back_than_was_short() -> None:
    floor = with_the_mug_in()
    floor.scan(*MISSING)
    undone = PackUndone(
        carton_id=floor.carton().carton_id,
        order_id="O-1",
        negates_seq=1,
        negates_kind=PackExceptionFound.kind,
        exception=PackException.MISSING,
        line_id="L-2",
        product_id="pen",
        quantity_each=2,
    )
    with pytest.raises(FloorError):
        floor.order().after(undone)


def test_an_undo_that_an_older_station_wrote_takes_a_unit_back() -> None:
    undone = PackUndone(carton_id="C", order_id="O-1", negates_seq=1, line_id="L-1", product_id="mug", quantity_each=1)
    assert (undone.negates_kind, undone.exception) == (UnitVerified.kind, None)
    assert undone.subjects() == (("carton", "C"), ("order", "O-1"))
