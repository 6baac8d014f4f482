"""The supervisor's picture of the shift, as the store gives it (`GET /v1/board`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.domain.picklists import PicklistState
from app.domain.workers import Role

# A list in one of these is still somebody's to walk; the store refuses to give on any other.
GIVEN_ON = (PicklistState.IN_PROGRESS, PicklistState.PAUSED, PicklistState.LEASED, PicklistState.RELEASED)


class Risk(StrEnum):
    """Whether the orders of a cut-off will be done in time, at today's pace."""

    OK = "ok"
    TIGHT = "tight"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOff:
    """Orders that must have left by one time.

    Args:
        projected_finish_utc: at the pace of the last hours; None when there is no pace yet.
    """

    ship_by_utc: datetime
    channels: tuple[str, ...]
    orders_done: int
    orders_total: int
    lines_done: int
    lines_total: int
    projected_finish_utc: datetime | None = None
    risk: Risk = Risk.OK


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneProgress:
    zone: str
    lines_done: int
    lines_total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Args:
    doing: a wording key's last part: `picking`, `packing`, `returns`, `idle`…
    units_today: picked, packed and taken out of returns.
    """

    worker_id: str
    name: str
    roles: tuple[str, ...] = ()
    station_id: str | None = None
    picklist_id: str | None = None
    doing: str | None = None
    last_fact_at_utc: datetime | None = None
    lines_today: int = 0
    cartons_today: int = 0
    units_today: int = 0
    near_misses_today: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ListProgress:
    """Args:
    number: what it is called in every window; 0: it has no number.
    """

    picklist_id: str
    zone: str
    state: str
    ship_by_utc: datetime
    worker_id: str | None = None
    station_id: str | None = None
    tasks_done: int = 0
    tasks_total: int = 0
    number: int = 0

    @property
    def can_be_given_on(self) -> bool:
        return self.state in GIVEN_ON

    @property
    def place(self) -> tuple[int, datetime, str]:
        """Where it stands among the others: lists that somebody walks first, then by cut-off; what is picked last."""
        rank = next((rank for rank, state in enumerate(GIVEN_ON) if state == self.state), len(GIVEN_ON))
        return rank, self.ship_by_utc, self.picklist_id


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenException:
    """Args:
    number: as a list's; the two are never called alike.
    """

    discrepancy_id: str
    kind: str
    addressee: str
    remedy: str
    raised_at_utc: datetime
    facts: Mapping[str, str] = field(default_factory=dict)
    number: int = 0

    @property
    def for_the_supervisor(self) -> bool:
        """Whether the supervisor is the one who settles it."""
        return self.addressee == Role.SUPERVISOR


@dataclass(frozen=True, slots=True, kw_only=True)
class StationStanding:
    station_id: str
    name: str
    kind: str
    last_seen_utc: datetime | None = None
    owed_count: int = 0
    owed_since_utc: datetime | None = None
    app_version: str | None = None
    revoked_at_utc: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HourPace:
    hour_utc: datetime
    lines: int
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything at one moment; `as_of_utc` is the store's clock."""

    as_of_utc: datetime
    cutoffs: tuple[CutOff, ...] = ()
    zones: tuple[ZoneProgress, ...] = ()
    people: tuple[Person, ...] = ()
    picklists: tuple[ListProgress, ...] = ()
    exceptions: tuple[OpenException, ...] = ()
    stations: tuple[StationStanding, ...] = ()
    pace: tuple[HourPace, ...] = ()

    def picklist(self, picklist_id: str) -> ListProgress | None:
        return next((one for one in self.picklists if one.picklist_id == picklist_id), None)

    def person(self, worker_id: str | None) -> Person | None:
        return next((one for one in self.people if one.worker_id == worker_id), None)

    @property
    def lists(self) -> tuple[ListProgress, ...]:
        """The picklists, in the order in which they are shown."""
        return tuple(sorted(self.picklists, key=lambda one: one.place))

    @property
    def waiting(self) -> tuple[OpenException, ...]:
        """The exceptions, the oldest first."""
        return tuple(sorted(self.exceptions, key=lambda one: one.raised_at_utc))
