"""A field to type into. While it has the focus, keys are its own: a scan would be typed into it."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from screens.look import Look
from screens.screen import ScreenSeat
from screens.theme import BODY, SMALL, TOUCH, WORDS_FONT


def text_entry(
    look: Look,
    seat: ScreenSeat,
    *,
    name: str,
    label: str,
    value: str = "",
    on_change: Callable[[str], None],
    on_submit: Callable[[str], None] | None = None,
    digits_only: bool = False,
) -> ft.Control:
    """One line of text.

    Args:
        name: of this field within its screen; also its name in tests.
        label: finished words.
        value: what stands in it; keep it in the screen, and change it only when the field is meant to change.
        on_submit: gets the text at Enter.
    """
    return ft.TextField(
        key=name,
        label=label,
        value=value,
        height=TOUCH,
        text_size=BODY,
        keyboard_type=ft.KeyboardType.NUMBER if digits_only else ft.KeyboardType.TEXT,
        text_style=ft.TextStyle(font_family=WORDS_FONT, color=look.theme.card.ink),
        label_style=ft.TextStyle(font_family=WORDS_FONT, size=SMALL, color=look.theme.quiet),
        bgcolor=look.theme.card.ground,
        border={
            ft.ControlState.DEFAULT: ft.OutlineInputBorder(side=ft.BorderSide(1, look.theme.line)),
            ft.ControlState.FOCUSED: ft.OutlineInputBorder(side=ft.BorderSide(2, look.theme.accent.ground)),
        },
        on_focus=lambda: seat.pause_keys(name),
        on_blur=lambda: seat.resume_keys(name),
        on_change=lambda event: on_change(str(event.control.value)),
        on_submit=(lambda event: on_submit(str(event.control.value))) if on_submit else None,
    )
