"""The questions about one unit that came back: asked one by one, and what its answers make of it."""

from __future__ import annotations

from app.domain.grading import DATE, DATE_PAST, GENERAL, Next, Question, disposition_of, question_after
from app.domain.products import Product
from app.domain.returns import Disposition, Grade, ReturnItem
from app.ports import View


class Grading:
    """Grades units at one bench. Its answers live in memory only: a restart asks anew.

    Attributes:
        answers: so far given about the unit that is being graded, as (question, answer).
    """

    def __init__(self, view: View) -> None:
        self.answers: tuple[tuple[str, str], ...] = ()
        self._view = view
        self._expired: dict[str, bool] = {}

    def begin(self) -> None:
        """Another unit, or none: nothing is answered."""
        self.answers = ()

    def code_says_expired(self, item_id: str, expired: bool) -> None:
        """The unit's code says whether its day is past; the question about it is not asked."""
        self._expired[item_id] = expired

    def answer(self, question: str, given: str) -> None:
        self.answers = (*self.answers, (question, given))

    def take_back(self) -> None:
        """Take the newest answer back; nothing where there is none."""
        self.answers = self.answers[:-1]

    def after_answers(self, item: ReturnItem) -> Next:
        """The next question about a unit, or its grade."""
        product = self._view.get(Product, item.product_id)
        asks_date = product is not None and product.tracks_lot and item.item_id not in self._expired
        of_tree = tuple(pair for pair in self.answers if pair[0] != DATE.key)
        if asks_date and len(of_tree) == len(self.answers):
            return DATE
        return question_after(_category(product), of_tree)

    def question(self, item: ReturnItem) -> Question | None:
        """What is asked about a unit now; None when its grade is known."""
        at = self.after_answers(item)
        return at if isinstance(at, Question) else None

    def disposition(self, item_id: str, product: Product | None, grade: Grade, *, ours: bool) -> Disposition:
        """What becomes of a unit of this grade; `ours`: it is known which order it was sold with."""
        expired = self._expired.get(item_id, False) or DATE_PAST in self.answers
        return disposition_of(grade, _category(product), expired=expired, ours=ours)


def _category(product: Product | None) -> str:
    return product.category if product is not None else GENERAL
