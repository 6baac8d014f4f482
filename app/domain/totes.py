"""Totes and their fillings. A tote is reused all day, so facts name the *tote load*: one filling of one tote."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Self

from app.domain.facts import Fact, Subject
from app.domain.packing import CartonClosed, CartonOpened
from app.domain.picking import PickUndone, UnitPlaced
from app.domain.picklists import PicklistFinished
from app.domain.rows import Row
from app.domain.states import Table, step, to


@dataclass(frozen=True, slots=True, kw_only=True)
class ToteLoadFact(Fact):
    tote_load_id: str

    def subjects(self) -> tuple[Subject, ...]:
        return (("tote_load", self.tote_load_id),)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToteAssigned(ToteLoadFact):
    """An empty tote begins a new filling, for one order, in one slot of the cart."""

    kind: ClassVar[str] = "tote.assigned"
    tote_id: str
    picklist_id: str
    order_id: str
    slot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToteFilled(ToteLoadFact):
    """Nothing more goes into this load: another tote takes its slot while the list goes on."""

    kind: ClassVar[str] = "tote.filled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToteReopened(ToteLoadFact):
    """It was not full: units go into it again. Takes a `ToteFilled` back."""

    kind: ClassVar[str] = "tote.reopened"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToteEmptied(ToteLoadFact):
    """Everything in the load has been packed or put back; the tote is free."""

    kind: ClassVar[str] = "tote.emptied"


class ToteLoadState(StrEnum):
    """A FULL load waits for the end of its list with the others: till then nobody knows all that its order gets."""

    FILLING = "filling"
    FULL = "full"
    READY = "ready"
    PACKING = "packing"
    EMPTIED = "emptied"


TOTE_LOAD_TRANSITIONS: Table[ToteLoadState] = {
    ToteLoadState.FILLING: {
        UnitPlaced: to(ToteLoadState.FILLING),
        PickUndone: to(ToteLoadState.FILLING),
        ToteFilled: to(ToteLoadState.FULL),
        PicklistFinished: to(ToteLoadState.READY),
        ToteEmptied: to(ToteLoadState.EMPTIED),
    },
    ToteLoadState.FULL: {
        PickUndone: to(ToteLoadState.FULL),
        ToteReopened: to(ToteLoadState.FILLING),
        PicklistFinished: to(ToteLoadState.READY),
        ToteEmptied: to(ToteLoadState.EMPTIED),
    },
    ToteLoadState.READY: {
        CartonOpened: to(ToteLoadState.PACKING),
        ToteEmptied: to(ToteLoadState.EMPTIED),
    },
    ToteLoadState.PACKING: {
        CartonOpened: to(ToteLoadState.PACKING),
        CartonClosed: to(ToteLoadState.PACKING),
        ToteEmptied: to(ToteLoadState.EMPTIED),
    },
    ToteLoadState.EMPTIED: {},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tote(Row):
    row_kind: ClassVar[str] = "tote"

    tote_id: str

    @property
    def row_id(self) -> str:
        return self.tote_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Units of one line in a load or a carton."""

    line_id: str
    product_id: str
    quantity_each: int
    lot: str | None = None


def with_units(contents: tuple[Content, ...], wanted: Content) -> tuple[Content, ...]:
    """`contents` with the quantity of `wanted` (which may be negative) added to its line, product and lot."""
    key = (wanted.line_id, wanted.product_id, wanted.lot)
    rest = tuple(item for item in contents if (item.line_id, item.product_id, item.lot) != key)
    before = sum(item.quantity_each for item in contents) - sum(item.quantity_each for item in rest)
    each = before + wanted.quantity_each
    return (*rest, replace(wanted, quantity_each=each)) if each else rest


@dataclass(frozen=True, slots=True, kw_only=True)
class ToteLoad(Row):
    row_kind: ClassVar[str] = "tote_load"

    tote_load_id: str
    tote_id: str
    picklist_id: str
    order_id: str
    slot: str
    state: ToteLoadState = ToteLoadState.FILLING
    contents: tuple[Content, ...] = ()

    @property
    def row_id(self) -> str:
        return self.tote_load_id

    @property
    def parent(self) -> str | None:
        return self.tote_id

    @classmethod
    def born_of(cls, fact: Fact) -> Self | None:
        if not isinstance(fact, ToteAssigned):
            return None
        return cls(
            tote_load_id=fact.tote_load_id,
            tote_id=fact.tote_id,
            picklist_id=fact.picklist_id,
            order_id=fact.order_id,
            slot=fact.slot,
        )

    def after(self, fact: Fact) -> Self:
        contents = self.contents
        if isinstance(fact, UnitPlaced):
            unit = Content(
                line_id=fact.line_id, product_id=fact.product_id, quantity_each=fact.quantity_each, lot=fact.lot
            )
            contents = with_units(contents, unit)
        elif isinstance(fact, PickUndone):
            of_line = [item for item in contents if item.line_id == fact.line_id]
            taken = next((item for item in of_line if item.lot == fact.lot), next(iter(of_line), None))
            if taken is not None:
                contents = with_units(contents, replace(taken, quantity_each=-fact.quantity_each))
        return replace(self, contents=contents, state=step(TOTE_LOAD_TRANSITIONS, self.state, fact))
