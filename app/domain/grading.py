"""What becomes of a unit that came back: two or three questions, a grade, a disposition, a shelf, and the money.

Everything here is a table: `TREES` asks and grades by category, `DISPOSITIONS` decides, `SHELVES` says where to,
`MONEY` what is asked of the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from app.domain.locations import LocationKind
from app.domain.returns import Disposition, Grade, Money

Next: TypeAlias = "Grade | Question"

# A shop with no category of its own for a product is asked these.
GENERAL = "general"


@dataclass(frozen=True, slots=True)
class Question:
    """One question with two to four answers, by wording keys; each answer leads to a grade or to the next question."""

    key: str
    answers: tuple[tuple[str, Next], ...]

    def answer(self, number: int) -> tuple[str, Next] | None:
        """The answer that is counted `number` from 1; None when there are not so many."""
        return self.answers[number - 1] if 1 <= number <= len(self.answers) else None


_COMPLETE = Question("complete", (("all_there", Grade.OPENED), ("part_missing", Grade.USED)))
_TRACES = Question("traces", (("no_traces", Grade.OPENED), ("light_traces", Grade.USED), ("broken", Grade.DAMAGED)))
_WORN = Question("worn", (("tried_on", Grade.OPENED), ("worn", Grade.USED), ("torn", Grade.DAMAGED)))
_TAGS = Question("tags", (("tags_on", Grade.NEW), ("tags_off", _WORN)))
_STAINS = Question("stains", (("clean", _TAGS), ("smells", Grade.USED), ("stained", Grade.DAMAGED)))
_POWERS_ON = Question("powers_on", (("works", _COMPLETE), ("does_not_work", Grade.DAMAGED), ("not_tested", Grade.USED)))
_SEALED = Question("sealed", (("seal_whole", Grade.NEW), ("seal_broken", Grade.OPENED)))
_WHOLE = Question("whole", (("whole", _SEALED), ("dented", Grade.USED), ("leaks", Grade.DAMAGED)))

# Asked before the tree, of a unit whose lot is tracked and whose code does not say its day.
DATE = Question("date", (("date_ahead", Grade.NEW), ("date_past", Grade.NEW)))
DATE_PAST = (DATE.key, "date_past")

# The first question of each category.
TREES: Mapping[str, Question] = {
    GENERAL: Question("packaging", (("unopened", Grade.NEW), ("opened", _TRACES), ("crushed", _TRACES))),
    "apparel": _STAINS,
    "electronics": Question("seal", (("seal_whole", Grade.NEW), ("seal_broken", _POWERS_ON))),
    "food": _WHOLE,
    "cosmetics": _WHOLE,
}
# Opened, these must not be sold again.
HYGIENE = frozenset({"food", "cosmetics"})


def first_question(category: str) -> Question:
    """Where grading a unit of `category` begins; a category without a tree of its own is asked the general one."""
    return TREES.get(category, TREES[GENERAL])


def question_after(category: str, answers: Iterable[tuple[str, str]]) -> Next:
    """Where the answers given so far, as (question, answer), have led.

    Raises:
        ValueError: an answer that the tree does not offer there.
    """
    at: Next = first_question(category)
    for question, given in answers:
        offered = dict(at.answers) if isinstance(at, Question) and at.key == question else {}
        if given not in offered:
            raise ValueError(f"{category}: {question} is not answered by {given}")
        at = offered[given]
    return at


# grade → what becomes of it: elsewhere, and of what is eaten or put on the skin.
DISPOSITIONS: Mapping[Grade, tuple[Disposition, Disposition]] = {
    Grade.NEW: (Disposition.RESTOCK, Disposition.RESTOCK),
    Grade.OPENED: (Disposition.REFURBISH, Disposition.SCRAP),
    Grade.USED: (Disposition.DONATE, Disposition.SCRAP),
    Grade.DAMAGED: (Disposition.SCRAP, Disposition.SCRAP),
    Grade.WRONG: (Disposition.QUARANTINE, Disposition.QUARANTINE),
}


def disposition_of(grade: Grade, category: str, *, expired: bool = False, ours: bool = True) -> Disposition:
    """What becomes of a unit.

    Args:
        expired: its lot is past its day: it is never sold again.
        ours: an order of ours explains it; what nobody can explain waits in quarantine, whatever its grade.
    """
    if not ours:
        return Disposition.QUARANTINE
    if expired:
        return Disposition.SCRAP
    elsewhere, hygiene = DISPOSITIONS[grade]
    return hygiene if category in HYGIENE else elsewhere


# Goods that may be sold again are kept apart from those that may not.
SHELVES: Mapping[Disposition, frozenset[LocationKind]] = {
    Disposition.RESTOCK: frozenset({LocationKind.BIN, LocationKind.RETURNS}),
    Disposition.REFURBISH: frozenset({LocationKind.RETURNS}),
    Disposition.QUARANTINE: frozenset({LocationKind.QUARANTINE}),
    Disposition.RETURN_TO_VENDOR: frozenset({LocationKind.QUARANTINE}),
    Disposition.SCRAP: frozenset({LocationKind.QUARANTINE}),
    Disposition.DONATE: frozenset({LocationKind.QUARANTINE}),
}

# What one unit is worth to its customer. WRONG is our own mistake: it is paid in full.
MONEY: Mapping[Grade, Money] = {
    Grade.NEW: Money.REFUND,
    Grade.OPENED: Money.REFUND,
    Grade.USED: Money.PARTIAL_REFUND,
    Grade.DAMAGED: Money.HELD,
    Grade.WRONG: Money.REFUND,
}
# The most careful of its units decides for a return: a held unit holds it all.
_MOST_CAREFUL_FIRST = (Money.HELD, Money.PARTIAL_REFUND, Money.REFUND)


def money_for(grades: Iterable[Grade], *, ours: bool = True, undeclared: bool = False) -> Money:
    """What the store is asked for, once, for the whole return.

    Args:
        ours: an order explains it; without one there is nobody to pay.
        undeclared: something came that was not announced: a person looks at it first.
    """
    wanted = {MONEY[grade] for grade in grades}
    if not ours or not wanted:
        return Money.NONE
    if undeclared:
        return Money.HELD
    return next(money for money in _MOST_CAREFUL_FIRST if money in wanted)
