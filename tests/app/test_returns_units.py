"""Units out of a parcel: announced or not, graded by questions, each with its licence plate."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.cartons import Carton, CartonState, PackedUnit
from app.domain.printing import LabelDesign, PrintState
from app.domain.returns import (
    Disposition,
    Grade,
    ItemState,
    ReturnItem,
    ReturnState,
)
from app.domain.workers import ScanRefused
from app.errors import IllegalTransition, TooMany, WrongStep
from tests.fakes.packing import CASE_EAN, MUG, MUG_EAN
from tests.fakes.returning import (
    JAM,
    JAM_EAN,
    LAMP,
    LAMP_EAN,
    QUARANTINE_SHELF,
    RETURNS_SHELF,
    SHIRT,
    SHIRT_EAN,
    VASE,
    VASE_EAN,
    BenchFloor,
    announced,
    graded,
    shipped,
)
from tests.fakes.said import said


def test_another_item_of_the_order_is_undeclared_and_the_announced_one_is_missing() -> None:
    order = shipped(VASE, SHIRT)
    floor = BenchFloor(order, replace(announced(order), announced=announced(order).announced[:1]))
    assert said(floor.scan("R.20418", SHIRT_EAN)) == "returns.undeclared"
    assert (floor.item().declared, floor.item().line_id) == (False, "L-2")
    assert floor.bench.view().missing_each == 1


def test_an_item_that_the_order_never_had_is_wrong_at_once() -> None:
    floor = BenchFloor()
    assert said(floor.scan("R.20418", LAMP_EAN)) == "returns.wrong_item"
    assert (floor.item().grade, floor.item().disposition) == (Grade.WRONG, Disposition.QUARANTINE)


def test_more_than_was_sent_is_refused_and_the_parcel_stays() -> None:
    floor = graded("X.A.1", f"L.{RETURNS_SHELF}")
    with pytest.raises(TooMany):
        floor.scan(VASE_EAN)
    assert len(floor.parcel().items) == 1
    assert floor.bench.parcel is not None


def test_what_already_came_back_is_refused() -> None:
    order = shipped()
    floor = BenchFloor(replace(order, lines=tuple(replace(line, returned_each=1) for line in order.lines)))
    floor.scan("R.20418")
    with pytest.raises(TooMany):
        floor.scan(VASE_EAN)
    assert floor.parcel().state is ReturnState.RECEIVED


def test_a_serial_that_was_not_sold_holds_the_money() -> None:
    unit = PackedUnit(line_id="L-1", product_id="lamp", quantity_each=1, serial="SN1")
    carton = Carton(carton_id="C-1", order_id="O-1", number=1, units=(unit,), state=CartonState.LABELLED)
    floor = BenchFloor(shipped(LAMP), carton)
    floor.scan("R.20418", f"010{LAMP_EAN}21SN9", "X.A.1", f"L.{RETURNS_SHELF}")
    assert said(floor.scan("X.FINISH")) == "returns.closed_held"


SERIAL_1 = f"010{LAMP_EAN}21SN1"


def test_the_same_serial_is_one_unit_however_often_it_is_scanned() -> None:
    floor = BenchFloor(shipped(LAMP, LAMP))
    floor.scan("R.20418", SERIAL_1, "X.A.1", f"L.{RETURNS_SHELF}")
    assert said(floor.scan(SERIAL_1)) == "returns.serial_twice"
    assert len(floor.parcel().items) == 1
    assert [fact.reason for fact in floor.ledger.facts if isinstance(fact, ScanRefused)] == ["WrongItem"]
    assert said(floor.scan(f"010{LAMP_EAN}21SN2")) == "returns.identified"


def test_a_serial_that_came_back_in_another_parcel_of_the_order_does_not_come_again() -> None:
    order = shipped(LAMP, LAMP)
    before = ReturnItem(item_id="I-1", product_id="lamp", line_id="L-1", declared=True, serial="SN1")
    floor = BenchFloor(order, replace(announced(order), return_id="RMA-1", rma="1", tracking="1", items=(before,)))
    assert said(floor.scan("R.20418", SERIAL_1)) == "returns.serial_twice"
    assert floor.parcel().items == ()


def test_a_serial_in_a_parcel_that_nothing_explains_is_one_unit_too() -> None:
    floor = BenchFloor()
    floor.scan("X.BLINDRETURN", SERIAL_1, "X.A.1", f"L.{QUARANTINE_SHELF}")
    assert said(floor.scan(SERIAL_1)) == "returns.serial_twice"


def test_a_unit_that_was_taken_back_may_be_scanned_again() -> None:
    floor = BenchFloor(shipped(LAMP))
    assert said(floor.scan("R.20418", SERIAL_1, "X.UNDO", SERIAL_1)) == "returns.identified"


def test_a_case_is_opened_and_each_of_its_units_is_scanned() -> None:
    floor = BenchFloor(shipped(MUG), MUG)
    assert said(floor.scan("R.20418", CASE_EAN)) == "returns.open_case"
    assert said(floor.scan(f"(02){MUG_EAN.zfill(14)}(37)6")) == "returns.open_case"
    assert floor.parcel().items == ()
    assert said(floor.scan(MUG_EAN)) == "returns.identified"


# -- grading ----------------------------------------------------------------------------------------------------------


def test_each_answer_leads_to_the_next_question_and_the_last_to_a_shelf() -> None:
    floor = BenchFloor(shipped(LAMP))
    floor.scan("R.20418", LAMP_EAN)
    asked = []
    for answer in ("X.A.2", "X.A.1", "X.A.1"):
        asked.append(floor.bench.prompt().sentence.key)
        floor.scan(answer)
    assert asked == ["returns.question.seal", "returns.question.powers_on", "returns.question.complete"]
    assert (floor.item().grade, floor.item().disposition) == (Grade.OPENED, Disposition.REFURBISH)


@pytest.mark.parametrize("second", ["X.A.2", "X.D.2", "2"])
def test_a_question_is_answered_by_a_number_scanned_or_typed(second: str) -> None:
    floor = BenchFloor(shipped(LAMP))
    assert said(floor.scan("R.20418", LAMP_EAN, second)) == "returns.answered"
    assert [fact for fact in floor.ledger.facts if isinstance(fact, ScanRefused)] == []


@pytest.mark.parametrize("code", ["X.D.7", "X.SKIP"])
def test_a_command_that_answers_nothing_is_refused_without_its_inner_name(code: str) -> None:
    floor = graded()
    with pytest.raises(WrongStep) as refused:
        floor.scan(code)
    assert refused.value.scanned == ""
    assert floor.item().state is ItemState.IDENTIFIED


def test_a_digit_where_nothing_is_asked_is_no_answer() -> None:
    floor = BenchFloor()
    floor.scan("R.20418")
    with pytest.raises(WrongStep):
        floor.scan("X.D.1")


def test_an_answer_that_is_not_offered_changes_nothing() -> None:
    floor = graded()
    with pytest.raises(IllegalTransition):
        floor.scan("X.A.4")
    assert floor.item().state is ItemState.IDENTIFIED


def test_a_question_is_answered_before_the_next_unit() -> None:
    floor = BenchFloor(shipped(VASE, SHIRT))
    floor.scan("R.20418", VASE_EAN)
    with pytest.raises(WrongStep):
        floor.scan(SHIRT_EAN)


def test_a_day_that_has_passed_is_never_sold_again() -> None:
    floor = BenchFloor(shipped(JAM))
    floor.scan("R.20418", f"010{JAM_EAN}17260301" + "10L1", "X.A.1", "X.A.1")
    assert (floor.item().grade, floor.item().disposition) == (Grade.NEW, Disposition.SCRAP)


def test_a_day_that_no_code_says_is_asked_for() -> None:
    floor = BenchFloor(shipped(JAM))
    floor.scan("R.20418", JAM_EAN)
    assert floor.bench.prompt().sentence.key == "returns.question.date"
    floor.scan("X.A.2", "X.A.1", "X.A.1")
    assert floor.item().disposition is Disposition.SCRAP


def test_the_licence_plate_prints_with_the_decision() -> None:
    floor = graded("X.A.1")
    deed = floor.ledger.deeds[-1]
    assert [fact.kind for fact in deed.facts] == ["return.item_graded", "return.item_disposed"]
    (job,) = deed.print_jobs
    assert job.intent.design is LabelDesign.LICENCE_PLATE
    assert job.subject == job.intent.fields["code"] == floor.item().licence_plate


def test_when_nobody_knows_whether_the_plate_came_out_the_receiver_says_so() -> None:
    floor = graded("X.A.1")
    for state in (PrintState.SENDING, PrintState.UNCERTAIN):
        floor.ledger.mark(floor.job().job_id, state)
    assert said(floor.scan("X.A.2")) == "returns.reprinting"
    assert floor.job().state is PrintState.QUEUED
