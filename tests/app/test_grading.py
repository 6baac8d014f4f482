"""The tables of grading: every path ends in a grade, every grade in a shelf, and what must not be sold is not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.domain.grading import (
    HYGIENE,
    SHELVES,
    TREES,
    Next,
    Question,
    disposition_of,
    first_question,
    money_for,
    question_after,
)
from app.domain.locations import LocationKind
from app.domain.returns import Disposition, Grade, Money


def paths(at: Next, so_far: tuple[tuple[str, str], ...] = ()) -> Iterator[tuple[tuple[tuple[str, str], ...], Grade]]:
    if isinstance(at, Grade):
        yield so_far, at
        return
    for answer, leads_to in at.answers:
        yield from paths(leads_to, (*so_far, (at.key, answer)))


@pytest.mark.parametrize("category", TREES)
def test_every_way_through_a_tree_takes_one_to_three_questions_of_two_to_four_answers(category: str) -> None:
    ways = list(paths(first_question(category)))
    assert all(1 <= len(answers) <= 3 for answers, _ in ways)
    waiting: list[Next] = [first_question(category)]
    while waiting:
        at = waiting.pop()
        if isinstance(at, Question):
            assert 2 <= len(at.answers) <= 4
            waiting += [leads_to for _, leads_to in at.answers]


@pytest.mark.parametrize("category", TREES)
def test_new_opened_used_and_damaged_can_all_be_found(category: str) -> None:
    grades = {grade for _, grade in paths(first_question(category))}
    assert grades == {Grade.NEW, Grade.OPENED, Grade.USED, Grade.DAMAGED}


def test_answers_played_again_lead_to_the_same_grade() -> None:
    for category in TREES:
        for answers, grade in paths(first_question(category)):
            assert question_after(category, answers) is grade


def test_an_answer_that_was_not_offered_is_refused() -> None:
    with pytest.raises(ValueError, match="powers_on"):
        question_after("electronics", (("powers_on", "works"),))


def test_a_category_without_a_tree_is_asked_the_general_one() -> None:
    assert first_question("garden") is first_question("general")


@pytest.mark.parametrize("grade", Grade)
@pytest.mark.parametrize("category", TREES)
def test_an_expired_lot_is_never_sold_again(grade: Grade, category: str) -> None:
    assert disposition_of(grade, category, expired=True) is Disposition.SCRAP


@pytest.mark.parametrize("category", sorted(HYGIENE))
@pytest.mark.parametrize("grade", [Grade.OPENED, Grade.USED, Grade.DAMAGED])
def test_opened_food_and_cosmetics_are_never_sold_again(grade: Grade, category: str) -> None:
    assert disposition_of(grade, category) is Disposition.SCRAP


@pytest.mark.parametrize("grade", Grade)
def test_what_no_order_explains_waits_in_quarantine(grade: Grade) -> None:
    assert disposition_of(grade, "general", ours=False) is Disposition.QUARANTINE


def test_every_disposition_has_a_shelf_and_only_what_may_be_sold_goes_near_the_bins() -> None:
    assert set(SHELVES) == set(Disposition)
    assert [kept for kept, kinds in SHELVES.items() if LocationKind.BIN in kinds] == [Disposition.RESTOCK]


def test_one_damaged_unit_holds_the_money_of_the_whole_return() -> None:
    assert money_for([Grade.NEW, Grade.DAMAGED, Grade.USED]) is Money.HELD
    assert money_for([Grade.NEW, Grade.USED]) is Money.PARTIAL_REFUND
    assert money_for([Grade.NEW, Grade.WRONG]) is Money.REFUND


def test_nobody_is_paid_for_a_parcel_without_an_order_or_an_empty_one() -> None:
    assert money_for([Grade.NEW], ours=False) is Money.NONE
    assert money_for([]) is Money.NONE


def test_an_undeclared_unit_lets_a_person_look_first() -> None:
    assert money_for([Grade.NEW], undeclared=True) is Money.HELD
