"""The decoding engines, each of them optional: what is not installed is skipped, and `engines` says why."""

from __future__ import annotations

import importlib
import importlib.metadata
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.domain.gtin import expand_upce
from app.domain.scan import Symbology
from app.domain.unreadable import Gs1Damaged
from devices.read import Read
from devices.zxing_formats import asked_formats, symbology_of

if TYPE_CHECKING:
    from devices.pictures import Grey

log = logging.getLogger("devices.engines")


def _load(module: str) -> tuple[Any, str]:
    """The module, or None and the reason. A missing shared library shows as another error than a missing package."""
    try:
        return importlib.import_module(module), ""
    except (ImportError, OSError) as error:
        return None, str(error)


_zxingcpp, _zxing_missing = _load("zxingcpp")
_zbar, _zbar_missing = _load("pyzbar.pyzbar")

# zbar's DataBar reader writes warnings to stderr and zxing's is better; its QR reader guesses at encodings.
_ZBAR: Mapping[str, tuple[Symbology, str]] = {
    "EAN13": (Symbology.EAN13, "]E0"),
    "UPCE": (Symbology.UPCE, "]E0"),
    "EAN8": (Symbology.EAN8, "]E4"),
    "CODE128": (Symbology.CODE128, "]C0"),
    "CODE39": (Symbology.CODE39, "]A0"),
    "CODE93": (Symbology.CODE93, "]G0"),
    "CODABAR": (Symbology.CODABAR, "]F0"),
    "I25": (Symbology.ITF, "]I0"),
    "QRCODE": (Symbology.QR, "]Q1"),
}


def engines() -> dict[str, str]:
    """Each engine's version, empty where it is missing, for the station set-up screen; why is in the log."""
    return {
        "zxing-cpp": _state("zxing-cpp", _zxingcpp, _zxing_missing),
        "pyzbar": _state("pyzbar", _zbar, _zbar_missing),
    }


def installed() -> frozenset[str]:
    """Names of the engines that can be used."""
    return frozenset({"zxing-cpp"} if _zxingcpp else ()) | frozenset({"pyzbar"} if _zbar else ())


def _upce_text(text: str) -> str:
    """The 13 digits that zxing gives for a UPC-E; empty when it is none."""
    try:
        return expand_upce(text).zfill(13) if len(text) == 8 else text
    except Gs1Damaged:
        return ""


def _state(package: str, module: Any, missing: str) -> str:
    if module is None:
        log.warning("engine_missing engine=%s reason=%s", package, missing)
        return ""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:  # a mobile build carries no metadata
        return "installed"


def zxing(grey: Grey, asked: frozenset[Symbology] | None = None, *, fast: bool = False) -> list[Read]:
    """What zxing-cpp reads; empty when it is not installed. `fast` leaves shrunk and inverted copies out."""
    if _zxingcpp is None or min(grey.shape) < 2:
        return []
    found = _zxingcpp.read_barcodes(
        grey,
        formats=_zxingcpp.BarcodeFormats([getattr(_zxingcpp.BarcodeFormat, name) for name in asked_formats(asked)]),
        text_mode=_zxingcpp.TextMode.Plain,
        try_downscale=not fast,
        try_invert=not fast,
    )
    return [read for code in found if code.valid and (read := _zxing_read(code))]


def _zxing_read(code: Any) -> Read | None:
    symbology = symbology_of(code.format.name, code.symbology_identifier)
    if symbology is None:
        return None
    place = code.position
    points = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    return Read(
        text=code.text,
        data=code.bytes,
        symbology=symbology,
        aim_id=code.symbology_identifier,
        corners=tuple((point.x, point.y) for point in points),
        engine="zxing-cpp",
    )


def zbar(grey: Grey, asked: frozenset[Symbology] | None = None) -> list[Read]:
    """What zbar reads; empty when it is not installed."""
    if _zbar is None or min(grey.shape) < 3:
        return []
    wanted = [_zbar.ZBarSymbol[name] for name, (kind, _) in _ZBAR.items() if asked is None or kind in asked]
    if not wanted:
        return []
    reads = [_zbar_read(code) for code in _zbar.decode(grey, symbols=wanted) if code.type in _ZBAR]
    return [read for read in reads if read.text]


def _zbar_read(code: Any) -> Read:
    symbology, aim_id = _ZBAR[code.type]
    left, top, width, height = code.rect
    text = code.data.decode("utf-8", "replace")
    return Read(
        text=_upce_text(text) if symbology is Symbology.UPCE else text,
        data=code.data,
        symbology=symbology,
        aim_id=aim_id,
        corners=((left, top), (left + width, top), (left + width, top + height), (left, top + height)),
        engine="pyzbar",
    )
