"""This station's facts, numbered from 1 without gaps, each chained to the one before it by hash."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
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

TEXT_BYTES_MAX = FACT_BYTES_MAX - 512
"""A fact's longest text when it is new: when it is told again it needs room for its older names."""
NEWEST_KEPT = 200
"""Held facts that stay in the book all the same, for undo and for people who ask what happened."""
KEPT_FOR = timedelta(hours=48)
"""Held facts that stay so that a store which is put back to a backup can have them again: twice the time between two
backups, because the newest may be the one that cannot be read."""
MOST_KEPT = 50_000
"""Some 40 MB. Also where a clock was years ahead once, and its facts never grow old, there is an end."""
_LEAVING_AT_ONCE = 500


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
        head = self.head
        now_utc = self._clock.now_utc()
        monotonic_ms = self._clock.monotonic_ms()
        for fact in facts:
            envelope = Envelope(
                warehouse_id=warehouse_id,
                station_id=station_id,
                seq=head.seq + 1,
                kind=fact.kind,
                version=fact.version,
                worker_id=worker_id,
                lease=lease,
                occurred_at_utc=now_utc,
                boot_id=self._clock.boot_id,
                monotonic_ms=monotonic_ms,
                prev_hash=head.hash,
                body=to_image(fact),
            )
            text = fact_text(envelope)
            if len(text) * 4 > TEXT_BYTES_MAX and len(text.encode()) > TEXT_BYTES_MAX:
                raise ValueError(f"{fact.kind}: {len(text.encode())} bytes, the wire carries {TEXT_BYTES_MAX}")
            head = self._write(envelope, text, fact.subjects())
        return head

    def tell_again(self, texts: Iterable[str], *, warehouse_id: str, station_id: str) -> Head:
        """Begin a chain with the facts of an older one, each with every name that it had; gives the head as `append`.

        Body, time and lease stay word for word: it is the same deed.
        """
        head = Head()
        for text in texts:
            was = read_envelope(text)
            envelope = replace(
                was,
                warehouse_id=warehouse_id,
                station_id=station_id,
                seq=head.seq + 1,
                prev_hash=head.hash,
                resent=f"{was.resent} {was.name}" if was.resent else was.name,
            )
            try:
                subjects = read_fact(was).subjects()
            except ValueError:  # an older program wrote it; see `after`
                subjects = ()
            head = self._write(envelope, fact_text(envelope), subjects)
        return head

    def _write(self, envelope: Envelope, text: str, changes: Iterable[Subject]) -> Head:
        seq, digest = envelope.seq, fact_hash(envelope.prev_hash, text)
        subjects = tuple(dict.fromkeys(changes))
        execute = self._db.execute
        execute(
            "INSERT INTO facts (seq, kind, text, hash, subjects, occurred_at_utc) VALUES (?, ?, ?, ?, ?, ?)",
            (seq, envelope.kind, text, digest, json.dumps(subjects), envelope.occurred_at_utc.isoformat()),
        )
        for kind, row_id in subjects:
            execute("INSERT INTO fact_subjects (row_kind, row_id, seq) VALUES (?, ?, ?)", (kind, row_id, seq))
        return Head(seq=seq, hash=digest)

    def end_chain(self) -> list[str]:
        """Take every fact out, for another chain to begin; the texts to tell again in it, oldest first.

        What a person has to look at anyhow, because the store could not read it, is not among them.
        """
        found = self._db.execute("SELECT text, outcome FROM facts ORDER BY seq").fetchall()
        self._db.execute("DELETE FROM facts")
        self._db.execute("DELETE FROM fact_subjects")
        return [text for text, outcome in found if not is_set_aside(outcome)]

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
        images = [(seq, kind, json.loads(text)) for seq, kind, text in found]
        names = {name: seq for seq, _, image in images for name in (image["resent"] or "").split()}
        return [(seq, kind, _numbered(image, names)) for seq, kind, image in images]

    def prune(self, *, held_through_seq: int, included_through_seq: int) -> None:
        """Forget the facts that the store holds and whose effect its rows contain, but for the newest, and for those
        that a store which goes back to a backup may want again.
        """
        through = min(held_through_seq, included_through_seq, self.head.seq - NEWEST_KEPT)
        oldest = self._db.execute(
            "SELECT seq, subjects, occurred_at_utc FROM facts WHERE seq <= ? ORDER BY seq LIMIT ?",
            (through, _LEAVING_AT_ONCE),
        )
        since_utc = self._clock.now_utc() - KEPT_FOR
        leaving = 0
        for seq, subjects, occurred_at_utc in oldest:
            if seq > self.head.seq - MOST_KEPT and datetime.fromisoformat(occurred_at_utc) >= since_utc:
                break
            leaving = seq
            self._db.conn.executemany(
                "DELETE FROM fact_subjects WHERE row_kind = ? AND row_id = ? AND seq = ?",
                [(kind, row_id, seq) for kind, row_id in json.loads(subjects)],
            )
        oldest.close()
        if leaving:
            self._db.execute("DELETE FROM facts WHERE seq <= ?", (leaving,))

    def committed(
        self, *, head: Head | None = None, held_through_seq: int | None = None, included_through_seq: int | None = None
    ) -> None:
        """The transaction is on disk: from now on this is so."""
        self.head = self.head if head is None else head
        if held_through_seq is not None:
            self.held_through_seq = held_through_seq
        if included_through_seq is not None:
            self.included_through_seq = included_through_seq


def is_set_aside(outcome: str | None) -> bool:
    """Whether the store answered that a person must look at the fact."""
    return outcome is not None and json.loads(outcome)["verdict"] == Verdict.QUARANTINED


def _numbered(image: dict[str, Any], names: Mapping[str, int]) -> dict[str, Any]:
    """A fact's body with this chain's number for what it takes back; 0 for what is not among the newest facts."""
    body: dict[str, Any] = image["body"]
    if not image["resent"] or "negates_seq" not in body:
        return body
    first_station, _, _ = image["resent"].split()[0].rpartition("#")
    return body | {"negates_seq": names.get(f"{first_station}#{body['negates_seq']}", 0)}
