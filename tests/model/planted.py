"""Ten mistakes that others have made, each planted by swapping one part of a walk: the model must find them all."""

from __future__ import annotations

from datetime import datetime

from app.domain.deeds import Deed
from app.domain.facts import Subject
from app.domain.picklists import Picklist
from app.domain.rows import ROW_TYPES
from store.judge import Head, Said, Told
from sync.failure import Failure
from sync.protocol import FactsJudged, Outcome, Pulled, Verdict
from sync.rebase import MISFITS
from sync.session import Push, Session, Step
from tests.model.book import Book
from tests.model.disk import Disk
from tests.model.station import Station
from tests.model.store import OfficeWork, Store
from tests.model.store_book import StoreBook
from tests.model.store_feed import StoreFeed
from tests.model.walk import Parts


class EarlyNumbers(StoreFeed):
    """Takes the numbers that a writer was given when it began, as long as it has some."""

    def __init__(self, disk: Disk, station_ids: list[str]) -> None:
        super().__init__(disk, station_ids)
        self.reserved: list[int] = []

    def next_number(self) -> int:
        early = [number for number in self.reserved if number <= self.change_seq]
        self.reserved = []
        return early[0] if early else super().next_number()


class BookOfEarlyNumbers(StoreBook):
    feed_type = EarlyNumbers
    feed: EarlyNumbers


class NaiveCursor(Store):
    """The office writes beside the floor's writer: its number comes from the sequence when it begins, and is seen when
    it commits. A cursor that went past it in between never comes back."""

    _begun: list[tuple[list[int], OfficeWork]]

    def submit(self, work: OfficeWork) -> None:
        assert isinstance(self.book, BookOfEarlyNumbers)
        with self.book.disk.transaction():
            number = self.book.feed.next_number()
        self._begun = [*getattr(self, "_begun", []), ([number], work)]

    def write(self) -> None:
        assert isinstance(self.book, BookOfEarlyNumbers)
        if getattr(self, "_begun", []) and (not self.queue or self._rng.random() < 0.5):
            numbers, work = self._begun.pop(0)
            self.book.feed.reserved = numbers
            self.queue.insert(0, work)
        super().write()
        self.book.feed.reserved = []


class NoIdempotency(StoreBook):
    """Whatever comes is news: a fact that comes again happens again."""

    def _given(self, station_id: str, said: Said, now_utc: datetime) -> Outcome:
        told = self.read(station_id, said.text)
        if isinstance(told, Told):
            self._happen(told)
        return super()._given(station_id, said, now_utc)


class DuplicateInsideAGroup(StoreBook):
    """Looks for a fact among those that are committed, and not among those of the group that is being written."""

    _committed: dict[str, Head]

    def begin(self) -> None:
        super().begin()
        self._committed = dict(self._heads)

    def _given(self, station_id: str, said: Said, now_utc: datetime) -> Outcome:
        told = self.read(station_id, said.text)
        if (said.seq or 0) > self._committed[station_id].seq and isinstance(told, Told):
            self._happen(told)
        return super()._given(station_id, said, now_utc)


class OutcomeRecomputed(StoreBook):
    """Judges a fact that comes again by the rows as they stand now."""

    def _given(self, station_id: str, said: Said, now_utc: datetime) -> Outcome:
        given = super()._given(station_id, said, now_utc)
        told = self.read(station_id, said.text)
        if isinstance(told, str):
            return given
        for subject in told.fact.subjects():
            row = self.feed.rows.get(subject)
            try:
                fits = (row.after(told.fact) if row else ROW_TYPES[subject[0]].born_of(told.fact)) is not None
            except MISFITS:
                fits = False
            if not fits:
                why = str(self._why(told.fact, stale=self.is_stale(told.envelope.lease)))
                return Outcome(seq=given.seq, verdict=Verdict.ACCEPTED_WITH_EXCEPTION, exception=why)
        return Outcome(seq=given.seq, verdict=Verdict.ACCEPTED)


class LeaseWithoutEpoch(StoreBook):
    """A lease names its list and nothing else."""

    def _next_epoch(self, picklist: Picklist) -> int:
        return picklist.epoch


class Forgetful(StoreFeed):
    """A row that leaves a scope is deleted there, and nobody is told."""

    def _leave(self, scope: str, subject: Subject, _number: int) -> None:
        self.disk.drop(self._scopes[scope], subject)


class TombstoneForgotten(StoreBook):
    feed_type = Forgetful


class DropOn4xx(Station):
    """What the store refused once is not sent again."""

    def push_failed(self, now_s: float, sent: Push, failure: Failure) -> None:
        if failure.status is not None and 400 <= failure.status < 500:
            self.book.settle(FactsJudged(outcomes=(), held_through_seq=sent.last_seq))
        super().push_failed(now_s, sent, failure)


class NoRetryWithoutNewWrites(Session):
    """After a push that failed, the next one waits for something new to send."""

    _failed_at_seq = -1

    def next_step(self, now_s: float, *, first_owed_seq: int, last_seq: int, may_pull: bool = True) -> Step:
        if self._push.trouble is None:
            self._failed_at_seq = -1
        elif self._failed_at_seq < 0:
            self._failed_at_seq = last_seq
        owed = last_seq + 1 if last_seq == self._failed_at_seq else first_owed_seq
        return super().next_step(now_s, first_owed_seq=owed, last_seq=last_seq, may_pull=may_pull)


class CursorApartFromRows(Book):
    """The cursor is kept first, and the rows after it."""

    def _take_page(self, pulled: Pulled) -> None:
        with self.disk.transaction():
            self.disk.put(self._meta, "cursor", pulled.cursor)
        with self.disk.transaction():
            self._take_rows(pulled)


class VolatileOutbox(Book):
    """The tone comes at once, and the disk when there is something else to write."""

    def record(self, deed: Deed, *, worker_id: str) -> tuple[int, ...]:
        return self._record(deed, worker_id)


PLANTED: dict[str, Parts] = {
    "naive cursor": Parts(store=NaiveCursor, store_book=BookOfEarlyNumbers),
    "no idempotency": Parts(store_book=NoIdempotency),
    "drop on 4xx": Parts(station=DropOn4xx),
    "no retry without new writes": Parts(session=NoRetryWithoutNewWrites),
    "duplicate inside a group": Parts(store_book=DuplicateInsideAGroup),
    "outcome recomputed": Parts(store_book=OutcomeRecomputed),
    "lease without epoch": Parts(store_book=LeaseWithoutEpoch),
    "tombstone forgotten": Parts(store_book=TombstoneForgotten),
    "cursor applied apart from rows": Parts(book=CursorApartFromRows),
    "volatile outbox": Parts(book=VolatileOutbox),
}
# Which invariants notice: the first that is looked at wins, and by that each bug has its own.
NOTICED_BY = {
    "naive cursor": "I10",
    "no idempotency": "I2",
    "drop on 4xx": "I1",
    "no retry without new writes": "I8",
    "duplicate inside a group": "I2",
    "outcome recomputed": "I6",
    "lease without epoch": "I9",
    "tombstone forgotten": "I10",
    "cursor applied apart from rows": "I10",
    "volatile outbox": "I1",
}
