"""What a scan means: which kind of thing was scanned, and which one.

Every code that Floorhand prints carries a prefix for its kind; what others print is known by its form. Nothing is
looked up here: whether a tote or a product exists is the workflow's question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from app.domain import digital_link, gs1
from app.domain.gs1 import GS, Carries, Elements
from app.domain.gs1_rules import date_of
from app.domain.gs1_table import TABLE
from app.domain.gtin import ends_in_check_digit, expand_upce, gtin14, is_digits, is_gtin, is_sscc
from app.domain.scan import Scan, Symbology
from app.domain.unreadable import shown
from app.errors import UnreadableCode


class CodeKind(StrEnum):
    LOCATION = "location"
    TOTE = "tote"
    BADGE = "badge"
    CARTON_TYPE = "carton_type"
    COMMAND = "command"
    RETURN = "return"
    LICENCE_PLATE = "licence_plate"
    ORDER = "order"
    ENROLMENT = "enrolment"
    STAGING = "staging"
    ITEM = "item"
    ITEM_DETAIL = "item_detail"
    SSCC = "sscc"
    OTHER = "other"


# Two characters that every keyboard layout types alike; a value is letters (capitals, where we choose), digits, . _ / -
PREFIXES: Mapping[str, CodeKind] = {
    "L.": CodeKind.LOCATION,
    "T.": CodeKind.TOTE,
    "W.": CodeKind.BADGE,
    "C.": CodeKind.CARTON_TYPE,
    "X.": CodeKind.COMMAND,
    "R.": CodeKind.RETURN,
    "P.": CodeKind.LICENCE_PLATE,
    "O.": CodeKind.ORDER,
    "E.": CodeKind.ENROLMENT,
    "S.": CodeKind.STAGING,
}
_PREFIX_OF = {kind: prefix for prefix, kind in PREFIXES.items()}
_VALUE = re.compile(r"[0-9A-Za-z._/-]+")


class Command(StrEnum):
    """Command codes of the printed sheet; the value is what stands behind `X.`."""

    GET_WORK = "GETWORK"
    SHORT_NONE = "SHORT.NONE"
    SHORT_FEWER = "SHORT.FEWER"
    SHORT_DAMAGED = "SHORT.DAMAGED"
    SHORT_WRONG_ITEM = "SHORT.WRONGITEM"
    SHORT_OUT_OF_REACH = "SHORT.OUTOFREACH"
    SHORT_EXPIRED = "SHORT.EXPIRED"
    SKIP = "SKIP"
    UNDO = "UNDO"
    FINISH = "FINISH"
    OK = "OK"
    BACK = "BACK"
    DIGIT_0 = "D.0"
    DIGIT_1 = "D.1"
    DIGIT_2 = "D.2"
    DIGIT_3 = "D.3"
    DIGIT_4 = "D.4"
    DIGIT_5 = "D.5"
    DIGIT_6 = "D.6"
    DIGIT_7 = "D.7"
    DIGIT_8 = "D.8"
    DIGIT_9 = "D.9"
    SIGN_OUT = "SIGNOUT"
    REPRINT = "REPRINT"
    BLIND_RETURN = "BLINDRETURN"
    ANSWER_1 = "A.1"
    ANSWER_2 = "A.2"
    ANSWER_3 = "A.3"
    ANSWER_4 = "A.4"

    @property
    def digit(self) -> int | None:
        """The digit that a digit code types; None for any other command."""
        return int(self.value[2:]) if self.value.startswith("D.") else None

    @property
    def answer(self) -> int | None:
        """1 to 4 for a grading answer; None for any other command."""
        return int(self.value[2:]) if self.value.startswith("A.") else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One understood scan.

    Args:
        kind: what was scanned.
        value: what identifies it: without our prefix; the GTIN in 14 digits; the 18 digits of an SSCC; the text itself.
        gtin: trade item in 14 digits, when the code says so; with an SSCC it is what the carton holds.
        expires_on: use-by day, else best-before day.
        quantity_each: count of trade items (37) that stands beside (02).
        elements: every GS1 element of the code, in its order.
        raw: the text as scanned, without the AIM identifier.
    """

    kind: CodeKind
    value: str
    raw: str
    gtin: str | None = None
    lot: str | None = None
    expires_on: date | None = None
    serial: str | None = None
    sscc: str | None = None
    quantity_each: int | None = None
    elements: Elements = ()

    @property
    def command(self) -> Command | None:
        """The command, when this is a command code."""
        return Command(self.value) if self.kind is CodeKind.COMMAND else None

    @property
    def typed(self) -> str:
        """Digits, as a keyboard types them before Enter; empty for anything else."""
        return self.raw if self.kind is CodeKind.OTHER and self.raw.isdigit() else ""

    @property
    def number(self) -> int | None:
        """The number that one of several choices is meant by: of an answer code or a digit code, or typed."""
        command = self.command
        if command is not None:
            return command.answer or command.digit
        return int(self.typed) if self.typed else None


# Longest text that can be a code here: a GS1 symbol with everything in it stays below.
MAX_CHARS = 200

