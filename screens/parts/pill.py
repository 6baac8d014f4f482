"""A word on a role's ground, with the role's icon and shape: the state of something, told without colour too."""

from __future__ import annotations

import flet as ft

from app.workflows.answers import Role
from screens.look import Look
from screens.parts.prompt_strip import SHAPES
from screens.theme import SMALL, WORDS_BOLD


def pill(look: Look, role: Role, text: str, *, icon: ft.IconData | None = None) -> ft.Control:
    """One line, as wide as its words; long words are cut where the place around it ends (`loosely`)."""
    paint, shape = look.role(role), SHAPES[role]
    return ft.Container(
        bgcolor=paint.ground,
        border_radius=min(shape.radius, 14),
        padding=ft.Padding.only(left=8, right=12, top=3, bottom=3),
        content=ft.Row(
            tight=True,
            spacing=6,
            controls=[
                ft.Icon(icon or shape.icon, size=20, color=paint.ink),
                ft.Text(
                    text,
                    size=SMALL,
                    color=paint.ink,
                    font_family=WORDS_BOLD,
                    max_lines=1,
                    no_wrap=True,
                    overflow=ft.TextOverflow.ELLIPSIS,
                    expand=True,
                    expand_loose=True,
                ),
            ],
        ),
    )


def loosely(control: ft.Control) -> ft.Control:
    """`control` in a row beside others: no wider than it wants, and narrower when there is not enough room."""
    return ft.Container(control, expand=True, expand_loose=True)
