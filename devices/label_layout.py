"""Draws labels and proves them: one bitmap for the preview, for the head and for the file.

    .venv/bin/python -m devices.label_layout LABEL.json --dpi 203 --language zpl -o label.zpl

LABEL.json is `{"design": "tote", "fields": {"code": "TOTE-17", "title": "T 17"}}`, or `-` for standard input.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.printing import LabelDesign, LabelIntent
from app.errors import LabelFault, LabelUnprintable
from devices import escpos_raster, zpl

if TYPE_CHECKING:
    from devices.label_sheet import Drawing
    from devices.label_text import Typecase

# Printing widths of common heads, dots by dpi: 104 mm of a 4-inch printer.
HEAD_WIDTHS_DOTS = {203: 832, 300: 1248}
# Twice as wide as the packing screen shows a label: a browser that halves it, or shows it in fine dots, smears nothing.
PREVIEW_WIDTH_PX = 560


class PrinterLanguage(StrEnum):
    ZPL = "zpl"
    ESCPOS = "escpos"
    PNG = "png"


class LabelLayout:
    """The `LabelDrawer` of one kind of printer. What it draws with is loaded for the first label.

    Args:
        dpi: dots an inch of the head, 203 or 300.
        language: what `printer_bytes` speaks.
        head_width_dots: how wide the head prints; 4 inches when None. A label that is wider is refused.
        captions: the small words on labels, by the keys of `label_designs.CAPTIONS`; those when None.
        fonts: folder of the typefaces; `label_text.FONTS` when None.
    """

    def __init__(
        self,
        *,
        dpi: int = 203,
        language: PrinterLanguage = PrinterLanguage.ZPL,
        head_width_dots: int | None = None,
        captions: Mapping[str, str] | None = None,
        fonts: Path | None = None,
    ) -> None:
        if dpi not in HEAD_WIDTHS_DOTS:
            raise ValueError(f"dpi is one of {sorted(HEAD_WIDTHS_DOTS)}, not {dpi}")
        self._dpi = dpi
        self._language = language
        self._head_width_dots = head_width_dots or HEAD_WIDTHS_DOTS[dpi]
        self._captions = captions
        self._fonts = fonts
        self._typecase: Typecase | None = None

    def drawing(self, intent: LabelIntent) -> Drawing:
        """The label with the places of its symbols, read back and found right.

        Raises:
            LabelUnprintable: a field does not fit or is missing, `reason` names it; or a symbol would not scan.
        """
        from devices.label_designs import CAPTIONS, DESIGNS, Copy, FieldRefused
        from devices.label_proof import misread
        from devices.label_sheet import MM_PER_INCH, Sheet
        from devices.label_text import FONTS, Typecase

        typecase = self._typecase = self._typecase or Typecase(self._fonts or FONTS)
        design = DESIGNS[intent.design]
        device_id = f"label {intent.design}"
        width_dots = round(design.width_mm * self._dpi / MM_PER_INCH)
        if width_dots > self._head_width_dots:
            why_not = f"{width_dots} dots wide, the head prints {self._head_width_dots}"
            raise LabelUnprintable(device_id, why_not, fault=LabelFault.PRINTER)
        sheet = Sheet(width_mm=design.width_mm, height_mm=design.height_mm, dpi=self._dpi, typecase=typecase)
        try:
            design.draw(sheet, Copy(intent.fields, self._captions or CAPTIONS, typecase))
        except FieldRefused as why:
            raise LabelUnprintable(device_id, str(why), fault=why.fault) from why
        drawing = sheet.finished()
        if why_not := misread(drawing.bitmap, (placed.symbol.says for placed in drawing.placed)):
            raise LabelUnprintable(device_id, why_not, fault=LabelFault.CODE)
        return drawing

    def preview_png(self, intent: LabelIntent) -> bytes:
        from PIL import Image

        bitmap, out = self.drawing(intent).bitmap, BytesIO()
        size = (PREVIEW_WIDTH_PX, round(bitmap.height * PREVIEW_WIDTH_PX / bitmap.width))
        bitmap.convert("L").resize(size, Image.Resampling.LANCZOS).save(out, "PNG")
        return out.getvalue()

    def printer_bytes(self, intent: LabelIntent) -> bytes:
        drawing = self.drawing(intent)
        if self._language is PrinterLanguage.ZPL:
            return zpl.label(drawing.bitmap)
        if self._language is PrinterLanguage.ESCPOS:
            return escpos_raster.label(drawing.bitmap)
        return png_bytes(drawing)


def png_bytes(drawing: Drawing) -> bytes:
    """A PNG of one bit a dot that knows its own resolution."""
    out = BytesIO()
    drawing.bitmap.save(out, "PNG", dpi=(drawing.dpi, drawing.dpi))
    return out.getvalue()


def intent_from_json(text: str) -> LabelIntent:
    """Read `{"design": …, "fields": {name: text}}`.

    Raises:
        ValueError: it is something else; the sentence says what.
    """
    body = json.loads(text)
    if not isinstance(body, dict) or not isinstance(body.get("fields"), dict):
        raise ValueError("a label is an object with `design` and `fields`")
    if strange := [name for name, value in body["fields"].items() if not isinstance(value, str)]:
        raise ValueError(f"fields are texts; {strange[0]} is not")
    return LabelIntent(design=LabelDesign(str(body.get("design"))), fields=body["fields"])


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="devices.label_layout", description="Draw a label, prove it, write it down.")
    parser.add_argument("label", help='a file with {"design": …, "fields": {…}}, or - for standard input')
    parser.add_argument("--dpi", type=int, choices=sorted(HEAD_WIDTHS_DOTS), default=203)
    parser.add_argument("--language", type=PrinterLanguage, choices=list(PrinterLanguage), default=PrinterLanguage.PNG)
    parser.add_argument("-o", "--output", type=Path, required=True)
    asked = parser.parse_args(argv)
    try:
        text = sys.stdin.read() if asked.label == "-" else Path(asked.label).read_text(encoding="utf-8")
        asked.output.write_bytes(
            LabelLayout(dpi=asked.dpi, language=asked.language).printer_bytes(intent_from_json(text))
        )
    except (LabelUnprintable, ValueError, OSError) as why:
        print(f"label_refused reason={why}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
