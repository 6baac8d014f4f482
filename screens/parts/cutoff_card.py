"""One cut-off: what must have left by then, how far it is, and whether it will be in time."""

from __future__ import annotations

from datetime import datetime, tzinfo

import flet as ft

from app.domain.board import CutOff, Risk
from app.workflows.answers import Role
from screens.look import Look
from screens.parts.kept import kept
from screens.parts.meter import bar
from screens.parts.pill import pill
from screens.theme import HEADING, NAME

ROLES: dict[Risk, Role] = {Risk.OK: Role.GO, Risk.TIGHT: Role.CAUTION, Risk.LATE: Role.WRONG}


@kept
def cutoff_card(look: Look, cutoff: CutOff, zone: tzinfo, today: datetime) -> ft.Control:
    """The card; takes the width it is given.

    Args:
        today: any moment of the day, in `zone`, on which a time alone says enough.
    """
    role, through = ROLES[cutoff.risk], cutoff.orders_done >= cutoff.orders_total
    paint, leaves = look.role(role), cutoff.ship_by_utc.astimezone(zone)
    said = look.say("supervisor.risk_done" if through else f"supervisor.risk_{cutoff.risk}")
    below = ", ".join(cutoff.channels)
    if leaves.date() != today.date():
        below = f"{look.words.date(leaves.date())} · {below}"
    return ft.Container(
        bgcolor=look.theme.card.ground,
        border_radius=12,
        border=ft.Border(
            left=ft.BorderSide(8, paint.ground),
            top=ft.BorderSide(look.theme.outline, look.theme.line),
            right=ft.BorderSide(look.theme.outline, look.theme.line),
            bottom=ft.BorderSide(look.theme.outline, look.theme.line),
        )
        if look.theme.outline > 1
        else ft.Border(left=ft.BorderSide(8, paint.ground)),
        padding=ft.Padding.only(left=14, right=14, top=10, bottom=14),
        content=ft.Column(
            spacing=4,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            controls=[
                ft.Row(
                    spacing=12,
                    alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
                    controls=[look.code(look.words.time(leaves), size=HEADING), pill(look, role, said)],
                ),
                look.quiet(below, lines=1),
                look.body(
                    look.say("supervisor.orders", done=cutoff.orders_done, count=cutoff.orders_total),
                    size=NAME,
                    bold=True,
                    lines=1,
                ),
                ft.Container(bar(look, cutoff.orders_done, cutoff.orders_total, color=paint.ground), height=14),
                ft.Row(
                    spacing=12,
                    controls=[
                        ft.Container(
                            look.quiet(
                                look.say("supervisor.lines", done=cutoff.lines_done, count=cutoff.lines_total), lines=1
                            ),
                            expand=True,
                        ),
                        look.body(_finish(look, cutoff, zone, through=through), size=16, lines=1),
                    ],
                ),
            ],
        ),
    )


def _finish(look: Look, cutoff: CutOff, zone: tzinfo, *, through: bool) -> str:
    if through:
        return ""
    if cutoff.projected_finish_utc is None:
        return look.say("supervisor.no_pace")
    return look.say("supervisor.finishes", time=look.words.time(cutoff.projected_finish_utc.astimezone(zone)))
