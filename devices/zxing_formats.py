"""Barcode formats by the names that zxing-cpp gives them, as a library and in a browser alike."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.scan import Symbology

_NAMES: Mapping[str, Symbology] = {
    "EAN13": Symbology.EAN13,
    "EAN8": Symbology.EAN8,
    "UPCA": Symbology.UPCA,
    "UPCE": Symbology.UPCE,
    "Code128": Symbology.CODE128,
    "Code39": Symbology.CODE39,
    "Code39Std": Symbology.CODE39,
    "Code39Ext": Symbology.CODE39,
    "Code93": Symbology.CODE93,
    "Codabar": Symbology.CODABAR,
    "ITF": Symbology.ITF,
    "ITF14": Symbology.ITF,
    "DataBarOmni": Symbology.DATABAR,
    "DataBarStk": Symbology.DATABAR,
    "DataBarStkOmni": Symbology.DATABAR,
    "DataBarLtd": Symbology.DATABAR,
    "DataBarExp": Symbology.DATABAR_EXPANDED,
    "DataBarExpStk": Symbology.DATABAR_EXPANDED,
    "QRCode": Symbology.QR,
    "QRCodeModel1": Symbology.QR,
    "QRCodeModel2": Symbology.QR,
    "MicroQRCode": Symbology.MICRO_QR,
    "DataMatrix": Symbology.DATAMATRIX,
    "Aztec": Symbology.AZTEC,
    "AztecCode": Symbology.AZTEC,
    "AztecRune": Symbology.AZTEC,
    "PDF417": Symbology.PDF417,
    "CompactPDF417": Symbology.PDF417,
    "MicroPDF417": Symbology.PDF417,
}
_GS1_FORM: Mapping[str, Symbology] = {
    "]C1": Symbology.GS1_128,
    "]Q3": Symbology.GS1_QR,
    "]d2": Symbology.GS1_DATAMATRIX,
}
# What zxing is asked for; the rest of its formats either never come to a warehouse or are read from noise.
_ASKED: Mapping[str, frozenset[Symbology]] = {
    "EANUPC": frozenset({Symbology.EAN13, Symbology.EAN8, Symbology.UPCA, Symbology.UPCE}),
    "Code128": frozenset({Symbology.CODE128, Symbology.GS1_128}),
    "Code39": frozenset({Symbology.CODE39}),
    "Code93": frozenset({Symbology.CODE93}),
    "Codabar": frozenset({Symbology.CODABAR}),
    "ITF": frozenset({Symbology.ITF}),
    "DataBar": frozenset({Symbology.DATABAR, Symbology.DATABAR_EXPANDED}),
    "QRCode": frozenset({Symbology.QR, Symbology.GS1_QR, Symbology.MICRO_QR}),
    "DataMatrix": frozenset({Symbology.DATAMATRIX, Symbology.GS1_DATAMATRIX}),
    "Aztec": frozenset({Symbology.AZTEC}),
    "PDF417": frozenset({Symbology.PDF417}),
}


def asked_formats(asked: frozenset[Symbology] | None) -> list[str]:
    """What zxing is to look for; everything that comes to a warehouse when None."""
    return [name for name, kinds in _ASKED.items() if asked is None or kinds & asked]


def symbology_of(name: str, aim_id: str) -> Symbology | None:
    """What the floor calls it; None for a format that never comes to a warehouse."""
    return _GS1_FORM.get(aim_id) or _NAMES.get(name)
