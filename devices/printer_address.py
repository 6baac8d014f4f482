"""Printers by their address: which language over which cable."""

from __future__ import annotations

import re

from app.errors import DeviceMissing
from devices import cable
from devices.cable import CableOpener
from devices.label_layout import PrinterLanguage
from devices.thermal import ThermalPrinter, escpos_printer, zpl_printer

FORMS = "zpl+tcp://HOST:PORT, escpos+tcp://HOST:PORT, escpos+usb://VENDOR:PRODUCT, …+serial://DEVICE, …+file://DEVICE"
_ADDRESS = re.compile(r"(?P<language>zpl|escpos)\+(?P<way>tcp|usb|serial|file)://(?P<rest>.+)")
_PAIR = re.compile(r"(\[[0-9a-fA-F:]+\]|[^:]+):([0-9a-fA-F]+)")


def printer_at(address: str, printer_id: str) -> tuple[ThermalPrinter, PrinterLanguage]:
    """The printer at an address like `zpl+tcp://127.0.0.1:9100`, and the language that it speaks.

    Nothing is opened: whether it is there is asked by its `state`.

    Raises:
        DeviceMissing: no address of a printer; the reason lists the forms.
    """
    parts = _ADDRESS.fullmatch(address)
    if parts is None:
        raise DeviceMissing(printer_id, f"{address!r} is no printer's address; there are {FORMS}")
    opener = _opener(parts["way"], parts["rest"], printer_id)
    language = PrinterLanguage(parts["language"])
    make = zpl_printer if language is PrinterLanguage.ZPL else escpos_printer
    return make(printer_id, opener), language


def _opener(way: str, rest: str, printer_id: str) -> CableOpener:
    if way in ("serial", "file"):
        return cable.serial(rest) if way == "serial" else cable.device_file(rest)
    pair = _PAIR.fullmatch(rest)
    if pair is None:
        raise DeviceMissing(printer_id, f"{rest!r} should be two parts with a colon between them")
    if way == "usb":
        return cable.usb(int(pair[1], 16), int(pair[2], 16))
    return cable.network(pair[1].strip("[]"), int(pair[2]))
