"""Everything that can be started at a station, and the first screen of a window."""

from __future__ import annotations

import flet as ft

from app.domain.workers import Role
from app.settings import StationKind
from screens.door import Door
from screens.screen import Screen
from screens.seat import Seat
from screens.station import Station
from screens.visit import Entry
from screens.work import open_picking

ENTRIES: tuple[Entry, ...] = (
    Entry(
        name="pick",
        role=Role.PICKER,
        kinds=frozenset({StationKind.HANDSET}),
        icon=ft.Icons.SHOPPING_CART,
        open=open_picking,
    ),
)


def first_screen(station: Station, seat: Seat) -> Screen:
    """What a window shows when it opens: the sign-in, or the place where this seat was."""
    return Door(seat=seat, station=station, entries=ENTRIES).open()
