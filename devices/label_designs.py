"""The drawings, one function a design. Sizes are millimetres; a text shrinks to its floor and then refused by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from app.domain.printing import LabelDesign
from app.errors import LabelFault
from devices.label_sheet import Box, Ink, Sheet
from devices.label_symbols import CodeRefused, Kind, code_symbol, sscc_symbol
from devices.label_text import Face, LetterMissing, TextRefused, Typecase

# Small words on labels by key; a warehouse in another language hands its own in.
CAPTIONS: Mapping[str, str] = {
    "ship_to": "SHIP TO",
    "order": "ORDER",
    "carton": "CARTON",
    "service": "SERVICE",
    "ship_by": "SHIP BY",
    "weight": "WEIGHT",
    "sscc": "SSCC",
    "zone": "ZONE",
    "check": "CHECK",
    "restock": "Back to stock",
    "refurbish": "Make ready",
    "quarantine": "Quarantine",
    "return_to_vendor": "Back to the maker",
    "scrap": "Scrap",
    "donate": "Give away",
}
HAIR_MM = 0.25
RULE_MM = 0.75
READABLE_MM = 2.8  # 8 pt


class FieldRefused(ValueError):
    """One field cannot be drawn."""

    def __init__(self, field: str, why: str, fault: LabelFault) -> None:
        super().__init__(f"{field}: {why}")
        self.fault = fault


@contextmanager
def field_named(field: str, fault: LabelFault = LabelFault.TEXT) -> Iterator[None]:
    """Put the field's name on what is refused inside; `fault` is what people are told when its text is."""
    try:
        yield
    except CodeRefused as why:
        raise FieldRefused(field, str(why), LabelFault.CODE) from why
    except TextRefused as why:
        raise FieldRefused(field, str(why), fault) from why


class Copy:
    """The texts of one label: cleaned for people, raw for symbols."""

    def __init__(self, fields: Mapping[str, str], captions: Mapping[str, str], typecase: Typecase) -> None:
        self._fields = fields
        self._captions = captions
        self._typecase = typecase

    def caption(self, key: str) -> str:
        return self._captions.get(key) or CAPTIONS[key]

    def raw(self, field: str) -> str:
        return self._fields.get(field, "")

    def line(self, field: str) -> str:
        """One line; empty when the field is absent or has no ink."""
        with field_named(field):
            return self._typecase.line(self.raw(field))

    def lines(self, field: str) -> list[str]:
        with field_named(field):
            return self._typecase.lines(self.raw(field))

    def address(self) -> list[str]:
        try:
            with field_named("ship_to", LabelFault.ADDRESS_TOO_LONG):
                lines = self._typecase.lines(self.raw("ship_to"))
        except FieldRefused as why:
            if isinstance(why.__cause__, LetterMissing):
                why.fault = LabelFault.ADDRESS_LETTERS
            raise
        if not lines:
            raise FieldRefused("ship_to", "is empty", LabelFault.ADDRESS_EMPTY)
        return lines

    def needed(self, field: str) -> str:
        text = self.line(field)
        if not text:
            raise FieldRefused(field, "is empty", LabelFault.TEXT)
        return text


def draw_shipping(sheet: Sheet, copy: Copy) -> None:
    """4 × 6 in: who gets it, which order, which carton, how it travels, and the SSCC as the lowest symbol."""
    _address(sheet, copy, Box(left_mm=5, top_mm=4, width_mm=91.6, height_mm=51))
    sheet.block(Box(left_mm=4, top_mm=56, width_mm=93.6, height_mm=RULE_MM))
    _cell(sheet, copy, "order", "order_reference", Box(left_mm=5, top_mm=57.5, width_mm=53, height_mm=22), size_mm=11)
    sheet.block(Box(left_mm=60, top_mm=56, width_mm=37.6, height_mm=25))
    carton = Box(left_mm=62, top_mm=57.5, width_mm=33.6, height_mm=22)
    _cell(sheet, copy, "carton", "carton_of", carton, size_mm=13, ink=Ink.WHITE)
    sheet.block(Box(left_mm=4, top_mm=81, width_mm=93.6, height_mm=HAIR_MM))
    for key, left_mm, width_mm in (("service", 5, 35), ("ship_by", 42, 31), ("weight", 77, 19)):
        _cell(sheet, copy, key, key, Box(left_mm=left_mm, top_mm=82, width_mm=width_mm, height_mm=13), size_mm=6)
        if left_mm > 5:
            sheet.block(Box(left_mm=left_mm - 2, top_mm=81, width_mm=HAIR_MM, height_mm=16))
    sheet.block(Box(left_mm=4, top_mm=97, width_mm=93.6, height_mm=RULE_MM))
    with field_named("sscc"):
        symbol = sscc_symbol(copy.raw("sscc"))
        sheet.logistic_bars(symbol, top_mm=101.5, height_mm=36)
        number = f"(00) {copy.raw('sscc')}"
        under = Box(left_mm=4, top_mm=139.5, width_mm=93.6, height_mm=8)
        sheet.text([number], under, face=Face.STRONG_CODE, size_mm=6, floor_mm=4, centred=True)


