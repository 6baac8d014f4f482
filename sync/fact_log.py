"""This station's facts, numbered from 1 without gaps, each chained to the one before it by hash."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.facts import Fact, Subject
from app.domain.rows import to_image
from app.ports import Clock
from sync.book import Book
from sync.protocol import (
    FACT_BYTES_MAX,
    GENESIS_HASH,
    HELD_VERDICTS,
    Envelope,
    FactsJudged,
    Verdict,
    fact_hash,
    fact_text,
    read_envelope,
    read_fact,
)

NEWEST_KEPT = 200
"""Held facts that stay in the book all the same, for undo and for people who ask what happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The newest fact: the next one gets `seq + 1` and is chained to `hash`."""

    seq: int = 0
    hash: str = GENESIS_HASH


class FactLog:
    """Reads and writes `facts` and `fact_subjects`; whoever writes stands in a transaction of the book, and tells
    `committed` what came of it."""

    def __init__(self, book: Book, clock: Clock) -> None:
        self._book = book
        self._db = book.db
        self._clock = clock
        self.head = self._read_head()
        self.held_through_seq = int(book.recall("held_through_seq") or 0)
        self.included_through_seq = int(book.recall("included_through_seq") or 0)

    def _read_head(self) -> Head:
        found = self._db.execute("SELECT seq, hash FROM facts ORDER BY seq DESC LIMIT 1").fetchone()
        return Head(seq=found[0], hash=found[1]) if found is not None else Head()

    def append(
        self, facts: Sequence[Fact], *, warehouse_id: str, station_id: str, worker_id: str, lease: str | None
    ) -> Head:
        """Write facts behind the head, and give the head that there is once they are committed.

        Raises:
            ValueError: a fact is longer than the wire carries; it must be refused before it comes here.
        """
        seq, prev_hash = self.head.seq, self.head.hash
        now_utc = self._clock.now_utc()
        monotonic_ms = self._clock.monotonic_ms()
        execute = self._db.execute
        for fact in facts:
            seq += 1
            text = fact_text(
                Envelope(
                    warehouse_id=warehouse_id,
                    station_id=station_id,
                    seq=seq,
                    kind=fact.kind,
                    version=fact.version,
                    worker_id=worker_id,
                    lease=lease,
                    occurred_at_utc=now_utc,
                    boot_id=self._clock.boot_id,
                    monotonic_ms=monotonic_ms,
                    prev_hash=prev_hash,
                    body=to_image(fact),
                )
            )
            if len(text) * 4 > FACT_BYTES_MAX and len(text.encode()) > FACT_BYTES_MAX:
                raise ValueError(f"{fact.kind}: {len(text.encode())} bytes, the wire carries {FACT_BYTES_MAX}")
            prev_hash = fact_hash(prev_hash, text)
            subjects = tuple(dict.fromkeys(fact.subjects()))
            execute(
                "INSERT INTO facts (seq, kind, text, hash, subjects, occurred_at_utc) VALUES (?, ?, ?, ?, ?, ?)",
                (seq, fact.kind, text, prev_hash, json.dumps(subjects), now_utc.isoformat()),
            )
            for kind, row_id in subjects:
                execute("INSERT INTO fact_subjects (row_kind, row_id, seq) VALUES (?, ?, ?)", (kind, row_id, seq))
        return Head(seq=seq, hash=prev_hash)

    def owed(self, first_seq: int, limit: int) -> tuple[str, ...]:
        """Texts of at most `limit` facts from `first_seq` on, as they were hashed."""
        found = self._db.execute("SELECT text FROM facts WHERE seq >= ? ORDER BY seq LIMIT ?", (first_seq, limit))
        return tuple(row[0] for row in found)

    def owed_since_utc(self) -> datetime | None:
        found = self._db.execute(
            "SELECT occurred_at_utc FROM facts WHERE seq = ?", (self.held_through_seq + 1,)
        ).fetchone()
        return None if found is None else datetime.fromisoformat(found[0])

    def oldest_kept_seq(self) -> int:
        """Number of the oldest fact in the book; one more than the newest when there is none."""
        found = self._db.execute("SELECT min(seq) FROM facts").fetchone()[0]
        return self.head.seq + 1 if found is None else int(found)

    def outcome(self, seq: int) -> dict[str, Any] | None:
        """What the store made of a fact, as it answered; None while it is owed, or when it has left the book."""
        found = self._db.execute("SELECT outcome FROM facts WHERE seq = ?", (seq,)).fetchone()
        return None if found is None or found[0] is None else dict(json.loads(found[0]))

    def settle(self, judged: FactsJudged) -> int:
        """Keep what the store answered; gives the number through which it holds everything, for `committed`.

        In a fork the store counts facts that are not these: then only those are held that it answered for one by one.
        """
        for outcome in judged.outcomes:
            if outcome.verdict in HELD_VERDICTS:
                # An outcome once given never changes, so a later word for the same fact is not listened to.
                self._db.execute(
                    "UPDATE facts SET outcome = ? WHERE seq = ? AND outcome IS NULL",
                    (json.dumps(to_image(outcome)), outcome.seq),
                )
        through = judged.held_through_seq
        if through > self.head.seq or any(outcome.verdict is Verdict.FORKED for outcome in judged.outcomes):
            through = max((each.seq for each in judged.outcomes if each.verdict in HELD_VERDICTS), default=0)
        held = min(max(through, self.held_through_seq), self.head.seq)
        self._book.keep("held_through_seq", str(held))
        return held

    def after(self, subject: Subject, seq: int) -> list[Fact]:
        """The facts with a higher number than `seq` that change this row, oldest first.

        A fact that this program cannot read (a newer program wrote it) is left out: the store gets the text.
        """
        found = self._db.execute(
            "SELECT f.text FROM fact_subjects s JOIN facts f ON f.seq = s.seq"
            " WHERE s.row_kind = ? AND s.row_id = ? AND s.seq > ? ORDER BY s.seq",
            (*subject, seq),
        )
        facts = []
        for (text,) in found:
            try:
                facts.append(read_fact(read_envelope(text)))
            except ValueError:
                continue
        return facts

    def subjects(self, after_seq: int, through_seq: int) -> set[Subject]:
        """The rows that the facts with these numbers change."""
        found = self._db.execute("SELECT subjects FROM facts WHERE seq > ? AND seq <= ?", (after_seq, through_seq))
        return {(kind, row_id) for (text,) in found for kind, row_id in json.loads(text)}

    def newest(self, limit: int) -> list[tuple[int, str, dict[str, Any]]]:
        found = self._db.execute("SELECT seq, kind, text FROM facts ORDER BY seq DESC LIMIT ?", (limit,))
        return [(seq, kind, json.loads(text)["body"]) for seq, kind, text in found]

    def prune(self, *, held_through_seq: int, included_through_seq: int) -> None:
        """Forget the facts that the store holds and whose effect its rows contain, but for the newest."""
        through = min(held_through_seq, included_through_seq, self.head.seq - NEWEST_KEPT)
        leaving: Iterable[tuple[int, str]] = self._db.execute(
            "SELECT seq, subjects FROM facts WHERE seq <= ?", (through,)
        ).fetchall()
        for seq, subjects in leaving:
            self._db.conn.executemany(
                "DELETE FROM fact_subjects WHERE row_kind = ? AND row_id = ? AND seq = ?",
                [(kind, row_id, seq) for kind, row_id in json.loads(subjects)],
            )
        if leaving:
            self._db.execute("DELETE FROM facts WHERE seq <= ?", (through,))

    def committed(
        self, *, head: Head | None = None, held_through_seq: int | None = None, included_through_seq: int | None = None
    ) -> None:
        """The transaction is on disk: from now on this is so."""
        self.head = self.head if head is None else head
        if held_through_seq is not None:
            self.held_through_seq = held_through_seq
        if included_through_seq is not None:
            self.included_through_seq = included_through_seq
