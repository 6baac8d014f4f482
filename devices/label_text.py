"""Words on labels: cleaned, checked against the letters that the typeface has, and set as large as they fit."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path

from PIL import ImageFont

FONTS = Path(__file__).resolve().parent.parent / "assets" / "fonts"
LONGEST_TEXT = 400


class TextRefused(ValueError):
    """A text that no honest label can carry; the sentence says why."""


class LetterMissing(TextRefused):
    """A letter that the typeface lacks."""


class Face(StrEnum):
    """The typefaces of the house by what they are for; values are file names in `assets/fonts`."""

    TEXT = "AtkinsonHyperlegibleNext_400Regular.ttf"
    STRONG = "AtkinsonHyperlegibleNext_700Bold.ttf"
    CODE = "AtkinsonHyperlegibleMono_400Regular.ttf"
    STRONG_CODE = "AtkinsonHyperlegibleMono_700Bold.ttf"


class Typecase:
    """The typefaces, opened once a size.

    Args:
        fonts: the folder that holds the files named by `Face`.
    """

    def __init__(self, fonts: Path = FONTS) -> None:
        self._fonts = fonts
        self.font = cache(self._open)
        self._has = cache(self._has_letter)

    def lines(self, text: str) -> list[str]:
        """Lines that can be set, empty ones left out: what has no ink, no width or no letter is dropped or refused.

        Control and format characters, lone surrogates, emoji and other pictures are dropped. A letter or a digit that
        the typeface lacks is replaced by its plain form when it has one; else it is refused, because a parcel without
        its street is lost.

        Raises:
            TextRefused: too long.
            LetterMissing: a letter that cannot be set.
        """
        if len(text) > LONGEST_TEXT:
            raise TextRefused(f"longer than {LONGEST_TEXT} characters")
        joined = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
        lines = (" ".join("".join(map(self._settable, line)).split()) for line in joined.split("\n"))
        return [line for line in lines if line]

    def line(self, text: str) -> str:
        """The same as one line, `""` when nothing is left."""
        return " ".join(self.lines(text))

    def set_in(
        self,
        lines: Sequence[str],
        face: Face,
        *,
        width_dots: int,
        height_dots: int,
        size_dots: int,
        floor_dots: int,
        wraps: bool = False,
    ) -> tuple[list[str], ImageFont.FreeTypeFont]:
        """The lines as they stand in a box, and the largest font of at most `size_dots` that lets them.

        With `wraps` a line is broken between words rather than set at less than two thirds of `size_dots`.

        Raises:
            TextRefused: they do not fit at `floor_dots`.
        """
        for breaks in (False, True) if wraps else (False,):
            least = max(floor_dots, size_dots * 2 // 3) if wraps and not breaks else floor_dots
            for size in range(size_dots, least - 1, -1):
                font = self.font(face, size)
                standing = (
                    [part for line in lines for part in broken(line, font, width_dots)] if breaks else list(lines)
                )
                if line_height_dots(font) * len(standing) <= height_dots and all(
                    font.getlength(line) <= width_dots for line in standing
                ):
                    return standing, font
        raise TextRefused("does not fit")

    def _settable(self, letter: str) -> str:
        category = unicodedata.category(letter)
        if category == "Zs" or letter == "\t":
            return " "
        if category in ("Cc", "Cf", "Cs", "Co", "Cn"):
            return ""
        if self._has(letter):
            return letter
        plain = "".join(part for part in unicodedata.normalize("NFKD", letter) if self._has(part))
        if not plain and category[0] in "LN":
            raise LetterMissing(f"no letter for {letter!r}")
        return plain

    def _has_letter(self, letter: str) -> bool:
        font = self.font(Face.TEXT, 20)
        return bytes(font.getmask(letter)) != bytes(font.getmask("\uffff"))

    def _open(self, face: Face, size_dots: int) -> ImageFont.FreeTypeFont:
        return ImageFont.truetype(self._fonts / face.value, size_dots, layout_engine=ImageFont.Layout.BASIC)


def broken(line: str, font: ImageFont.FreeTypeFont, width_dots: int) -> list[str]:
    """A line in as many as it takes, broken between words; a word that is too long stands alone, too long."""
    parts: list[str] = []
    for word in line.split():
        if parts and font.getlength(f"{parts[-1]} {word}") <= width_dots:
            parts[-1] += f" {word}"
        else:
            parts.append(word)
    return parts


def line_height_dots(font: ImageFont.FreeTypeFont) -> int:
    """From one baseline to the next."""
    return round(font.size * 1.18)
