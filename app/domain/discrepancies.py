"""A discrepancy: a true fact that fits no open work. It is never an error; it is work for somebody, with an end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self

from app.domain.facts import Fact, Subject
from app.domain.rows import Row
from app.domain.states import Table, step, to
from app.domain.workers import Role

COUNTED = "counted"
"""How a discrepancy is settled whose place was counted again."""
NOT_FOUND = "not_found"
"""How one is settled whose units are not there."""


class DiscrepancyKind(StrEnum):
    DOUBLE_PICK = "double_pick"
    """Two stations took units for one line: put back what came second."""
    ORDER_CANCELLED = "order_cancelled"
    """Units were taken or packed for an order that was cancelled: put them back."""
    ORDER_CHANGED = "order_changed"
    LEASE_LOST = "lease_lost"
    LIST_STRANDED = "list_stranded"
    """A list is with a station that was revoked, or with somebody who has left: give it on."""
    NEGATIVE_STOCK = "negative_stock"
    """More was taken than was known to be there: recount."""
    SHORT_PICK = "short_pick"
    """The place held less than it should: recount."""
    PACK_EXTRA = "pack_extra"
    PACK_MISSING = "pack_missing"
    PACK_DAMAGED = "pack_damaged"
    BROUGHT_LATE = "brought_late"
    """Units were brought for an order that is packed or cancelled already: put them back."""
    NOT_FOUND = "not_found"
    """What was to be put back or brought is not where it should be."""
    BLIND_MISMATCH = "blind_mismatch"
    """What was packed blind differs from what was picked."""
    UNKNOWN_PRODUCT = "unknown_product"
    UNANNOUNCED_RETURN = "unannounced_return"
    RETURN_MISMATCH = "return_mismatch"
    NOT_ALLOWED = "not_allowed"
    ILLEGAL_STEP = "illegal_step"
    """A step that the table does not list and that none of the kinds above explains."""
    QUARANTINED_FACT = "quarantined_fact"


class Remedy(StrEnum):
    """What the addressee does about it."""

    PUT_BACK = "put_back"
    SWAP = "swap"
    RECOUNT = "recount"
    REPICK = "repick"
    REVIEW = "review"


# kind → (who, what)
ADDRESSEES: dict[DiscrepancyKind, tuple[Role, Remedy]] = {
    DiscrepancyKind.DOUBLE_PICK: (Role.PICKER, Remedy.PUT_BACK),
    DiscrepancyKind.ORDER_CANCELLED: (Role.PICKER, Remedy.PUT_BACK),
    DiscrepancyKind.ORDER_CHANGED: (Role.SUPERVISOR, Remedy.REVIEW),
    DiscrepancyKind.LEASE_LOST: (Role.SUPERVISOR, Remedy.REVIEW),
    DiscrepancyKind.LIST_STRANDED: (Role.SUPERVISOR, Remedy.REVIEW),
    DiscrepancyKind.NEGATIVE_STOCK: (Role.PICKER, Remedy.RECOUNT),
    DiscrepancyKind.SHORT_PICK: (Role.PICKER, Remedy.RECOUNT),
    DiscrepancyKind.PACK_EXTRA: (Role.PICKER, Remedy.PUT_BACK),
    DiscrepancyKind.PACK_MISSING: (Role.PICKER, Remedy.REPICK),
    DiscrepancyKind.PACK_DAMAGED: (Role.PICKER, Remedy.SWAP),
    DiscrepancyKind.BROUGHT_LATE: (Role.PICKER, Remedy.PUT_BACK),
    DiscrepancyKind.NOT_FOUND: (Role.SUPERVISOR, Remedy.REVIEW),
    DiscrepancyKind.BLIND_MISMATCH: (Role.PACKER, Remedy.REVIEW),
    DiscrepancyKind.UNKNOWN_PRODUCT: (Role.SUPERVISOR, Remedy.REVIEW),
    DiscrepancyKind.UNANNOUNCED_RETURN: (Role.RECEIVER, Remedy.REVIEW),
    DiscrepancyKind.RETURN_MISMATCH: (Role.SUPERVISOR, Remedy.REVIEW),
    DiscrepancyKind.NOT_ALLOWED: (Role.SUPERVISOR, Remedy.REVIEW),
    DiscrepancyKind.ILLEGAL_STEP: (Role.SUPERVISOR, Remedy.REVIEW),
    DiscrepancyKind.QUARANTINED_FACT: (Role.SUPERVISOR, Remedy.REVIEW),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscrepancySettled(Fact):
    """Somebody did what was to be done.

    Args:
        how: `put_back`, `counted`, `brought`, `reviewed`, `not_found` (all but `quantity_each`), or a supervisor's own
            words.
        location_id, product_id, lot, quantity_each: what lies where now: put back there, or counted there.
        serials: of units put back or brought, as far as they were read.
    """

    kind: ClassVar[str] = "discrepancy.settled"
    discrepancy_id: str
    how: str
    location_id: str | None = None
    product_id: str | None = None
    lot: str | None = None
    quantity_each: int | None = None
    serials: tuple[str, ...] = ()

    def subjects(self) -> tuple[Subject, ...]:
        return (("discrepancy", self.discrepancy_id),)


class DiscrepancyState(StrEnum):
    OPEN = "open"
    SETTLED = "settled"


DISCREPANCY_TRANSITIONS: Table[DiscrepancyState] = {
    DiscrepancyState.OPEN: {DiscrepancySettled: to(DiscrepancyState.SETTLED)},
    DiscrepancyState.SETTLED: {},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrepancy(Row):
    """One open question about what happened, with an addressee and an end.

    Args:
        about: (row kind, row id) of what it concerns.
        station_id, seq: the fact that raised it; when the store itself did (an order cancelled in mid-walk), whose hand
            the units are in, and no seq.
        facts: what a sentence needs, by name: product_id, quantity_each, tote_id, location_id…
        number: what people call it, the same on every screen; no picklist of these days has it too. 0: it has none.
    """

    row_kind: ClassVar[str] = "discrepancy"

    discrepancy_id: str
    kind: DiscrepancyKind
    about: tuple[str, str]
    raised_at_utc: datetime
    addressee: Role
    remedy: Remedy
    station_id: str | None = None
    seq: int | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    state: DiscrepancyState = DiscrepancyState.OPEN
    how: str = ""
    number: int = 0

    @property
    def row_id(self) -> str:
        return self.discrepancy_id

    @property
    def parent(self) -> str | None:
        return str(self.addressee)

    def after(self, fact: Fact) -> Self:
        state = step(DISCREPANCY_TRANSITIONS, self.state, fact)
        return replace(self, state=state, how=fact.how if isinstance(fact, DiscrepancySettled) else self.how)
