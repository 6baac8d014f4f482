"""One line of settings makes a printer and the one who draws for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.printing import LabelDesign, LabelIntent, PrinterLamp
from app.errors import LabelUnprintable
from devices.printer_address import printer_at
from devices.simulated_printer import SimulatedPrinter
from tests.devices.printer_rig import HURRIED, codes_on, running

TOTE = LabelIntent(design=LabelDesign.TOTE, fields={"code": "T.017", "title": "T 017"})


@pytest.mark.parametrize("language", ["zpl", "escpos"])
@pytest.mark.parametrize("query", ["", "?dpi=300"])
async def test_a_label_drawn_for_the_printer_comes_out_of_it(language: str, query: str, tmp_path: Path) -> None:
    async with running(SimulatedPrinter(tmp_path, port=0)) as simulated:
        address = f"{language}+tcp://127.0.0.1:{simulated.port}{query}"
        printer, layout = printer_at("P1", address, patience=HURRIED)
        await printer.print(layout.printer_bytes(TOTE))
        printer.close()
        assert codes_on(simulated) == ["T.017"]
        assert simulated.labels()[0]["language"] == language


async def test_a_printer_without_an_odometer_keeps_no_count(tmp_path: Path) -> None:
    async with running(SimulatedPrinter(tmp_path, port=0)) as simulated:
        printer, layout = printer_at("P1", f"zpl+tcp://127.0.0.1:{simulated.port}?count=no", patience=HURRIED)
        assert await printer.print(layout.printer_bytes(TOTE)) is None
        state = await printer.state()
        printer.close()
        assert (state.lamp, state.printed_count) == (PrinterLamp.READY, None)
        assert codes_on(simulated) == ["T.017"]


def test_a_narrow_head_is_known_to_the_drawer() -> None:
    printer, layout = printer_at("P1", "escpos+file:///dev/usb/lp0?width=576")
    printer.close()
    with pytest.raises(LabelUnprintable, match="the head prints 576"):
        layout.printer_bytes(TOTE)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("", "begins with zpl"),
        ("lpr://host", "begins with zpl"),
        ("png+tcp://host", "begins with zpl"),
        ("zpl+tcp://", "names a host"),
        ("zpl+tcp://host:99999", "Port out of range"),
        ("zpl+tcp://host?dpi=204", "dpi is one of"),
        ("zpl+tcp://host?dpi=many", "dpi is a whole number"),
        ("zpl+tcp://host?colour=red", "not colour"),
        ("escpos+usb://epson", "vendor:product"),
        ("escpos+serial://", "names a device"),
        ("escpos+serial:///dev/ttyS0?baud=0", "baud is a whole number"),
    ],
)
def test_an_address_that_means_nothing_is_refused_with_a_sentence(address: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        printer_at("P1", address)


def test_a_usb_printer_that_is_not_plugged_in_is_found_out_only_when_asked() -> None:
    printer, _ = printer_at("P1", "escpos+usb://04b8:0202")
    assert printer.printer_id == "P1"
    printer.close()
