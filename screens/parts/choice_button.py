"""Big answers, for gloves: a row with an icon, words and a small line below; or a tile, two of which fill a row."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from app.workflows.answers import Role
from screens.look import Look
from screens.parts.text_width import lines_in
from screens.theme import BODY, GAP, NAME, SMALL, TOUCH

TILE_HEIGHT, TILE_HEIGHT_LOW = 108, 76
# What stands beside the words of a row from edge to edge: margins, the icon, a number at its end.
BESIDE_DP, TRAILING_DP = 2 * GAP + 2 * 16 + 32 + 14, 14 + 32


def choice_button(
    look: Look,
    *,
    key: str,
    icon: ft.IconData,
    text: str,
    on_click: Callable[[], None],
    detail: str = "",
    role: Role | None = None,
    trailing: ft.Control | None = None,
) -> ft.Control:
    """One choice.

    Args:
        key: its name in tests.
        detail: one small line.
        role: paints it; None for an ordinary key.
        trailing: what stands at its end.
    """
    paint = look.role(role) if role else look.theme.key
    room = look.width - BESIDE_DP - (TRAILING_DP if trailing else 0)
    size = next((size for size in (NAME, 20, BODY) if lines_in(text, size, room) == 1), SMALL) if detail else NAME
    words: list[ft.Control] = [look.body(text, size=size, bold=True, color=paint.ink, lines=2 if not detail else 1)]
    if detail:
        words.append(look.body(detail, size=16, color=paint.ink, lines=1))
    return ft.Button(
        key=key,
        height=TOUCH + 8,
        on_click=on_click,
        style=ft.ButtonStyle(
            bgcolor=paint.ground,
            color=paint.ink,
            elevation=0,
            padding=ft.Padding.symmetric(horizontal=16, vertical=6),
            shape=ft.RoundedRectangleBorder(radius=12),
            side=ft.BorderSide(look.theme.outline, look.theme.line),
        ),
        content=ft.Row(
            spacing=14,
            controls=[
                ft.Icon(icon, size=32, color=paint.ink),
                ft.Column(expand=True, spacing=0, alignment=ft.MainAxisAlignment.CENTER, controls=words),
                *([trailing] if trailing else []),
            ],
        ),
    )


def choice_tile(
    look: Look, *, key: str, icon: ft.IconData, text: str, on_click: Callable[[], None], enabled: bool = True
) -> ft.Control:
    """One of several short answers: icon above, words below, as wide as its share of the row."""
    paint = look.theme.key
    words = look.body(text, size=SMALL if look.low else BODY, bold=True, color=paint.ink, lines=2)
    words.text_align = ft.TextAlign.CENTER
    return ft.Button(
        key=key,
        expand=True,
        height=TILE_HEIGHT_LOW if look.low else TILE_HEIGHT,
        disabled=not enabled,
        opacity=1.0 if enabled else 0.45,
        on_click=on_click,
        style=ft.ButtonStyle(
            bgcolor=paint.ground,
            color=paint.ink,
            elevation=0,
            padding=3 if look.low else 8,
            shape=ft.RoundedRectangleBorder(radius=12),
            side=ft.BorderSide(look.theme.outline, look.theme.line),
        ),
        content=ft.Column(
            tight=True,
            spacing=0 if look.low else 6,
            alignment=ft.MainAxisAlignment.CENTER,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            controls=[ft.Icon(icon, size=24 if look.low else 36, color=paint.ink), words],
        ),
    )
