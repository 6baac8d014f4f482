"""One picklist on the floor: whose it is, how far it is, by when it must be through, and giving it to somebody else."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from app.domain.board import ListProgress
from screens.look import Look
from screens.parts.kept import kept
from screens.parts.meter import meter
from screens.parts.zone_meter import zone_badge
from screens.theme import SMALL, TOUCH

ID_DP, WHO_DP, DUE_DP, BUTTON_DP = 112, 150, 64, 152
WIDE_FROM_DP = 720


@kept
def list_row(
    look: Look, one: ListProgress, who: str, due: str, room: float, on_reassign: Callable[[], None] | None
) -> ft.Control:
    """The row: one line where `room` dp allow it, else a card of three.

    Args:
        who: the worker's name; empty for nobody.
        due: the cut-off, as it is said.
        on_reassign: None for a list that cannot be given on any more.
    """
    state = look.say(f"supervisor.list_{one.state}")
    number = look.code(one.picklist_id)
    number.overflow = ft.TextOverflow.ELLIPSIS
    progress = ft.Container(meter(look, one.tasks_done, one.tasks_total, digits=2), expand=True)
    if room < WIDE_FROM_DP:
        return _narrow(
            look, one, [number, progress], who=f"{who} · {state}" if who else state, due=due, act=on_reassign
        )
    whose = ft.Column(
        width=WHO_DP,
        spacing=0,
        controls=[
            *([look.body(who, size=SMALL, bold=True, lines=1)] if who else []),
            look.quiet(state, lines=1),
        ],
    )
    return ft.Row(
        spacing=12,
        height=56,
        controls=[
            ft.Container(number, width=ID_DP),
            zone_badge(look, one.zone),
            progress,
            whose,
            ft.Container(look.code(due, size=SMALL, color=look.theme.quiet), width=DUE_DP),
            _button(look, one.picklist_id, on_reassign) if on_reassign else ft.Container(width=BUTTON_DP),
        ],
    )


def _narrow(
    look: Look,
    one: ListProgress,
    parts: list[ft.Control],
    *,
    who: str,
    due: str,
    act: Callable[[], None] | None,
) -> ft.Control:
    number, progress = parts
    button: list[ft.Control] = [_icon_button(look, one.picklist_id, act)] if act else []
    return ft.Row(
        spacing=12,
        controls=[
            ft.Column(
                expand=True,
                spacing=4,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
                controls=[
                    ft.Row(
                        spacing=10,
                        controls=[
                            zone_badge(look, one.zone, size=28),
                            ft.Container(number, expand=True),
                            look.code(due, size=SMALL, color=look.theme.quiet),
                        ],
                    ),
                    ft.Row(spacing=10, controls=[progress]),
                    look.quiet(who, lines=1),
                ],
            ),
            *button,
        ],
    )


def _button(look: Look, picklist_id: str, act: Callable[[], None]) -> ft.Control:
    return ft.Button(
        key=f"reassign-{picklist_id}",
        width=BUTTON_DP,
        height=48,
        on_click=act,
        style=_style(look),
        content=look.body(look.say("supervisor.reassign"), size=SMALL, bold=True, lines=1),
    )


def _icon_button(look: Look, picklist_id: str, act: Callable[[], None]) -> ft.Control:
    return ft.Button(
        key=f"reassign-{picklist_id}",
        width=TOUCH,
        height=TOUCH,
        tooltip=look.say("supervisor.reassign"),
        on_click=act,
        style=_style(look),
        content=ft.Icon(ft.Icons.SWITCH_ACCOUNT, size=28, color=look.theme.card.ink),
    )


def _style(look: Look) -> ft.ButtonStyle:
    return ft.ButtonStyle(
        bgcolor=look.theme.card.ground,
        color=look.theme.card.ink,
        elevation=0,
        padding=ft.Padding.symmetric(horizontal=8),
        shape=ft.RoundedRectangleBorder(radius=10),
        side=ft.BorderSide(look.theme.outline, look.theme.line),
    )
