"""Faults that a campaign must find. Planted into one program by `leashed.py`, and nowhere else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

COMMIT_EVERY = 8


def a_store_answers_before_its_commit() -> None:
    """Whoever pushed is told that it is held, a moment before it is."""
    from store.hearing import Push
    from store.intake import Intake
    from store.writer import Writer

    submit_to = Writer.submit_to

    def early(self: Writer, intake: Intake, push: Push, *, weight: int = 1) -> object:
        answered: Future[object] = Future()

        class Telling:
            def do(self, connection: Connection, pushes: Sequence[Push]) -> Sequence[object]:
                judged = intake.do(connection, pushes)
                answered.set_result(judged[0])
                time.sleep(0.5)
                return judged

            def committed(self) -> None:
                intake.committed()

        submit_to(self, Telling(), push, weight=weight)
        return answered

    Writer.submit_to = early  # type: ignore[method-assign,assignment]


def a_station_beeps_before_its_commit() -> None:
    """Only each eighth transaction reaches the disk by itself; the tones come at once."""
    from sqlite_utils import Database

    from sync.book import Book

    begun = 0

    @contextmanager
    def transaction(self: Book) -> Iterator[Database]:
        nonlocal begun
        if not self.db.conn.in_transaction:
            self.db.execute("BEGIN IMMEDIATE")
        yield self.db
        begun += 1
        if begun % COMMIT_EVERY == 0:
            self.db.execute("COMMIT")

    Book.transaction = transaction  # type: ignore[method-assign]


def a_store_counts_a_retry_twice() -> None:
    """What comes again is not known to have been here, and moves its units once more."""
    from store.hearing import Hearing

    given = Hearing._given

    def again(self: Hearing, chain: Any, seq: int, text: str) -> object:
        from store.booking import Booking
        from store.effects import happen
        from store.judge import Said, Told

        told = self._read(chain.station, Said.of(text))
        if isinstance(told, Told):
            happen(Booking(desk=self.desk, envelope=told.envelope, fact=told.fact))
        return given(self, chain, seq, text)

    Hearing._given = again  # type: ignore[method-assign,assignment]


FAULTS: dict[str, Callable[[], None]] = {
    "early_answer": a_store_answers_before_its_commit,
    "early_tone": a_station_beeps_before_its_commit,
    "counted_twice": a_store_counts_a_retry_twice,
}
AT_THE_STORE = frozenset({"early_answer", "counted_twice"})
