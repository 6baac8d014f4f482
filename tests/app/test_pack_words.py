"""What packing and returns say is made of states and tables: each of them has its words."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from app.domain.grading import DATE, TREES, Question
from app.domain.packing import PackException
from app.domain.printing import PrinterLamp, PrintState
from app.domain.returns import Disposition, Grade, ItemState, Money
from app.workflows.pack_choices import PARTIAL_REASONS, REPRINT_REASONS, WEIGHT_REASONS
from app.workflows.pack_step import BEGINS, TAKES_UNITS, PackStep
from app.workflows.returns_step import ReturnStep

WORDS = tomllib.loads((Path(__file__).parents[2] / "assets" / "words" / "en.toml").read_text("utf-8"))


def questions(at: object) -> set[Question]:
    if not isinstance(at, Question):
        return set()
    return {at}.union(*(questions(leads_to) for _, leads_to in at.answers))


ASKED = questions(DATE).union(*(questions(tree) for tree in TREES.values()))
WANTED: dict[tuple[str, str], set[str]] = {
    ("pack", "ask"): {*PackStep, *PackException},
    ("pack", "tote_later"): {*(set(PackStep) - BEGINS - TAKES_UNITS)},
    ("pack", "reason"): {*WEIGHT_REASONS, *PARTIAL_REASONS, *REPRINT_REASONS},
    ("pack", "lamp"): set(PrinterLamp),
    ("pack", "printer"): {lamp for lamp in PrinterLamp if lamp.needs_hand},
    ("pack", "job"): set(PrintState),
    ("returns", "ask"): {str(step) for step in ReturnStep if step is not ReturnStep.QUESTION},
    ("returns", "question"): {question.key for question in ASKED},
    ("returns", "answer"): {key for question in ASKED for key, _ in question.answers},
    ("returns", "grade"): set(Grade),
    ("returns", "disposition"): set(Disposition),
    ("returns", "money"): set(Money),
    ("returns", "state"): set(ItemState),
}


@pytest.mark.parametrize(("room", "table"), WANTED)
def test_every_state_has_its_words_and_no_words_are_left_over(room: str, table: str) -> None:
    assert set(WORDS[room][table]) == {str(key) for key in WANTED[room, table]}


def test_every_outcome_of_a_return_has_its_words() -> None:
    said = set(WORDS["returns"])
    assert {f"goes_to_{disposition}" for disposition in Disposition} <= said
    assert {f"closed_{money}" for money in Money} <= said
