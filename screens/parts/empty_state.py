"""What is drawn where there is nothing: nothing left, still loading, the store is away. Never a blank screen."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from app.workflows.answers import Role
from screens.look import Look
from screens.parts.big_button import big_button
from screens.screen import Action
from screens.theme import BODY, GAP, HEADING, NAME


def empty_state(
    look: Look,
    icon: ft.IconData,
    text: str,
    *,
    hint: str = "",
    busy: bool = False,
    role: Role | None = None,
    crowded: bool = False,
    on_retry: Callable[[], None] | None = None,
) -> ft.Control:
    """A large quiet icon, what is so, and what to do.

    Args:
        role: paints the icon and the text; None for what is merely so.
        crowded: more stands around it than a window of a handset has room for beside a large icon and large words.
        busy: turns a ring instead, while it is being fetched.
        on_retry: puts a button "Try again" below.
    """
    sizes = (NAME, BODY) if crowded and not look.wide else (HEADING, NAME)
    paint = look.role(role) if role else None
    ink = paint.ink if paint else ""
    mark: ft.Control = (
        ft.ProgressRing(width=56, height=56, stroke_width=6, color=look.theme.accent.ground)
        if busy
        else ft.Icon(icon, size=48 if crowded else 72 if on_retry else 88, color=ink or look.theme.quiet)
    )
    return ft.Container(
        expand=True,
        bgcolor=paint.ground if paint else None,
        border_radius=12 if paint else None,
        padding=GAP if paint else None,
        alignment=ft.Alignment.CENTER,
        content=ft.Column(
            tight=True,
            spacing=16,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            controls=[
                # A low window has room for what to do alone.
                *([] if look.low and (on_retry or crowded) else [mark]),
                _centred(look.body(text, size=sizes[look.low], bold=True, color=ink, lines=4 if crowded else 3)),
                *([_hint(look, hint, ink)] if hint else []),
                *([_retry(look, on_retry)] if on_retry else []),
            ],
        ),
    )


def _retry(look: Look, on_retry: Callable[[], None]) -> ft.Control:
    action = Action(key="empty.retry", icon=ft.Icons.REFRESH, on_tap=lambda: None)
    return big_button(look, action, on_retry, expand=False)


def _hint(look: Look, hint: str, ink: str) -> ft.Text:
    """Quiet, but on a painted ground: there grey could not be read."""
    text = look.quiet(hint, lines=3)
    text.color = ink or text.color
    return _centred(text)


def _centred(text: ft.Text) -> ft.Text:
    text.text_align = ft.TextAlign.CENTER
    return text
