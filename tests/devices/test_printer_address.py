from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.printing import PrinterLamp
from app.errors import DeviceMissing
from devices.label_layout import PrinterLanguage
from devices.printer_address import printer_at
from devices.simulated_printer import SimulatedPrinter


async def test_a_printer_on_the_network_answers_at_its_address(tmp_path: Path) -> None:
    simulated = SimulatedPrinter(tmp_path, port=0)
    await simulated.start()
    try:
        printer, language = printer_at(f"zpl+tcp://127.0.0.1:{simulated.port}", "label")
        assert language is PrinterLanguage.ZPL
        assert (await printer.state()).lamp is PrinterLamp.READY
        printer.close()
    finally:
        await simulated.stop()


async def test_a_serial_printer_that_is_not_plugged_in_is_missing(tmp_path: Path) -> None:
    printer, language = printer_at(f"escpos+serial://{tmp_path / 'ttyUSB9'}", "label")
    assert language is PrinterLanguage.ESCPOS
    assert (await printer.state()).lamp is PrinterLamp.MISSING
    printer.close()


@pytest.mark.parametrize("address", ["", "9100", "http://127.0.0.1:9100", "zpl+tcp://127.0.0.1", "zpl+tcp://:"])
def test_what_is_no_printer_s_address_is_refused_with_the_forms(address: str) -> None:
    with pytest.raises(DeviceMissing):
        printer_at(address, "label")
