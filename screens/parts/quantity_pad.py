"""A keypad for PINs, quantities and weights: by finger, by keys, or by the command codes of the printed card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

import flet as ft

from app.domain.codes import Command
from screens.look import Look
from screens.theme import CODES_BOLD, GAP, HEADING, SMALL, TOUCH, WORDS_BOLD

DELETE, OK = "delete", "ok"
ROWS = (("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9"), (DELETE, "0", OK))
# The printed card's codes that are keys of the pad.
COMMANDS = {f"X.{Command[f'DIGIT_{digit}']}": str(digit) for digit in range(10)}
COMMANDS |= {f"X.{Command.OK}": OK, f"X.{Command.BACK}": DELETE}


class Kind(StrEnum):
    PIN = "pin"
    QUANTITY = "quantity"
    IN_ALL = "in_all"
    """A quantity of which some are counted already."""
    CHECK_DIGITS = "check_digits"
    WEIGHT = "weight"


@dataclass(slots=True)
class Pad:
    """The digits entered so far; lives in the screen, and survives its redraws.

    Args:
        on_ok: gets the digits when OK is pressed with at least one of them; the pad is empty again by then.
        longest: digits that are taken at most; the ones after it are ignored.
    """

    on_ok: Callable[[str], None]
    kind: Kind = Kind.QUANTITY
    longest: int = 6
    digits: str = field(default="")

    def press(self, key: str) -> None:
        """One key: a digit, `DELETE` or `OK`."""
        if key == DELETE:
            self.digits = self.digits[:-1]
        elif key == OK:
            digits, self.digits = self.digits, ""
            if digits:
                self.on_ok(digits)
        elif len(self.digits) < self.longest:
            self.digits += key

    def take(self, text: str) -> bool:
        """A scan while the pad is open: a command code is its key, bare digits are a whole entry with its OK.

        Returns:
            False when the text is neither, or has too many digits; then nothing is changed.
        """
        key = COMMANDS.get(text.upper())
        if key is not None:
            self.press(key)
            return True
        if text.isascii() and text.isdigit() and len(self.digits) + len(text) <= self.longest:
            self.digits += text
            self.press(OK)
            return True
        return False


KEY_DP = 96
LOW_KEY_DP, LOW_DISPLAY_DP, LOW_GAP = 48, 36, 5
# Below this height of the window the display is one low line, so that OK stays above the strip.
LOW_WINDOW_DP = 700


def quantity_pad(look: Look, pad: Pad, on_key: Callable[[str], None], *, of: int = 0) -> ft.Control:
    """The keypad; 392 dp high, 356 in a low window, and 248 where everything is smaller.

    Args:
        on_key: gets each key; press it on the pad and draw anew: `lambda key: (pad.press(key), seat.redraw())`.
        of: the most that makes sense, shown behind the number; 0 shows nothing.
    """
    return ft.Column(
        spacing=LOW_GAP if look.low else GAP,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        controls=[
            _display(look, pad, of),
            *(
                ft.Row(
                    spacing=GAP,
                    alignment=ft.MainAxisAlignment.CENTER,
                    controls=[_key(look, pad, key, on_key) for key in (row[::-1] if mirrored else row)],
                )
                for row in ROWS
                for mirrored in (look.left_handed and row[0] == DELETE,)
            ),
        ],
    )


def _key_dp(look: Look) -> float:
    """How wide a key is: narrower only where three of them would not stand in the window."""
    return min(KEY_DP, (look.width - 4 * GAP) / 3)


def _display(look: Look, pad: Pad, of: int) -> ft.Control:
    ink = look.theme.card.ink
    secret = pad.kind is Kind.PIN
    shown = "●" * len(pad.digits) if secret else pad.digits
    dots: list[ft.Control] = [
        ft.Container(width=18, height=18, border_radius=9, bgcolor=ink) for _ in pad.digits if secret
    ]
    low = look.height < LOW_WINDOW_DP
    # A digit is as high as its size and 0.4 of it more.
    size = 24 if look.low else 36
    number: list[ft.Control] = [] if secret else [look.code(shown or " ", size=size)]
    limit: list[ft.Control] = [look.quiet(f"/ {of}", size=size - 8)] if of else []
    high = LOW_DISPLAY_DP if look.low else 54
    name = look.quiet(look.say(f"keypad.{pad.kind}"), lines=1)
    entered = ft.Row(spacing=10, height=high, alignment=ft.MainAxisAlignment.CENTER, controls=[*dots, *number, *limit])
    inside: ft.Control = (
        ft.Row(spacing=12, controls=[name, ft.Container(entered, expand=True)])
        if low
        else ft.Column(spacing=0, alignment=ft.MainAxisAlignment.CENTER, controls=[name, entered])
    )
    return ft.Semantics(
        label=look.say("keypad.digits_entered", count=len(pad.digits))
        if secret
        else f"{pad.digits} {of or ''}".strip(),
        exclude_semantics=True,
        live_region=True,
        content=ft.Container(
            width=3 * _key_dp(look) + 2 * GAP,
            height=high if low else 88,
            bgcolor=look.theme.card.ground,
            border_radius=12,
            border=ft.Border.all(look.theme.edge, look.theme.accent.ground),
            padding=ft.Padding.symmetric(horizontal=14, vertical=0 if low else 2),
            content=inside,
        ),
    )


def _key(look: Look, pad: Pad, key: str, on_key: Callable[[str], None]) -> ft.Control:
    paint = look.theme.accent if key == OK else look.theme.key
    faces: dict[str, ft.Control] = {
        DELETE: ft.Icon(ft.Icons.BACKSPACE, size=28, color=paint.ink),
        OK: ft.Text(look.say("keypad.ok"), size=HEADING - 4, color=paint.ink, font_family=WORDS_BOLD, max_lines=1),
    }
    spoken = {DELETE: look.say("keypad.delete"), OK: look.say("keypad.ok")}
    face = faces.get(key) or ft.Text(key, size=HEADING, color=paint.ink, font_family=CODES_BOLD)
    return ft.Button(
        key=f"pad-{key}",
        width=_key_dp(look),
        height=LOW_KEY_DP if look.low else TOUCH,
        tooltip=spoken[DELETE] if key == DELETE else None,
        content=face,
        disabled=key == OK and not pad.digits,
        on_click=lambda: on_key(key),
        style=ft.ButtonStyle(
            bgcolor=paint.ground,
            color=paint.ink,
            elevation=0,
            padding=4,
            text_style=ft.TextStyle(size=SMALL),
            shape=ft.RoundedRectangleBorder(radius=12),
            side=ft.BorderSide(look.theme.outline, look.theme.line),
        ),
    )
