"""A simulated printer on a free port, and real printers' adapters with little patience that talk to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from app.domain.printing import LabelDesign, LabelIntent
from devices import cable
from devices.label_layout import LabelLayout, PrinterLanguage
from devices.printer_talk import Patience
from devices.simulated_printer import SimulatedPrinter
from devices.thermal import ThermalPrinter, escpos_printer, zpl_printer

HURRIED = Patience(connect_s=2.0, answer_s=1.0, send_s=2.0, print_s=1.0, pause_s=0.01)
LANGUAGES = [PrinterLanguage.ZPL, PrinterLanguage.ESCPOS]
TOTE = LabelIntent(design=LabelDesign.TOTE, fields={"code": "T.017", "title": "T 017"})


def label_bytes(language: PrinterLanguage, code: str = "T.017") -> bytes:
    intent = LabelIntent(design=LabelDesign.TOTE, fields={"code": code, "title": code})
    return LabelLayout(language=language).printer_bytes(intent)


@asynccontextmanager
async def running(printer: SimulatedPrinter) -> AsyncIterator[SimulatedPrinter]:
    await printer.start()
    try:
        yield printer
    finally:
        await printer.stop()


@asynccontextmanager
async def a_printer(
    folder: Path, language: PrinterLanguage, patience: Patience = HURRIED
) -> AsyncIterator[tuple[SimulatedPrinter, ThermalPrinter]]:
    """The printer on its port and the adapter that talks to it."""
    make: Callable[..., ThermalPrinter] = zpl_printer if language is PrinterLanguage.ZPL else escpos_printer
    async with running(SimulatedPrinter(folder, port=0)) as simulated:
        adapter = make("P1", cable.network("127.0.0.1", simulated.port), patience=patience)
        try:
            yield simulated, adapter
        finally:
            adapter.close()


def codes_on(printer: SimulatedPrinter) -> list[str]:
    """What a scanner reads on the labels in the tray, oldest first."""
    return [code["text"] for label in printer.labels() for code in label["decoded"]]
