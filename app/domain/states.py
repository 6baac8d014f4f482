"""One small engine for every table of states, so that each noun only states its table."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from app.domain.facts import Fact
from app.errors import IllegalTransition

S = TypeVar("S", bound=StrEnum)
Table = Mapping[S, Mapping[type[Fact], frozenset[S]]]
"""{state: {fact: states it may lead to}}. What is not listed is refused; an end has an empty row."""


def step(table: Table[S], state: S, fact: Fact, wanted: S | None = None) -> S:
    """The state that `fact` leads to from `state`.

    Args:
        wanted: which of the listed states the row's own quantities call for; needed where the table lists several.

    Raises:
        IllegalTransition: the table does not list it.
    """
    listed = table.get(state, {}).get(type(fact), frozenset())
    if wanted is None and len(listed) == 1:
        return next(iter(listed))
    if wanted is not None and wanted in listed:
        return wanted
    raise IllegalTransition(type(fact).__name__, str(state))


def to(*states: S) -> frozenset[S]:
    """Reads well in a table: `UnitPicked: to(AT_LOCATION, ITEM_CONFIRMED)`."""
    return frozenset(states)
