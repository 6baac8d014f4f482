"""The station's book: what it knows, what it did, what it owes."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from app.domain.deeds import Deed
from app.domain.facts import Subject
from app.domain.packing import CartonClosed
from app.domain.printing import PrintJob, PrintState
from app.domain.rows import Row, from_image, to_image
from app.ports import Clock, CodeHit, Image
from sync.book import Book, troubles_named
from sync.fact_log import FactLog, Head
from sync.listeners import Listeners
from sync.number_ranges import NumberRange, NumberRanges
from sync.print_jobs import PrintJobTable
from sync.protocol import Cursor, Enrolled, FactsJudged, Pulled
from sync.row_shelf import RowShelf
from sync.salvage import REMEMBERED, Salvaged

R = TypeVar("R", bound=Row)
_OF_THE_OLD_ID = ("fork", "cursor", f"{REMEMBERED}numbers_key")
log = logging.getLogger("floorhand.sync")


class SqliteLedger:
    """Implements `app.ports.Ledger` and `app.ports.PrintJobs`; the courier also settles, pulls and leases through it.

    Every call is sync and short, and what it wrote is on disk when it returns. All calls come from one thread.

    Attributes:
        station_id, warehouse_id: empty until the station is enrolled; nothing can be recorded before.
        fork: why this book's facts and the store's contradict each other, see `keep_fork`; empty while they do not.
        salvaged: name of the damaged book in whose place this one stands; empty when it stands in no other's.
        told_again_through_seq: facts up to this number were recorded under other names before, see `enrol_anew`.
    """

    def __init__(self, book: Book, clock: Clock) -> None:
        with troubles_named():
            self.book = book
            self._rows = RowShelf(book)
            self._facts = FactLog(book, clock)
            self._jobs = PrintJobTable(book)
            self._numbers = NumberRanges(book)
            self._changed = Listeners()
            self._job_changed = Listeners()
            self.enrolled = _enrolled(book)
            self.station_id = self.enrolled.station_id if self.enrolled else ""
            self.warehouse_id = self.enrolled.warehouse_id if self.enrolled else ""
            self.fork = book.recall("fork") or ""
            self.salvaged = book.recall("salvaged") or ""
            self.told_again_through_seq = int(book.recall("told_again_through_seq") or 0)

    # What people and workflows ask (`app.ports.Ledger`).

    def get(self, row_type: type[R], row_id: str) -> R | None:
        with troubles_named():
            return self._rows.get(row_type, row_id)

    def all(self, row_type: type[R], *, parent: str | None = None) -> list[R]:
        with troubles_named():
            return self._rows.all(row_type, parent=parent)

    def find_code(self, code: str) -> CodeHit | None:
        with troubles_named():
            return self._rows.find_code(code)

    def record(self, deed: Deed, *, worker_id: str) -> tuple[int, ...]:
        if not self.station_id:
            raise ValueError("the station is not enrolled")
        first_seq = self._facts.head.seq + 1
        with self.book.transaction():
            for fact in deed.facts:
                if isinstance(fact, CartonClosed):
                    self._numbers.consume(fact.sscc)
            head = self._facts.append(
                deed.facts,
                warehouse_id=self.warehouse_id,
                station_id=self.station_id,
                worker_id=worker_id,
                lease=deed.lease,
            )
            for row in deed.rows:
                self._rows.put_view(row)
            for job in deed.print_jobs:
                self._jobs.add(job)
        self._facts.committed(head=head)
        self._changed.tell()
        if deed.print_jobs:
            self._job_changed.tell()
        return tuple(range(first_seq, head.seq + 1))

    def owed_count(self) -> int:
        return self._facts.head.seq - self._facts.held_through_seq

    def owed_since_utc(self) -> datetime | None:
        with troubles_named():
            return self._facts.owed_since_utc()

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        return self._changed.join(listener)

    def last_facts(self, limit: int = 50) -> list[tuple[int, str, Image]]:
        with troubles_named():
            return list(self._facts.newest(limit))

    def take_sscc(self) -> str | None:
        with troubles_named():
            return self._numbers.next_sscc()

    def remember(self, key: str, value: str) -> None:
        with self.book.transaction():
            self.book.keep(REMEMBERED + key, value)

    def recall(self, key: str) -> str | None:
        with troubles_named():
            return self.book.recall(REMEMBERED + key)

    # What the print queue asks (`app.ports.PrintJobs`).

    def job(self, job_id: str) -> PrintJob | None:
        with troubles_named():
            return self._jobs.job(job_id)

    def jobs(self, *, states: Iterable[PrintState] | None = None) -> list[PrintJob]:
        with troubles_named():
            return self._jobs.jobs(states)

    def mark(self, job_id: str, state: PrintState, *, reason: str = "", printer_count: int | None = None) -> None:
        with self.book.transaction():
            self._jobs.mark(job_id, state, reason=reason, printer_count=printer_count)
        self._job_changed.tell()

    def on_job(self, listener: Callable[[], None]) -> Callable[[], None]:
        return self._job_changed.join(listener)

    # What the courier asks.

    @property
    def last_seq(self) -> int:
        """Number of the newest fact; 0 when there is none."""
        return self._facts.head.seq

    @property
    def held_through_seq(self) -> int:
        """The store holds every fact up to this number."""
        return self._facts.held_through_seq

    @property
    def included_through_seq(self) -> int:
        """The store's rows here contain the effect of every fact up to this number."""
        return self._facts.included_through_seq

    def oldest_kept_seq(self) -> int:
        with troubles_named():
            return self._facts.oldest_kept_seq()

    def owed(self, first_seq: int, limit: int) -> tuple[str, ...]:
        """Texts of at most `limit` facts from `first_seq` on, word for word as they were hashed."""
        with troubles_named():
            return self._facts.owed(first_seq, limit)

    def outcome(self, seq: int) -> Image | None:
        """What the store made of a fact; None while it is owed, or when it has left the book."""
        with troubles_named():
            return self._facts.outcome(seq)

    def enrol(self, enrolled: Enrolled) -> None:
        """The store knows this station now.

        Raises:
            ValueError: the book already belongs to another station, and its chain of facts with it.
        """
        if self.station_id and self.station_id != enrolled.station_id:
            raise ValueError(f"the book belongs to {self.station_id}")
        with self.book.transaction():
            self.book.keep("enrolled", json.dumps(to_image(enrolled)))
        self.enrolled = enrolled
        self.station_id, self.warehouse_id = enrolled.station_id, enrolled.warehouse_id
        self._changed.tell()

    def enrol_with(self, salvaged: Salvaged, enrolled: Enrolled) -> None:
        """The store knows this station, in whose new book nothing is yet, in place of the one whose book was damaged:
        what could be read out of that is told again, as in `enrol_anew`.

        Raises:
            LedgerTrouble: nothing has changed.
        """
        with self.book.transaction():
            head = self._begin_chain(enrolled, salvaged.texts)
            for job in salvaged.jobs:
                self._jobs.add(job)
            for key, value in salvaged.remembered:
                self.book.keep(key, value)
            self.book.forget(*_OF_THE_OLD_ID)
            self.book.keep("salvaged", salvaged.file)
        self.salvaged = salvaged.file
        self._goes_on_as(enrolled, head)

    def enrol_anew(self, enrolled: Enrolled) -> None:
        """Go on as another station: everything is kept, and what is still in the book is told to the store again.

        The rules: each fact is recorded again in a new chain, from 1, under every name that it had; lists, cartons,
        labels and what seats remember stay; carton numbers were the old id's; the rows are fetched anew. The book as it
        was stays beside it.

        Raises:
            ValueError: it is the same station still.
            LedgerTrouble: nothing has changed.
        """
        if enrolled.station_id == self.station_id:
            raise ValueError(f"the book belongs to {self.station_id} already")
        copy = self.book.copy(f"{self.station_id}.bak")
        with self.book.transaction():
            head = self._begin_chain(enrolled, self._facts.end_chain())
            self._rows.change_station(self.station_id, enrolled.station_id)
            self._numbers.drop()
            self.book.forget(*_OF_THE_OLD_ID)
            self._rows.begin_fetch()
            self.book.keep("fetching", "1")
        log.warning("station_goes_on old=%s new=%s copy=%s", self.station_id, enrolled.station_id, copy.name)
        self._goes_on_as(enrolled, head)

    def _begin_chain(self, enrolled: Enrolled, texts: Iterable[str]) -> Head:
        station = {"warehouse_id": enrolled.warehouse_id, "station_id": enrolled.station_id}
        head = self._facts.tell_again(texts, **station)
        self.book.keep("enrolled", json.dumps(to_image(enrolled)))
        self.book.keep("held_through_seq", "0")
        self.book.keep("included_through_seq", "0")
        self.book.keep("told_again_through_seq", str(head.seq))
        return head

    def _goes_on_as(self, enrolled: Enrolled, head: Head) -> None:
        self._facts.committed(head=head, held_through_seq=0, included_through_seq=0)
        self.enrolled, self.fork = enrolled, ""
        self.station_id, self.warehouse_id = enrolled.station_id, enrolled.warehouse_id
        self.told_again_through_seq = head.seq
        self._changed.tell()
        self._job_changed.tell()

    @property
    def is_told_again(self) -> bool:
        """Whether the store holds everything that was recorded under another name before: only then do its rows, which
        contain what it held under those names, say what they contain."""
        return self._facts.held_through_seq >= self.told_again_through_seq

    def settle(self, judged: FactsJudged) -> None:
        """Keep the store's outcomes; what it holds is owed no longer."""
        with self.book.transaction():
            held = self._facts.settle(judged)
            self._facts.prune(held_through_seq=held, included_through_seq=self._facts.included_through_seq)
        self._facts.committed(held_through_seq=held)
        self._changed.tell()

    def owe_again(self, from_seq: int) -> None:
        """The store has lost facts from this number on, and they are still in the book: they are owed again.

        Raises:
            ValueError: they are not in the book any more.
        """
        if not self.oldest_kept_seq() <= from_seq <= self._facts.head.seq + 1:
            raise ValueError(f"fact {from_seq} is not in the book")
        with self.book.transaction():
            self.book.keep("held_through_seq", str(from_seq - 1))
        self._facts.committed(held_through_seq=from_seq - 1)
        self._changed.tell()

    def keep_fork(self, reason: str) -> None:
        """Remember, for good, that the store holds other facts under the numbers of this book's.

        What its rows were said to include was said of those other facts: the ones here that it does not hold are
        played over the rows again.
        """
        included = min(self._facts.included_through_seq, self._facts.held_through_seq)
        with self.book.transaction():
            self.book.keep("fork", reason)
            self.book.keep("included_through_seq", str(included))
            self._rebase(self._facts.subjects(included, self._facts.head.seq), included)
        self._facts.committed(included_through_seq=included)
        self.fork = reason
        self._changed.tell()

    def cursor(self) -> Cursor:
        """Where the next pull goes on."""
        with troubles_named():
            text = self.book.recall("cursor")
        return Cursor() if text is None else from_image(Cursor, json.loads(text))

    def apply(self, pulled: Pulled) -> None:
        """Take over what the store's feed says, and play the facts over it that it does not include.

        An answer that is older than the cursor changes nothing. After `must_refetch`, and when the feed's numbering
        began anew, people go on seeing the old rows until the new ones are here, whole. In a fork the rows are taken
        over, but of the facts here they include those at most that the store really holds.
        """
        before = self.cursor()
        fetching = self.book.recall("fetching") is not None
        anew = pulled.must_refetch or (before.epoch not in ("", pulled.cursor.epoch) and not fetching)
        if not anew and pulled.cursor.epoch == before.epoch and pulled.cursor.change_seq < before.change_seq:
            return
        included, said_included = self._facts.included_through_seq, pulled.included_through_seq
        if self.fork or said_included > self._facts.head.seq:
            said_included = min(said_included, self._facts.held_through_seq)
        with self.book.transaction():
            if anew:
                self._rows.begin_fetch()
                self.book.keep("fetching", "1")
                self._keep_cursor(Cursor(), included)
            elif fetching:
                self._rows.put_fetched(pulled.rows)
                if not pulled.more:
                    included = said_included
                    self._rebase(self._rows.swap_in_fetched(), included)
                    self._rebase(self._facts.subjects(included, self._facts.head.seq), included)
                    self.book.forget("fetching")
                self._keep_cursor(pulled.cursor, included)
            else:
                self._rows.put_held(pulled.rows)
                if said_included < self._facts.head.seq:
                    through_seq = max(included, said_included)
                    for change in pulled.rows:
                        subject = (change.row_kind, change.row_id)
                        if facts := self._facts.after(subject, through_seq):
                            self._rows.rebase(subject, facts)
                if not pulled.more:
                    # Only now is every row that the store's facts changed here: until then the others are as they were.
                    before_seq, included = included, max(included, said_included)
                    self._rebase(self._facts.subjects(before_seq, included), included)
                self._keep_cursor(pulled.cursor, included)
        moved = included != self._facts.included_through_seq
        self._facts.committed(included_through_seq=included)
        if pulled.rows or moved:
            self._changed.tell()

    def _rebase(self, subjects: set[Subject], included_seq: int) -> None:
        for subject in subjects:
            self._rows.rebase(subject, self._facts.after(subject, included_seq))

    def _keep_cursor(self, cursor: Cursor, included_through_seq: int) -> None:
        self.book.keep("cursor", json.dumps(to_image(cursor)))
        self.book.keep("included_through_seq", str(included_through_seq))
        self._facts.prune(held_through_seq=self._facts.held_through_seq, included_through_seq=included_through_seq)

    def lease_numbers(self, leased: NumberRange) -> None:
        """Carton numbers that the store gave this station for good."""
        with self.book.transaction():
            self._numbers.add(leased)
        self._changed.tell()

    def numbers_left_each(self) -> int:
        with troubles_named():
            return self._numbers.left_each()

    def close(self) -> None:
        self.book.close()


def _enrolled(book: Book) -> Enrolled | None:
    text = book.recall("enrolled")
    return None if text is None else from_image(Enrolled, json.loads(text))
