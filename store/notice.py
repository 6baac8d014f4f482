"""Wakes those who wait for news: the writer says that it has committed, and every long poll looks again."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Notice:
    """Said from the writer's thread, heard on any event loop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self.closed = False

    @contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """An event that is set at each commit from now on; begin to listen before you look."""
        place = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._waiting.add(place)
        try:
            yield place[1]
        finally:
            with self._lock:
                self._waiting.discard(place)

    @property
    def listeners(self) -> int:
        """How many wait now."""
        with self._lock:
            return len(self._waiting)

    def say(self) -> None:
        """There may be news."""
        with self._lock:
            waiting = list(self._waiting)
        for loop, event in waiting:
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

    def close(self) -> None:
        """The store is going down: let everybody go."""
        self.closed = True
        self.say()
