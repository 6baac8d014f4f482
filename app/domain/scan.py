"""A scan: what a device read, before anybody says what it means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    WEDGE = "wedge"
    CAMERA = "camera"
    HID = "hid"
    SERIAL = "serial"
    KEYPAD = "keypad"


class Symbology(StrEnum):
    """Kinds of barcode, by the names the floor uses."""

    EAN13 = "ean13"
    EAN8 = "ean8"
    UPCA = "upca"
    UPCE = "upce"
    CODE128 = "code128"
    GS1_128 = "gs1_128"
    CODE39 = "code39"
    CODE93 = "code93"
    CODABAR = "codabar"
    ITF = "itf"
    DATABAR = "databar"
    DATABAR_EXPANDED = "databar_expanded"
    QR = "qr"
    MICRO_QR = "micro_qr"
    GS1_QR = "gs1_qr"
    DATAMATRIX = "datamatrix"
    GS1_DATAMATRIX = "gs1_datamatrix"
    AZTEC = "aztec"
    PDF417 = "pdf417"


# Engines differ in which of these they report for the same symbol.
_FAMILIES = (
    frozenset({Symbology.EAN13, Symbology.UPCA, Symbology.UPCE}),
    frozenset({Symbology.CODE128, Symbology.GS1_128}),
    frozenset({Symbology.QR, Symbology.GS1_QR}),
    frozenset({Symbology.DATAMATRIX, Symbology.GS1_DATAMATRIX}),
    frozenset({Symbology.DATABAR, Symbology.DATABAR_EXPANDED}),
)


def family_of(symbology: Symbology) -> frozenset[Symbology]:
    """The symbologies that engines may report for the same symbol."""
    return next((family for family in _FAMILIES if symbology in family), frozenset({symbology}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One read of one code.

    Args:
        text: the data; GS stands where FNC1 separated fields.
        source: which kind of device read it.
        at_ms: when, on the station's monotonic clock.
        symbology: what the symbol was, when the device says so.
        confirmed: False when a weak symbology was read only once and nothing else vouches for it.
        corners_px: the symbol's corners in the picture, clockwise from its top left; empty for a wedge.
    """

    text: str
    source: Source
    at_ms: int = 0
    symbology: Symbology | None = None
    confirmed: bool = True
    corners_px: tuple[tuple[int, int], ...] = ()
