"""A sheet of label stock, one bit deep, in dots of the head: texts, rules and symbols are placed in millimetres."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from PIL import Image, ImageDraw

from devices.label_symbols import CodeRefused, Symbol
from devices.label_text import Face, Typecase, line_height_dots

MM_PER_INCH = 25.4
# GS1 General Specifications, logistic labels: X is 0.495 to 1.016 mm and bars are at least 31.75 mm high.
LOGISTIC_X_MM = 0.495
# Below this one dot of print growth makes symbols unreadable; our own codes may go down to it, the SSCC may not.
FINEST_X_MM = 0.33
# A 2D module that phones and imagers read at arm's length.
MATRIX_X_MM = 0.743


class Ink(Enum):
    BLACK = 0
    WHITE = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle on the sheet, in millimetres from its top left corner."""

    left_mm: float
    top_mm: float
    width_mm: float
    height_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where a symbol stands, in dots, without its quiet zones."""

    symbol: Symbol
    left_dots: int
    top_dots: int
    width_dots: int
    height_dots: int
    module_dots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A finished label.

    Args:
        bitmap: mode "1", black is 0, one pixel a dot of the head.
        placed: its symbols from top to bottom.
    """

    bitmap: Image.Image
    placed: tuple[Placed, ...]
    dpi: int


class Sheet:
    """One label being drawn. Texts and symbols that do not fit raise the family of ValueError in their modules."""

    def __init__(self, *, width_mm: float, height_mm: float, dpi: int, typecase: Typecase) -> None:
        self._dpi = dpi
        self._typecase = typecase
        self._bitmap = Image.new("1", (self.dots(width_mm), self.dots(height_mm)), Ink.WHITE.value)
        self._pen = ImageDraw.Draw(self._bitmap)
        self._pen.fontmode = "1"
        self._placed: list[Placed] = []

    def dots(self, length_mm: float) -> int:
        return round(length_mm * self._dpi / MM_PER_INCH)

    def block(self, box: Box) -> None:
        """A black rectangle."""
        left, top, right, bottom = self._corners(box)
        self._pen.rectangle((left, top, right - 1, bottom - 1), fill=Ink.BLACK.value)

    def frame(self, box: Box, *, stroke_mm: float) -> None:
        """The outline of a rectangle."""
        left, top, right, bottom = self._corners(box)
        self._pen.rectangle((left, top, right - 1, bottom - 1), outline=Ink.BLACK.value, width=self.dots(stroke_mm))

    def text(
        self,
        lines: Sequence[str],
        box: Box,
        *,
        face: Face,
        size_mm: float,
        floor_mm: float,
        centred: bool = False,
        middle: bool = False,
        wraps: bool = False,
        ink: Ink = Ink.BLACK,
    ) -> float:
        """Set lines as large as they fit, from the top of the box or in the `middle` of its height, left or `centred`.

        Long ones are broken between words where that `wraps`.

        Returns:
            Millimetres from the top of the sheet to the end of the last line.

        Raises:
            TextRefused: they do not fit at `floor_mm` (the size of the em).
        """
        left, top, right, bottom = self._corners(box)
        standing, font = self._typecase.set_in(
            lines,
            face,
            width_dots=right - left,
            height_dots=bottom - top,
            size_dots=self.dots(size_mm),
            floor_dots=self.dots(floor_mm),
            wraps=wraps,
        )
        step = line_height_dots(font)
        x, anchor = ((left + right) // 2, "ms") if centred else (left, "ls")
        # Capitals stand about 0.72 em above the baseline: 0.94 puts them in the optical middle of a 1.18 em line.
        spare = (bottom - top - step * len(standing)) // 2 if middle else 0
        baseline = top + spare + round(font.size * 0.94)
        for line in standing:
            self._pen.text((x, baseline), line, font=font, fill=ink.value, anchor=anchor)
            baseline += step
        return box.top_mm + step * len(standing) * MM_PER_INCH / self._dpi

    def logistic_bars(self, symbol: Symbol, *, top_mm: float, height_mm: float) -> None:
        """An SSCC as the GS1 logistic label wants it: the least legal X in whole dots, in the middle of the sheet.

        Raises:
            CodeRefused: this head is too narrow for it.
        """
        module_dots = math.ceil(LOGISTIC_X_MM * self._dpi / MM_PER_INCH)
        self._place(symbol, module_dots, 0, self._bitmap.width, self.dots(top_mm), self.dots(height_mm))

    def bars(self, symbol: Symbol, box: Box) -> None:
        """A linear symbol in the middle of the box, as coarse as it fits, quiet zones included.

        Raises:
            CodeRefused: it does not fit at the finest X that survives a thermal head.
        """
        left, top, right, bottom = self._corners(box)
        wanted_modules = symbol.modules.width + 2 * symbol.quiet_modules
        coarsest = math.ceil(LOGISTIC_X_MM * self._dpi / MM_PER_INCH)
        finest = math.ceil(FINEST_X_MM * self._dpi / MM_PER_INCH)
        module_dots = max(finest, min(coarsest, (right - left) // wanted_modules))
        self._place(symbol, module_dots, left, right, top, bottom - top)

    def matrix(self, symbol: Symbol, box: Box) -> None:
        """A matrix symbol at the top left of the box, as coarse as it fits, quiet zones included.

        Raises:
            CodeRefused: its modules would be finer than imagers like.
        """
        left, top, right, bottom = self._corners(box)
        wanted_modules = symbol.modules.width + 2 * symbol.quiet_modules
        module_dots = min(right - left, bottom - top) // wanted_modules
        if module_dots < math.floor(MATRIX_X_MM * self._dpi / MM_PER_INCH):
            raise CodeRefused("does not fit")
        quiet_dots = symbol.quiet_modules * module_dots
        self._place(symbol, module_dots, left, left + wanted_modules * module_dots, top + quiet_dots, 0)

    def finished(self) -> Drawing:
        placed = tuple(sorted(self._placed, key=lambda one: one.top_dots))
        return Drawing(bitmap=self._bitmap, placed=placed, dpi=self._dpi)

    def _place(
        self, symbol: Symbol, module_dots: int, left_dots: int, right_dots: int, top_dots: int, height_dots: int
    ) -> None:
        picture = symbol.picture(module_dots, height_dots)
        spare_dots = right_dots - left_dots - picture.width
        if spare_dots < 2 * symbol.quiet_modules * module_dots:
            raise CodeRefused("does not fit with its quiet zones")
        at = Placed(
            symbol=symbol,
            left_dots=left_dots + spare_dots // 2,
            top_dots=top_dots,
            width_dots=picture.width,
            height_dots=picture.height,
            module_dots=module_dots,
        )
        self._bitmap.paste(picture, (at.left_dots, at.top_dots))
        self._placed.append(at)

    def _corners(self, box: Box) -> tuple[int, int, int, int]:
        return (
            self.dots(box.left_mm),
            self.dots(box.top_mm),
            self.dots(box.left_mm + box.width_mm),
            self.dots(box.top_mm + box.height_mm),
        )
