"""AIM identifiers: a scanner's own word for the symbology, in front of the data.

Source: ISO/IEC 15424. Identifiers that say more than a symbology (an add-on, a composite) stay in the text, where
`app.domain.gs1` reads them.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.gs1 import split_aim
from app.domain.scan import Scan, Source, Symbology

# Whole identifiers first; a lone letter stands for all its modifiers that are not listed.
SYMBOLOGIES: Mapping[str, Symbology] = {
    "C1": Symbology.GS1_128,
    "d2": Symbology.GS1_DATAMATRIX,
    "Q3": Symbology.GS1_QR,
    "e0": Symbology.DATABAR_EXPANDED,
    "E0": Symbology.EAN13,
    "E4": Symbology.EAN8,
    "A": Symbology.CODE39,
    "C": Symbology.CODE128,
    "F": Symbology.CODABAR,
    "G": Symbology.CODE93,
    "I": Symbology.ITF,
    "L": Symbology.PDF417,
    "Q": Symbology.QR,
    "d": Symbology.DATAMATRIX,
    "z": Symbology.AZTEC,
}


def scan_of(raw: str, *, source: Source, at_ms: int) -> Scan:
    """The scan in raw data: a known AIM identifier becomes the symbology, an unknown one stays in the text."""
    aim, data = split_aim(raw)
    symbology = SYMBOLOGIES.get(aim) or SYMBOLOGIES.get(aim[:1])
    if symbology is None or not data:
        return Scan(text=raw, source=source, at_ms=at_ms)
    return Scan(text=data, source=source, at_ms=at_ms, symbology=symbology)
