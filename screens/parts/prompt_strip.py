"""The strip that says what to scan now, and what came of the last scan: by words, icon, shape and colour together."""

from __future__ import annotations

from dataclasses import dataclass

import flet as ft

from app.workflows.answers import Prompt, Role, Step, StepState
from screens.look import Look
from screens.theme import NAME, SMALL, WORDS_BOLD, Paint


@dataclass(frozen=True, slots=True)
class Shape:
    """How a role is told apart without colour: its icon, the roundness of its banner, the width of its edge in dp."""

    icon: ft.IconData
    radius: int
    edge: int


SHAPES: dict[Role, Shape] = {
    Role.GO: Shape(ft.Icons.CHECK_CIRCLE, 36, 0),
    Role.WRONG: Shape(ft.Icons.DANGEROUS, 0, 6),
    Role.CAUTION: Shape(ft.Icons.WARNING_ROUNDED, 12, 4),
    Role.SHORT: Shape(ft.Icons.REMOVE_CIRCLE, 12, 0),
    Role.INFO: Shape(ft.Icons.INFO, 12, 0),
}
WAITING = Shape(ft.Icons.QR_CODE_SCANNER, 12, 0)
STRIP_HEIGHT = 84


def prompt_strip(look: Look, prompt: Prompt | None, role: Role | None = None, notice: str = "") -> ft.Control:
    """The strip.

    Args:
        prompt: what is asked for; its steps stand as a small trail above the words.
        role: how the last scan was answered; None while nothing was said since.
        notice: the answer's words; while they are wrong they stand in place of the prompt, else above it.
    """
    asked = look.words.text(prompt.sentence) if prompt else ""
    wrong = role is Role.WRONG
    shape = SHAPES[role] if role else WAITING
    paint = look.role(role) if role else look.role(Role.INFO)
    words = notice if wrong or not asked else asked
    above: list[ft.Control] = []
    if notice and not wrong and asked:
        above.append(_line(notice, paint.ink, SMALL, 1))
    elif prompt and prompt.steps:
        above.append(_trail(look, prompt.steps, paint))
    return ft.Semantics(
        container=True,
        live_region=True,
        identifier=f"strip-{role or 'waiting'}",
        content=ft.Container(
            bgcolor=paint.ground,
            border_radius=shape.radius,
            border=ft.Border.all(shape.edge, paint.ink)
            if shape.edge
            else ft.Border.all(look.theme.outline, paint.ground),
            padding=ft.Padding(left=14 - shape.edge, top=8 - shape.edge, right=14 - shape.edge, bottom=8 - shape.edge),
            height=STRIP_HEIGHT,
            content=ft.Row(
                spacing=12,
                controls=[
                    ft.Icon(shape.icon, size=40, color=paint.ink),
                    ft.Column(
                        expand=True,
                        spacing=2,
                        alignment=ft.MainAxisAlignment.CENTER,
                        controls=[*above, _line(words, paint.ink, _size(look, words, bool(above)), 1 if above else 2)],
                    ),
                ],
            ),
        ),
    )


def _size(look: Look, words: str, crowded: bool) -> int:
    """The largest size at which the words fit; half an em a letter is what this font takes on average."""
    room = (look.width if not look.wide else look.width * 0.9) - 110
    return next(
        (size for size in (28, 24, NAME, 20, 18) if len(words) * size * 0.5 <= room * (1 if crowded else 1.9)), SMALL
    )


def _line(text: str, color: str, size: int, lines: int) -> ft.Text:
    return ft.Text(
        text, size=size, color=color, font_family=WORDS_BOLD, max_lines=lines, overflow=ft.TextOverflow.ELLIPSIS
    )


def _trail(look: Look, steps: tuple[Step, ...], paint: Paint) -> ft.Control:
    """bin → item (1 of 3) → tote: what is done has a tick, what is asked now is underlined."""
    controls: list[ft.Control] = []
    for step in steps:
        if controls:
            controls.append(ft.Icon(ft.Icons.CHEVRON_RIGHT, size=18, color=paint.ink))
        if step.state is StepState.DONE:
            controls.append(ft.Icon(ft.Icons.CHECK, size=18, color=paint.ink))
        text = look.say(step.key)
        if step.of > 1:
            text += f" {step.done}/{step.of}"
        now = step.state is StepState.NOW
        controls.append(
            ft.Container(
                border=ft.Border.only(bottom=ft.BorderSide(3, paint.ink)) if now else None,
                content=ft.Text(
                    text, size=SMALL, color=paint.ink, font_family=WORDS_BOLD if now else None, no_wrap=True
                ),
            )
        )
    return ft.Row(spacing=4, controls=controls, scroll=ft.ScrollMode.HIDDEN)
