"""A station's book in the model: what `sync.ledger.SqliteLedger` keeps, under the same names, on a disk of dicts.

The rules of `apply` are the wire's (`sync.protocol.Pulled`) written down a second time, row by row, so that the real
ledger and this one can be held against the same invariants.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

from app.domain.deeds import Deed
from app.domain.facts import Fact, Subject
from app.domain.rows import ROW_TYPES, Row, from_image, to_image
from app.domain.totes import ToteAssigned
from app.ports import Clock
from sync.number_ranges import NumberRange
from sync.protocol import GENESIS_HASH, Cursor, Envelope, FactsJudged, Pulled, fact_hash, fact_text
from sync.rebase import replay
from tests.model.disk import Disk

R = TypeVar("R", bound=Row)
NEWEST_KEPT = 20
WAREHOUSE = "W1"


class Kept(NamedTuple):
    text: str
    fact: Fact


class Shelved(NamedTuple):
    """A row as the store sent it: its number in the feed, and which of this station's facts it contains."""

    row: Row
    change_seq: int
    through_seq: int


class Book:
    """Args:
    version: what the app's facts say their version is; a newer app, a higher one.
    """

    def __init__(self, station_id: str, clock: Clock, *, version: int = 1) -> None:
        self.station_id = station_id
        self.version = version
        self.disk = Disk()
        self._clock = clock
        self._facts: dict[int, Kept] = {}
        self._about: dict[Subject, list[int]] = {}
        self._rows: dict[Subject, Shelved] = {}
        self._fetched: dict[Subject, Shelved] = {}
        self._gone: dict[Subject, int] = {}
        self._ranges: dict[int, int] = {}
        self._meta: dict[str, Any] = {"last": 0, "hash": GENESIS_HASH, "held": 0, "included": 0, "oldest": 1}
        self._views: dict[Subject, Row | None] = {}

    def restart(self) -> None:
        """The process died; what it had in memory alone is gone."""
        self.disk.undo()
        self._views.clear()

    # What people see and do.

    def get(self, row_type: type[R], row_id: str) -> R | None:
        row = self._view((row_type.row_kind, row_id))
        return row if isinstance(row, row_type) else None

    def all(self, row_type: type[R], *, parent: str | None = None) -> list[R]:
        kind = row_type.row_kind
        known = {subject for subject in (*self._rows, *self._about) if subject[0] == kind}
        views = (self._view(subject) for subject in sorted(known))
        return [row for row in views if isinstance(row, row_type) and (parent is None or row.parent == parent)]

    def record(self, deed: Deed, *, worker_id: str) -> tuple[int, ...]:
        with self.disk.transaction():
            return self._record(deed, worker_id)

    def _record(self, deed: Deed, worker_id: str) -> tuple[int, ...]:
        put, meta = self.disk.put, self._meta
        seq, prev_hash = meta["last"], meta["hash"]
        first_seq = seq + 1
        now_utc, monotonic_ms = self._clock.now_utc(), self._clock.monotonic_ms()
        for fact in deed.facts:
            seq += 1
            text = fact_text(
                Envelope(
                    warehouse_id=WAREHOUSE,
                    station_id=self.station_id,
                    seq=seq,
                    kind=fact.kind,
                    version=self.version,
                    worker_id=worker_id,
                    lease=deed.lease,
                    occurred_at_utc=now_utc,
                    boot_id=self._clock.boot_id,
                    monotonic_ms=monotonic_ms,
                    prev_hash=prev_hash,
                    body=to_image(fact),
                )
            )
            prev_hash = fact_hash(prev_hash, text)
            put(self._facts, seq, Kept(text, fact))
            for subject in fact.subjects():
                self._views.pop(subject, None)
                if subject not in self._about:
                    put(self._about, subject, [])
                self.disk.append(self._about[subject], seq)
            if isinstance(fact, ToteAssigned):
                self._consume(int(fact.tote_load_id.rpartition("-")[2]))
        put(meta, "last", seq)
        put(meta, "hash", prev_hash)
        return tuple(range(first_seq, seq + 1))

    def next_load_id(self) -> str | None:
        """The next number of a leased range, as a tote load's name; None when none is left."""
        left = [serial for serial, last in self._ranges.items() if serial <= last]
        return f"LOAD-{min(left)}" if left else None

    def _consume(self, serial: int) -> None:
        last = self._ranges[serial]
        self.disk.drop(self._ranges, serial)
        if serial < last:
            self.disk.put(self._ranges, serial + 1, last)

    def remember(self, key: str, value: str) -> None:
        with self.disk.transaction():
            self.disk.put(self._meta, f"remembered.{key}", value)

    def recall(self, key: str) -> str | None:
        value: str | None = self._meta.get(f"remembered.{key}")
        return value

    # What the courier asks.

    @property
    def last_seq(self) -> int:
        return int(self._meta["last"])

    @property
    def held_through_seq(self) -> int:
        return int(self._meta["held"])

    @property
    def included_through_seq(self) -> int:
        return int(self._meta["included"])

    def oldest_kept_seq(self) -> int:
        return int(self._meta["oldest"])

    def owed(self, first_seq: int, limit: int) -> tuple[str, ...]:
        last_seq = min(self.last_seq, first_seq + limit - 1)
        return tuple(self._facts[seq].text for seq in range(first_seq, last_seq + 1))

    def settle(self, judged: FactsJudged) -> None:
        with self.disk.transaction():
            held = min(max(judged.held_through_seq, self.held_through_seq), self.last_seq)
            self.disk.put(self._meta, "held", held)
            self._prune()

    def lease_numbers(self, leased: NumberRange) -> None:
        with self.disk.transaction():
            key = f"range.{leased.first_serial}"
            if key not in self._meta:
                self.disk.put(self._meta, key, True)
                self.disk.put(self._ranges, leased.first_serial, leased.last_serial)

    def numbers_left_each(self) -> int:
        return sum(last - serial + 1 for serial, last in self._ranges.items())

    def cursor(self) -> Cursor:
        cursor: Cursor = self._meta.get("cursor") or Cursor()
        return cursor

    @property
    def fetching(self) -> bool:
        return bool(self._meta.get("fetching"))

    def apply(self, pulled: Pulled) -> None:
        """As `SqliteLedger.apply` says."""
        before = self.cursor()
        anew = pulled.must_refetch or (before.epoch not in ("", pulled.cursor.epoch) and not self.fetching)
        if not anew and pulled.cursor.epoch == before.epoch and pulled.cursor.change_seq < before.change_seq:
            return
        if anew:
            with self.disk.transaction():
                self._begin_fetch()
        else:
            self._take_page(pulled)
        # Which facts are played over a row changes with the rows: all are played anew when somebody looks.
        self._views.clear()

    def _begin_fetch(self) -> None:
        for subject in tuple(self._fetched):
            self.disk.drop(self._fetched, subject)
        self.disk.put(self._meta, "fetching", True)
        self.disk.put(self._meta, "cursor", Cursor())

    def _take_page(self, pulled: Pulled) -> None:
        with self.disk.transaction():
            self._take_rows(pulled)
            self.disk.put(self._meta, "cursor", pulled.cursor)

    def _take_rows(self, pulled: Pulled) -> None:
        put, drop = self.disk.put, self.disk.drop
        shelf = self._fetched if self.fetching else self._rows
        for change in pulled.rows:
            subject = (change.row_kind, change.row_id)
            if change.image is None:
                drop(shelf, subject)
                if shelf is self._rows:
                    # It is gone with those facts, though the pages to come are without them.
                    put(self._gone, subject, pulled.included_through_seq)
            else:
                drop(self._gone, subject)
                row = from_image(ROW_TYPES[change.row_kind], change.image)
                put(shelf, subject, Shelved(row, change.change_seq, pulled.included_through_seq))
        if pulled.more:
            return
        for subject in tuple(self._gone):
            drop(self._gone, subject)
        included = pulled.included_through_seq
        if self.fetching:
            for subject in tuple(self._rows):
                drop(self._rows, subject)
            for subject, shelved in tuple(self._fetched.items()):
                put(self._rows, subject, shelved)
                drop(self._fetched, subject)
            put(self._meta, "fetching", False)
        else:
            included = max(included, self.included_through_seq)
        put(self._meta, "included", included)
        self._prune()

    def _view(self, subject: Subject) -> Row | None:
        if subject not in self._views:
            shelved = self._rows.get(subject)
            contains = shelved.through_seq if shelved else self._gone.get(subject, 0)
            through = max(self.included_through_seq, contains)
            facts = []
            for seq in reversed(self._about.get(subject, ())):
                if seq <= through:
                    break
                facts.append(self._facts[seq].fact)
            facts.reverse()
            self._views[subject] = replay(ROW_TYPES[subject[0]], shelved.row if shelved else None, facts)
        return self._views[subject]

    def _prune(self) -> None:
        oldest = self._meta["oldest"]
        through = min(self._meta["held"], self._meta["included"], self._meta["last"] - NEWEST_KEPT)
        if through < oldest:
            return
        for seq in range(oldest, through + 1):
            for subject in self._facts[seq].fact.subjects():
                left = [later for later in self._about.get(subject, ()) if later > through]
                if left:
                    self.disk.put(self._about, subject, left)
                else:
                    self.disk.drop(self._about, subject)
            self.disk.drop(self._facts, seq)
        self.disk.put(self._meta, "oldest", through + 1)

    # What the invariants look at.

    def shelf(self) -> dict[Subject, int]:
        """The store's rows here, each with its number in the feed."""
        return {subject: shelved.change_seq for subject, shelved in self._rows.items()}

    def views(self) -> dict[Subject, Row]:
        """All that people see."""
        seen = {subject: self._view(subject) for subject in (*self._rows, *self._about)}
        return {subject: row for subject, row in seen.items() if row is not None}
