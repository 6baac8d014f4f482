"""The strip that says what to scan now, and what came of the last scan: by words, icon, shape and colour together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import flet as ft

from app.workflows.answers import Prompt, Role, Step, StepState
from screens.look import Look
from screens.parts.text_width import NEVER, lines_in, width_dp
from screens.theme import BODY, GAP, NAME, SMALL, WORDS_BOLD, Paint

ELLIPSIS = ft.TextOverflow.ELLIPSIS
LARGEST, LARGEST_WIDE = 28, 36
# How large words may be on so many lines: alone in the strip, or above or below something else.
Sizes = Mapping[int, tuple[int, ...]]
ALONE: Sizes = {1: (LARGEST_WIDE, 32, LARGEST, 26, 24, NAME, 20, BODY), 2: (NAME, 20, BODY), 3: (SMALL,), 4: (SMALL,)}
BELOW: Sizes = {1: ALONE[1], 2: (BODY, SMALL)}
BELOW_LONG: Sizes = {1: ALONE[1], 2: (SMALL,), 3: (SMALL,)}
# Closer than Material sets its lines: two of a refusal and what is asked stand within the frame of a low window.
LEADING = 1.2
CLOSE = ft.TextStyle(height=LEADING)
BETWEEN_DP, AIR_DP = 2, 2


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
STRIP_HEIGHT, STRIP_HEIGHT_LOW = 96, 84
# More than any sentence of ours takes: what a device or a store says may be longer, and is cut.
LINES_MAX = 5
# The same objects each time: what is the same object is not compared.
AROUND, AROUND_LOW = (ft.Margin.symmetric(horizontal=GAP, vertical=dp) for dp in (8, 4))
BESIDE = ft.Padding.symmetric(horizontal=14)
# What stands beside the words: margins, icon, the gap between them.
_BESIDE_DP = 24 + 28 + 40 + 12


def prompt_strip(look: Look, prompt: Prompt | None, role: Role | None = None, notice: str = "") -> ft.Control:
    """The strip. Of as few controls as will do: it is what a picker waits for, and each costs 0.1 ms to compare.

    It is as high in each window as it always is there, and higher only where its words would be cut.

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
        lines = [_words(notice, paint, room, largest, ALONE)]
    elif notice and role is Role.WRONG:
        lines = _refused(notice, asked, paint, room, largest)
    elif notice:
        above = _lines(notice, room)
        largest = 20 if above > 1 and look.low else largest if role is Role.GO or look.wide else NAME
        below = _words(asked, paint, room, largest, BELOW_LONG if above > 1 else BELOW)
        lines = [_text(notice, SMALL, above, paint), below]
    elif prompt and prompt.steps:
        lines = [_trail(look, prompt.steps, paint, room), _words(asked, paint, room, largest, BELOW)]
    else:
        lines = [_words(asked, paint, room, largest, ALONE)]
    words = (
        ft.Column(spacing=BETWEEN_DP, alignment=ft.MainAxisAlignment.CENTER, controls=lines)
        if len(lines) > 1
        else lines[0]
    )
    words.expand = True
    padding = (2 if look.low else 4) if shape.edge else 0
    high = _height_dp(lines) + 2 * (padding + shape.edge + AIR_DP)
    row = ft.Row(spacing=12, controls=[ft.Icon(shape.icon, size=40, color=paint.ink), words])
    return ft.Semantics(
        container=True,
        live_region=True,
        identifier=f"strip-{role or 'waiting'}",
        content=ft.Container(
            bgcolor=paint.ground,
            border_radius=shape.radius,
            height=max(STRIP_HEIGHT_LOW if look.low else STRIP_HEIGHT, high),
            margin=AROUND_LOW if look.low else AROUND,
            padding=padding or BESIDE,
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


def _words(text: str, paint: Paint, room: float, largest: int, sizes: Sizes) -> ft.Text:
    """The words as large as they fit into as few lines as they can; small where they fit into none."""
    size, lines = _fit(text, room, largest, sizes) or (SMALL, _lines(text, room))
    return _text(text, size, lines, paint, font=WORDS_BOLD)


def _text(text: str, size: int, lines: int, paint: Paint, *, font: str | None = None) -> ft.Text:
    return ft.Text(text, size=size, color=paint.ink, font_family=font, max_lines=lines, overflow=ELLIPSIS, style=CLOSE)


def _lines(text: str, room: float) -> int:
    """How many lines small words take; a word that is wider than the room, a code mostly, is broken anywhere."""
    lines = lines_in(text, SMALL, room)
    return min(lines if lines < NEVER else 1 + int(width_dp(text, SMALL) / room), LINES_MAX)


def _height_dp(lines: list[ft.Control]) -> float:
    texts = [one for one in lines if isinstance(one, ft.Text)]
    return sum((one.size or 0) * (one.max_lines or 1) for one in texts) * LEADING + BETWEEN_DP * (len(lines) - 1)


def _refused(refusal: str, asked: str, paint: Paint, room: float, largest: int) -> list[ft.Control]:
    """A refusal may send people back to what is asked: this stands below it, unless one of them needs all the room."""
    small = next((size for size in (BODY, SMALL) if lines_in(asked, size, room) == 1), 0)
    if refusal == asked or not small or not _fit(refusal, room, largest, BELOW):
        return [_words(refusal, paint, room, largest, ALONE)]
    return [_words(refusal, paint, room, largest, BELOW), _text(asked, small, 1, paint)]


def _fit(text: str, room: float, largest: int, sizes: Sizes) -> tuple[int, int] | None:
    """The size and the number of lines, first the fewest lines, then the largest size."""
    return next(
        (
            (size, lines)
            for lines in sizes
            for size in sizes[lines]
            if size <= largest and lines_in(text, size, room) <= lines
        ),
        None,
    )


def _trail(look: Look, steps: tuple[Step, ...], paint: Paint, room: float) -> ft.Control:
    """bin → item 1/3 → tote: what is done has a tick, what is asked now is underlined."""
    tick = ft.Icon(ft.Icons.CHECK, size=18, color=paint.ink)
    shown = _shown(look, steps, room)
    controls: list[ft.Control] = [] if len(shown) == len(steps) else [tick]
    for step, text in shown:
        if step is not shown[0][0]:
            controls.append(ft.Icon(ft.Icons.CHEVRON_RIGHT, size=18, color=paint.ink))
        if step.state is StepState.DONE:
            controls.append(tick)
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


def _shown(look: Look, steps: tuple[Step, ...], room: float) -> list[tuple[Step, str]]:
    """The steps and their words; where they are too wide, without what is done, or without how many come later."""
    words = [f"{look.say(step.key)} {step.done}/{step.of}" if step.of > 1 else look.say(step.key) for step in steps]
    shown = list(zip(steps, words, strict=True))
    done = sum(step.state is StepState.DONE for step in steps)
    if 26 * (len(steps) - 1) + 22 * done + sum(width_dp(text, SMALL) for text in words) <= room:
        return shown
    return shown[done:] if done else [shown[0], *((step, look.say(step.key)) for step in steps[1:])]
