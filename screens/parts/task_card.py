"""A card: what lies on the surface and is read as one thing, with an edge in a role's colour when it has one."""

from __future__ import annotations

import flet as ft

from app.domain.products import Product
from app.workflows.answers import Role
from screens.look import Look
from screens.parts.picture_plate import picture_plate
from screens.theme import BODY, HEADING, NAME, QUANTITY


def task_card(
    look: Look,
    *,
    name: str,
    lines: tuple[str, ...] = (),
    product: Product | None = None,
    trailing: ft.Control | None = None,
    role: Role | None = None,
) -> ft.Control:
    """A product or a task.

    Args:
        name: two lines at most.
        lines: small facts below it, one line each.
        product: whose picture it shows; a drawn box where there is none.
        trailing: what stands at the end (a slot tag, a count).
        role: colours the leading edge.
    """
    edge = look.role(role).ground if role else look.theme.line
    side = 48 if look.low else 72
    return ft.Container(
        bgcolor=look.theme.card.ground,
        border_radius=10,
        border=ft.Border.all(look.theme.outline, edge),
        padding=ft.Padding.symmetric(horizontal=12, vertical=4 if look.low else 8),
        content=ft.Row(
            spacing=12,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
            controls=[
                picture_plate(look, product, side),
                ft.Column(
                    expand=True,
                    spacing=2,
                    controls=[
                        look.body(name, size=BODY if look.low else NAME, bold=True, lines=2),
                        *(look.quiet(line, lines=1) for line in lines),
                    ],
                ),
                *([trailing] if trailing else []),
            ],
        ),
    )


def quantity(look: Look, count: int, *, unit: str = "") -> ft.Control:
    """`× 3 each`, at arm's length."""
    return ft.Row(
        tight=True,
        spacing=8,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
        controls=[
            ft.Icon(ft.Icons.CLOSE, size=26, color=look.theme.quiet),
            look.code(str(count), size=HEADING if look.low else QUANTITY),
            *([look.body(unit, size=NAME, color=look.theme.quiet)] if unit else []),
        ],
    )
