"""The weight of a carton: typed, read from a scale, off, or impossible."""

from __future__ import annotations

import pytest

from app.domain.packing import CartonWeighed, WeightSource
from app.errors import (
    NotAllowed,
)
from app.ports import Tone
from app.workflows.pack_step import PackStep
from tests.fakes.packing import (
    MUG_EAN,
    PETE,
    SUE,
    at_weight,
)
from tests.fakes.said import said


@pytest.mark.parametrize("weight_g", [370, 430])
def test_a_weight_at_the_edge_of_the_tolerance_closes(weight_g: int) -> None:
    assert said(at_weight().digits(weight_g)) == "pack.closed"


def test_a_weight_that_is_typed_in_one_go_closes() -> None:
    floor = at_weight()
    assert said(floor.scan("431")) == "pack.weigh_again"
    assert said(floor.scan("400")) == "pack.closed"


def test_a_wrong_weight_is_weighed_again_and_then_closes() -> None:
    floor = at_weight()
    answer = floor.digits(431)
    assert (said(answer), answer.sentence.facts["expected"]) == ("pack.weigh_again", 400)
    assert said(floor.digits(400)) == "pack.closed"


def test_a_weight_that_stays_wrong_needs_a_supervisor_and_a_reason() -> None:
    floor = at_weight()
    floor.digits(500)
    assert floor.digits(500).tone is Tone.NEEDS_PERSON
    with pytest.raises(NotAllowed):
        floor.scan(f"W.{PETE}-badge")
    floor.scan(f"W.{SUE}-badge")
    assert said(floor.scan("X.A.2")) == "pack.closed"
    (weighed,) = floor.found(CartonWeighed)
    assert isinstance(weighed, CartonWeighed)
    assert (weighed.approved_by, weighed.approval_reason, weighed.weight_g) == (SUE, "packaging_heavier", 500)


def test_back_takes_a_digit_away() -> None:
    floor = at_weight()
    floor.scan("X.D.4", "X.D.0", "X.D.9", "X.BACK", "X.D.0")
    assert said(floor.scan("X.OK")) == "pack.closed"
    assert floor.carton().weight_g == 400


def test_a_slip_of_the_finger_is_said() -> None:
    assert said(at_weight().digits(99_999)) == "pack.weight_odd"


@pytest.mark.parametrize("text", ["400 g", "0.400 kg", "0,4kg", "+  0.4 KG"])
def test_a_scale_that_types_its_reading_is_read(text: str) -> None:
    floor = at_weight()
    assert said(floor.scan(text)) == "pack.closed"
    (weighed,) = floor.found(CartonWeighed)
    assert isinstance(weighed, CartonWeighed)
    assert (weighed.weight_g, weighed.source) == (400, WeightSource.SCALE)


def test_digits_alone_are_grams_that_somebody_typed() -> None:
    floor = at_weight()
    floor.scan("400")
    (weighed,) = floor.found(CartonWeighed)
    assert isinstance(weighed, CartonWeighed)
    assert weighed.source is WeightSource.TYPED


def test_what_a_supervisor_lets_pass_still_says_that_a_scale_read_it() -> None:
    floor = at_weight()
    floor.scan("0.5 kg", "0.5 kg", f"W.{SUE}-badge", "X.A.1")
    (weighed,) = floor.found(CartonWeighed)
    assert isinstance(weighed, CartonWeighed)
    assert (weighed.weight_g, weighed.source, weighed.approved_by) == (500, WeightSource.SCALE, SUE)


@pytest.mark.parametrize("text", ["0", "99999", "123456", "0 g", "99 kg"])
def test_a_weight_that_cannot_be_is_said_and_nothing_closes(text: str) -> None:
    floor = at_weight()
    assert said(floor.scan(text)) == "pack.weight_odd"
    assert floor.pack.step() is PackStep.WEIGHT
    assert not floor.found(CartonWeighed)


@pytest.mark.parametrize("text", ["heavy", "12.5", "-400 g", "4OO", "400 lb"])
def test_what_is_no_weight_says_what_is_wanted(text: str) -> None:
    floor = at_weight()
    answer = floor.scan(text)
    assert (said(answer), answer.sentence.facts["scanned"]) == ("pack.no_weight", text)
    assert floor.pack.step() is PackStep.WEIGHT


def test_ok_before_a_digit_asks_for_the_weight() -> None:
    floor = at_weight()
    assert said(floor.scan("X.OK")) == "pack.weight_first"
    assert said(floor.scan("X.D.0", "X.OK")) == "pack.weight_first"


def test_undo_at_the_weight_clears_the_digits_first_and_then_takes_the_last_unit_out() -> None:
    floor = at_weight()
    floor.scan("X.D.9", "X.UNDO")
    assert floor.pack.typed == ""
    assert floor.pack.step() is PackStep.WEIGHT
    assert said(floor.scan("X.UNDO")) == "pack.undone"
    assert floor.pack.step() is PackStep.UNIT
    floor.scan(MUG_EAN)
    assert said(floor.digits(400)) == "pack.closed"
