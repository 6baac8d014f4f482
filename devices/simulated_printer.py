"""A label printer without paper: a TCP server that speaks ESC/POS raster and ZPL, and misbehaves when it is told to."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import struct
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from devices.label_shelf import LabelShelf, PrintedLabel
from devices.simulated_language import Finished, Interpreter, Question

log = logging.getLogger(__name__)
READ_BYTES = 4096
SLOW_PAUSE_S = 0.1
# A host that says nothing for so long is let go, because the next one waits behind it.
IDLE_S = 30.0
GARBAGE = b"\xfe\x9c{\x02,,\x03?\xff\r\n"


class Fault(StrEnum):
    """Ways to misbehave; RESET_AT_BYTE and CLOSE_AT_BYTE take the number of bytes of a connection that still get in."""

    OFF = "off"
    PAPER_OUT = "paper_out"
    HEAD_OPEN = "head_open"
    SILENT = "silent"
    SLOW = "slow"
    GARBAGE = "garbage"
    RESET_AT_BYTE = "reset_at_byte"
    CLOSE_AT_BYTE = "close_at_byte"


COUNTED_FAULTS = frozenset({Fault.RESET_AT_BYTE, Fault.CLOSE_AT_BYTE})
# While one of these holds, a label that has arrived waits in the printer and comes out afterwards.
_HOLDING = frozenset({Fault.PAPER_OUT, Fault.HEAD_OPEN})


class _Conversation:
    """One connection: what it said, and what must happen in its turn."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.interpreter = Interpreter()
        self.waiting: deque[Finished | Question] = deque()

    def answer(self, data: bytes) -> None:
        if not self.writer.is_closing():
            self.writer.write(data)


