"""More choices than there are answer codes: read page by page, where the last answer of each page turns it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from app.workflows.answers import Sentence

T = TypeVar("T")

# As many answer codes are printed: ANSWER_1 to ANSWER_4.
ANSWERS_MAX = 4
_A_PAGE = ANSWERS_MAX - 1


def paged(choices: Sequence[T], page: int, turn: Callable[[int, int], T]) -> tuple[T, ...]:
    """The choices that are offered now; all of them when there are codes enough.

    Args:
        page: counted from 0; beyond the last one it begins again.
        turn: makes the choice that turns to a page (counted from 0), of so many.
    """
    if len(choices) <= ANSWERS_MAX:
        return tuple(choices)
    pages = -(-len(choices) // _A_PAGE)
    at = page % pages
    return (*choices[at * _A_PAGE : (at + 1) * _A_PAGE], turn((at + 1) % pages, pages))


def page_turn(page: int, pages: int) -> Sentence:
    """The words of the choice that turns to a page (counted from 0), of so many; after the last it is the first."""
    return Sentence("answers.page", {"page": page + 1, "pages": pages}) if page else Sentence("answers.first_page")
