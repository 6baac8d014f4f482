"""A row as people at this station see it: the store's image, with the facts that it lacks played over it."""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.facts import Fact
from app.domain.rows import Row
from app.errors import RuleBroken

# What `after` raises when a row has moved on under a fact: the table forbids it, or a line, slot or item is gone.
MISFITS = (RuleBroken, LookupError, ValueError, StopIteration)


def replay(row_type: type[Row], held: Row | None, facts: Iterable[Fact]) -> Row | None:
    """The row once `facts` have happened to `held`.

    A fact that no longer fits (the order was cancelled meanwhile) changes nothing here: the store will hold it, and
    make it somebody's work. None when there is no such row, and no fact brings it into being.
    """
    row = held
    for fact in facts:
        try:
            after = row.after(fact) if row is not None else row_type.born_of(fact)
        except MISFITS:
            continue
        row = after if after is not None else row
    return row
