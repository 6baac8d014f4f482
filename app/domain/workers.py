"""Workers, what they may do, and how they come and go at a station."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from app.domain.facts import Fact
from app.domain.rows import Row


class Role(StrEnum):
    PICKER = "picker"
    PACKER = "packer"
    RECEIVER = "receiver"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSignedIn(Fact):
    """The worker stands in the fact's envelope."""

    kind: ClassVar[str] = "worker.signed_in"
    seat_id: str
    took_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSignedOut(Fact):
    kind: ClassVar[str] = "worker.signed_out"
    seat_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PinRefused(Fact):
    kind: ClassVar[str] = "worker.pin_refused"
    seat_id: str
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRefused(Fact):
    """A mis-scan that was caught: a near miss, counted apart from errors.

    Args:
        step: what was awaited, e.g. `pick.location`.
        reason: the name of the refusal, e.g. `WrongItem`.
        subject_id: the task, carton or return it happened at.
    """

    kind: ClassVar[str] = "scan.refused"
    step: str
    reason: str
    subject_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker(Row):
    """Somebody who works here.

    Args:
        badge: the secret on the badge, without its prefix.
        pin_hash: argon2id, as the PHC string; at a station sealed for its device (`app.domain.pins`).
        roles_since_utc: when the roles became these; None when they were never others. What was done before is judged
            by the roles of then (`store.past_roles`).
    """

    row_kind: ClassVar[str] = "worker"

    worker_id: str
    name: str
    badge: str
    pin_hash: str
    roles: frozenset[Role]
    language: str = "en"
    left_handed: bool = False
    roles_since_utc: datetime | None = None

    @property
    def row_id(self) -> str:
        return self.worker_id
