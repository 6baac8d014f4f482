"""One stop of a walk: go to a place, prove it, take the units, put them in the tote."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from app.domain.facts import Fact, Subject
from app.domain.rows import Row
from app.domain.states import Table, step, to
from app.errors import IllegalTransition, TooMany


class ShortReason(StrEnum):
    NONE = "none"
    FEWER = "fewer"
    DAMAGED = "damaged"
    WRONG_ITEM = "wrong_item"
    OUT_OF_REACH = "out_of_reach"
    EXPIRED = "expired"


class PickState(StrEnum):
    OPEN = "open"
    AT_LOCATION = "at_location"
    ITEM_CONFIRMED = "item_confirmed"
    PLACED = "placed"
    SHORT = "short"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    SUBSTITUTED = "substituted"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFact(Fact):
    task_id: str

    def subjects(self) -> tuple[Subject, ...]:
        return (("pick_task", self.task_id),)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationConfirmed(TaskFact):
    """The picker stands at the place of this task.

    Args:
        along: it was not scanned for itself but recorded with the act right before it (the last unit of another task
            at the same place, a stop left for this one): the two are taken back together.
    """

    kind: ClassVar[str] = "pick.location_confirmed"
    location_id: str
    along: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPicked(TaskFact):
    """One good tone: the quantity that this scan (or this keypad entry) added."""

    kind: ClassVar[str] = "pick.unit_picked"
    product_id: str
    quantity_each: int
    lot: str | None = None
    serial: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPlaced(TaskFact):
    """What was in the hand is in the tote."""

    kind: ClassVar[str] = "pick.unit_placed"
    tote_load_id: str
    order_id: str
    line_id: str
    product_id: str
    quantity_each: int
    lot: str | None = None

    def subjects(self) -> tuple[Subject, ...]:
        return (("pick_task", self.task_id), ("tote_load", self.tote_load_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class PickShorted(TaskFact):
    kind: ClassVar[str] = "pick.shorted"
    missing_each: int
    reason: ShortReason


@dataclass(frozen=True, slots=True, kw_only=True)
class PickSkipped(TaskFact):
    """The picker goes past this stop.

    Args:
        times: how many skips it counts as, so that all the others come first.
    """

    kind: ClassVar[str] = "pick.skipped"
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PickUndone(TaskFact):
    """Negates the newest fact of this task that is not negated yet.

    Args:
        negates_seq: the fact's number at this station.
        negates_kind: its wire kind; says which step is taken back.
        quantity_each: what that fact had added: units, or skips.
        tote_load_id: where it had been placed, when a placing is taken back.
        lot, serial: of the units that are taken back.
        restores: where the task stands again, when its quantities do not say it.
    """

    kind: ClassVar[str] = "pick.undone"
    negates_seq: int
    negates_kind: str
    quantity_each: int = 0
    tote_load_id: str | None = None
    line_id: str | None = None
    lot: str | None = None
    serial: str | None = None
    restores: PickState | None = None

    def subjects(self) -> tuple[Subject, ...]:
        load: tuple[Subject, ...] = (("tote_load", self.tote_load_id),) if self.tote_load_id else ()
        return (("pick_task", self.task_id), *load)


OPEN, AT_LOCATION, ITEM_CONFIRMED = PickState.OPEN, PickState.AT_LOCATION, PickState.ITEM_CONFIRMED
PLACED, SHORT, POSTPONED = PickState.PLACED, PickState.SHORT, PickState.POSTPONED
# CANCELLED and SUBSTITUTED are reached by the store's own moves (an order is cancelled, a line re-allocated).
PICK_TRANSITIONS: Table[PickState] = {
    OPEN: {LocationConfirmed: to(AT_LOCATION), PickSkipped: to(POSTPONED), PickShorted: to(SHORT)},
    POSTPONED: {
        LocationConfirmed: to(AT_LOCATION),
        PickShorted: to(SHORT),
        PickSkipped: to(POSTPONED),
        PickUndone: to(OPEN, AT_LOCATION, POSTPONED),
    },
    AT_LOCATION: {
        LocationConfirmed: to(AT_LOCATION),
        UnitPicked: to(AT_LOCATION, ITEM_CONFIRMED),
        UnitPlaced: to(AT_LOCATION),
        PickShorted: to(SHORT, ITEM_CONFIRMED),
        PickSkipped: to(POSTPONED),
        PickUndone: to(OPEN, POSTPONED, AT_LOCATION, ITEM_CONFIRMED),
    },
    ITEM_CONFIRMED: {UnitPlaced: to(PLACED, SHORT), PickUndone: to(AT_LOCATION)},
    PLACED: {PickUndone: to(ITEM_CONFIRMED)},
    SHORT: {PickUndone: to(OPEN, POSTPONED, AT_LOCATION, ITEM_CONFIRMED)},
    PickState.CANCELLED: {},
    PickState.SUBSTITUTED: {},
}
SETTLED = frozenset({PLACED, SHORT, PickState.CANCELLED, PickState.SUBSTITUTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class PickTask(Row):
    """One stop: one place, one product, one quantity, one tote.

    Args:
        position: order of the walk, from 1; a skipped task is walked to after all that were skipped less often.
        lot, expires_on: what is reserved, where the product is tracked by lot.
        picked_each, placed_each, missing_each: what scans and answers have made of `quantity_each` so far.
        serials: of the units picked, where the product is tracked by serial.
        skips: how often the picker has gone past it.
    """

    row_kind: ClassVar[str] = "pick_task"

    task_id: str
    picklist_id: str
    position: int
    order_id: str
    line_id: str
    product_id: str
    location_id: str
    quantity_each: int
    lot: str | None = None
    expires_on: date | None = None
    picked_each: int = 0
    placed_each: int = 0
    missing_each: int = 0
    serials: tuple[str, ...] = ()
    skips: int = 0
    state: PickState = PickState.OPEN

    @property
    def row_id(self) -> str:
        return self.task_id

    @property
    def parent(self) -> str | None:
        return self.picklist_id

    @property
    def left_each(self) -> int:
        """Units still to be taken from the place."""
        return self.quantity_each - self.picked_each - self.missing_each

    @property
    def in_hand_each(self) -> int:
        """Units taken and not in the tote yet."""
        return self.picked_each - self.placed_each

    @property
    def settled(self) -> bool:
        return self.state in SETTLED

    def after(self, fact: Fact) -> Self:
        match fact:
            case UnitPicked():
                if not 0 < fact.quantity_each <= self.left_each:
                    raise TooMany(self.left_each, fact.quantity_each)
                if fact.serial is not None and fact.serial in self.serials:
                    raise IllegalTransition("UnitPicked", "the serial is picked already")
                serials = self.serials if fact.serial is None else (*self.serials, fact.serial)
                moved = replace(self, picked_each=self.picked_each + fact.quantity_each, serials=serials)
            case UnitPlaced():
                if not 0 < fact.quantity_each <= self.in_hand_each:
                    raise TooMany(self.in_hand_each, fact.quantity_each)
                moved = replace(self, placed_each=self.placed_each + fact.quantity_each)
            case PickShorted():
                if not 0 < fact.missing_each <= self.left_each:
                    raise TooMany(self.left_each, fact.missing_each)
                moved = replace(self, missing_each=self.missing_each + fact.missing_each)
            case PickSkipped():
                if self.in_hand_each:
                    raise IllegalTransition("PickSkipped", "units are in the hand")
                moved = replace(self, skips=self.skips + fact.times)
            case PickUndone():
                moved = self._without(fact)
            case _:
                moved = self
        return replace(moved, state=step(PICK_TRANSITIONS, self.state, fact, moved._state_wanted(fact)))

    def _without(self, undone: PickUndone) -> Self:
        each = undone.quantity_each
        match undone.negates_kind:
            case UnitPicked.kind if each <= self.in_hand_each:
                serials = tuple(serial for serial in self.serials if serial != undone.serial)
                return replace(self, picked_each=self.picked_each - each, serials=serials)
            case UnitPlaced.kind if each <= self.placed_each:
                return replace(self, placed_each=self.placed_each - each)
            case PickShorted.kind if each <= self.missing_each:
                return replace(self, missing_each=self.missing_each - each)
            case PickSkipped.kind if self.skips >= (times := max(1, each)):
                return replace(self, skips=self.skips - times)
            case LocationConfirmed.kind if not self.in_hand_each:
                return self
        raise IllegalTransition(f"undo of {undone.negates_kind}", str(self.state))

    def _state_wanted(self, fact: Fact) -> PickState:
        match fact:
            case LocationConfirmed():
                return AT_LOCATION
            case PickSkipped():
                return POSTPONED
            case PickUndone() if fact.restores is not None:
                return fact.restores
            case PickUndone() if fact.negates_kind in (LocationConfirmed.kind, PickSkipped.kind):
                return OPEN
        if self.left_each:
            return AT_LOCATION
        if self.in_hand_each:
            return ITEM_CONFIRMED
        return SHORT if self.missing_each else PLACED
