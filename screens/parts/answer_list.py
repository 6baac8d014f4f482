"""The answers to one question: two to four, large, numbered like the printed answer codes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import flet as ft

from app.workflows.answers import Sentence
from screens.look import Look
from screens.theme import GAP, HEADING, NAME


def answer_list(
    look: Look, answers: tuple[Sentence, ...], on_answer: Callable[[int], None], *, height: int = 76
) -> ft.Control:
    """One below the other; `on_answer` gets the answer's number, counted from 1.

    The keys of the buttons are `answer-1`, `answer-2`…
    """
    return ft.Column(
        spacing=GAP,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=[
            _answer(look, number, look.words.text(answer), partial(on_answer, number), height)
            for number, answer in enumerate(answers, start=1)
        ],
    )


def _answer(look: Look, number: int, text: str, on_click: Callable[[], None], height: int) -> ft.Control:
    paint, badge = look.theme.card, look.theme.accent
    return ft.Button(
        key=f"answer-{number}",
        height=height,
        on_click=on_click,
        style=ft.ButtonStyle(
            bgcolor=paint.ground,
            color=paint.ink,
            elevation=0,
            padding=ft.Padding.symmetric(horizontal=16, vertical=6),
            shape=ft.RoundedRectangleBorder(radius=14),
            side=ft.BorderSide(2, badge.ground),
        ),
        content=ft.Row(
            spacing=18,
            controls=[
                ft.Container(
                    width=44,
                    height=44,
                    border_radius=10,
                    bgcolor=badge.ground,
                    alignment=ft.Alignment.CENTER,
                    content=look.code(str(number), size=HEADING - 2, color=badge.ink),
                ),
                ft.Container(look.body(text, size=NAME, bold=True, color=paint.ink, lines=2), expand=True),
            ],
        ),
    )
