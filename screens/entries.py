"""Everything that can be started from home: what, by whom, at which stations."""

from __future__ import annotations

import flet as ft

from app.domain.workers import Role
from app.settings import StationKind
from screens.visit import Entry
from screens.work import open_picking

ENTRIES: tuple[Entry, ...] = (
    Entry(
        name="pick",
        role=Role.PICKER,
        kinds=frozenset({StationKind.HANDSET}),
        icon=ft.Icons.SHOPPING_CART_CHECKOUT,
        open=open_picking,
    ),
)
