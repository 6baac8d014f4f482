"""The number that chooses a row by scanning alone, drawn like a key; pressed while its digits are typed."""

from __future__ import annotations

import flet as ft

from screens.look import Look
from screens.theme import BODY, CODES_BOLD, SMALL

CAP_DP = 36


def number_cap(look: Look, number: int | None, *, pressed: bool = False) -> ft.Control:
    """The key; an empty place of the same width for a row without a number."""
    if number is None:
        return ft.Container(width=CAP_DP)
    paint = look.theme.accent if pressed else look.theme.key
    return ft.Container(
        width=CAP_DP,
        height=CAP_DP,
        border_radius=8,
        bgcolor=paint.ground,
        border=ft.Border.all(look.theme.outline, look.theme.line),
        alignment=ft.Alignment.CENTER,
        content=ft.Text(
            str(number), size=BODY if number < 100 else SMALL, color=paint.ink, font_family=CODES_BOLD, no_wrap=True
        ),
    )


def answer_cap(look: Look, number: int, *, pressed: bool = False) -> ft.Control:
    """The answer card that leads to a section: A1 to A4."""
    paint = look.theme.accent if pressed else look.theme.key
    return ft.Semantics(
        label=look.say("supervisor.answer_card", number=number),
        exclude_semantics=True,
        content=ft.Container(
            border_radius=6,
            bgcolor=paint.ground,
            border=ft.Border.all(look.theme.outline, look.theme.line),
            padding=ft.Padding.symmetric(horizontal=7, vertical=1),
            content=ft.Text(f"A{number}", size=SMALL, color=paint.ink, font_family=CODES_BOLD, no_wrap=True),
        ),
    )
