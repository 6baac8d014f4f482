"""One worker at one seat: what every screen behind the door is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import flet as ft

from app.domain.scan import Scan
from app.domain.workers import Role, Worker
from app.settings import StationKind
from app.workflows.answers import Answer
from screens.screen import Screen
from screens.seat import Seat
from screens.station import Station


class WayOut(Protocol):
    """What a screen may ask of the door behind it."""

    seat: Seat

    def offered(self, worker: Worker) -> tuple[Entry, ...]:
        """What this worker may start at this station."""

    def home(self) -> Screen:
        """The worker's first screen."""

    def at(self, place: str) -> None:
        """This window is here now: a reload comes back to it."""

    def sign_out(self) -> Answer: ...

    def scanned(self, scan: Scan) -> Answer | None:
        """A scan that means the same everywhere: another badge, or SIGN OUT. None when it is neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A worker who is signed in, at a station.

    Args:
        door: leads home and out, and remembers where this window is.
    """

    station: Station
    worker: Worker
    door: WayOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that can be started from home.

    Args:
        name: of its words (`home.<name>`), and the first part of its places (`pick/P-1042`).
        role: who may start it.
        kinds: the stations that offer it.
        open: makes its first screen; gets the rest of the place when a window comes back to it, else nothing.
    """

    name: str
    role: Role
    kinds: frozenset[StationKind]
    icon: ft.IconData
    open: Callable[[Visit, str], Screen]
