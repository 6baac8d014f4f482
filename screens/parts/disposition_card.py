"""What becomes of a unit: words, an icon and a colour, and the place that it goes to, large enough to walk by."""

from __future__ import annotations

import flet as ft

from app.domain.locations import Location
from app.domain.returns import Disposition
from app.workflows.answers import Role
from screens.look import Look
from screens.theme import HEADING, HERO, NAME

# How wide a letter of a code is, in em.
CODE_EM = 0.64

FACES: dict[Disposition, tuple[Role, ft.IconData]] = {
    Disposition.RESTOCK: (Role.GO, ft.Icons.INVENTORY),
    Disposition.REFURBISH: (Role.INFO, ft.Icons.HANDYMAN),
    Disposition.QUARANTINE: (Role.CAUTION, ft.Icons.PAN_TOOL),
    Disposition.RETURN_TO_VENDOR: (Role.SHORT, ft.Icons.LOCAL_SHIPPING),
    Disposition.SCRAP: (Role.WRONG, ft.Icons.DELETE_FOREVER),
    Disposition.DONATE: (Role.SHORT, ft.Icons.VOLUNTEER_ACTIVISM),
}


def disposition_card(
    look: Look, disposition: Disposition, shelf: Location | None, *, plate: str, width: float
) -> ft.Control:
    """The decision on its bin colour, and below it where to put the unit; `width` of the card in dp."""
    role, icon = FACES[disposition]
    paint = look.role(role)
    place: ft.Control = (
        look.code(shelf.location_id, size=min(HERO, int((width - 44) / (CODE_EM * len(shelf.location_id)))))
        if shelf is not None
        else look.body(look.say("returns.no_shelf"), size=NAME, bold=True, lines=2)
    )
    return ft.Container(
        border_radius=14,
        border=ft.Border.all(2, paint.ground),
        bgcolor=look.theme.card.ground,
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
        content=ft.Column(
            spacing=0,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            controls=[
                ft.Container(
                    bgcolor=paint.ground,
                    padding=ft.Padding.symmetric(horizontal=18, vertical=14),
                    content=ft.Row(
                        spacing=16,
                        controls=[
                            ft.Icon(icon, size=44, color=paint.ink),
                            ft.Container(
                                look.body(
                                    look.say(f"returns.disposition.{disposition}"),
                                    size=HEADING,
                                    bold=True,
                                    color=paint.ink,
                                    lines=2,
                                ),
                                expand=True,
                            ),
                        ],
                    ),
                ),
                ft.Container(
                    padding=ft.Padding.symmetric(horizontal=18, vertical=10),
                    content=ft.Column(
                        spacing=0,
                        controls=[
                            look.quiet(look.say("returns.goes_to")),
                            place,
                            look.quiet(look.say("returns.plate", plate=plate)),
                        ],
                    ),
                ),
            ],
        ),
    )


def disposition_chip(look: Look, disposition: Disposition) -> ft.Control:
    """The decision, small: for a list of units."""
    role, icon = FACES[disposition]
    paint = look.role(role)
    return ft.Container(
        bgcolor=paint.ground,
        border_radius=8,
        padding=ft.Padding.symmetric(horizontal=10, vertical=4),
        content=ft.Row(
            tight=True,
            spacing=6,
            controls=[
                ft.Icon(icon, size=20, color=paint.ink),
                look.body(look.say(f"returns.disposition.{disposition}"), size=16, bold=True, color=paint.ink, lines=1),
            ],
        ),
    )
