"""The questions about one unit that came back: asked one by one, and what its answers make of it."""

from __future__ import annotations

import json
from typing import TypeAlias

from app.domain.grading import DATE, DATE_PAST, GENERAL, Next, Question, disposition_of, question_after
from app.domain.products import Product
from app.domain.returns import Disposition, Grade, ReturnItem
from app.ports import Ledger

Answers: TypeAlias = tuple[tuple[str, str], ...]
_KEY = "returns/answers/"


class Grading:
    """Grades units at one bench. What was answered about a unit is kept until it is graded: a reload goes on with it.

    Args:
        seat_id: whose answers these are.
    """

    def __init__(self, ledger: Ledger, seat_id: str) -> None:
        self._ledger = ledger
        self._key = _KEY + seat_id
        self._expired: dict[str, bool] = {}

    def answers(self, item_id: str) -> Answers:
        """So far given about this unit, as (question, answer)."""
        about, answers = _read(self._ledger.recall(self._key) or "")
        return answers if about == item_id else ()

    def begin(self) -> None:
        """Another unit, or none: nothing is answered."""
        if self._ledger.recall(self._key):
            self._ledger.remember(self._key, "")

    def code_says_expired(self, item_id: str, expired: bool) -> None:
        """The unit's code says whether its day is past; the question about it is not asked."""
        self._expired[item_id] = expired

    def answer(self, item_id: str, question: str, given: str) -> None:
        self._keep(item_id, (*self.answers(item_id), (question, given)))

    def take_back(self, item_id: str) -> None:
        """Take the newest answer back; nothing where there is none."""
        self._keep(item_id, self.answers(item_id)[:-1])

    def after_answers(self, item: ReturnItem) -> Next:
        """The next question about a unit, or its grade."""
        product = self._ledger.get(Product, item.product_id)
        answers = self.answers(item.item_id)
        asks_date = product is not None and product.tracks_lot and item.item_id not in self._expired
        of_tree = tuple(pair for pair in answers if pair[0] != DATE.key)
        if asks_date and len(of_tree) == len(answers):
            return DATE
        return question_after(_category(product), of_tree)

    def question(self, item: ReturnItem) -> Question | None:
        """What is asked about a unit now; None when its grade is known."""
        at = self.after_answers(item)
        return at if isinstance(at, Question) else None

    def disposition(self, item_id: str, product: Product | None, grade: Grade, *, ours: bool) -> Disposition:
        """What becomes of a unit of this grade; `ours`: it is known which order it was sold with."""
        expired = self._expired.get(item_id, False) or DATE_PAST in self.answers(item_id)
        return disposition_of(grade, _category(product), expired=expired, ours=ours)

    def _keep(self, item_id: str, answers: Answers) -> None:
        self._ledger.remember(self._key, json.dumps([item_id, answers]))


def _read(text: str) -> tuple[str, Answers]:
    try:
        item_id, answers = json.loads(text)
        return item_id, tuple((question, given) for question, given in answers)
    except (ValueError, TypeError):
        # Nothing, or written by a program that kept it otherwise: it is asked anew.
        return "", ()


def _category(product: Product | None) -> str:
    return product.category if product is not None else GENERAL
