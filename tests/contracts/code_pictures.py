"""The pictures of `CodeReaderContract`, drawn by the engines of a process."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from tests.contracts.code_reader_contract import EAN

Pixels = NDArray[np.uint8]
GS1 = "(01)04012345678901(10)AB(21)C"


def drawn() -> dict[str, bytes]:
    """Each picture by its name, in the format that its name says."""
    qr = _symbol("T.0007", "QRCode")
    pages = {
        "code128.png": _symbol("L.A-01-02", "Code128"),
        "qr.png": qr,
        "qr.jpg": qr,
        "qr.webp": qr,
        "datamatrix.png": _symbol("W.ANNA7", "DataMatrix"),
        "aztec.png": _symbol("C.M", "Aztec"),
        "pdf417.png": _symbol("P.000123", "PDF417"),
        "ean13.png": _symbol(EAN, "EAN13"),
        "itf14.png": _symbol("10614141000415", "ITF"),
        "itf_wrong.png": _symbol("10614141000416", "ITF"),
        "itf_short.png": _symbol("0053611912", "ITF"),
        "gs1_128.png": _symbol(GS1, "Code128", gs1=True),
        "gs1_datamatrix.png": _symbol(GS1, "DataMatrix", gs1=True),
        "gs1_qr.png": _symbol(GS1, "QRCode", gs1=True),
        "turned.png": np.rot90(_symbol("L.A-01-02", "Code128")),
        "two.png": np.hstack([_symbol("LEFT", "QRCode"), _symbol("RIGHT", "QRCode")]),
        "blank.png": np.full((300, 300), 255, np.uint8),
    }
    return {name: cv2.imencode(name[name.index(".") :], page)[1].tobytes() for name, page in pages.items()}


def _symbol(text: str, kind: str, **options: Any) -> Pixels:
    """A printed symbol in the middle of a white square of 400 pixels; bars are a third as high as they are wide."""
    barcode = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind), **options)
    symbol = np.array(barcode.to_image(scale=2 if kind in ("Code128", "PDF417", "ITF", "EAN13") else 5))
    if symbol.shape[0] < symbol.shape[1] // 3:
        symbol = np.repeat(symbol, max(1, symbol.shape[1] // 3 // symbol.shape[0]), axis=0)
    side = max(400, symbol.shape[1] + 40)
    page = np.full((side, side), 255, np.uint8)
    top, left = (side - symbol.shape[0]) // 2, (side - symbol.shape[1]) // 2
    page[top : top + symbol.shape[0], left : left + symbol.shape[1]] = symbol
    return page
