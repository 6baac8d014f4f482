"""GS1 element strings: strict reading, and building.

`elements_of` takes what a scanner sends (with or without an AIM identifier); `parse` takes one element string. Both
give pairs of Application Identifier and value, in the order of the symbol. `python -m app.domain.gs1` reads raw
scans, one a line, and prints one JSON line for each.

Source: GS1 General Specifications, "Processing of element strings"; ISO/IEC 15424 for the AIM identifiers.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from enum import Enum, auto
from typing import TextIO

from app.domain import digital_link
from app.domain.gs1_rules import check_value
from app.domain.gs1_table import TABLE, Ai
from app.domain.gtin import gtin14, is_gtin
from app.domain.unreadable import Gs1Damaged

GS = "\x1d"

Elements = tuple[tuple[str, str], ...]


class Carries(Enum):
    """What an AIM identifier promises."""

    ELEMENTS = auto()
    EAN13 = auto()
    EAN8 = auto()
    ITF_WITH_CHECK = auto()
    ANYTHING = auto()


AIM: Mapping[str, Carries] = {
    "C1": Carries.ELEMENTS,
    "d2": Carries.ELEMENTS,
    "Q3": Carries.ELEMENTS,
    "J1": Carries.ELEMENTS,
    "e0": Carries.ELEMENTS,
    "e1": Carries.ELEMENTS,
    "e2": Carries.ELEMENTS,
    "E0": Carries.EAN13,
    "E3": Carries.EAN13,
    "E4": Carries.EAN8,
    "I1": Carries.ITF_WITH_CHECK,
}
_AIM_LETTERS = frozenset("ACEFGHIKLMOPQRSTUXZdeJz")
# Behind an EAN's digits some scanners send the composite component that stood above it.
_COMPOSITE_MARK = "|]e0"
_BRACKETED_AI = re.compile(r"\(([0-9]{2,4})\)")


def split_aim(raw: str) -> tuple[str, str]:
    """The AIM identifier of raw scan data without its bracket (`"C1"`; empty when there is none), and the data."""
    if len(raw) >= 3 and raw[0] == "]" and raw[1] in _AIM_LETTERS and raw[2].isascii() and raw[2].isalnum():
        return raw[1:3], raw[3:]
    return "", raw


def parse(text: str) -> Elements:
    """Read one element string, GS (0x1D) where FNC1 separated, or one in brackets: `(01)04012345678901(10)A`.

    A separator behind a value of fixed length, behind the last value, and one in front are taken without a word.

    Raises:
        Gs1Damaged: unknown identifier, empty or wrong value, missing separator, two values for one identifier.
    """
    elements = _parse_bracketed(text) if text.startswith("(") else _parse_separated(text)
    seen: dict[str, str] = {}
    for ai, value in elements:
        if seen.setdefault(ai, value) != value:
            raise Gs1Damaged(text, ai=ai, position=text.rfind(value), wanted=f"{seen[ai]} again, or nothing")
    return elements


def _ai_at(text: str, at: int) -> Ai:
    for size in (2, 3, 4):
        found = TABLE.get(text[at : at + size])
        if found is not None:
            return found
    raise Gs1Damaged(text, position=at, wanted="an Application Identifier")


def _parse_separated(text: str) -> Elements:
    at = 1 if text.startswith(GS) else 0
    if at == len(text):
        raise Gs1Damaged(text, position=at, wanted="an Application Identifier")
    elements: list[tuple[str, str]] = []
    while at < len(text):
        ai = _ai_at(text, at)
        begin = at + len(ai.ai)
        end = text.find(GS, begin)
        end = len(text) if end < 0 else end
        if not ai.separated:
            end = min(end, begin + ai.longest)
        check_value(ai, text[begin:end], text=text, position=begin)
        elements.append((ai.ai, text[begin:end]))
        at = end + 1 if text[end : end + 1] == GS else end
    return tuple(elements)


def _parse_bracketed(text: str) -> Elements:
    r"""A bracket that belongs to a value is written `\(`."""
    elements: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        opened = _BRACKETED_AI.match(text, at)
        ai = TABLE.get(opened[1]) if opened else None
        if opened is None or ai is None:
            raise Gs1Damaged(text, position=at, wanted="an Application Identifier in brackets")
        end = opened.end()
        while end < len(text) and (text[end] != "(" or text[end - 1] == "\\"):
            end += 1
        value = text[opened.end() : end].replace("\\(", "(")
        check_value(ai, value, text=text, position=opened.end())
        elements.append((ai.ai, value))
        at = end
    return tuple(elements)


def build(elements: Iterable[tuple[str, str]]) -> str:
    """The element string that a symbol carries behind its FNC1: GS only where a separator is needed.

    Raises:
        Gs1Damaged: nothing to build, an unknown identifier, or a value that breaks its rules.
    """
    text = ""
    separate = False
    for number, value in elements:
        ai = TABLE.get(number)
        if ai is None:
            raise Gs1Damaged(number, wanted="an Application Identifier")
        check_value(ai, value)
        text += (GS if separate else "") + number + value
        separate = ai.separated
    if not text:
        raise Gs1Damaged("", wanted="at least one element")
    return text


def bracketed(elements: Iterable[tuple[str, str]]) -> str:
    """The elements as people read them below a symbol; `parse` takes it back."""
    return "".join(f"({ai})" + value.replace("(", "\\(") for ai, value in elements)


def elements_of(raw: str) -> Elements:
    """The elements in raw scan data; an EAN, UPC or ITF-14 gives its GTIN in 14 digits as (01).

    Without an AIM identifier a GTIN with a right check digit is a GTIN, a Digital Link is a link, and anything else
    is held to be an element string.

    Raises:
        Gs1Damaged: the data breaks a rule, or its symbology carries none of GS1's.
    """
    aim, data = split_aim(raw)
    carries = AIM.get(aim, Carries.ANYTHING)
    if carries is Carries.ELEMENTS:
        return parse(data)
    if carries in (Carries.EAN13, Carries.EAN8):
        return _ean_elements(data, digits=13 if carries is Carries.EAN13 else 8)
    if carries is Carries.ITF_WITH_CHECK:
        return (("01", gtin14(data)),)
    if digital_link.is_link(data):
        return digital_link.parse_link(data)
    if aim:
        raise Gs1Damaged(raw, wanted=f"GS1 data, which ]{aim} does not carry")
    if is_gtin(data):
        return (("01", gtin14(data)),)
    return parse(data)


def _ean_elements(data: str, *, digits: int) -> Elements:
    ean, mark, composite = data.partition(_COMPOSITE_MARK)
    addon = ean[digits:]
    if len(ean) < digits or (addon and (len(addon) not in (2, 5) or not addon.isdigit())):
        raise Gs1Damaged(data, ai="01", position=len(ean), wanted=f"{digits} digits")
    return (("01", gtin14(ean[:digits])), *(parse(composite) if mark else ()))


def _answer(raw: str) -> dict[str, object]:
    try:
        return {"ok": True, "elements": elements_of(raw), "error": None}
    except Gs1Damaged as error:
        return {"ok": False, "elements": [], "error": str(error), "ai": error.ai, "position": error.position}


def main(lines: TextIO, out: TextIO) -> None:
    """Answer each line of raw scan data with one line of JSON: `ok`, `elements`, `error`."""
    for line in lines:
        print(json.dumps(_answer(line.rstrip("\r\n"))), file=out, flush=True)


if __name__ == "__main__":
    # Bytes that are no UTF-8 are a damaged scan, not the end of the program.
    with open(sys.stdin.fileno(), encoding="utf-8", errors="replace", newline="\n", closefd=False) as scans:
        main(scans, sys.stdout)
