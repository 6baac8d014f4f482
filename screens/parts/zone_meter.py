"""How far one zone is, in the zone's own colour and letter."""

from __future__ import annotations

import flet as ft

from app.domain.board import ZoneProgress
from screens.look import Look
from screens.parts.kept import kept
from screens.parts.meter import meter
from screens.theme import BODY, CODES_BOLD


def zone_badge(look: Look, zone: str, *, size: int = 32) -> ft.Control:
    """The zone's letter on its colour."""
    paint = look.theme.zone(zone)
    return ft.Semantics(
        label=look.say("place.zone", zone=zone),
        exclude_semantics=True,
        content=ft.Container(
            width=size,
            height=size,
            border_radius=6,
            bgcolor=paint.ground,
            alignment=ft.Alignment.CENTER,
            content=ft.Text(zone[:2], size=BODY, color=paint.ink, font_family=CODES_BOLD, no_wrap=True),
        ),
    )


@kept
def zone_meter(look: Look, zone: ZoneProgress) -> ft.Control:
    """Badge, bar, lines done of all lines."""
    return ft.Row(
        spacing=12,
        controls=[
            zone_badge(look, zone.zone),
            ft.Container(
                meter(look, zone.lines_done, zone.lines_total, color=look.theme.zone(zone.zone).ground, digits=4),
                expand=True,
            ),
        ],
    )
