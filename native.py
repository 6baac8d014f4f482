"""A station that is a process on a machine of its own: its book in a file, its screens in a browser, its printers on
cables."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

from app.ports import Clock, PinCheck, PrintJobs
from app.settings import StationSettings
from devices.argon2_thread import argon2id
from devices.barcodes import Decoder
from devices.engines import engines
from devices.label_layout import LabelLayout
from devices.pin_check import Argon2PinCheck
from devices.print_queue import PrintQueue
from devices.printer_address import printer_at
from devices.scan_lines import scans
from screens.opening import OpenSeats
from screens.scan_line import ScanLine
from screens.station import Station
from sync.book import Book, open_book, set_aside
from sync.signature_check import is_signed
from sync.signer import Signer
from sync.signer_file import FileSigner
from sync.transport import StoreTransport
from wiring import Printers

LABEL_PRINTER = "label"


class Native:
    """Implements `wiring.Platform`.

    Args:
        scanner: a descriptor that codes are read from, a line each, with the answers on standard output; None at a
            station that has screens.

    Raises:
        OSError: the folder of the station cannot be made.
    """

    def __init__(self, settings: StationSettings, clock: Clock, *, scanner: int | None) -> None:
        self.clock = clock
        self.desk = None
        self.reader = Decoder()
        self.engines = engines()
        self.is_signed = is_signed
        self._settings = settings
        self._scanner = scanner
        self._folder = Path(settings.data_dir).absolute()
        self.book = self._folder / "book.db"

    def open_book(self) -> Book:
        self._folder.mkdir(parents=True, exist_ok=True)
        return open_book(self.book)

    def set_aside(self) -> None:
        set_aside(self.book, self.clock.now_utc())

    async def signer(self) -> Signer:
        return FileSigner(self._folder / "device.key")

    def asks_for_code(self, *, salvaged: bool) -> bool:
        return salvaged and self._scanner is None

    def transport(self, store_url: str) -> StoreTransport:
        return StoreTransport(store_url)

    def pins(self, secret: bytes) -> PinCheck:
        return Argon2PinCheck(secret, argon2id)

    def printers(self, jobs: PrintJobs, captions: Mapping[str, str]) -> Printers:
        address, dpi = self._settings.printer, self._settings.printer_dpi
        if not address:
            return Printers(drawer=LabelLayout(dpi=dpi, captions=captions))
        printer, drawer = printer_at(LABEL_PRINTER, address, dpi=dpi, captions=captions)
        queue = PrintQueue(jobs, {LABEL_PRINTER: printer}, {LABEL_PRINTER: drawer})
        return Printers(drawer=drawer, printing=queue, printer_id=LABEL_PRINTER, run=queue.run, close=printer.close)

    def keeping(self) -> None:
        return None

    def beside(
        self, station: Station, seats: OpenSeats, wake: Callable[[], None]
    ) -> Mapping[str, Coroutine[Any, Any, None]]:
        works: dict[str, Coroutine[Any, Any, None]] = {}
        if self._settings.camera:
            # Here and not above: OpenCV is a tenth of a start, and most stations have no camera of their own.
            from devices.station_camera import StationCamera, camera_source

            watch = StationCamera(camera_source(self._settings.camera), self.reader, on_scan=seats.take)
            works["camera"] = watch.run()
        if self._scanner is not None:
            works["scan line"] = _take_lines(station, self._scanner)
        return works


async def _take_lines(station: Station, scanner: int) -> None:
    """Pick by lines. A scanner that is gone, or was never there, is no reason to stop: what is owed is carried on."""
    line = ScanLine(station, lambda said: print(said, flush=True))
    await line.run(scans(scanner, station.clock.monotonic_ms))
    await asyncio.Event().wait()
