"""Label printers behind the port `LabelPrinter`: a thread a printer, a connection a job, and the printer's own word."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TypeVar

from app.domain.printing import PrinterLamp, PrinterState
from app.errors import CoverOpen, DeviceBusy, DeviceMissing, DeviceSilent, DeviceTrouble, PaperOut
from devices.cable import Cable, CableOpener
from devices.printer_talk import EscposTalk, NoAnswer, Patience, Report, Talk, ZplTalk

Answer = TypeVar("Answer")

_TROUBLE: dict[PrinterLamp, type[DeviceTrouble]] = {
    PrinterLamp.PAPER_OUT: PaperOut,
    PrinterLamp.HEAD_OPEN: CoverOpen,
    PrinterLamp.BUSY: DeviceBusy,
}


class ThermalPrinter:
    """One printer. Only its own thread touches the cable, so questions and labels never mix.

    Args:
        printer_id: the station's name for it.
        opener: how to reach it (`devices.cable`).
        talk: its language.
    """

    def __init__(self, printer_id: str, opener: CableOpener, talk: Talk, patience: Patience) -> None:
        self.printer_id = printer_id
        self._opener = opener
        self._talk = talk
        self._patience = patience
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"printer {printer_id}")

    async def state(self) -> PrinterState:
        return await self._in_thread(self._ask)

    async def print(self, label: bytes) -> int | None:
        return await self._in_thread(lambda: self._print(label))

    def close(self) -> None:
        """Take no more work; what is being printed goes on to its end."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _in_thread(self, work: Callable[[], Answer]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _ask(self) -> PrinterState:
        try:
            with self._connected() as cable:
                report = self._talk.ask(cable)
        except NoAnswer as why:
            report = Report(lamp=PrinterLamp.SILENT, reason=str(why))
        except DeviceBusy as why:
            report = Report(lamp=PrinterLamp.BUSY, reason=why.reason)
        except DeviceMissing as why:
            report = Report(lamp=PrinterLamp.MISSING, reason=why.reason)
        except OSError as why:
            report = Report(lamp=PrinterLamp.MISSING, reason=_said(why))
        return PrinterState(
            printer_id=self.printer_id,
            lamp=report.lamp,
            reason=report.reason,
            printed_count=report.printed_count,
        )

    def _print(self, label: bytes) -> int | None:
        with self._connected() as cable:
            try:
                before = self._talk.ask(cable)
            except OSError as why:  # not one byte of the label has left
                raise DeviceMissing(self.printer_id, _said(why)) from why
            if trouble := _TROUBLE.get(before.lamp):
                raise trouble(self.printer_id, before.reason)
            try:
                cable.send(label, within_s=self._patience.send_s)
                return self._talk.finish(cable, before)
            except OSError as why:  # from the first byte on nobody but the printer knows
                raise DeviceSilent(self.printer_id, self._patience.print_s) from why

    @contextmanager
    def _connected(self) -> Iterator[Cable]:
        """A fresh cable, closed whatever happens: after a time-out a late byte would answer the next question."""
        try:
            cable = self._opener(self._patience.connect_s)
        except OSError as why:
            busy = why.errno in (errno.EBUSY, errno.EAGAIN)
            raise (DeviceBusy if busy else DeviceMissing)(self.printer_id, _said(why)) from why
        try:
            yield cable
        finally:
            with suppress(OSError):  # it is gone, which is what was wanted
                cable.close()


def escpos_printer(printer_id: str, opener: CableOpener, *, patience: Patience | None = None) -> ThermalPrinter:
    """A printer that speaks ESC/POS."""
    patience = patience or Patience()
    return ThermalPrinter(printer_id, opener, EscposTalk(patience), patience)


def zpl_printer(
    printer_id: str, opener: CableOpener, *, keeps_count: bool = True, patience: Patience | None = None
) -> ThermalPrinter:
    """A printer that speaks ZPL; `keeps_count` is False where the odometer is not answered at all."""
    patience = patience or Patience()
    return ThermalPrinter(printer_id, opener, ZplTalk(patience, keeps_count=keeps_count), patience)


def _said(why: OSError) -> str:
    """A short reason without addresses."""
    return why.strerror or str(why) or type(why).__name__
