"""A titled card: what the supervisor's picture and a station's set-up are made of."""

from __future__ import annotations

from collections.abc import Sequence

import flet as ft

from screens.look import Look
from screens.theme import GAP, NAME

SECTION_PAD = 16
# On a wall nothing that is read or tapped is farther apart than on a bench.
WIDEST_DP = 1256


def section(
    look: Look,
    icon: ft.IconData,
    title: str,
    controls: Sequence[ft.Control],
    *,
    count: str = "",
    spacing: int = 12,
    cap: ft.Control | None = None,
) -> ft.Control:
    """Title with its icon, a count at the end of that line, and the content below.

    Args:
        cap: the card that leads here by scanning, at the very end of the title's line.
    """
    head: list[ft.Control] = [
        ft.Icon(icon, size=22, color=look.theme.quiet),
        ft.Container(look.body(title, size=NAME - 2, bold=True, lines=1), expand=True),
    ]
    if count:
        head.append(look.code(count, color=look.theme.quiet))
    if cap is not None:
        head.append(cap)
    return ft.Container(
        bgcolor=look.theme.card.ground,
        border_radius=12,
        border=ft.Border.all(look.theme.outline, look.theme.line),
        padding=ft.Padding.only(left=SECTION_PAD, right=SECTION_PAD, top=14, bottom=SECTION_PAD),
        content=ft.Column(
            spacing=spacing,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            controls=[ft.Row(spacing=10, controls=head), *controls],
        ),
    )


def in_the_middle(look: Look, content: ft.Control, *, widest_dp: float = WIDEST_DP) -> ft.Control:
    """`content` as wide as the window, and in the middle of one that is wider than `widest_dp`."""
    if look.width <= widest_dp + 2 * GAP:
        return content
    held = ft.Container(content, width=widest_dp)
    return ft.Row(
        expand=True,
        alignment=ft.MainAxisAlignment.CENTER,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=[held],
    )


def nothing(look: Look, icon: ft.IconData, text: str) -> ft.Control:
    """What a section says while it holds nothing."""
    return ft.Container(
        padding=ft.Padding.symmetric(vertical=12),
        content=ft.Row(
            spacing=10,
            controls=[
                ft.Icon(icon, size=28, color=look.theme.quiet),
                ft.Container(look.quiet(text, lines=2), expand=True),
            ],
        ),
    )


def ruled(look: Look, rows: Sequence[ft.Control]) -> list[ft.Control]:
    """Rows with a hairline between them."""
    lines: list[ft.Control] = []
    for row in rows:
        if lines:
            lines.append(ft.Divider(height=1, thickness=1, color=look.theme.line))
        lines.append(row)
    return lines
