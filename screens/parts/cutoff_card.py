"""One cut-off: what must have left by then, how far it is, and whether it will be in time."""

from __future__ import annotations

from datetime import date, tzinfo

import flet as ft

from app.domain.board import CutOff, Risk
from app.workflows.answers import Role
from screens.look import Look
from screens.parts.kept import kept
from screens.parts.meter import bar
from screens.parts.pill import pill
from screens.theme import GAP, HEADING, NAME, SMALL

ROLES: dict[Risk, Role] = {Risk.OK: Role.GO, Risk.TIGHT: Role.CAUTION, Risk.LATE: Role.WRONG}


@kept
def cutoff_card(look: Look, cutoff: CutOff, zone: tzinfo, today: date) -> ft.Control:
    """The card; takes the width it is given, and on a handset only the height of what matters most.

    Args:
        today: the day on which a time alone says enough.
    """
    role, through = ROLES[cutoff.risk], cutoff.orders_done >= cutoff.orders_total
    paint, leaves = look.role(role), cutoff.ship_by_utc.astimezone(zone)
    said = look.say("supervisor.risk_done" if through else f"supervisor.risk_{cutoff.risk}")
    channels = ", ".join(cutoff.channels)
    day = "" if leaves.date() == today else look.words.date(leaves.date())
    time, state = look.code(look.words.time(leaves), size=HEADING), pill(look, role, said)
    orders = look.say("supervisor.orders", done=cutoff.orders_done, count=cutoff.orders_total)
    done = look.body(orders, size=NAME, bold=True, lines=1)
    which = ft.Container(look.quiet(" · ".join(filter(None, (day, channels))), lines=1), expand=True)
    finish = look.body(_finish(look, cutoff, zone, through=through), size=SMALL, lines=1)
    progress = ft.Container(bar(look, cutoff.orders_done, cutoff.orders_total, color=paint.ground), height=14)
    below: list[ft.Control]
    if look.wide:
        lines = look.say("supervisor.lines", done=cutoff.lines_done, count=cutoff.lines_total)
        # The channels have a line of their own: no name of theirs is cut.
        below = [_ends(ft.Container(look.quiet(lines, lines=1), expand=True), finish), ft.Row(controls=[which])]
    else:
        below = [_ends(which, finish)]
    line = ft.BorderSide(look.theme.outline, look.theme.line)
    return ft.Container(
        bgcolor=look.theme.card.ground,
        border_radius=12,
        border=ft.Border(left=ft.BorderSide(8, paint.ground), top=line, right=line, bottom=line)
        if look.theme.outline > 1
        else ft.Border(left=ft.BorderSide(8, paint.ground)),
        padding=ft.Padding.only(left=14, right=14, top=8, bottom=8),
        content=ft.Column(
            spacing=2 if look.wide else 4,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            controls=[_ends(time, state), done, progress, *below],
        ),
    )


def _ends(*controls: ft.Control) -> ft.Control:
    """One line from edge to edge."""
    return ft.Row(spacing=GAP, alignment=ft.MainAxisAlignment.SPACE_BETWEEN, controls=list(controls))


def _finish(look: Look, cutoff: CutOff, zone: tzinfo, *, through: bool) -> str:
    if through:
        return ""
    if cutoff.projected_finish_utc is None:
        return look.say("supervisor.no_pace")
    return look.say("supervisor.finishes", time=look.words.time(cutoff.projected_finish_utc.astimezone(zone)))
