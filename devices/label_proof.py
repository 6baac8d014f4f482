"""The gate between drawing and printing: a bitmap must say exactly what it was meant to say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import zxingcpp
from PIL import Image

from devices.label_symbols import Kind, Utterance

try:
    from pyzbar import pyzbar
except ImportError:  # the system has no libzbar: one reader judges alone
    pyzbar = None

# What scanners on the floor are set to read. A reader of every symbology there is sees faint ones in letters.
FORMATS = zxingcpp.BarcodeFormats(
    [
        zxingcpp.BarcodeFormat.Code128,
        zxingcpp.BarcodeFormat.QRCode,
        zxingcpp.BarcodeFormat.DataMatrix,
        zxingcpp.BarcodeFormat.EANUPC,
        zxingcpp.BarcodeFormat.ITF,
        zxingcpp.BarcodeFormat.Code39,
    ]
)


def utterances(bitmap: Image.Image) -> list[Utterance]:
    """What a scanner reads on a picture of a label, from top to bottom."""
    grey = _paper(bitmap)
    found = zxingcpp.read_barcodes(grey, formats=FORMATS, text_mode=zxingcpp.TextMode.Plain)
    found.sort(key=lambda code: code.position.top_left.y)
    return [Utterance(identifier=code.symbology_identifier, text=code.text) for code in found]


def misread(bitmap: Image.Image, meant: Iterable[Utterance]) -> str:
    """Why this bitmap must not be printed; `""` when every reader at hand reads exactly `meant`."""
    wanted = Counter(meant)
    if (read := Counter(utterances(bitmap))) != wanted:
        return _difference(wanted, read)
    if pyzbar is None:
        return ""
    # ZBar tells no ]C1 from ]C0 and gives FNC1 in front away, so only the texts are compared.
    symbols = [pyzbar.ZBarSymbol.CODE128, pyzbar.ZBarSymbol.QRCODE]
    second = Counter(
        Utterance(
            identifier=Kind.QR.value if code.type == "QRCODE" else "]C",
            text=code.data.decode("utf-8", "replace").lstrip("\x1d"),
        )
        for code in pyzbar.decode(_paper(bitmap), symbols=symbols)
    )
    coarse = Counter(
        Utterance(identifier=one.identifier if one.identifier == Kind.QR.value else "]C", text=one.text)
        for one in wanted.elements()
    )
    return "" if second == coarse else _difference(coarse, second)


def _paper(bitmap: Image.Image) -> Image.Image:
    """The label on a wider sheet of paper, as a scanner sees it."""
    grey = Image.new("L", (bitmap.width + 64, bitmap.height + 64), 255)
    grey.paste(bitmap.convert("L"), (32, 32))
    return grey


def _difference(wanted: Counter[Utterance], read: Counter[Utterance]) -> str:
    missing = ", ".join(sorted(one.identifier + one.text for one in (wanted - read).elements()))
    extra = ", ".join(sorted(one.identifier + one.text for one in (read - wanted).elements()))
    return "; ".join(
        part
        for part in (f"does not read as {missing}" if missing else "", f"also reads as {extra}" if extra else "")
        if part
    )
