"""A picklist and its stops: walk to a place, prove it, take the units, put them in the tote."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
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
class PicklistFact(Fact):
    picklist_id: str

    def subjects(self) -> tuple[Subject, ...]:
        return (("picklist", self.picklist_id),)


@dataclass(frozen=True, slots=True, kw_only=True)
class PicklistStarted(PicklistFact):
    """The walk begins.

    Args:
        worker_id: who walks, when the list was meant for somebody else at this station.
    """

    kind: ClassVar[str] = "picklist.started"
    worker_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PicklistPaused(PicklistFact):
    """Its walker left it, and anybody at this station may go on with it."""

    kind: ClassVar[str] = "picklist.paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class PicklistResumed(PicklistFact):
    """The walk goes on.

    Args:
        worker_id: who walks from here on, when it is somebody else than before.
    """

    kind: ClassVar[str] = "picklist.resumed"
    worker_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PicklistFinished(PicklistFact):
    """The walk is over: every task is placed, short or cancelled, and the totes go to packing."""

    kind: ClassVar[str] = "picklist.finished"
    complete: bool
    tote_load_ids: tuple[str, ...] = ()

    def subjects(self) -> tuple[Subject, ...]:
        return (("picklist", self.picklist_id), *(("tote_load", load) for load in self.tote_load_ids))


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


class PicklistState(StrEnum):
    DRAFT = "draft"
    RELEASED = "released"
    LEASED = "leased"
    IN_PROGRESS = "in_progress"
    PAUSED = "paused"
    PICKED = "picked"
    PARTLY_PICKED = "partly_picked"
    CLOSED = "closed"
    CANCELLED = "cancelled"


# RELEASED → LEASED, CLOSED and CANCELLED are the store's own moves (`store/assignment.py`).
PICKLIST_TRANSITIONS: Table[PicklistState] = {
    PicklistState.DRAFT: {},
    PicklistState.RELEASED: {},
    PicklistState.LEASED: {PicklistStarted: to(PicklistState.IN_PROGRESS)},
    PicklistState.IN_PROGRESS: {
        PicklistPaused: to(PicklistState.PAUSED),
        PicklistFinished: to(PicklistState.PICKED, PicklistState.PARTLY_PICKED),
    },
    PicklistState.PAUSED: {PicklistResumed: to(PicklistState.IN_PROGRESS)},
    PicklistState.PICKED: {},
    PicklistState.PARTLY_PICKED: {},
    PicklistState.CLOSED: {},
    PicklistState.CANCELLED: {},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place on the cart for one order's tote: a letter and a number, and a colour that `screens/theme.py` knows."""

    name: str
    order_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picklist(Row):
    """Args:
    number: what people call it, the same on every screen (see `Desk.next_number`); 0: it has none.
    """

    row_kind: ClassVar[str] = "picklist"

    picklist_id: str
    wave_id: str
    zone: str
    ship_by_utc: datetime
    slots: tuple[Slot, ...]
    task_count: int
    priority: int = 0
    state: PicklistState = PicklistState.RELEASED
    station_id: str | None = None
    worker_id: str | None = None
    epoch: int = 0
    lease_until_utc: datetime | None = None
    number: int = 0

    @property
    def row_id(self) -> str:
        return self.picklist_id

    @property
    def parent(self) -> str | None:
        return self.wave_id

    @property
    def lease(self) -> str:
        return f"picklist/{self.picklist_id}#{self.epoch}"

    def slot_of(self, order_id: str) -> Slot:
        return next(slot for slot in self.slots if slot.order_id == order_id)

    def after(self, fact: Fact) -> Self:
        wanted = None
        if isinstance(fact, PicklistFinished):
            wanted = PicklistState.PICKED if fact.complete else PicklistState.PARTLY_PICKED
        walks_on = fact.worker_id if isinstance(fact, PicklistStarted | PicklistResumed) else None
        state = step(PICKLIST_TRANSITIONS, self.state, fact, wanted)
        return replace(self, state=state, worker_id=walks_on or self.worker_id)


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
