"""Packing as the floor says it: a tote in, every unit by scan, carton, weight, label, scan-back."""

from __future__ import annotations

import pytest

from app.domain.cartons import CartonState
from app.domain.orders import OrderState
from app.domain.printing import LabelDesign
from app.domain.totes import ToteLoadState
from app.domain.workers import ScanRefused
from app.errors import (
    CartonAlreadyClosed,
    DiskFull,
    IllegalTransition,
    TooMany,
    UnknownCode,
    WrongItem,
    WrongStep,
    WrongTote,
)
from app.ports import Tone
from app.workflows.answers import Role
from app.workflows.pack_step import PackStep
from tests.fakes.packing import (
    CASE_EAN,
    MUG,
    MUG_EAN,
    PEN,
    PEN_EAN,
    PackFloor,
    a_line,
    a_load,
    an_order,
    at_weight,
    closed,
)
from tests.fakes.said import said


def test_an_order_is_tote_units_carton_weight_label() -> None:
    floor = PackFloor(an_order(a_line(1, MUG, 2)))
    assert said(floor.scan("T.T-1")) == "pack.opened"
    assert said(floor.scan(MUG_EAN)) == "pack.unit_in"
    assert floor.scan(MUG_EAN).tone is Tone.LIST_DONE
    assert floor.pack.step() is PackStep.CARTON
    assert said(floor.scan("C.M")) == "pack.carton_taken"
    assert said(floor.digits(700)) == "pack.closed"
    assert said(floor.label_comes_out()) == "pack.label_out"
    assert said(floor.scan_back()) == "pack.order_done"
    assert floor.order().state is OrderState.PACKED
    assert floor.load().state is ToteLoadState.EMPTIED
    assert floor.pack.step() is PackStep.TOTE


def test_the_last_unit_leads_to_the_weight_by_itself_when_the_carton_was_scanned_before() -> None:
    assert at_weight().pack.step() is PackStep.WEIGHT


def test_verified_weighed_closed_and_its_label_are_one_deed() -> None:
    floor = closed()
    deed = floor.ledger.deeds[-1]
    kinds = [fact.kind for fact in deed.facts]
    assert kinds == ["carton.verified", "carton.weighed", "carton.closed", "tote.emptied"]
    assert [job.subject for job in deed.print_jobs] == [floor.carton().sscc]


def test_the_label_says_who_gets_it_which_carton_and_by_when_in_the_time_of_the_warehouse() -> None:
    intent = closed().job().intent
    assert intent.design is LabelDesign.SHIPPING
    assert intent.fields["ship_to"] == "Ada Example\nLane 3\n1234 Town\nNL"
    assert intent.fields["order_reference"] == "REF-O-1"
    assert intent.fields["carton_of"] == "1 of 1"
    assert intent.fields["weight"] == "0.40 kg"
    assert intent.fields["ship_by"] == "2026-03-02 15:00"


def test_no_name_and_no_address_stands_in_a_fact() -> None:
    floor = closed()
    assert not [fact for fact in floor.ledger.facts if "Ada" in repr(fact) or "Lane" in repr(fact)]


# -- wrong scans ------------------------------------------------------------------------------------------------------


def test_an_item_of_another_order_names_what_is_wanted_and_what_it_is() -> None:
    floor = PackFloor()
    floor.scan("T.T-1")
    with pytest.raises(WrongItem) as refused:
        floor.scan(PEN_EAN)
    assert (refused.value.expected, refused.value.scanned) == (MUG.name, PEN.name)
    assert [(fact.step, fact.reason) for fact in floor.ledger.facts if isinstance(fact, ScanRefused)] == [
        ("pack.unit", "WrongItem")
    ]


def test_one_unit_too_many_is_refused_also_after_the_last() -> None:
    floor = PackFloor(an_order(a_line(1, MUG), a_line(2, PEN)))
    floor.scan("T.T-1", MUG_EAN)
    with pytest.raises(TooMany):
        floor.scan(MUG_EAN)
    floor.scan(PEN_EAN)
    with pytest.raises(TooMany):
        floor.scan(PEN_EAN)
    assert sum(unit.quantity_each for unit in floor.carton().units) == 2


def test_a_case_adds_its_factor() -> None:
    floor = PackFloor(an_order(a_line(1, MUG, 8)))
    assert floor.scan("T.T-1", CASE_EAN).sentence.facts["count"] == 2


def test_a_case_of_more_than_is_left_must_be_opened() -> None:
    floor = PackFloor(an_order(a_line(1, MUG, 5)))
    floor.scan("T.T-1")
    with pytest.raises(TooMany) as refused:
        floor.scan(CASE_EAN)
    assert (refused.value.expected_each, refused.value.offered_each) == (5, 6)


def test_a_tote_that_nobody_has_is_unknown() -> None:
    with pytest.raises(UnknownCode):
        PackFloor().scan("T.T-99")


