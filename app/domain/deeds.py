"""A deed: the facts, rows and print jobs of one act, kept together or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.facts import Fact, Subject
from app.domain.printing import PrintJob
from app.domain.rows import ROW_TYPES, Row

Get = Callable[[type[Row], str], Row | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Facts as they happened, the rows as they stand after them, and the labels that they call for."""

    facts: tuple[Fact, ...]
    rows: tuple[Row, ...] = ()
    print_jobs: tuple[PrintJob, ...] = ()
    lease: str | None = None
    """`<subject kind>/<id>#<epoch>` of the lease that the deed was done under, when there is one."""


def deed_of(get: Get, *facts: Fact, print_jobs: tuple[PrintJob, ...] = (), lease: str | None = None) -> Deed:
    """Play `facts` over the rows that `get` knows.

    Raises:
        IllegalTransition: a fact does not fit the row it would change: nothing of the deed may be done.
    """
    rows = play(get, *facts)
    return Deed(facts=facts, rows=tuple(rows.values()), print_jobs=print_jobs, lease=lease)


def play(get: Get, *facts: Fact) -> dict[Subject, Row]:
    """The rows that `facts` change, as they stand after them: for the station's view, its rebase, and the store."""
    changed: dict[Subject, Row] = {}
    for fact in facts:
        for subject in fact.subjects():
            row_type = ROW_TYPES[subject[0]]
            row = changed.get(subject) or get(row_type, subject[1])
            after = row.after(fact) if row is not None else row_type.born_of(fact)
            if after is not None:
                changed[subject] = after
    return changed
