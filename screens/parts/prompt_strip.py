"""The strip that says what to scan now, and what came of the last scan: by words, icon, shape and colour together."""

from __future__ import annotations

from dataclasses import dataclass

import flet as ft

from app.workflows.answers import Prompt, Role, Step, StepState
from screens.look import Look
from screens.parts.text_width import width_dp
from screens.theme import BODY, GAP, NAME, SMALL, WORDS_BOLD, Paint

ELLIPSIS = ft.TextOverflow.ELLIPSIS
LARGEST, LARGEST_WIDE = 28, 36


@dataclass(frozen=True, slots=True)
class Shape:
    """How a role is told apart without colour: icon, roundness in dp, width of the frame within in dp."""

    icon: ft.IconData
    radius: int
    edge: int


SHAPES: dict[Role, Shape] = {
    Role.GO: Shape(ft.Icons.CHECK_CIRCLE, 36, 0),
    Role.WRONG: Shape(ft.Icons.DANGEROUS, 0, 3),
    Role.CAUTION: Shape(ft.Icons.WARNING_ROUNDED, 12, 2),
    Role.SHORT: Shape(ft.Icons.REMOVE_CIRCLE, 12, 0),
    Role.INFO: Shape(ft.Icons.INFO, 12, 0),
}
WAITING = Shape(ft.Icons.QR_CODE_SCANNER, 12, 0)
STRIP_HEIGHT = 96
# The same objects each time: what is the same object is not compared.
AROUND, BESIDE = ft.Margin.symmetric(horizontal=GAP, vertical=8), ft.Padding.symmetric(horizontal=14)
# What stands beside the words: margins, icon, the gap between them.
_BESIDE_DP = 24 + 28 + 40 + 12


def prompt_strip(look: Look, prompt: Prompt | None, role: Role | None = None, notice: str = "") -> ft.Control:
    """The strip. Of as few controls as will do: it is what a picker waits for, and each costs 0.1 ms to compare.

    Args:
        prompt: what is asked for; its steps stand as a small trail above the words.
        role: how the last scan was answered; None while nothing was said since.
        notice: the answer's words. They stand above what is asked, and are the larger of the two while they are wrong.
    """
    asked = look.words.text(prompt.sentence) if prompt else ""
    shape = SHAPES[role] if role else WAITING
    paint = look.role(role or Role.INFO)
    room = look.width - _BESIDE_DP - 2 * shape.edge
    largest = LARGEST_WIDE if look.wide else LARGEST
    lines: list[ft.Control]
    if notice and not asked:
        lines = _words(notice, paint, room, largest, two_lines=True)
    elif notice and role is Role.WRONG:
        lines = _refused(notice, asked, paint, room, largest)
    elif notice:
        long = role is not Role.GO
        above = ft.Text(notice, size=SMALL, color=paint.ink, max_lines=2 if long else 1, overflow=ELLIPSIS)
        lines = [above, *_words(asked, paint, room, NAME if long and not look.wide else largest, two_lines=False)]
    elif prompt and prompt.steps:
        lines = [_trail(look, prompt.steps, paint), *_words(asked, paint, room, largest, two_lines=False)]
    else:
        lines = _words(asked, paint, room, largest, two_lines=True)
    words = ft.Column(spacing=2, alignment=ft.MainAxisAlignment.CENTER, controls=lines) if len(lines) > 1 else lines[0]
    words.expand = True
    row = ft.Row(spacing=12, controls=[ft.Icon(shape.icon, size=40, color=paint.ink), words])
    return ft.Semantics(
        container=True,
        live_region=True,
        identifier=f"strip-{role or 'waiting'}",
        content=ft.Container(
            bgcolor=paint.ground,
            border_radius=shape.radius,
            height=STRIP_HEIGHT,
            margin=AROUND,
            padding=4 if shape.edge else BESIDE,
            content=_framed(row, shape, paint) if shape.edge else row,
        ),
    )


def _framed(row: ft.Row, shape: Shape, paint: Paint) -> ft.Control:
    return ft.Container(
        border_radius=max(0, shape.radius - 4),
        border=ft.Border.all(shape.edge, paint.ink),
        padding=ft.Padding.symmetric(horizontal=10),
        content=row,
    )


def _words(text: str, paint: Paint, room: float, largest: int, *, two_lines: bool) -> list[ft.Control]:
    """The words as large as they fit on one line, or on two, where one in eight of the room is lost to wrapping."""
    size = _one_line(text, room, largest)
    if not size:
        sizes = (NAME, 20, BODY) if two_lines else (20, BODY)
        size = next((size for size in sizes if width_dp(text, size) <= room * (1.75 if two_lines else 1)), SMALL)
    lines = 2 if two_lines and size > SMALL else 3 if two_lines else 1
    return [ft.Text(text, size=size, color=paint.ink, font_family=WORDS_BOLD, max_lines=lines, overflow=ELLIPSIS)]


def _refused(refusal: str, asked: str, paint: Paint, room: float, largest: int) -> list[ft.Control]:
    """A refusal may send people back to what is asked, so that this stands below it; only three lines leave no room."""
    size = _one_line(refusal, room, largest)
    lines = 1 if size else 2
    size = size or next((size for size in (BODY, SMALL) if width_dp(refusal, size) <= room * 1.75), 0)
    if not size:
        return _words(refusal, paint, room, largest, two_lines=True)
    small = BODY if width_dp(asked, BODY) <= room else SMALL
    return [
        ft.Text(refusal, size=size, color=paint.ink, font_family=WORDS_BOLD, max_lines=lines, overflow=ELLIPSIS),
        ft.Text(asked, size=small, color=paint.ink, max_lines=1, overflow=ELLIPSIS),
    ]


def _one_line(text: str, room: float, largest: int) -> int:
    """The largest size at which the words stand on one line; 0 when they do at none."""
    large = (size for size in (LARGEST_WIDE, 32, LARGEST, 26, 24, NAME) if size <= largest)
    return next((size for size in large if width_dp(text, size) <= room), 0)


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
