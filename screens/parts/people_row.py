"""One person: what they do and where, what they have done today, and when they were last heard of."""

from __future__ import annotations

import flet as ft

from app.domain.board import Person
from screens.look import Look
from screens.parts.kept import kept
from screens.parts.meter import figure
from screens.theme import BODY, SMALL

FIGURES_DP, SEEN_DP = 84, 104
WIDE_FROM_DP = 720
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
    figures = ("supervisor.head_lines", "supervisor.head_units", "supervisor.head_misses")
    return ft.Row(
        spacing=12,
        controls=[
            ft.Container(width=28),
            ft.Container(look.quiet(look.say("supervisor.head_name"), lines=1), expand=3),
            ft.Container(look.quiet(look.say("supervisor.head_doing"), lines=1), expand=4),
            *(_head(look, key, FIGURES_DP) for key in figures),
            _head(look, "supervisor.head_seen", SEEN_DP),
        ],
    )


@kept
def people_row(look: Look, person: Person, where: str, seen: str, room: float) -> ft.Control:
    """The row; in two lines where there are less than `WIDE_FROM_DP` of room.

    Args:
        where: the station's name; empty when nobody knows.
        seen: how long ago they last did something.
    """
    doing = person.doing or "away"
    away = doing == "away"
    ink = look.theme.quiet if away else look.theme.surface.ink
    icon = ft.Icon(ICONS.get(doing, ft.Icons.PERSON_OUTLINE), size=24, color=look.theme.quiet)
    said = " · ".join(part for part in (look.say(f"supervisor.doing_{doing}"), person.picklist_id, where) if part)
    name = look.body(person.name, bold=not away, color=ink, lines=1)
    if room >= WIDE_FROM_DP:
        return ft.Row(
            spacing=12,
            height=40,
            controls=[
                ft.Container(icon, width=28),
                ft.Container(name, expand=3),
                ft.Container(look.quiet(said, lines=1), expand=4),
                figure(look, str(person.lines_today), FIGURES_DP, color=ink),
                figure(look, str(person.units_today), FIGURES_DP, color=ink),
                figure(look, str(person.near_misses_today), FIGURES_DP, color=ink),
                _right(look, seen, SEEN_DP),
            ],
        )
    return ft.Row(
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.START,
        controls=[
            ft.Container(icon, width=28),
            ft.Column(
                expand=True,
                spacing=2,
                controls=[
                    ft.Row(
                        spacing=10,
                        controls=[
                            ft.Container(name, expand=True),
                            figure(look, str(person.lines_today), 48, size=BODY, color=ink),
                        ],
                    ),
                    look.quiet(said, lines=1),
                    look.quiet(_today(look, person, seen), lines=1),
                ],
            ),
        ],
    )


def _today(look: Look, person: Person, seen: str) -> str:
    units = look.say("supervisor.units", count=person.units_today)
    misses = look.say("supervisor.misses", count=person.near_misses_today)
    return f"{units} · {misses} · {seen}" if person.last_fact_at_utc else look.say("supervisor.not_today")


def _head(look: Look, key: str, width: float) -> ft.Control:
    return _right(look, look.say(key), width)


def _right(look: Look, text: str, width: float) -> ft.Control:
    words = look.quiet(text, size=SMALL, lines=1)
    words.text_align = ft.TextAlign.RIGHT
    return ft.Container(words, width=width)
