"""Goods that come back: received, identified, graded, disposed of, put away; and the money that is asked for once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Self

from app.domain.facts import Fact, Subject
from app.domain.rows import Row
from app.domain.states import Table, step, to
from app.errors import IllegalTransition


class Grade(StrEnum):
    NEW = "new"
    OPENED = "opened"
    USED = "used"
    DAMAGED = "damaged"
    WRONG = "wrong"


class Disposition(StrEnum):
    RESTOCK = "restock"
    REFURBISH = "refurbish"
    QUARANTINE = "quarantine"
    RETURN_TO_VENDOR = "return_to_vendor"
    SCRAP = "scrap"
    DONATE = "donate"


class Money(StrEnum):
    NONE = "none"
    REFUND = "refund"
    PARTIAL_REFUND = "partial_refund"
    REPLACEMENT = "replacement"
    CREDIT_NOTE = "credit_note"
    HELD = "held"


class FoundBy(StrEnum):
    RMA = "rma"
    TRACKING = "tracking"
    ORDER = "order"
    ITEM = "item"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnFact(Fact):
    return_id: str

    def subjects(self) -> tuple[Subject, ...]:
        return (("return", self.return_id),)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnReceived(ReturnFact):
    """The parcel is on the bench. `order_id` is None for a parcel that nobody announced and nothing explains."""

    kind: ClassVar[str] = "return.received"
    found_by: FoundBy
    order_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnItemIdentified(ReturnFact):
    """One unit was taken out and scanned. `line_id` is None when the order did not have it."""

    kind: ClassVar[str] = "return.item_identified"
    item_id: str
    product_id: str
    line_id: str | None = None
    declared: bool = True
    lot: str | None = None
    serial: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnItemGraded(ReturnFact):
    """`answers` are pairs of (question, answer), by their wording keys."""

    kind: ClassVar[str] = "return.item_graded"
    item_id: str
    grade: Grade
    answers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnItemDisposed(ReturnFact):
    kind: ClassVar[str] = "return.item_disposed"
    item_id: str
    disposition: Disposition
    licence_plate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnItemPutAway(ReturnFact):
    kind: ClassVar[str] = "return.item_put_away"
    item_id: str
    location_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyRequested(ReturnFact):
    """Asks the store to settle with the customer, once: `request_id` makes a repetition harmless."""

    kind: ClassVar[str] = "return.money_requested"
    request_id: str
    money: Money
    item_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnClosed(ReturnFact):
    kind: ClassVar[str] = "return.closed"
    missing_each: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnUndone(ReturnFact):
    """Negates the newest step of one item."""

    kind: ClassVar[str] = "return.item_undone"
    item_id: str
    negates_seq: int
    negates_kind: str


class ItemState(StrEnum):
    IDENTIFIED = "identified"
    GRADED = "graded"
    DISPOSED = "disposed"
    PUT_AWAY = "put_away"


ITEM_TRANSITIONS: Table[ItemState] = {
    ItemState.IDENTIFIED: {ReturnItemGraded: to(ItemState.GRADED)},
    ItemState.GRADED: {ReturnItemDisposed: to(ItemState.DISPOSED), ReturnUndone: to(ItemState.IDENTIFIED)},
    ItemState.DISPOSED: {ReturnItemPutAway: to(ItemState.PUT_AWAY), ReturnUndone: to(ItemState.GRADED)},
    ItemState.PUT_AWAY: {ReturnUndone: to(ItemState.DISPOSED)},
}


class ReturnState(StrEnum):
    INITIATED = "initiated"
    RECEIVED = "received"
    INSPECTING = "inspecting"
    DECIDED = "decided"
    MONEY_REQUESTED = "money_requested"
    SETTLED = "settled"
    CLOSED = "closed"
    CANCELLED = "cancelled"


_AT_WORK = to(ReturnState.INSPECTING, ReturnState.DECIDED)
_ITEM_WORK = {
    ReturnItemIdentified: to(ReturnState.INSPECTING),
    ReturnItemGraded: to(ReturnState.INSPECTING),
    ReturnItemDisposed: to(ReturnState.INSPECTING),
    ReturnItemPutAway: _AT_WORK,
    ReturnUndone: to(ReturnState.INSPECTING, ReturnState.DECIDED, ReturnState.RECEIVED),
}
# MONEY_REQUESTED → SETTLED is the store's own move, when the channel has paid.
RETURN_TRANSITIONS: Table[ReturnState] = {
    ReturnState.INITIATED: {ReturnReceived: to(ReturnState.RECEIVED)},
    ReturnState.RECEIVED: {
        ReturnItemIdentified: to(ReturnState.INSPECTING),
        ReturnClosed: to(ReturnState.CLOSED),
    },
    ReturnState.INSPECTING: _ITEM_WORK,
    ReturnState.DECIDED: {
        **_ITEM_WORK,
        MoneyRequested: to(ReturnState.MONEY_REQUESTED),
        ReturnClosed: to(ReturnState.CLOSED),
    },
    ReturnState.MONEY_REQUESTED: {ReturnClosed: to(ReturnState.CLOSED)},
    ReturnState.SETTLED: {ReturnClosed: to(ReturnState.CLOSED)},
    ReturnState.CLOSED: {},
    ReturnState.CANCELLED: {},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncedLine:
    line_id: str
    product_id: str
    quantity_each: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnItem:
    """One unit on the bench."""

    item_id: str
    product_id: str
    line_id: str | None
    declared: bool
    state: ItemState = ItemState.IDENTIFIED
    lot: str | None = None
    serial: str | None = None
    grade: Grade | None = None
    disposition: Disposition | None = None
    licence_plate: str | None = None
    location_id: str | None = None

    def after(self, fact: Fact) -> ReturnItem:
        match fact:
            case ReturnItemGraded():
                moved = replace(self, grade=fact.grade)
            case ReturnItemDisposed():
                moved = replace(self, disposition=fact.disposition, licence_plate=fact.licence_plate)
            case ReturnItemPutAway():
                moved = replace(self, location_id=fact.location_id)
            case ReturnUndone():
                moved = self._without(fact.negates_kind)
            case _:
                raise IllegalTransition(type(fact).__name__, str(self.state))
        return replace(moved, state=step(ITEM_TRANSITIONS, self.state, fact))

    def _without(self, kind: str) -> ReturnItem:
        """This unit without what its newest step, a fact of `kind`, had said."""
        match self.state, kind:
            case ItemState.GRADED, ReturnItemGraded.kind:
                return replace(self, grade=None)
            case ItemState.DISPOSED, ReturnItemDisposed.kind:
                return replace(self, disposition=None, licence_plate=None)
            case ItemState.PUT_AWAY, ReturnItemPutAway.kind:
                return replace(self, location_id=None)
        raise IllegalTransition(f"undo of {kind}", str(self.state))


@dataclass(frozen=True, slots=True, kw_only=True)
class Return(Row):
    row_kind: ClassVar[str] = "return"

    return_id: str
    order_id: str | None = None
    rma: str = ""
    tracking: str = ""
    announced: tuple[AnnouncedLine, ...] = ()
    items: tuple[ReturnItem, ...] = ()
    state: ReturnState = ReturnState.INITIATED
    money: Money = Money.NONE
    money_request_id: str | None = None

    @property
    def row_id(self) -> str:
        return self.return_id

    @property
    def parent(self) -> str | None:
        return self.order_id

    def item(self, item_id: str) -> ReturnItem:
        for item in self.items:
            if item.item_id == item_id:
                return item
        raise IllegalTransition("a step of an item that is not here", str(self.state))

    @classmethod
    def born_of(cls, fact: Fact) -> Self | None:
        if not isinstance(fact, ReturnReceived):
            return None
        return cls(return_id=fact.return_id, order_id=fact.order_id, state=ReturnState.RECEIVED)

    def after(self, fact: Fact) -> Self:
        wanted = None
        moved = self
        match fact:
            case ReturnReceived():
                moved = replace(self, order_id=self.order_id or fact.order_id)
            case ReturnItemIdentified():
                item = ReturnItem(
                    item_id=fact.item_id,
                    product_id=fact.product_id,
                    line_id=fact.line_id,
                    declared=fact.declared,
                    lot=fact.lot,
                    serial=fact.serial,
                )
                moved = replace(self, items=(*self.items, item))
            case ReturnItemGraded() | ReturnItemDisposed() | ReturnItemPutAway() | ReturnUndone():
                moved = self._with_item(fact.item_id, fact)
                if isinstance(fact, ReturnItemPutAway | ReturnUndone):
                    wanted = moved._state_of_items()
            case MoneyRequested():
                moved = replace(self, money=fact.money, money_request_id=fact.request_id)
        return replace(moved, state=step(RETURN_TRANSITIONS, self.state, fact, wanted))

    def _state_of_items(self) -> ReturnState:
        if not self.items:
            return ReturnState.RECEIVED
        done = all(item.state is ItemState.PUT_AWAY for item in self.items)
        return ReturnState.DECIDED if done else ReturnState.INSPECTING

    def _with_item(self, item_id: str, fact: Fact) -> Self:
        if isinstance(fact, ReturnUndone) and fact.negates_kind == ReturnItemIdentified.kind:
            identified = self.item(item_id)
            if identified.state is not ItemState.IDENTIFIED:
                raise IllegalTransition("undo of an item that is graded", str(identified.state))
            return replace(self, items=tuple(item for item in self.items if item.item_id != item_id))
        changed = self.item(item_id).after(fact)
        return replace(self, items=tuple(changed if item.item_id == item_id else item for item in self.items))
