"""What a carton should weigh, as a bar: the tolerance is a band, what was typed is a needle."""

from __future__ import annotations

import flet as ft

from app.workflows.answers import Role
from screens.look import Look

# The bar shows so many tolerances to each side of what is expected.
REACH = 4
HEIGHT_DP = 36


def weight_bar(look: Look, *, expected_g: int, tolerance_g: int, typed_g: int | None, width: float) -> ft.Control:
    """The bar, `width` dp wide; without a needle while nothing is typed. A needle out of reach stands at the end."""
    go, wrong, track = look.role(Role.GO), look.role(Role.WRONG), look.theme.key
    band = width / REACH
    layers: list[ft.Control] = [
        ft.Container(
            width=width,
            height=HEIGHT_DP / 2,
            top=HEIGHT_DP / 4,
            border_radius=HEIGHT_DP / 4,
            bgcolor=track.ground,
            border=ft.Border.all(look.theme.outline, look.theme.line),
        ),
        ft.Container(width=band, height=HEIGHT_DP / 2, left=(width - band) / 2, top=HEIGHT_DP / 4, bgcolor=go.ground),
    ]
    if typed_g is not None:
        fits = abs(typed_g - expected_g) <= tolerance_g
        off = max(-1.0, min(1.0, (typed_g - expected_g) / (REACH * tolerance_g)))
        layers.append(
            ft.Container(
                width=10,
                height=HEIGHT_DP,
                left=(width - 10) * (off + 1) / 2,
                border_radius=5,
                bgcolor=look.theme.card.ink if fits else wrong.ground,
                border=ft.Border.all(2, look.theme.card.ground),
            )
        )
    return ft.Stack(width=width, height=HEIGHT_DP, controls=layers)
