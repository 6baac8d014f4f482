"""Printers over a real socket, well and ill: a label is confirmed only when it lies in the tray."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.domain.printing import PrinterLamp
from app.errors import CoverOpen, DeviceMissing, DeviceSilent, DeviceTrouble, PaperOut
from devices import cable, escpos_raster
from devices.label_layout import PrinterLanguage
from devices.printer_talk import Patience
from devices.simulated_language import Interpreter, Question
from devices.simulated_printer import Fault, SimulatedPrinter
from devices.thermal import escpos_printer, zpl_printer
from tests.devices.printer_rig import HURRIED, LANGUAGES, a_printer, codes_on, label_bytes

ESCPOS, ZPL = PrinterLanguage.ESCPOS, PrinterLanguage.ZPL
both_languages = pytest.mark.parametrize("language", LANGUAGES)


@both_languages
async def test_a_label_that_is_confirmed_lies_in_the_tray(language: PrinterLanguage, tmp_path: Path) -> None:
    async with a_printer(tmp_path, language) as (simulated, printer):
        assert (await printer.state()).lamp is PrinterLamp.READY
        count = await printer.print(label_bytes(language))
        assert codes_on(simulated) == ["T.017"]
        assert count == (1 if language is ZPL else None)


@both_languages
@pytest.mark.parametrize(
    ("fault", "trouble", "lamp"),
    [
        (Fault.PAPER_OUT, PaperOut, PrinterLamp.PAPER_OUT),
        (Fault.HEAD_OPEN, CoverOpen, PrinterLamp.HEAD_OPEN),
        (Fault.OFF, DeviceMissing, PrinterLamp.MISSING),
        (Fault.SILENT, DeviceMissing, PrinterLamp.SILENT),
        (Fault.GARBAGE, DeviceMissing, PrinterLamp.SILENT),
    ],
)
async def test_trouble_before_a_label_has_a_name_and_nothing_comes_out(
    language: PrinterLanguage, fault: Fault, trouble: type[DeviceTrouble], lamp: PrinterLamp, tmp_path: Path
) -> None:
    async with a_printer(tmp_path, language) as (simulated, printer):
        await simulated.set_fault(fault)
        assert (await printer.state()).lamp is lamp
        with pytest.raises(trouble):
            await printer.print(label_bytes(language))
        await simulated.set_fault(fault, False)
        await printer.print(label_bytes(language, "AFTER"))
        assert codes_on(simulated) == ["AFTER"]


@both_languages
@pytest.mark.parametrize("fault", [Fault.RESET_AT_BYTE, Fault.CLOSE_AT_BYTE])
async def test_a_printer_that_goes_at_any_byte_is_never_believed(
    language: PrinterLanguage, fault: Fault, tmp_path: Path
) -> None:
    label = label_bytes(language)
    questions_bytes = 48 if language is ZPL else 6
    around = range(questions_bytes - 2, questions_bytes + 3)
    ends = {0, 1, 2, 3, *around, *(len(label) + end for end in around), *range(10, len(label), len(label) // 60)}
    async with a_printer(tmp_path, language) as (simulated, printer):
        for end in sorted(ends):
            await simulated.set_fault(fault, end)
            before = len(simulated.labels())
            with pytest.raises((DeviceMissing, DeviceSilent)) as gone:
                await printer.print(label)
            if gone.type is DeviceMissing:
                assert len(simulated.labels()) == before, f"said that nothing was printed, at byte {end}"


@both_languages
async def test_a_slow_printer_is_waited_for(language: PrinterLanguage, tmp_path: Path) -> None:
    async with a_printer(tmp_path, language, Patience(pause_s=0.01)) as (simulated, printer):
        await simulated.set_fault(Fault.SLOW)
        await printer.print(label_bytes(language))
        assert codes_on(simulated) == ["T.017"]


async def test_a_printer_that_swallows_a_job_and_answers_nothing_is_silent(tmp_path: Path) -> None:
    async with a_printer(tmp_path, ESCPOS) as (simulated, printer):
        label = label_bytes(ESCPOS)
        await simulated.set_fault(Fault.CLOSE_AT_BYTE, len(label) + 6)  # everything but the barrier
        with pytest.raises(DeviceSilent) as silent:
            await printer.print(label)
        assert silent.value.device_id == "P1"
        assert codes_on(simulated) == ["T.017"]


async def test_dots_that_look_like_a_question_do_not_confirm_a_label(tmp_path: Path) -> None:
    async with a_printer(tmp_path, ESCPOS) as (simulated, printer):
        row = escpos_raster.ASK_PAPER * 8
        picture = b"\x1dv0\x00" + len(row).to_bytes(2, "little") + b"\x01\x00" + row
        assert len(Interpreter().hear(picture)) == 8
        await printer.print(escpos_raster.START + picture + escpos_raster.CUT)
        assert len(simulated.labels()) == 1
        await simulated.set_fault(Fault.RESET_AT_BYTE, 6 + len(escpos_raster.START) + len(picture))
        with pytest.raises(DeviceSilent):
            await printer.print(escpos_raster.START + picture + escpos_raster.CUT)
        assert len(simulated.labels()) == 1


async def test_paper_that_ends_while_a_label_prints_leaves_it_in_doubt_until_the_printer_counts(
    tmp_path: Path,
) -> None:
    async with a_printer(tmp_path, ZPL) as (simulated, printer):
        async with a_raw_line(simulated) as (_, writer):
            await simulated.set_fault(Fault.PAPER_OUT)
            writer.write(label_bytes(ZPL))
            await writer.drain()
        state = await printer.state()
        assert (state.lamp, state.printed_count) == (PrinterLamp.PAPER_OUT, 0)
        await simulated.set_fault(Fault.PAPER_OUT, False)
        state = await printer.state()
        assert (state.lamp, state.printed_count) == (PrinterLamp.READY, 1)


async def test_the_tray_and_the_count_survive_a_restart(tmp_path: Path) -> None:
    async with a_printer(tmp_path, ZPL) as (_, printer):
        await printer.print(label_bytes(ZPL, "BEFORE"))
    with (tmp_path / "labels.jsonl").open("a", encoding="utf-8") as journal:
        journal.write('{"label_id": "L-00')  # the plug was pulled here
    async with a_printer(tmp_path, ZPL) as (simulated, printer):
        assert await printer.print(label_bytes(ZPL, "AFTER")) == 2
        assert codes_on(simulated) == ["BEFORE", "AFTER"]
        label_ids = [label["label_id"] for label in simulated.labels()]
        assert label_ids == ["L-000001", "L-000002"]
        assert all((simulated.png(label_id) or b"").startswith(b"\x89PNG") for label_id in label_ids)
        assert simulated.png("L-9") is None


async def test_garbage_on_the_socket_leaves_the_printer_ready(tmp_path: Path) -> None:
    async with a_printer(tmp_path, ZPL) as (simulated, printer):
        for noise in (os.urandom(20_000), b"GET / HTTP/1.1\r\n\r\n", b"^XA" * 999, b"\x1dv0\x00\xff\xff\xff\xff" * 9):
            async with a_raw_line(simulated) as (_, writer):
                writer.write(noise)
        await printer.print(label_bytes(ZPL))
        assert codes_on(simulated)[-1] == "T.017"


async def test_a_fault_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    simulated = SimulatedPrinter(tmp_path, port=0)
    for fault, value in (("on_fire", True), (Fault.RESET_AT_BYTE, True), (Fault.OFF, 3), (Fault.CLOSE_AT_BYTE, -1)):
        with pytest.raises(ValueError, match=r".+"):
            await simulated.set_fault(fault, value)
    assert not any(value is not False for value in simulated.faults.values())


async def test_a_host_name_that_nobody_has_is_a_missing_printer() -> None:
    printer = zpl_printer("P1", cable.network("printer.invalid", 9100), patience=HURRIED)
    state = await printer.state()
    assert state.lamp is PrinterLamp.MISSING
    with pytest.raises(DeviceMissing):
        await printer.print(b"^XA^XZ")
    printer.close()


async def test_a_port_without_a_listener_is_a_missing_printer() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        printer = escpos_printer("P1", cable.network("127.0.0.1", taken.getsockname()[1]), patience=HURRIED)
        assert (await printer.state()).lamp is PrinterLamp.MISSING
    printer.close()


@contextmanager
def a_line_printer() -> Iterator[tuple[str, list[bytes]]]:
    """A printer at the far end of a terminal line: the path of ours, and what it has printed."""
    theirs, ours = os.openpty()
    tty.setraw(ours)
    printed: list[bytes] = []
    interpreter = Interpreter()
    answers = {Question.OFFLINE_CAUSE: b"\x12", Question.PAPER: b"\x12", Question.BARRIER: b"\x00"}

    def serve() -> None:
        while True:
            try:
                data = os.read(theirs, 4096)
            except OSError:
                return
            for question in interpreter.hear(data):
                os.write(theirs, answers[question])
            while event := interpreter.next():
                if isinstance(event, Question):
                    os.write(theirs, answers[event])
                else:
                    printed.append(event.bitmap.tobytes())

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield os.ttyname(ours), printed
    finally:
        os.close(ours)
        thread.join(1)
        os.close(theirs)


@pytest.mark.parametrize("opener", [cable.serial, cable.device_file])
async def test_a_printer_on_a_serial_line_or_a_device_file_confirms(opener: cable.CableOpener) -> None:
    with a_line_printer() as (path, printed):
        printer = escpos_printer("P1", opener(path), patience=HURRIED)  # type: ignore[arg-type]
        assert (await printer.state()).lamp is PrinterLamp.READY
        await printer.print(label_bytes(ESCPOS))
        assert len(printed) == 1
        printer.close()


@pytest.mark.parametrize("opener", [cable.serial, cable.device_file])
async def test_a_line_that_is_not_there_is_a_missing_printer(opener: cable.CableOpener, tmp_path: Path) -> None:
    printer = escpos_printer("P1", opener(str(tmp_path / "lp9")), patience=HURRIED)  # type: ignore[arg-type]
    state = await printer.state()
    assert state.lamp is PrinterLamp.MISSING
    assert "No such file" in state.reason
    printer.close()


class a_raw_line:
    """A connection of somebody else to the printer, read to its end when it closes."""

    def __init__(self, printer: SimulatedPrinter) -> None:
        self._printer = printer

    async def __aenter__(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        self._line = await asyncio.open_connection(self._printer.host, self._printer.port)
        return self._line

    async def __aexit__(self, *_: object) -> None:
        reader, writer = self._line
        writer.write_eof()
        await reader.read()
        writer.close()
        await writer.wait_closed()
