"""Everything that can be started from home: what, by whom, at which stations."""

from __future__ import annotations

import flet as ft

from app.domain.workers import Role
from app.settings import StationKind
from screens.pack import open_packing
from screens.returns import open_returns
from screens.supervisor import PLACE, open_supervising
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
    Entry(
        name=PLACE,
        role=Role.SUPERVISOR,
        # The store shows the whole floor to a bench, and to no station that people carry about.
        kinds=frozenset({StationKind.BENCH}),
        icon=ft.Icons.MONITOR,
        open=open_supervising,
    ),
    Entry(
        name="pack",
        role=Role.PACKER,
        kinds=frozenset({StationKind.PACKING}),
        icon=ft.Icons.INVENTORY,
        open=open_packing,
    ),
    Entry(
        name="returns",
        role=Role.RECEIVER,
        kinds=frozenset({StationKind.BENCH}),
        icon=ft.Icons.ASSIGNMENT_RETURN,
        open=open_returns,
    ),
)
