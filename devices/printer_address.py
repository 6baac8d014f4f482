"""Where a printer is and what it speaks, in one line of the station's settings.

zpl+tcp://192.168.1.40            port 9100 unless said
zpl+tcp://host:9100?dpi=300       dots an inch, when they are not the station's `printer_dpi`
zpl+tcp://host?count=no           it does not answer when its odometer is asked
escpos+serial:///dev/ttyUSB0?baud=115200
escpos+usb://04b8:0202
escpos+file:///dev/usb/lp0?width=576
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import SplitResult, parse_qsl, urlsplit

from devices import cable
from devices.cable import CableOpener
from devices.label_layout import HEAD_WIDTHS_DOTS, LabelLayout, PrinterLanguage
from devices.printer_talk import Patience
from devices.thermal import ThermalPrinter, escpos_printer, zpl_printer

_USB_NUMBERS = re.compile(r"([0-9a-fA-F]{4}):([0-9a-fA-F]{4})")
_OPTIONS = {"dpi", "count", "baud", "width"}


def printer_at(
    printer_id: str,
    address: str,
    *,
    dpi: int = 203,
    captions: Mapping[str, str] | None = None,
    patience: Patience | None = None,
) -> tuple[ThermalPrinter, LabelLayout]:
    """The printer and the one who draws for it; nothing is opened yet.

    Args:
        dpi: of its head, when the address does not say.
        captions: the small words on labels; see `LabelLayout`.

    Raises:
        ValueError: the address is not of the kinds above; the sentence says what is wrong.
    """
    parts = urlsplit(address)
    language, _, way = parts.scheme.partition("+")
    options = dict(parse_qsl(parts.query))
    if language not in (PrinterLanguage.ZPL, PrinterLanguage.ESCPOS) or way not in _WAYS:
        raise ValueError(f"a printer begins with zpl+ or escpos+ and {', '.join(_WAYS)}; {address!r} does not")
    if strange := options.keys() - _OPTIONS:
        raise ValueError(f"a printer's address knows {', '.join(sorted(_OPTIONS))}; not {', '.join(sorted(strange))}")
    opener = _WAYS[way](parts, options)
    dpi = _number(options, "dpi", dpi)
    if dpi not in HEAD_WIDTHS_DOTS:
        raise ValueError(f"dpi is one of {sorted(HEAD_WIDTHS_DOTS)}, not {dpi}")
    width = _number(options, "width", HEAD_WIDTHS_DOTS[dpi])
    layout = LabelLayout(dpi=dpi, language=PrinterLanguage(language), head_width_dots=width, captions=captions)
    if language == PrinterLanguage.ZPL:
        keeps_count = options.get("count", "yes") != "no"
        return zpl_printer(printer_id, opener, keeps_count=keeps_count, patience=patience), layout
    return escpos_printer(printer_id, opener, patience=patience), layout


def _tcp(parts: SplitResult, options: dict[str, str]) -> CableOpener:
    if not parts.hostname:
        raise ValueError("a printer's tcp address names a host")
    return cable.network(parts.hostname, 9100 if parts.port is None else parts.port)


def _serial(parts: SplitResult, options: dict[str, str]) -> CableOpener:
    return cable.serial(_path(parts), baud=_number(options, "baud", 9600))


def _usb(parts: SplitResult, options: dict[str, str]) -> CableOpener:
    numbers = _USB_NUMBERS.fullmatch(parts.netloc)
    if not numbers:
        raise ValueError("a printer's usb address is vendor:product, four hexadecimal digits each")
    return cable.usb(int(numbers[1], 16), int(numbers[2], 16))


def _file(parts: SplitResult, options: dict[str, str]) -> CableOpener:
    return cable.device_file(_path(parts))


_WAYS: dict[str, Callable[[SplitResult, dict[str, str]], CableOpener]] = {
    "tcp": _tcp,
    "serial": _serial,
    "usb": _usb,
    "file": _file,
}


def _path(parts: SplitResult) -> str:
    """The device's path; COM3 is written serial://COM3."""
    if not (path := parts.netloc + parts.path):
        raise ValueError("a printer's address names a device")
    return path


def _number(options: dict[str, str], name: str, otherwise: int) -> int:
    text = options.get(name, str(otherwise))
    if not re.fullmatch(r"[0-9]{1,7}", text) or int(text) == 0:
        raise ValueError(f"{name} is a whole number, not {text!r}")
    return int(text)