def test_another_orders_tote_in_mid_order_is_refused() -> None:
    other = an_order(a_line(1, PEN), order_id="O-2")
    floor = PackFloor(None, other, a_load(other, "T-2"))
    floor.scan("T.T-1")
    with pytest.raises(WrongTote) as refused:
        floor.scan("T.T-2")
    assert (refused.value.expected, refused.value.scanned) == ("T-1", "T-2")


def test_the_second_tote_of_the_same_order_is_welcome() -> None:
    order = an_order(a_line(1, MUG, 2))
    floor = PackFloor(order, a_load(order, "T-2"))
    floor.scan("T.T-1")
    assert said(floor.scan("T.T-2")) == "pack.same_order"


def test_a_bin_is_not_what_is_asked() -> None:
    with pytest.raises(WrongStep):
        PackFloor().scan("L.A-01-01-1")


def test_a_full_disk_keeps_nothing_and_shows_nothing_green() -> None:
    floor = PackFloor()
    floor.scan("T.T-1")
    floor.ledger.trouble = DiskFull()
    with pytest.raises(DiskFull):
        floor.scan(MUG_EAN)
    assert not floor.carton().units


# -- undo -------------------------------------------------------------------------------------------------------------


def test_undo_takes_the_newest_unit_out_and_says_which_fact_it_negates() -> None:
    floor = PackFloor(an_order(a_line(1, MUG), a_line(2, PEN)))
    floor.scan("T.T-1", MUG_EAN, PEN_EAN, "X.UNDO", "X.UNDO")
    assert not floor.carton().units
    assert floor.carton().state is CartonState.OPENED
    negated = [body["negates_seq"] for _, kind, body in floor.ledger.last_facts() if kind == "carton.unit_undone"]
    assert negated == [2, 3]
    with pytest.raises(IllegalTransition):
        floor.scan("X.UNDO")


def test_a_closed_carton_is_not_undone() -> None:
    floor = closed()
    with pytest.raises(CartonAlreadyClosed):
        floor.scan("X.UNDO")


# -- cartons ----------------------------------------------------------------------------------------------------------


def test_the_smallest_carton_that_takes_everything_is_proposed() -> None:
    floor = PackFloor(an_order(a_line(1, MUG, 2)))
    floor.scan("T.T-1")
    proposed = floor.pack.view().proposed
    assert proposed is not None
    assert proposed.name == "M"


def test_a_carton_that_is_too_weak_is_not_taken() -> None:
    floor = PackFloor()
    answer = floor.scan("T.T-1", MUG_EAN, "C.WEAK")
    assert (said(answer), answer.role) == ("pack.carton_too_weak", Role.WRONG)
    assert floor.pack.step() is PackStep.CARTON


def test_a_carton_that_looks_too_small_is_taken_at_the_packers_word() -> None:
    floor = PackFloor(an_order(a_line(1, MUG, 2)))
    assert said(floor.scan("T.T-1", MUG_EAN, MUG_EAN, "C.S")) == "pack.carton_looks_small"
    assert floor.pack.step() is PackStep.WEIGHT


def test_a_full_carton_is_closed_in_mid_order_and_the_next_one_follows() -> None:
    floor = PackFloor(an_order(a_line(1, MUG), a_line(2, PEN)))
    floor.scan("T.T-1", MUG_EAN)
    assert said(floor.scan("X.FINISH")) == "pack.carton_full"
    floor.scan("C.S")
    floor.digits(400)
    assert floor.job().intent.fields["carton_of"] == "1"
    assert floor.load().state is ToteLoadState.PACKING
    floor.label_comes_out()
    assert said(floor.scan_back()) == "pack.next_carton"
    floor.scan(PEN_EAN, "C.S")
    floor.digits(400)
    assert floor.job().intent.fields["carton_of"] == "2 of 2"
    assert floor.order().state is OrderState.PACKED


def test_a_carton_said_to_be_full_by_mistake_is_opened_again_with_every_unit_in_it() -> None:
    floor = PackFloor(an_order(a_line(1, MUG, 3)))
    floor.scan("T.T-1", MUG_EAN, MUG_EAN)
    before = floor.carton()
    floor.scan("X.FINISH")
    assert said(floor.scan("X.UNDO")) == "pack.reopened"
    assert (floor.carton(), floor.pack.step()) == (before, PackStep.UNIT)
    assert said(floor.scan("X.UNDO")) == "pack.undone"
    floor.scan(MUG_EAN, MUG_EAN)
    assert sum(unit.quantity_each for unit in floor.carton().units) == 3


def test_a_full_carton_that_was_taken_and_half_weighed_is_opened_again() -> None:
    floor = PackFloor(an_order(a_line(1, MUG, 2)))
    floor.scan("T.T-1", MUG_EAN, "X.FINISH", "C.S", "X.D.4")
    assert said(floor.scan("X.UNDO")) == "pack.question_closed"
    assert said(floor.scan("X.UNDO")) == "pack.reopened"
    assert floor.scan(MUG_EAN).tone is Tone.LIST_DONE
    assert floor.pack.step() is PackStep.WEIGHT


def test_an_empty_carton_is_not_full() -> None:
    floor = PackFloor()
    assert said(floor.scan("T.T-1", "X.FINISH")) == "pack.carton_empty"
