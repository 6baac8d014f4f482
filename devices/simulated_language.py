"""What a printer of ESC/POS raster and ZPL graphics understands of the bytes that reach it, garbage included."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

from PIL import Image

from devices.simulated_zpl import drawn_format

# More than any label needs; beyond it the bytes are noise and are let go.
BUFFER_LIMIT_BYTES = 8_000_000
ROW_BYTES_LIMIT = 512
ROWS_LIMIT = 8_000
LINE_LIMIT_BYTES = 200

_REALTIME = re.compile(rb"\x10\x04[\x01-\x04]|~HS", re.DOTALL)
_INTERESTING = re.compile(rb"[\x10\x1b\x1d^~!]")
_GETVAR = re.compile(rb'! U1 getvar "([^"\r\n]{1,80})"')


class Question(Enum):
    """What a host asks; the first five are answered at once, whatever waits in the buffer."""

    PRINTER_STATUS = b"\x10\x04\x01"
    OFFLINE_CAUSE = b"\x10\x04\x02"
    ERROR_CAUSE = b"\x10\x04\x03"
    PAPER = b"\x10\x04\x04"
    HOST_STATUS = b"~HS"
    BARRIER = b"\x1dr"
    LABEL_COUNT = b"odometer.total_label_count"
    OTHER_VARIABLE = b"getvar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A label came to its end (a cut, or ^XZ).

    Args:
        bitmap: mode "1", black is 0.
    """

    bitmap: Image.Image
    language: str


Event = Finished | Question


@dataclass(slots=True)
class Interpreter:
    """One connection's bytes, in order."""

    _buffer: bytearray = field(default_factory=bytearray)
    _tail: bytes = b""
    _rows: list[Image.Image] = field(default_factory=list)

    def hear(self, data: bytes) -> list[Question]:
        """Take bytes in; returns the real-time questions among them, also what only looks like one in a picture."""
        seen = self._tail + data
        asked = [Question(found[0]) for found in _REALTIME.finditer(seen)]
        self._tail = seen[-2:]
        if asked and seen.endswith(asked[-1].value):
            self._tail = b""
        self._buffer += data
        if len(self._buffer) > BUFFER_LIMIT_BYTES:
            self._buffer.clear()
        return asked

    def next(self) -> Event | None:
        """The next thing that has to happen in its turn; None until more bytes come."""
        while self._buffer:
            first = self._buffer[0]
            if first == 0x1D:
                used, event = self._gs()
            elif first == 0x1B:
                used, event = self._esc()
            elif first == 0x10:
                used, event = (3 if self._buffer[1:2] == b"\x04" else 1), None
                used = 0 if len(self._buffer) < used else used
            elif first in b"^~!":
                used, event = self._zpl()
            else:
                found = _INTERESTING.search(self._buffer)
                used, event = (found.start() if found else len(self._buffer)), None
            if not used:
                return None
            del self._buffer[:used]
            if event is not None:
                return event
        return None

    def _esc(self) -> tuple[int, None]:
        if len(self._buffer) < 2:
            return 0, None
        if self._buffer[1] == ord("@"):
            self._rows.clear()
        return 2, None

    def _gs(self) -> tuple[int, Event | None]:
        """Bytes used (0: wait for more) and what they lead to."""
        name = bytes(self._buffer[1:2])
        length = {b"v": 8, b"V": 3, b"r": 3, b"a": 3}.get(name, 2)
        if len(self._buffer) < length:
            return 0, None
        if name == b"r":
            return 3, Question.BARRIER
        if name == b"V":
            if self._buffer[2] in (0x41, 0x42) and len(self._buffer) < 4:
                return 0, None
            return (4 if self._buffer[2] in (0x41, 0x42) else 3), self._cut()
        if name == b"v":
            return self._raster()
        return length, None

    def _raster(self) -> tuple[int, None]:
        row_bytes = int.from_bytes(self._buffer[4:6], "little")
        rows = int.from_bytes(self._buffer[6:8], "little")
        if self._buffer[2] != ord("0") or not 0 < row_bytes <= ROW_BYTES_LIMIT or not 0 < rows <= ROWS_LIMIT:
            return 2, None
        end = 8 + row_bytes * rows
        if len(self._buffer) < end:
            return 0, None
        black = Image.frombytes("1", (row_bytes * 8, rows), bytes(self._buffer[8:end]), "raw", "1;I")
        if sum(band.height for band in self._rows) + rows <= ROWS_LIMIT:
            self._rows.append(black)
        return end, None

    def _cut(self) -> Finished | None:
        if not self._rows:
            return None
        width, height = max(band.width for band in self._rows), sum(band.height for band in self._rows)
        paper = Image.new("1", (width, height), 1)
        top = 0
        for band in self._rows:
            paper.paste(band, (0, top))
            top += band.height
        self._rows.clear()
        return Finished(bitmap=paper, language="escpos")

    def _zpl(self) -> tuple[int, Event | None]:
        head = bytes(self._buffer[:3])
        if head[:1] == b"!":
            return self._set_get_do()
        if len(head) < 3:
            return 0, None
        if head != b"^XA":
            return (3 if head == b"~HS" else 1), None
        end = self._buffer.find(b"^XZ")
        if end < 0:
            return 0, None
        bitmap = drawn_format(bytes(self._buffer[3:end]))
        return end + 3, Finished(bitmap=bitmap, language="zpl") if bitmap else None

    def _set_get_do(self) -> tuple[int, Event | None]:
        end = self._buffer.find(b"\n", 0, LINE_LIMIT_BYTES)
        if end < 0:
            return (1 if len(self._buffer) >= LINE_LIMIT_BYTES else 0), None
        asked = _GETVAR.match(self._buffer)
        if not asked:
            return 1, None
        counts = asked[1] == Question.LABEL_COUNT.value
        return end + 1, Question.LABEL_COUNT if counts else Question.OTHER_VARIABLE
