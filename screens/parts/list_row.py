"""One picklist on the floor: whose it is, how far it is, by when it must be through, and giving it to somebody else."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from app.domain.board import ListProgress
from app.domain.picklists import PicklistState
from screens.look import Look
from screens.parts.kept import kept
from screens.parts.meter import meter
from screens.parts.number_cap import number_cap
from screens.parts.zone_meter import zone_badge
from screens.theme import SMALL, TOUCH

ID_DP = 132
# An id of twelve characters and its hour stand in one line of a handset.
LINE_GAP = 4
WIDE_FROM_DP = 340


@kept
def list_row(
    look: Look,
    one: ListProgress,
    number: int | None,
    chosen: bool,
    who: str,
    due: str,
    room: float,
    on_reassign: Callable[[], None] | None,
) -> ft.Control:
    """The row: whose and until when, below it which and how far; three lines where `room` dp are too few for two.

    Args:
        number: chooses it by scanning; None for a list that nobody can give on.
        chosen: whether its number is being typed.
        who: the worker's name; empty for nobody.
        due: the cut-off, as it is said.
        on_reassign: None for a list that cannot be given on any more.
    """
    # Given on to somebody, it is released again until they take it up.
    given = bool(who) and one.state == PicklistState.RELEASED
    state = look.say("supervisor.list_given" if given else f"supervisor.list_{one.state}")
    progress = ft.Container(meter(look, one.tasks_done, one.tasks_total, digits=2), expand=True)
    picklist_id = ft.Text(one.picklist_id, size=SMALL, color=look.theme.quiet, max_lines=1, no_wrap=True)
    leaves = look.code(due, size=SMALL, color=look.theme.quiet)
    zone, whose = zone_badge(look, one.zone, size=26), ft.Container(_whose(look, who, state), expand=True)
    lines: list[list[ft.Control]] = (
        [[zone, whose, leaves], [ft.Container(picklist_id, width=ID_DP), progress]]
        if room >= WIDE_FROM_DP
        else [[zone, whose], [progress], [ft.Container(picklist_id, expand=True), leaves]]
    )
    return ft.Row(
        spacing=10,
        controls=[
            number_cap(look, number, pressed=chosen),
            ft.Column(
                expand=True,
                spacing=2,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
                controls=[ft.Row(spacing=LINE_GAP, controls=line) for line in lines],
            ),
            *([_button(look, one.picklist_id, on_reassign)] if on_reassign else []),
        ],
    )


def _whose(look: Look, who: str, state: str) -> ft.Control:
    """In one text, so that a long name is cut where the line ends and the hour behind it stays whole."""
    return look.body(f"{who} · {state}", size=SMALL, bold=True, lines=1) if who else look.quiet(state, lines=1)


def _button(look: Look, picklist_id: str, act: Callable[[], None]) -> ft.Control:
    side = 52 if look.wide else TOUCH
    return ft.Button(
        key=f"reassign-{picklist_id}",
        width=side,
        height=side,
        tooltip=look.say("supervisor.reassign"),
        on_click=act,
        style=ft.ButtonStyle(
            bgcolor=look.theme.card.ground,
            color=look.theme.card.ink,
            elevation=0,
            padding=0,
            shape=ft.RoundedRectangleBorder(radius=10),
            side=ft.BorderSide(look.theme.outline, look.theme.line),
        ),
        content=ft.Icon(ft.Icons.SWITCH_ACCOUNT, size=26, color=look.theme.card.ink),
    )