class SimulatedPrinter:
    """One printer with its tray of labels.

    Like most printers it serves one connection after the other, so that what came first is printed first.

    Args:
        folder: where labels and the odometer live; what is there is taken up again.
        port: 0 for a free one; `self.port` tells which after `start`.
    """

    def __init__(
        self,
        folder: Path,
        host: str = "127.0.0.1",
        port: int = 9100,
        *,
        now_utc: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.host = host
        self.port = port
        self._now_utc = now_utc
        self._shelf = LabelShelf(folder)
        self._faults: dict[Fault, int] = {}
        self._changed = asyncio.Event()
        self._turn = asyncio.Lock()
        self._server: asyncio.Server | None = None
        self._conversations: set[asyncio.Task[None]] = set()
        self._held: deque[_Conversation] = deque()
        self._listeners: list[Callable[[PrintedLabel], None]] = []

    @property
    def faults(self) -> dict[str, bool | int]:
        """Each fault: a switch, or the byte at which a connection ends (False when it does not)."""
        return {
            fault: self._faults.get(fault, False) if fault in COUNTED_FAULTS else fault in self._faults
            for fault in Fault
        }

    def labels(self) -> list[PrintedLabel]:
        """Every label that came out, oldest first."""
        return self._shelf.labels()

    def png(self, label_id: str) -> bytes | None:
        """The picture of one label; None when there is no such label."""
        return self._shelf.png(label_id)

    def on_label(self, listener: Callable[[PrintedLabel], None]) -> Callable[[], None]:
        """Call `listener` with each label that comes out; returns what ends it. Listeners must not raise."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: the port is in use.
        """
        if self._server is None and Fault.OFF not in self._faults:
            self._server = await asyncio.start_server(self._greet, self.host, self.port)
            self.port = self._server.sockets[0].getsockname()[1]
            log.info("printer_listening host=%s port=%s", self.host, self.port)

    async def stop(self) -> None:
        """Close the port and end every conversation; what waited in the printer's memory is lost."""
        server, self._server = self._server, None
        if server:
            server.close()
        talks = list(self._conversations)
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        self._held.clear()
        if server:
            await server.wait_closed()

    async def set_fault(self, fault: Fault | str, value: bool | int = True) -> None:
        """Switch a fault; False ends it, a number is the byte for RESET_AT_BYTE and CLOSE_AT_BYTE.

        Raises:
            ValueError: no such fault, or a number where none belongs.
        """
        fault = Fault(fault)
        if isinstance(value, bool) is (fault in COUNTED_FAULTS) and value is not False:
            raise ValueError(f"{fault} takes {'a number of bytes' if fault in COUNTED_FAULTS else 'true or false'}")
        if value is False:
            self._faults.pop(fault, None)
        elif value < 0:
            raise ValueError("a number of bytes is not negative")
        else:
            self._faults[fault] = value
        log.info("printer_fault fault=%s value=%s", fault, value)
        if fault is Fault.OFF:
            await (self.start() if value is False else self.stop())
        self._changed.set()
        self._changed = asyncio.Event()
        self._print_held()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        self._conversations.add(talk)
        talk.add_done_callback(self._conversations.discard)
        conversation = _Conversation(writer)
        try:
            async with self._turn:
                await self._listen(reader, conversation)
        except (OSError, asyncio.CancelledError):
            pass  # the other end went away or fell silent, or the printer is being switched off
        finally:
            writer.close()

    async def _listen(self, reader: asyncio.StreamReader, conversation: _Conversation) -> None:
        """Read until the other end is through, or a fault ends it."""
        heard_bytes = 0
        while True:
            while Fault.SILENT in self._faults:
                await self._changed.wait()
            limit = self._limit_bytes()
            if limit is not None and heard_bytes >= limit:
                if Fault.RESET_AT_BYTE in self._faults:
                    _reset(conversation.writer)
                return
            wanted = READ_BYTES if limit is None else min(READ_BYTES, limit - heard_bytes)
            data = await asyncio.wait_for(reader.read(wanted), IDLE_S)
            if not data:
                return
            heard_bytes += len(data)
            if Fault.SLOW in self._faults:
                await asyncio.sleep(SLOW_PAUSE_S)
            while Fault.SILENT in self._faults:
                await self._changed.wait()
            for question in conversation.interpreter.hear(data):
                conversation.answer(self._answer(question))
            self._act(conversation)
            await conversation.writer.drain()

    def _act(self, conversation: _Conversation) -> None:
        """Do what has come to its turn; a label and the barriers behind it wait while the head is idle."""
        while (event := conversation.interpreter.next()) is not None:
            if isinstance(event, Question) and event is not Question.BARRIER:
                conversation.answer(self._answer(event))
            else:
                conversation.waiting.append(event)
        if conversation.waiting and conversation not in self._held:
            self._held.append(conversation)
        self._print_held()

    def _print_held(self) -> None:
        while self._held and not _HOLDING & self._faults.keys():
            conversation = self._held.popleft()
            while conversation.waiting:
                event = conversation.waiting.popleft()
                if isinstance(event, Question):
                    conversation.answer(self._answer(event))
                    continue
                label = self._shelf.put(event.bitmap, language=event.language, printed_at_utc=self._now_utc())
                log.info("label_printed label=%s language=%s", label["label_id"], event.language)
                for listener in list(self._listeners):
                    listener(label)

    def _limit_bytes(self) -> int | None:
        limits = [self._faults[fault] for fault in COUNTED_FAULTS if fault in self._faults]
        return min(limits, default=None)

    def _answer(self, question: Question) -> bytes:
        if Fault.GARBAGE in self._faults:
            return GARBAGE
        paper_out, head_open = Fault.PAPER_OUT in self._faults, Fault.HEAD_OPEN in self._faults
        if question is Question.HOST_STATUS:
            waiting = sum(isinstance(event, Finished) for talk in self._held for event in talk.waiting)
            return (
                f"\x02030,{paper_out:d},0,1218,{waiting:03d},0,0,0,000,0,0,0\x03\r\n"
                f"\x02001,0,{head_open:d},0,0,2,4,0,00000000,1,000\x03\r\n"
                "\x021234,0\x03\r\n"
            ).encode("ascii")
        if question is Question.LABEL_COUNT:
            return b'"%d"' % self._shelf.count
        if question is Question.OTHER_VARIABLE:
            return b'"?"'
        bits = {
            Question.PRINTER_STATUS: 0x12 | (0x08 if paper_out or head_open else 0),
            Question.OFFLINE_CAUSE: 0x12 | (0x20 if paper_out else 0) | (0x04 if head_open else 0),
            Question.ERROR_CAUSE: 0x12,
            Question.PAPER: 0x12 | (0x60 if paper_out else 0),
            Question.BARRIER: 0x0C if paper_out else 0,
        }
        return bytes((bits[question],))


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection with RST, as a printer does whose plug is pulled."""
    plug = writer.get_extra_info("socket")
    plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if os.name == "nt" else "ii", 1, 0))
    writer.transport.abort()
