"""A button for gloves: at least 64 dp high, icon above, words below."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from screens.look import Look
from screens.screen import Action
from screens.theme import SMALL, TOUCH, WORDS_BOLD


def big_button(look: Look, action: Action, on_click: Callable[[], None], *, expand: bool = True) -> ft.Control:
    """One action; it shares a row's width when `expand`, else it is 200 dp wide."""
    paint = look.role(action.role) if action.role else look.theme.key
    return ft.Button(
        key=action.key,
        expand=expand,
        width=None if expand else 200,
        height=TOUCH + 4,
        disabled=not action.enabled,
        opacity=1.0 if action.enabled else 0.45,
        on_click=on_click,
        style=ft.ButtonStyle(
            bgcolor=paint.ground,
            color=paint.ink,
            elevation=0,
            padding=ft.Padding.symmetric(horizontal=4, vertical=6),
            shape=ft.RoundedRectangleBorder(radius=12),
            side=ft.BorderSide(look.theme.outline, look.theme.line),
        ),
        content=ft.Column(
            spacing=2,
            tight=True,
            alignment=ft.MainAxisAlignment.CENTER,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            controls=[
                ft.Icon(action.icon, size=26, color=paint.ink),
                ft.Text(
                    look.say(action.key),
                    size=SMALL,
                    color=paint.ink,
                    font_family=WORDS_BOLD,
                    max_lines=1,
                    no_wrap=True,
                    overflow=ft.TextOverflow.ELLIPSIS,
                ),
            ],
        ),
    )
