"""The real ledger beside the model's book: both are told the same, and people must see the same in both at any time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from app.domain.deeds import Deed
from app.ports import Clock
from sync.protocol import FactsJudged, Pulled
from tests.model.book import Book
from tests.model.broken import Broken
from tests.model.disk import Crashed
from tests.model.real_book import RealBook

T = TypeVar("T")


class Twin(Book):
    """Its loads are named without numbers of a range."""

    def _consume(self, serial: int) -> None:
        """Nothing to use up."""


class TwinBook(RealBook):
    """What is committed here, the twin does too; what died before its commit, it never hears of."""

    def __init__(self, folder: Path, station_id: str, clock: Clock, *, version: int = 1) -> None:
        super().__init__(folder, station_id, clock, version=version)
        self.twin = Twin(station_id, clock)

    def record(self, deed: Deed, *, worker_id: str) -> tuple[int, ...]:
        seqs = self._both(
            lambda: RealBook.record(self, deed, worker_id=worker_id),
            lambda: self.twin.record(deed, worker_id=worker_id),
        )
        if self.owed(seqs[0], len(seqs)) != self.twin.owed(seqs[0], len(seqs)):
            raise Broken("I3", f"{self.station_id}#{seqs[0]} is not what was done")
        return seqs

    def settle(self, judged: FactsJudged) -> None:
        self._both(lambda: RealBook.settle(self, judged), lambda: self.twin.settle(judged))

    def apply(self, pulled: Pulled) -> None:
        self._both(lambda: RealBook.apply(self, pulled), lambda: self.twin.apply(pulled))

    def _both(self, here: Callable[[], T], there: Callable[[], object]) -> T:
        try:
            done = here()
        except Crashed as crash:
            if crash.kept:
                there()
            raise
        there()
        self.compare()
        return done

    def restart(self) -> None:
        super().restart()
        self.twin.restart()
        self.compare()

    def compare(self) -> None:
        """What people see, and where the conversation stands."""
        mine, others = self.views(), self.twin.views()
        if mine != others:
            differing = {key for key in mine.keys() | others.keys() if mine.get(key) != others.get(key)}
            raise Broken("I7", f"{self.station_id} shows otherwise than rows and facts say: {sorted(differing)[:4]}")
        for name in ("last_seq", "held_through_seq", "included_through_seq"):
            if getattr(self, name) != getattr(self.twin, name):
                raise Broken("I3", f"{self.station_id}: {name} is {getattr(self, name)}")
