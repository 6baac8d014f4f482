"""How a printer says how it is and whether a label came out, in ESC/POS and in ZPL. Blocks: for a printer's thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.domain.printing import PrinterLamp
from devices import escpos_raster, zpl
from devices.cable import Cable

NONSENSE = "answers nonsense"


class NoAnswer(OSError):
    """The printer did not answer in time, or not in its language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a printer may take, in seconds.

    Args:
        connect_s: to take the call.
        answer_s: for an answer that it gives at once.
        send_s: to take a label's bytes.
        print_s: to say that the label is through.
        pause_s: between two questions while it prints.
    """

    connect_s: float = 2.0
    answer_s: float = 2.0
    send_s: float = 10.0
    print_s: float = 15.0
    pause_s: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the printer said of itself."""

    lamp: PrinterLamp
    reason: str = ""
    printed_count: int | None = None


class Talk(Protocol):
    """One printer language. Every failure is an OSError."""

    def ask(self, cable: Cable) -> Report:
        """How the printer is now."""

    def finish(self, cable: Cable, before: Report) -> int | None:
        """Wait until the label that was just sent is through; the printer's count after it, when it keeps one."""


class EscposTalk:
    """Real-time status before a label, a barrier (`GS r 1`, answered in its turn) after it. Keeps no count."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience

    def ask(self, cable: Cable) -> Report:
        cause = self._realtime(cable, escpos_raster.ASK_OFFLINE_CAUSE)
        paper = self._realtime(cable, escpos_raster.ASK_PAPER)
        if escpos_raster.cover_open(cause):
            return Report(lamp=PrinterLamp.HEAD_OPEN)
        if escpos_raster.paper_out(cause, paper):
            return Report(lamp=PrinterLamp.PAPER_OUT)
        if escpos_raster.failed(cause):
            return Report(lamp=PrinterLamp.BUSY, reason="reports an error")
        return Report(lamp=PrinterLamp.READY)

    def finish(self, cable: Cable, before: Report) -> None:
        cable.send(escpos_raster.BARRIER, within_s=self._patience.answer_s)
        before_s = time.monotonic() + self._patience.print_s
        while data := cable.receive(within_s=before_s - time.monotonic()):
            for place, byte in enumerate(data):
                # Dots of a picture may look like DLE EOT and be answered: only the barrier's own answer counts.
                if escpos_raster.is_realtime_answer(byte):
                    continue
                if escpos_raster.is_barrier_answer(byte) and place == len(data) - 1:
                    return
                raise NoAnswer(NONSENSE)
        raise NoAnswer("no answer to the barrier")

    def _realtime(self, cable: Cable, question: bytes) -> int:
        cable.send(question, within_s=self._patience.answer_s)
        answer = cable.receive(within_s=self._patience.answer_s)
        if not answer:
            raise NoAnswer(f"no answer within {self._patience.answer_s:g} s")
        if len(answer) != 1 or not escpos_raster.is_realtime_answer(answer[0]):
            raise NoAnswer(NONSENSE)
        return answer[0]


class ZplTalk:
    """Host status before and after a label, and the head's odometer where it has one; silence is a fault.

    Args:
        keeps_count: False for printers that do not know `odometer.total_label_count` and do not answer at all.
    """

    def __init__(self, patience: Patience, *, keeps_count: bool = True) -> None:
        self._patience = patience
        self._keeps_count = keeps_count

    def ask(self, cable: Cable) -> Report:
        status = self._status(cable)
        count = self._count(cable)
        if status.head_open:
            return Report(lamp=PrinterLamp.HEAD_OPEN, printed_count=count)
        if status.paper_out or status.ribbon_out:
            reason = "" if status.paper_out else "out of ribbon"
            return Report(lamp=PrinterLamp.PAPER_OUT, reason=reason, printed_count=count)
        if status.paused or status.formats_waiting:
            reason = "paused" if status.paused else "still printing"
            return Report(lamp=PrinterLamp.BUSY, reason=reason, printed_count=count)
        return Report(lamp=PrinterLamp.READY, printed_count=count)

    def finish(self, cable: Cable, before: Report) -> int | None:
        before_s = time.monotonic() + self._patience.print_s
        while time.monotonic() < before_s:
            now = self.ask(cable)
            if now.lamp in (PrinterLamp.HEAD_OPEN, PrinterLamp.PAPER_OUT):
                raise NoAnswer(f"{now.lamp} before the label was through")
            if now.lamp is PrinterLamp.READY:
                if before.printed_count is None or now.printed_count is None:
                    return now.printed_count
                if now.printed_count > before.printed_count:
                    return now.printed_count
            time.sleep(self._patience.pause_s)
        raise NoAnswer("the label did not come out")

    def _status(self, cable: Cable) -> zpl.HostStatus:
        cable.send(zpl.ASK_STATUS, within_s=self._patience.answer_s)
        status = zpl.read_status(self._answer(cable, lambda text: text.count(b"\x03") >= 3))
        if status is None:
            raise NoAnswer(NONSENSE)
        return status

    def _count(self, cable: Cable) -> int | None:
        if not self._keeps_count:
            return None
        cable.send(zpl.ASK_LABEL_COUNT, within_s=self._patience.answer_s)
        answer = self._answer(cable, lambda text: text.count(b'"') >= 2)
        if answer.strip() != b'"?"' and zpl.read_label_count(answer) is None:
            raise NoAnswer(NONSENSE)
        return zpl.read_label_count(answer)

    def _answer(self, cable: Cable, whole: Callable[[bytes], bool]) -> bytes:
        """Bytes until the answer is whole."""
        before_s = time.monotonic() + self._patience.answer_s
        answer = b""
        while not whole(answer):
            data = cable.receive(within_s=before_s - time.monotonic())
            if not data or len(answer) > 1000:
                raise NoAnswer(NONSENSE if answer else f"no answer within {self._patience.answer_s:g} s")
            answer += data
        return answer
