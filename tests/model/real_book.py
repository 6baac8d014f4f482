"""The real `sync.ledger.SqliteLedger` on a walk: a file, and a process that may die at each of its commits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from app.domain.facts import Subject
from app.domain.rows import ROW_TYPES, Row
from app.ports import Clock
from sync.book import Book, open_book
from sync.ledger import SqliteLedger
from tests.model.disk import Crashed, Fate
from tests.sync.floor import ENROLLED

ENOUGH = 99


class File:
    """A disk that is a file."""

    fate: Fate | None = None


class MortalBook(Book):
    """An open book whose process may die before a commit, or right after it."""

    def __init__(self, opened: Book, disk: File) -> None:
        super().__init__(opened.db, lock=opened._lock)
        self._disk = disk

    @contextmanager
    def transaction(self) -> Iterator[Database]:
        fate, self._disk.fate = self._disk.fate, None
        with super().transaction() as db:
            yield db
            if fate is Fate.BEFORE:
                raise Crashed(self._disk, kept=False)
        if fate is Fate.AFTER:
            raise Crashed(self._disk, kept=True)


class RealBook(SqliteLedger):
    """Args:
    folder: where the file is; each station has its own in it.
    version: the app's; its facts say their own, whatever this is.
    """

    def __init__(self, folder: Path, station_id: str, clock: Clock, *, version: int = 1) -> None:
        self.version = version
        self.disk = File()
        self._path = folder / f"{station_id}.db"
        self._clock = clock
        super().__init__(self._open(), clock)
        self.enrol(replace(ENROLLED, station_id=station_id))

    def _open(self) -> Book:
        opened = open_book(self._path)
        # What a power cut does is another test's matter; here only the order of commits counts.
        opened.db.execute("PRAGMA synchronous = OFF")
        return MortalBook(opened, self.disk)

    def restart(self) -> None:
        self.close()
        SqliteLedger.__init__(self, self._open(), self._clock)

    def next_load_id(self) -> str | None:
        return f"LOAD-{self.station_id}-{self.last_seq + 1}"

    def numbers_left_each(self) -> int:
        """Handsets close no cartons, and need no numbers."""
        return ENOUGH

    @property
    def fetching(self) -> bool:
        return self.book.recall("fetching") is not None

    def shelf(self) -> Mapping[Subject, Any]:
        found = self.book.db.execute("SELECT row_kind, row_id, held FROM rows WHERE held IS NOT NULL")
        return {(row_kind, row_id): json.loads(held) for row_kind, row_id, held in found}

    def views(self) -> Mapping[Subject, Row]:
        return {(row.row_kind, row.row_id): row for row_type in ROW_TYPES.values() for row in self.all(row_type)}
