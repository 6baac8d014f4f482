"""One person: what they do and where, what they have done today, and when they were last heard of."""

from __future__ import annotations

import flet as ft

from app.domain.board import Person
from screens.look import Look
from screens.parts.kept import kept
from screens.parts.meter import figure
from screens.theme import SMALL

# What they have done, units, mis-scans; and the last fact.
DONE_DP, UNITS_DP, MISSES_DP, SEEN_DP = 104, 56, 88, 80
WIDE_FROM_DP = 440
ICONS: dict[str, ft.IconData] = {
    "picking": ft.Icons.SHOPPING_CART,
    "about_to_pick": ft.Icons.SHOPPING_CART_CHECKOUT,
    "packing": ft.Icons.INVENTORY_2,
    "returns": ft.Icons.ASSIGNMENT_RETURN,
    "paused": ft.Icons.PAUSE_CIRCLE,
    "idle": ft.Icons.HOURGLASS_EMPTY,
}


def people_head(look: Look) -> ft.Control:
    """The columns' names, for the wide form."""
    columns = (("done", DONE_DP), ("units", UNITS_DP), ("misses", MISSES_DP), ("seen", SEEN_DP))
    return ft.Row(
        spacing=8,
        controls=[
            ft.Container(look.quiet(look.say("supervisor.head_name"), lines=1), expand=True),
            *(_right(look, look.say(f"supervisor.head_{column}"), width) for column, width in columns),
        ],
    )


@kept
def people_row(look: Look, person: Person, does: str, seen: str, room: float) -> ft.Control:
    """The row: who, and what they do; the day's figures in columns where there are `WIDE_FROM_DP` of room.

    Args:
        does: what they do, on which list, at which station, as far as anybody knows.
        seen: how long ago they last did something.
    """
    doing = person.doing or "away"
    away = doing == "away"
    ink = look.theme.quiet if away else look.theme.surface.ink
    icon = ft.Icon(ICONS.get(doing, ft.Icons.PERSON_OUTLINE), size=24, color=look.theme.quiet)
    name = look.body(person.name, bold=not away, color=ink, lines=1)
    said = look.quiet(does, lines=2)
    done = look.body(_done(look, person), size=SMALL, color=ink, lines=1)
    if room >= WIDE_FROM_DP:
        done.text_align = ft.TextAlign.RIGHT
        return ft.Row(
            spacing=8,
            controls=[
                ft.Container(icon, width=28),
                ft.Column(expand=True, spacing=0, controls=[name, said]),
                ft.Container(done, width=DONE_DP),
                figure(look, str(person.units_today), UNITS_DP, color=ink),
                figure(look, str(person.near_misses_today), MISSES_DP, color=ink),
                _right(look, seen, SEEN_DP),
            ],
        )
    return ft.Row(
        spacing=8,
        controls=[
            ft.Container(icon, width=28),
            ft.Column(
                expand=True,
                spacing=0,
                controls=[_ends(name, done), _ends(said, look.quiet(seen, lines=1))],
            ),
        ],
    )


def _done(look: Look, person: Person) -> str:
    """What somebody is counted by: a picker by lines, a packer by cartons, else by units; a dash before the first."""
    counts = {"lines": person.lines_today, "cartons": person.cartons_today, "units": person.units_today}
    return next((look.say(f"supervisor.{what}_today", count=count) for what, count in counts.items() if count), "–")


def _ends(left: ft.Control, right: ft.Control) -> ft.Control:
    return ft.Row(spacing=10, controls=[ft.Container(left, expand=True), right])


def _right(look: Look, text: str, width: float) -> ft.Control:
    words = look.quiet(text, size=SMALL, lines=1)
    words.text_align = ft.TextAlign.RIGHT
    return ft.Container(words, width=width)
