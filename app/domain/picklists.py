"""A picklist: the walk that is given to one worker, from its lease to its end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self

from app.domain.facts import Fact, Subject
from app.domain.rows import Row
from app.domain.states import Table, step, to


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
    """The walk given to one worker.

    Args:
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
