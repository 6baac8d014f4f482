"""A button for gloves: at least 64 dp high, icon above, words below."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from screens.look import Look
from screens.parts.text_width import width_dp
from screens.screen import Action
from screens.theme import SMALL, TOUCH, WORDS_BOLD
from screens.wording import SOFT_HYPHEN

WIDTH_DP, AIR_DP = 200, 8


def big_button(
    look: Look, action: Action, on_click: Callable[[], None], *, expand: bool = True, room: float = WIDTH_DP
) -> ft.Control:
    """One action; it shares a row's width when `expand`, else it is `WIDTH_DP` wide.

    Args:
        room: for its words, in dp; where they do not fit on one line the icon gives way to a second one.
    """
    paint = look.role(action.role) if action.role else look.theme.key
    text = look.say(action.key)
    shown = text if width_dp(text, SMALL) <= room else _broken(look, action)
    words = shown.split()
    fits = len(words) == 1 or width_dp(shown, SMALL) <= room
    # Two short lines rather than one from edge to edge.
    wraps = not fits and all(width_dp(word, SMALL) <= room - 2 * AIR_DP for word in words)
    icon: list[ft.Control] = [ft.Icon(action.icon, size=26, color=paint.ink)] if fits else []
    return ft.Button(
        key=action.key,
        expand=expand,
        width=None if expand else WIDTH_DP,
        height=TOUCH - 6 if look.low else TOUCH + 4,
        disabled=not action.enabled,
        opacity=1.0 if action.enabled else 0.45,
        on_click=on_click,
        style=ft.ButtonStyle(
            bgcolor=paint.ground,
            color=paint.ink,
            elevation=0,
            padding=ft.Padding.symmetric(horizontal=AIR_DP if wraps else 0, vertical=2 if look.low else 6),
            shape=ft.RoundedRectangleBorder(radius=12),
            side=ft.BorderSide(look.theme.outline, look.theme.line),
        ),
        content=ft.Column(
            spacing=2,
            tight=True,
            alignment=ft.MainAxisAlignment.CENTER,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            controls=[
                *icon,
                ft.Text(
                    shown,
                    semantics_label=None if shown == text else text,
                    size=SMALL,
                    color=paint.ink,
                    font_family=WORDS_BOLD,
                    max_lines=1 if fits else 2,
                    no_wrap=fits,
                    text_align=ft.TextAlign.CENTER,
                    overflow=ft.TextOverflow.ELLIPSIS,
                ),
            ],
        ),
    )


def words_fit(look: Look, action: Action, room: float) -> bool:
    """Whether no word of the action is cut in so much room."""
    return all(width_dp(word, SMALL) <= room for word in _broken(look, action).split())


def _broken(look: Look, action: Action) -> str:
    return look.words.breakable(action.key).replace(SOFT_HYPHEN, "-\n")
