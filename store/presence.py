"""Stations that listen to the stream of pokes are here, though they ask for nothing."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection

from store import many
from store.station import Speaker, Station
from store.tables import stations
from store.writer import Writer

SEEN_EVERY_S = 20.0


class Presence:
    """Writes down who is here, all of them in one statement now and then, in a thread of its own.

    Args:
        now_utc: the moment that is written down.
    """

    def __init__(self, writer: Writer, now_utc: Callable[[], datetime]) -> None:
        self._writer = writer
        self._now_utc = now_utc
        self._here: Counter[Speaker] = Counter()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="presence", daemon=True)
        self._thread.start()

    @contextmanager
    def of(self, station: Station) -> Iterator[None]:
        """The station is here until the block ends."""
        name = Speaker(warehouse_id=station.warehouse_id, station_id=station.station_id)
        with self._lock:
            self._here[name] += 1
        try:
            yield
        finally:
            with self._lock:
                self._here[name] -= 1
                self._here += Counter()  # without those that are gone

    def write_down(self) -> None:
        """Whoever is here was seen now."""
        with self._lock:
            here = list(self._here)
        now_utc = self._now_utc()
        seen = [
            {"warehouse_id": one.warehouse_id, "station_id": one.station_id, "last_seen_at_utc": now_utc}
            for one in here
        ]

        def write(connection: Connection) -> None:
            many.change(connection, stations, seen)

        if seen:
            self._writer.submit(write)

    def close(self) -> None:
        self._closed.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closed.wait(SEEN_EVERY_S):
            self.write_down()
