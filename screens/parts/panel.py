"""A panel of a bench: a titled card that stands beside others."""

from __future__ import annotations

import flet as ft

from screens.look import Look

# What the padding and the outline of a panel take of its width, in dp.
SIDES_DP = 2 * (16 + 4)


def panel(
    look: Look,
    title: str,
    controls: list[ft.Control],
    *,
    icon: ft.IconData,
    trailing: ft.Control | None = None,
    expand: bool = False,
    edge: str = "",
) -> ft.Control:
    """A card with a small title line; `edge` colours its outline when it is what matters now."""
    return ft.Container(
        expand=expand,
        bgcolor=look.theme.card.ground,
        border_radius=12,
        border=ft.Border.all(look.theme.edge if edge else look.theme.outline, edge or look.theme.line),
        padding=ft.Padding.symmetric(horizontal=16, vertical=10),
        content=ft.Column(
            spacing=6,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            controls=[
                ft.Row(
                    spacing=8,
                    controls=[
                        ft.Icon(icon, size=22, color=look.theme.quiet),
                        ft.Container(look.quiet(title, lines=1), expand=True),
                        *([trailing] if trailing else []),
                    ],
                ),
                *controls,
            ],
        ),
    )
