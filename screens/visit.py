"""One worker at one seat: what every screen behind the door is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import flet as ft

from app.domain.workers import Role, Worker
from app.settings import StationKind
from screens.station import Station

if TYPE_CHECKING:
    from screens.door import Door
    from screens.screen import Screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A worker who is signed in, at a station.

    Args:
        door: leads home and out, and remembers where this window is.
    """

    station: Station
    worker: Worker
    door: Door


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