def draw_licence_plate(sheet: Sheet, copy: Copy) -> None:
    """4 × 3 in, for goods that need a name of their own."""
    title = Box(left_mm=5, top_mm=4, width_mm=91.6, height_mm=15)
    with field_named("title"):
        sheet.text([copy.needed("title")], title, face=Face.STRONG, size_mm=11, floor_mm=4)
    note = Box(left_mm=5, top_mm=19, width_mm=91.6, height_mm=12)
    goes_to = copy.raw("goes_to")
    with field_named("note"):
        said = [*([copy.caption(goes_to)] if goes_to else []), *copy.lines("note")]
        sheet.text(said, note, face=Face.TEXT, size_mm=5, floor_mm=READABLE_MM, wraps=True)
    sheet.block(Box(left_mm=4, top_mm=33, width_mm=93.6, height_mm=RULE_MM))
    _coded(sheet, copy, Box(left_mm=0, top_mm=37, width_mm=101.6, height_mm=35), hand_mm=8)


def draw_location(sheet: Sheet, copy: Copy) -> None:
    """4 × 2 in: the name to be read from the aisle, the zone, the digits to be said back, and the code."""
    left_mm, right_mm = 4.0, 97.6
    if zone := copy.line("zone"):
        sheet.block(Box(left_mm=4, top_mm=3, width_mm=19, height_mm=22))
        inside = Box(left_mm=6, top_mm=4, width_mm=15, height_mm=20)
        _captioned(sheet, "zone", copy.caption("zone"), zone, inside, ink=Ink.WHITE)
        left_mm = 26.0
    if digits := copy.line("check_digits"):
        sheet.frame(Box(left_mm=78.6, top_mm=3, width_mm=19, height_mm=22), stroke_mm=RULE_MM)
        inside = Box(left_mm=80.6, top_mm=4, width_mm=15, height_mm=20)
        _captioned(sheet, "check_digits", copy.caption("check"), digits, inside)
        right_mm = 75.6
    spoken = copy.line("spoken")
    with field_named("spoken" if spoken else "code"):
        box = Box(left_mm=left_mm, top_mm=3, width_mm=right_mm - left_mm, height_mm=22)
        name = spoken or copy.needed("code")
        sheet.text([name], box, face=Face.STRONG, size_mm=17, floor_mm=5, middle=True, centred=True)
    _coded(sheet, copy, Box(left_mm=0, top_mm=28.5, width_mm=101.6, height_mm=20), hand_mm=4.4)


def draw_tote(sheet: Sheet, copy: Copy) -> None:
    """4 × 2 in: the tote's name to be seen across the aisle, and its code."""
    name = Box(left_mm=4, top_mm=3, width_mm=93.6, height_mm=21)
    with field_named("title"):
        sheet.text([copy.needed("title")], name, face=Face.STRONG, size_mm=17, floor_mm=5, centred=True)
    _coded(sheet, copy, Box(left_mm=0, top_mm=25, width_mm=101.6, height_mm=24), hand_mm=4.4)


def draw_badge(sheet: Sheet, copy: Copy) -> None:
    """85.6 × 54 mm (ISO/IEC 7810 ID-1): the name, and a QR that phones and imagers read."""
    name = Box(left_mm=5, top_mm=4, width_mm=75.6, height_mm=12)
    with field_named("title"):
        sheet.text([copy.needed("title")], name, face=Face.STRONG, size_mm=9, floor_mm=4)
    sheet.block(Box(left_mm=5, top_mm=16, width_mm=75.6, height_mm=RULE_MM))
    with field_named("code"):
        sheet.matrix(code_symbol(Kind.QR, copy.raw("code")), Box(left_mm=2, top_mm=18, width_mm=36, height_mm=36))
        beside = Box(left_mm=40, top_mm=31, width_mm=40.6, height_mm=9)
        sheet.text([copy.raw("code")], beside, face=Face.STRONG_CODE, size_mm=7, floor_mm=READABLE_MM)


