"""A tote's slot on the cart: colour, letter and number, as on the cart's printed tag."""

from __future__ import annotations

import flet as ft

from screens.look import Look
from screens.theme import CODES_BOLD, HEADING


def slot_tag(look: Look, letter: str, number: str | int, *, size: int = HEADING) -> ft.Control:
    """`B 2` on the slot's colour, with the notch of a paper tag."""
    paint = look.theme.slot(letter)
    return ft.Semantics(
        label=look.say("place.tote", letter=letter, number=number),
        exclude_semantics=True,
        content=ft.Container(
            bgcolor=paint.ground,
            border_radius=ft.BorderRadius(top_left=size * 0.7, bottom_left=size * 0.7, top_right=6, bottom_right=6),
            padding=ft.Padding.only(left=size * 0.45, right=size * 0.4, top=size * 0.15, bottom=size * 0.15),
            content=ft.Row(
                tight=True,
                spacing=size * 0.35,
                controls=[
                    ft.Container(width=size * 0.3, height=size * 0.3, border_radius=size, bgcolor=paint.ink),
                    ft.Text(f"{letter} {number}", size=size, color=paint.ink, font_family=CODES_BOLD, no_wrap=True),
                ],
            ),
        ),
    )
