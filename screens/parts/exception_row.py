"""One open exception: what happened, where, who it is for, and how long it has waited."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from app.domain.board import OpenException
from app.workflows.answers import Role
from screens.look import Look
from screens.parts.kept import kept
from screens.parts.number_cap import CAP_DP, number_cap
from screens.theme import BODY, SMALL, TOUCH, WORDS_BOLD

# Whoever waits longer than this is in trouble; the age then stands on the caution ground.
LONG_S = 30 * 60
ICONS: dict[str, ft.IconData] = {
    "put_back": ft.Icons.UNDO,
    "recount": ft.Icons.PIN,
    "repick": ft.Icons.REPLAY,
    "swap": ft.Icons.SWAP_HORIZ,
    "review": ft.Icons.VISIBILITY,
}


def said_kind(look: Look, kind: str) -> str:
    """What happened, in a few words; also for a kind that only a newer store knows."""
    key = f"supervisor.kind_{kind}"
    return look.say(key) if look.words.knows(key) else look.say("supervisor.kind_other")


@kept
def exception_row(
    look: Look,
    one: OpenException,
    number: int | None,
    chosen: bool,
    about: str,
    age: str,
    long: bool,
    on_settle: Callable[[], None] | None,
) -> ft.Control:
    """The row.

    Args:
        number: chooses it by scanning; None for what somebody else puts right.
        chosen: whether its number is being typed.
        about: place, product, quantity, tote; or why a fact cannot be read. May be empty.
        age: how long it has been open, as it is said.
        long: whether that is too long.
        on_settle: the supervisor's own act; None for what somebody else puts right.
    """
    words: list[ft.Control] = [look.body(said_kind(look, one.kind), size=BODY, bold=True, lines=2)]
    if about:
        # As many as the reason needs for which facts were set aside: somebody reads it out on the telephone.
        words.append(look.quiet(about, lines=6))
    whose, waits = _for(look, one.addressee, one.remedy), _age(look, age, long=long)
    words += (
        [whose, ft.Row(controls=[waits])]
        if look.narrow
        else [ft.Row(spacing=10, controls=[ft.Container(whose, expand=True), waits])]
    )
    if on_settle is not None:
        words.append(
            ft.Button(
                margin=ft.Margin.only(top=6),
                key=f"settle-{one.discrepancy_id}",
                height=TOUCH if not look.wide else 48,
                style=ft.ButtonStyle(
                    bgcolor=look.theme.card.ground,
                    color=look.theme.card.ink,
                    elevation=0,
                    shape=ft.RoundedRectangleBorder(radius=10),
                    side=ft.BorderSide(look.theme.outline, look.theme.line),
                ),
                content=look.body(look.say("supervisor.settle"), size=SMALL, bold=True, lines=1),
                on_click=on_settle,
            )
        )
    return ft.Row(
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.START,
        controls=[
            number_cap(look, number, pressed=chosen) if number is not None else _mark(look, one.remedy),
            ft.Column(expand=True, spacing=3, horizontal_alignment=ft.CrossAxisAlignment.STRETCH, controls=words),
        ],
    )


def _mark(look: Look, remedy: str) -> ft.Control:
    paint = look.role(Role.INFO)
    return ft.Container(
        width=CAP_DP,
        height=CAP_DP,
        border_radius=CAP_DP / 2,
        bgcolor=paint.ground,
        alignment=ft.Alignment.CENTER,
        content=ft.Icon(ICONS.get(remedy, ft.Icons.VISIBILITY), size=22, color=paint.ink),
    )


def _for(look: Look, addressee: str, remedy: str) -> ft.Control:
    who, what = look.say(f"supervisor.role_{addressee}"), look.say(f"remedy.{remedy}")
    return look.quiet(f"{who} · {what}", lines=3)


def _age(look: Look, age: str, *, long: bool) -> ft.Control:
    paint = look.role(Role.CAUTION)
    ink = paint.ink if long else look.theme.quiet
    return ft.Container(
        bgcolor=paint.ground if long else None,
        border_radius=8,
        padding=ft.Padding.symmetric(horizontal=8, vertical=1) if long else 0,
        content=ft.Row(
            tight=True,
            spacing=5,
            controls=[
                ft.Icon(ft.Icons.WARNING_ROUNDED if long else ft.Icons.SCHEDULE, size=18, color=ink),
                ft.Text(age, size=SMALL, color=ink, font_family=WORDS_BOLD if long else None, no_wrap=True),
            ],
        ),
    )
