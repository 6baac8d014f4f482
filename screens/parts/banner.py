"""A line that stands above the content for as long as something is so: offline, taken over, printer out of labels."""

from __future__ import annotations

import flet as ft

from app.workflows.answers import Role
from screens.look import Look
from screens.parts.prompt_strip import SHAPES


def banner(look: Look, role: Role, text: str) -> ft.Control:
    """Words and the role's icon on the role's colour."""
    paint, shape = look.role(role), SHAPES[role]
    return ft.Container(
        bgcolor=paint.ground,
        border_radius=min(shape.radius, 12),
        padding=ft.Padding.symmetric(horizontal=12, vertical=8),
        content=ft.Row(
            spacing=10,
            controls=[
                ft.Icon(shape.icon, size=24, color=paint.ink),
                ft.Container(look.body(text, color=paint.ink), expand=True),
            ],
        ),
    )
