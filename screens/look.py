"""How one window looks and speaks: its theme, its words, its size and its hand; handed to everything that draws."""

from __future__ import annotations

from dataclasses import dataclass, replace

import flet as ft

from app.workflows.answers import Role
from screens.theme import BODY, CODES_BOLD, DAY, SMALL, WORDS_BOLD, WORDS_FONT, Paint, Theme
from screens.wording import Wording

WIDE_FROM_DP = 840
LOW_BELOW_DP = 560
NARROW_BELOW_DP = 360


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a part needs to draw itself.

    Args:
        width: of the window, in dp; the layout turns from handset to bench at `WIDE_FROM_DP`.
        height: of the window, in dp; below `LOW_BELOW_DP` a handset draws the same things smaller.
        left_handed: mirrors what the thumb reaches for.
        still: True when the system asks for reduced motion.
    """

    words: Wording
    theme: Theme = DAY
    width: float = 360
    height: float = 640
    left_handed: bool = False
    still: bool = False

    @property
    def wide(self) -> bool:
        return self.width >= WIDE_FROM_DP

    @property
    def narrow(self) -> bool:
        """Whether two things beside each other would both be cut."""
        return self.width < NARROW_BELOW_DP

    @property
    def low(self) -> bool:
        return self.height < LOW_BELOW_DP and not self.wide

    def sized(self, width: float, height: float) -> Look:
        return replace(self, width=width, height=height)

    def say(self, key: str, /, **facts: object) -> str:
        return self.words.say(key, **facts)

    def role(self, role: Role) -> Paint:
        return self.theme.role(role)

    def body(self, text: str, *, size: int = BODY, bold: bool = False, color: str = "", lines: int = 0) -> ft.Text:
        """Words; cut with an ellipsis after `lines` lines when that is given."""
        return ft.Text(
            text,
            size=size,
            color=color or self.theme.surface.ink,
            font_family=WORDS_BOLD if bold else WORDS_FONT,
            max_lines=lines or None,
            overflow=ft.TextOverflow.ELLIPSIS if lines else ft.TextOverflow.CLIP,
        )

    def quiet(self, text: str, *, size: int = SMALL, lines: int = 0) -> ft.Text:
        return self.body(text, size=size, color=self.theme.quiet, lines=lines)

    def code(self, text: str, *, size: int = BODY, color: str = "") -> ft.Text:
        """A code, in letters that are not mistaken for one another; shrinks rather than wraps when it is long."""
        return ft.Text(
            text,
            size=size,
            color=color or self.theme.surface.ink,
            font_family=CODES_BOLD,
            max_lines=1,
            no_wrap=True,
        )
