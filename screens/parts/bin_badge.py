"""The place to go to: a band in the zone's colour, and the code as people say it (`A-12 · 03 · 2`)."""

from __future__ import annotations

import re

import flet as ft

from screens.look import Look
from screens.theme import CODES_BOLD, GAP, HERO, SMALL, WORDS_BOLD

# Width of one digit of the code font, in em.
DIGIT_EM = 0.632
_SEPARATOR_DP = 26
LOW_HERO = 40
# The zone's bar, the margins within the card, and some air behind the last digit.
_BESIDE_DP = 6 + 10 + 6 + 14


def groups(code: str) -> tuple[str, ...]:
    """A code as it is said: the aisle with its zone, then bay, then level (`A-12-03-2` → `A-12`, `03`, `2`)."""
    parts = re.split(r"[-·. ]+", code.strip())
    if len(parts) > 2 and parts[0].isalpha():
        parts[:2] = [f"{parts[0]}-{parts[1]}"]
    return tuple(part for part in parts if part)


def hero_size(code: str, width_dp: float, largest: int = HERO) -> int:
    """The largest size at which the grouped code fits into `width_dp` on one line."""
    parts = groups(code)
    letters = max(1, sum(map(len, parts)))
    room = width_dp - _SEPARATOR_DP * (len(parts) - 1)
    return max(SMALL, min(largest, int(room / (letters * DIGIT_EM))))


def bin_badge(look: Look, *, zone: str, code: str, spoken: str = "") -> ft.Control:
    """The place, as large as the window lets it be.

    Args:
        zone: its letter.
        code: the location's code as printed.
        spoken: how one walks there (`aisle 12, bay 3, level 2`); may be empty.
    """
    paint, ink = look.theme.zone(zone), look.theme.surface.ink
    room = look.width - 2 * GAP - _BESIDE_DP
    size = hero_size(code, room, LOW_HERO if look.low else HERO)
    shown: list[ft.Control] = []
    for part in groups(code):
        if shown:
            shown.append(ft.Container(width=8, height=8, border_radius=4, bgcolor=look.theme.quiet))
        shown.append(ft.Text(part, size=size, color=ink, font_family=CODES_BOLD, no_wrap=True))
    return ft.Column(
        spacing=0,
        controls=[
            ft.Container(
                bgcolor=paint.ground,
                border_radius=ft.BorderRadius(top_left=8, top_right=8, bottom_left=0, bottom_right=0),
                padding=ft.Padding.symmetric(horizontal=12, vertical=1 if look.low else 3),
                content=ft.Text(
                    look.say("place.zone", zone=zone), size=SMALL, color=paint.ink, font_family=WORDS_BOLD, no_wrap=True
                ),
            ),
            ft.Container(
                border=ft.Border(left=ft.BorderSide(6, paint.ground), bottom=ft.BorderSide(1, look.theme.line)),
                bgcolor=look.theme.card.ground,
                padding=ft.Padding.only(left=10, right=6, top=0 if look.low else 2, bottom=2 if look.low else 6),
                content=ft.Column(
                    spacing=0,
                    controls=[
                        ft.Semantics(
                            label=code,
                            exclude_semantics=True,
                            identifier="place",
                            content=ft.Row(spacing=9, controls=shown),
                        ),
                        *([look.quiet(spoken, lines=1)] if spoken and not look.low else []),
                    ],
                ),
            ),
        ],
    )