def _address(sheet: Sheet, copy: Copy, box: Box) -> None:
    """The town stands out: it is the last line with a digit among the last two, else the last line."""
    lines = copy.address()
    ends = [place for place in range(max(len(lines) - 2, 0), len(lines)) if any(map(str.isdigit, lines[place]))]
    town = ends[-1] if ends else len(lines) - 1
    sheet.text([copy.caption("ship_to")], box, face=Face.STRONG, size_mm=3.2, floor_mm=3.2)
    after = lines[town + 1 :]
    parts = (
        (lines[:town], Face.TEXT, 6.4, READABLE_MM, LabelFault.STREET_TOO_LONG),
        ([lines[town]], Face.STRONG, 11.5, 4.5, LabelFault.TOWN_TOO_LONG),
        (after, Face.STRONG, 5.0, READABLE_MM, LabelFault.ADDRESS_TOO_LONG),
    )
    top_mm, bottom_mm = box.top_mm + 4.6, box.top_mm + box.height_mm
    # What comes below keeps its own room, so that a long street never eats the town.
    kept_mm = 13.5 + (6.5 if after else 0)
    for part, face, size_mm, floor_mm, too_long in parts:
        if part:
            room = Box(
                left_mm=box.left_mm,
                top_mm=top_mm,
                width_mm=box.width_mm,
                height_mm=bottom_mm - top_mm - kept_mm,
            )
            with field_named("ship_to", too_long):
                top_mm = sheet.text(part, room, face=face, size_mm=size_mm, floor_mm=floor_mm, wraps=True) + 0.5
        kept_mm = 6.5 if face is Face.TEXT and after else 0


def _cell(
    sheet: Sheet, copy: Copy, caption: str, field: str, box: Box, *, size_mm: float, ink: Ink = Ink.BLACK
) -> None:
    """A caption above its text. Order and carton must be there; a dash stands for what is not known."""
    text = copy.needed(field) if field in ("order_reference", "carton_of") else copy.line(field) or "–"
    _captioned(sheet, field, copy.caption(caption), text, box, size_mm=size_mm, ink=ink, centred=False)


def _captioned(
    sheet: Sheet,
    field: str,
    caption: str,
    text: str,
    box: Box,
    *,
    size_mm: float = 15,
    ink: Ink = Ink.BLACK,
    centred: bool = True,
) -> None:
    with field_named(field):
        under_mm = sheet.text([caption], box, face=Face.STRONG, size_mm=3, floor_mm=2, centred=centred, ink=ink)
        room_mm = box.top_mm + box.height_mm - under_mm
        room = Box(left_mm=box.left_mm, top_mm=under_mm, width_mm=box.width_mm, height_mm=room_mm)
        sheet.text(
            [text],
            room,
            face=Face.STRONG,
            size_mm=size_mm,
            floor_mm=READABLE_MM,
            centred=centred,
            middle=True,
            ink=ink,
        )


def _coded(sheet: Sheet, copy: Copy, box: Box, *, hand_mm: float) -> None:
    """Code 128 with its text in letters of `hand_mm` below."""
    with field_named("code"):
        symbol = code_symbol(Kind.CODE_128, copy.raw("code"))
        bars_mm = box.height_mm - hand_mm * 1.5
        sheet.bars(symbol, Box(left_mm=box.left_mm, top_mm=box.top_mm, width_mm=box.width_mm, height_mm=bars_mm))
        under = Box(left_mm=4, top_mm=box.top_mm + bars_mm + 0.8, width_mm=box.width_mm - 8, height_mm=hand_mm * 1.3)
        sheet.text([copy.raw("code")], under, face=Face.STRONG_CODE, size_mm=hand_mm, floor_mm=2, centred=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    width_mm: float
    height_mm: float
    draw: Callable[[Sheet, Copy], None]


DESIGNS: Mapping[LabelDesign, Design] = {
    LabelDesign.SHIPPING: Design(width_mm=101.6, height_mm=152.4, draw=draw_shipping),
    LabelDesign.LICENCE_PLATE: Design(width_mm=101.6, height_mm=76.2, draw=draw_licence_plate),
    LabelDesign.LOCATION: Design(width_mm=101.6, height_mm=50.8, draw=draw_location),
    LabelDesign.TOTE: Design(width_mm=101.6, height_mm=50.8, draw=draw_tote),
    LabelDesign.BADGE: Design(width_mm=85.6, height_mm=54.0, draw=draw_badge),
}
