"""Barcodes for labels, in whole dots of the head, each with the words that a scanner must say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy
import zxingcpp
from PIL import Image

from app.domain.gtin import is_digits, is_sscc

SSCC_DIGITS = 18


class CodeRefused(ValueError):
    """A content that this symbol cannot carry; the sentence says why."""


class Kind(Enum):
    """Symbologies that we print, by the identifier (ISO/IEC 15424) that a scanner puts in front."""

    GS1_128 = "]C1"
    CODE_128 = "]C0"
    QR = "]Q1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """What a scanner says: the symbology identifier and the text."""

    identifier: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """One barcode, one pixel a module, without quiet zones.

    Args:
        modules: mode "1"; one row for a linear symbol, a square for a matrix.
        says: what a scanner must read.
    """

    kind: Kind
    modules: Image.Image
    says: Utterance

    @property
    def linear(self) -> bool:
        return self.kind is not Kind.QR

    @property
    def quiet_modules(self) -> int:
        """Clear space that a scanner needs on each side: 10X for Code 128, 4X all around for QR."""
        return 10 if self.linear else 4

    def picture(self, module_dots: int, height_dots: int | None = None) -> Image.Image:
        """The bars in dots; `height_dots` is for linear symbols."""
        height = height_dots if self.linear and height_dots else self.modules.height * module_dots
        return self.modules.resize((self.modules.width * module_dots, height), Image.Resampling.NEAREST)


def sscc_symbol(sscc: str) -> Symbol:
    """A GS1-128 that carries AI (00).

    Raises:
        CodeRefused: not 18 digits, or the check digit is wrong (the symbol's writer would take it).
    """
    if len(sscc) != SSCC_DIGITS or not is_digits(sscc):
        raise CodeRefused(f"an SSCC has {SSCC_DIGITS} digits")
    if not is_sscc(sscc):
        raise CodeRefused("wrong check digit")
    return _write(Kind.GS1_128, f"(00){sscc}", f"00{sscc}")


def code_symbol(kind: Kind, text: str) -> Symbol:
    """A plain Code 128 or QR.

    Raises:
        CodeRefused: nothing, more than 48 characters, or characters that no keyboard wedge types.
    """
    if not 0 < len(text) <= 48:
        raise CodeRefused("a code has 1 to 48 characters")
    if not (text.isascii() and text.isprintable()):
        raise CodeRefused("a code holds printable ASCII only")
    return _write(kind, text, text)


def _write(kind: Kind, content: str, text: str) -> Symbol:
    options = {"gs1": True} if kind is Kind.GS1_128 else {}
    symbology = zxingcpp.BarcodeFormat.QRCode if kind is Kind.QR else zxingcpp.BarcodeFormat.Code128
    try:
        written = zxingcpp.create_barcode(content, symbology, **options)
    except (ValueError, RuntimeError) as why:
        raise CodeRefused(str(why)) from why
    # The writer ignores options that it does not know, so its word is checked and not trusted.
    if written.symbology_identifier != kind.value:
        raise CodeRefused(f"came out as {written.symbology_identifier}, not {kind.value}")
    picture = Image.fromarray(numpy.asarray(written.to_image(scale=1, add_hrt=False, add_quiet_zones=False)))
    height = picture.height if kind is Kind.QR else 1
    modules = picture.crop((0, 0, picture.width, height)).convert("1", dither=Image.Dither.NONE)
    return Symbol(kind=kind, modules=modules, says=Utterance(identifier=kind.value, text=text))