_GS1_SYMBOLOGIES = frozenset(
    {
        Symbology.GS1_128,
        Symbology.GS1_QR,
        Symbology.GS1_DATAMATRIX,
        Symbology.DATABAR,
        Symbology.DATABAR_EXPANDED,
    }
)
_EAN_SYMBOLOGIES = frozenset({Symbology.EAN13, Symbology.EAN8, Symbology.UPCA})
_OPENS_WITH_AI = re.compile(r"\(([0-9]{2,4})\)")


@lru_cache(maxsize=64)  # a scan is asked about at the door, by its screen and by each rule
def identify(scan: Scan, *, this_year: int = 2026) -> Code:
    """Say what a scan means, by its form alone.

    The rules in order: our own prefix; what the AIM identifier or the symbology promises; GS1 data that shows itself
    (brackets, a separator, a GTIN or SSCC with its check digit); anything else is `OTHER` (a tracking number, an
    order reference, a serial, another shop's barcode).

    Args:
        scan: one read; an AIM identifier in front of its text wins over its symbology.
        this_year: decides the century of dates; the default is right for dates from 1977 to 2076.

    Raises:
        UnreadableCode: empty, longer than `MAX_CHARS`, control or non-ASCII characters; `Gs1Damaged` when the
            symbol promises GS1 data and does not keep it.
    """
    text = scan.text.strip(" \t\r\n")
    if not text or len(text) > MAX_CHARS or any(char != GS and not " " <= char <= "~" for char in text):
        raise UnreadableCode(scanned=shown(scan.text))
    aim, data = gs1.split_aim(text)
    if not data:
        raise UnreadableCode(scanned=shown(scan.text))
    own = _own_code(data)
    if own is not None:
        return own
    elements = _elements(text, aim, data, scan.symbology)
    return _from_elements(elements, data, this_year) or Code(kind=CodeKind.OTHER, value=data, raw=data)


def printed(kind: CodeKind, value: str) -> str:
    """The text that a barcode of ours carries; `identify` takes it back to the same kind and value.

    Raises:
        ValueError: a kind that others print, or a value with characters that not every keyboard types.
    """
    if kind is CodeKind.SSCC and is_sscc(value):
        return "00" + value
    if kind is CodeKind.ITEM and is_gtin(value):
        return value
    ours = kind in _PREFIX_OF and _VALUE.fullmatch(value) and (kind is not CodeKind.COMMAND or value in set(Command))
    if not ours:
        raise ValueError(f"no code of ours: {kind.value} {value!r}")
    return _PREFIX_OF[kind] + str(value)


def _own_code(data: str) -> Code | None:
    """A prefix in lower case says that Shift was lost (caps lock, a hand at the keyboard): capitals are put back.

    An order's reference is the shop's own and keeps its letters.
    """
    prefix, value = data[:2], data[2:]
    kind = PREFIXES.get(prefix.upper())
    if kind is None or not _VALUE.fullmatch(value):
        return None
    if kind is CodeKind.COMMAND or (prefix.islower() and kind is not CodeKind.ORDER):
        value = value.upper()
    if kind is CodeKind.COMMAND and value not in set(Command):
        return None
    return Code(kind=kind, value=value, raw=data)


def _elements(text: str, aim: str, data: str, symbology: Symbology | None) -> Elements:
    """The GS1 elements of a scan; empty when it does not claim to be GS1 data."""
    if gs1.AIM.get(aim, Carries.ANYTHING) is not Carries.ANYTHING:
        return gs1.elements_of(text)
    if digital_link.is_link(data):
        return digital_link.parse_link(data)
    if not aim and symbology in _GS1_SYMBOLOGIES:
        return gs1.parse(data)
    if not aim and symbology in _EAN_SYMBOLOGIES:
        return (("01", gtin14(data)),)
    if not aim and symbology is Symbology.UPCE:
        return (("01", gtin14(data if len(data) > 8 else expand_upce(data))),)
    if _shows_gs1(data):
        return gs1.parse(data)
    if is_gtin(data):
        return (("01", gtin14(data)),)
    return (("00", data),) if is_sscc(data) else ()


def _shows_gs1(data: str) -> bool:
    """Whether text without a promise is GS1 data all the same: a scanner that drops the AIM identifier, or a keypad."""
    opened = _OPENS_WITH_AI.match(data)
    return (
        GS in data
        or (opened is not None and opened[1] in TABLE)
        or (len(data) == 20 and data.startswith("00") and is_sscc(data[2:]))
        or (data[:2] in ("01", "02") and len(data) >= 16 and is_digits(data[:16]) and ends_in_check_digit(data[2:16]))
    )


def _from_elements(elements: Elements, raw: str, this_year: int) -> Code | None:
    found = dict(elements)
    gtin = found.get("01") or found.get("02")
    sscc = found.get("00")
    day = found.get("17") or found.get("15")
    lot, serial = found.get("10"), found.get("21")
    if sscc:
        kind, value = CodeKind.SSCC, sscc
    elif gtin:
        kind, value = CodeKind.ITEM, gtin
    elif day or lot or serial:
        kind, value = CodeKind.ITEM_DETAIL, raw
    else:
        return None
    return Code(
        kind=kind,
        value=value,
        raw=raw,
        gtin=gtin,
        lot=lot,
        serial=serial,
        sscc=sscc,
        expires_on=date_of(day, this_year=this_year) if day else None,
        quantity_each=int(found["37"]) if "37" in found else None,
        elements=elements,
    )
