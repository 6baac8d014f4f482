"""The three exits of packing (extra, missing, damaged), and an order that must ship complete."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.cartons import CartonState
from app.domain.orders import OrderState, ShipPolicy
from app.domain.packing import PackException, PackExceptionFound
from app.domain.totes import ToteLoadState
from app.errors import IllegalTransition
from app.ports import Tone
from app.workflows.pack_step import PackStep
from tests.fakes.packing import (
    MUG,
    MUG_EAN,
    PEN,
    PEN_EAN,
    SUE,
    PackFloor,
    a_line,
    a_product,
    an_order,
    at_weight,
)
from tests.fakes.picking import gtin
from tests.fakes.said import said


def exceptions(floor: PackFloor) -> list[tuple[PackException, str, int]]:
    found = [fact for fact in floor.ledger.facts if isinstance(fact, PackExceptionFound)]
    return [(fact.exception, fact.product_id, fact.quantity_each) for fact in found]


def test_an_extra_unit_is_noted_and_changes_nothing_of_the_order() -> None:
    floor = PackFloor()
    floor.scan("T.T-1", "X.SHORT.WRONGITEM")
    assert floor.pack.step() is PackStep.EXTRA
    before = floor.order()
    assert said(floor.scan(PEN_EAN)) == "pack.extra_noted"
    assert exceptions(floor) == [(PackException.EXTRA, "pen", 1)]
    assert floor.order() == before
    assert floor.pack.step() is PackStep.UNIT


def test_an_extra_label_that_says_how_many_it_stands_for_is_noted_as_so_many() -> None:
    floor = PackFloor()
    floor.scan("T.T-1", "X.SHORT.WRONGITEM", f"(02){PEN_EAN.zfill(14)}(37)3")
    assert exceptions(floor) == [(PackException.EXTRA, "pen", 3)]


@pytest.mark.parametrize("reached", [("T.T-1", MUG_EAN), ("T.T-1", MUG_EAN, "C.S", "X.D.4")])
def test_the_last_thing_in_the_tote_is_noted_as_extra_after_everything_ordered_is_in(reached: tuple[str, ...]) -> None:
    floor = PackFloor()
    floor.scan(*reached)
    step, order = floor.pack.step(), floor.order()
    floor.scan("X.SHORT.WRONGITEM")
    assert said(floor.scan(MUG_EAN)) == "pack.extra_noted"
    assert exceptions(floor) == [(PackException.EXTRA, "mug", 1)]
    assert (floor.pack.step(), floor.order(), floor.pack.typed) == (step, order, "")


def test_undo_closes_the_question_for_the_extra_unit_and_the_weight_is_asked_again() -> None:
    floor = at_weight()
    floor.scan("X.SHORT.WRONGITEM", "X.UNDO")
    assert (floor.pack.step(), exceptions(floor)) == (PackStep.WEIGHT, [])
    assert said(floor.digits(400)) == "pack.closed"


@pytest.mark.parametrize("left_out", ["X.SHORT.NONE", "X.SHORT.DAMAGED"])
def test_nothing_is_missing_or_damaged_once_everything_is_in(left_out: str) -> None:
    with pytest.raises(IllegalTransition):
        at_weight().scan(left_out)


def test_a_damaged_unit_is_scanned_and_is_no_longer_awaited() -> None:
    floor = PackFloor(an_order(a_line(1, MUG, 2)))
    floor.scan("T.T-1", MUG_EAN, "X.SHORT.DAMAGED", MUG_EAN)
    assert exceptions(floor) == [(PackException.DAMAGED, "mug", 1)]
    assert floor.pack.step() is PackStep.CARTON


def test_what_is_missing_is_said_all_at_once() -> None:
    floor = PackFloor(an_order(a_line(1, MUG, 2), a_line(2, PEN, 3)))
    floor.scan("T.T-1", MUG_EAN, "X.SHORT.NONE", "X.A.1")
    assert exceptions(floor) == [(PackException.MISSING, "mug", 1), (PackException.MISSING, "pen", 3)]
    assert floor.pack.step() is PackStep.CARTON


def test_what_is_missing_is_said_line_by_line() -> None:
    floor = PackFloor(an_order(a_line(1, MUG, 2), a_line(2, PEN, 3)))
    floor.scan("T.T-1", "X.SHORT.NONE")
    names = [choice.facts.get("product") for choice in floor.pack.view().choices]
    assert names == [None, "Blue mug", "Pen"]
    floor.scan("X.A.3")
    assert exceptions(floor) == [(PackException.MISSING, "pen", 3)]
    assert floor.pack.step() is PackStep.UNIT


def test_back_closes_an_exit_and_nothing_is_noted() -> None:
    floor = PackFloor()
    floor.scan("T.T-1", "X.SHORT.DAMAGED", "X.BACK")
    assert floor.pack.step() is PackStep.UNIT
    assert not exceptions(floor)


def test_a_tote_without_a_single_unit_needs_a_person_and_sends_no_empty_carton() -> None:
    floor = PackFloor()
    answer = floor.scan("T.T-1", "X.SHORT.NONE", "X.A.1")
    assert (said(answer), answer.tone) == ("pack.nothing_to_pack", Tone.NEEDS_PERSON)
    assert floor.carton().state is CartonState.ABANDONED
    assert floor.load().state is ToteLoadState.EMPTIED
    assert floor.pack.step() is PackStep.TOTE


def test_the_rest_missing_after_a_closed_carton_completes_the_order_without_an_empty_one() -> None:
    floor = PackFloor(an_order(a_line(1, MUG), a_line(2, PEN)))
    floor.scan("T.T-1", MUG_EAN, "X.FINISH", "C.S")
    floor.digits(400)
    floor.label_comes_out()
    floor.scan_back()
    floor.scan("X.SHORT.NONE", "X.A.1")
    assert floor.order().state is OrderState.PACKED
    assert [carton.state for carton in floor.cartons()] == [CartonState.LABELLED, CartonState.ABANDONED]


def test_an_order_that_must_ship_complete_is_parked_until_a_supervisor_says_why_it_may_go() -> None:
    floor = PackFloor(an_order(a_line(1, MUG), a_line(2, PEN), ship_policy=ShipPolicy.COMPLETE))
    floor.scan("T.T-1", MUG_EAN, "X.SHORT.NONE", "X.A.1")
    assert floor.pack.step() is PackStep.PARKED
    floor.scan(f"W.{SUE}-badge", "X.A.1")
    assert floor.pack.step() is PackStep.CARTON
    assert floor.order().ship_policy is ShipPolicy.PARTIAL


def test_a_parked_carton_takes_the_good_unit_that_was_brought() -> None:
    floor = PackFloor(an_order(a_line(1, MUG), ship_policy=ShipPolicy.COMPLETE))
    floor.scan("T.T-1", "X.SHORT.DAMAGED", MUG_EAN)
    assert floor.pack.step() is PackStep.PARKED
    order = floor.order()
    floor.ledger.receive(replace(order, lines=tuple(replace(line, short_each=0) for line in order.lines)))
    assert floor.pack.step() is PackStep.UNIT
    assert said(floor.scan(MUG_EAN)) == "pack.all_in"


def test_a_parked_carton_is_set_aside_and_found_again_by_its_tote() -> None:
    floor = PackFloor(an_order(a_line(1, MUG), a_line(2, PEN), ship_policy=ShipPolicy.COMPLETE))
    floor.scan("T.T-1", MUG_EAN, "X.SHORT.NONE", "X.A.1")
    assert said(floor.scan("X.BACK")) == "pack.set_aside"
    assert floor.pack.step() is PackStep.TOTE
    assert said(floor.scan("T.T-1")) == "pack.resumed"
    assert floor.pack.step() is PackStep.PARKED


def test_ok_says_nothing_missing_because_all_that_is_left_may_be_the_whole_order() -> None:
    floor = PackFloor()
    answer = floor.scan("T.T-1", "X.SHORT.NONE", "X.OK")
    assert (said(answer), answer.tone) == ("pack.missing_by_number", Tone.WRONG)
    assert (floor.pack.step(), exceptions(floor)) == (PackStep.MISSING, [])
    assert said(floor.scan("1")) == "pack.nothing_to_pack"


def five_lines() -> PackFloor:
    """Five products in one tote; nothing of them is in the carton yet."""
    products = [a_product(f"p-{number}", gtin(40 + number), name=f"Thing {number}") for number in range(1, 6)]
    order = an_order(*(a_line(number, product) for number, product in enumerate(products, start=1)))
    floor = PackFloor(order, *products)
    floor.scan("T.T-1", "X.SHORT.NONE")
    return floor


def names_offered(floor: PackFloor) -> list[object]:
    return [choice.facts.get("product", choice.key) for choice in floor.pack.view().choices]


def test_the_fifth_line_that_is_missing_is_named_by_scanning_alone() -> None:
    floor = five_lines()
    assert names_offered(floor) == ["pack.choice.all_left", "Thing 1", "Thing 2", "answers.page"]
    floor.scan("X.A.4")
    assert names_offered(floor) == ["Thing 3", "Thing 4", "Thing 5", "answers.first_page"]
    floor.scan("X.A.3")
    assert exceptions(floor) == [(PackException.MISSING, "p-5", 1)]
    assert floor.pack.step() is PackStep.UNIT


def test_the_last_page_leads_to_the_first_and_back_to_the_one_before() -> None:
    floor = five_lines()
    first = names_offered(floor)
    floor.scan("X.A.4", "X.A.4")
    assert names_offered(floor) == first
    floor.scan("X.A.4", "X.BACK")
    assert names_offered(floor) == first
    assert floor.pack.step() is PackStep.MISSING


def test_a_page_that_was_turned_is_forgotten_with_its_question() -> None:
    floor = five_lines()
    first = names_offered(floor)
    floor.scan("X.A.4", "X.UNDO", "X.SHORT.NONE")
    assert names_offered(floor) == first


# -- which choice -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("third", ["X.A.3", "X.D.3", "3"])
def test_the_third_choice_is_an_answer_code_a_digit_of_the_command_card_or_a_key(third: str) -> None:
    floor = five_lines()
    floor.scan(third)
    assert exceptions(floor) == [(PackException.MISSING, "p-2", 1)]
    assert "scan.refused" not in floor.kinds()


@pytest.mark.parametrize("digit", ["X.D.9", "X.D.0"])
def test_a_digit_that_no_choice_has_is_refused_and_the_question_stays(digit: str) -> None:
    floor = five_lines()
    with pytest.raises(IllegalTransition):
        floor.scan(digit)
    assert floor.pack.step() is PackStep.MISSING


def test_where_a_weight_is_awaited_a_digit_is_the_weights() -> None:
    floor = at_weight()
    assert said(floor.scan("X.D.4")) == "pack.typed"
    assert floor.pack.typed == "4"
