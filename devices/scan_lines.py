"""A scanner that sends its codes as lines: on a serial line, a pipe, or typed at a terminal."""

from __future__ import annotations

import asyncio
import os
import re
import threading
from collections.abc import AsyncIterator, Callable

from app.domain.scan import Scan, Source
from devices.aim import scan_of

READ_BYTES = 4096
MAX_CHARS = 1000
"""Longest text that is kept; the rest of a longer one is swallowed, so that it ends as one bad scan."""
# Start and end of text, which some scanners put around each code; some end a line in CR, some in LF, some in both.
_ENDS = re.compile(rb"[\r\n]+")
_FRAME = "\x02\x03"


class Lines:
    """Puts bytes together into the texts of whole lines; empty ones are none."""

    def __init__(self) -> None:
        self._begun = b""

    def feed(self, content: bytes) -> list[str]:
        *whole, begun = _ENDS.split(self._begun + content)
        # One more than is kept, so that what is cut is still seen to be too long.
        self._begun = begun[: MAX_CHARS + 1]
        texts = (line[: MAX_CHARS + 1].decode("utf-8", "replace").strip(_FRAME) for line in whole)
        return [text for text in texts if text]


async def scans(descriptor: int, at_ms: Callable[[], int]) -> AsyncIterator[Scan]:
    """Every code that comes in, until the other end is closed; a line without its end is no code."""
    loop = asyncio.get_running_loop()
    read: asyncio.Queue[bytes] = asyncio.Queue()

    def listen() -> None:
        # Not through `sys.stdin`: who waits there holds a lock that the interpreter wants at its end.
        while content := _read(descriptor):
            loop.call_soon_threadsafe(read.put_nowait, content)
        loop.call_soon_threadsafe(read.put_nowait, b"")

    # A daemon: nothing ends a read of a scanner that is silent.
    threading.Thread(target=listen, name="scan lines", daemon=True).start()
    lines = Lines()
    while content := await read.get():
        for text in lines.feed(content):
            yield scan_of(text, source=Source.SERIAL, at_ms=at_ms())


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, READ_BYTES)
    except OSError:  # pulled out, or never opened
        return b""
