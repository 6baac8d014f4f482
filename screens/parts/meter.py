"""How far something is: a bar, and its two numbers in a column that lines up with the one below."""

from __future__ import annotations

import flet as ft

from screens.look import Look
from screens.theme import BODY, CODES_BOLD, SMALL

FIGURE_DP = 11


def bar(look: Look, done: int, of: int, *, color: str = "", height: int = 10) -> ft.Control:
    """The bar alone; full when there is nothing to do."""
    return ft.ProgressBar(
        value=done / of if of else 1.0,
        bar_height=height,
        border_radius=height / 2,
        color=color or look.theme.accent.ground,
        bgcolor=look.theme.key.ground if look.theme.outline == 1 else "#4d4d4d",
    )


def figure(look: Look, text: str, width: float, *, size: int = BODY, color: str = "") -> ft.Control:
    """A number at the right edge of its column, digits below digits."""
    return ft.Container(
        width=width,
        content=ft.Text(
            text,
            size=size,
            color=color or look.theme.surface.ink,
            font_family=CODES_BOLD,
            text_align=ft.TextAlign.RIGHT,
            max_lines=1,
            no_wrap=True,
        ),
    )


def meter(look: Look, done: int, of: int, *, color: str = "", digits: int = 3) -> ft.Control:
    """Bar, and `34 / 80` at its end; takes the width it is given."""
    return ft.Row(
        spacing=10,
        controls=[
            ft.Container(bar(look, done, of, color=color), expand=True),
            ft.Semantics(
                label=look.say("shell.progress", done=done, of=of),
                exclude_semantics=True,
                content=ft.Row(
                    tight=True,
                    spacing=0,
                    controls=[
                        figure(look, str(done), digits * FIGURE_DP),
                        look.quiet(" / ", size=SMALL),
                        figure(look, str(of), digits * FIGURE_DP, color=look.theme.quiet),
                    ],
                ),
            ),
        ],
    )
