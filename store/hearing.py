"""Facts as they come from one station: judged in order, applied once, answered for ever."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import OperationalError

from app.domain.discrepancies import DiscrepancyKind
from app.domain.rows import from_image, to_image
from store import chain
from store.access import Station
from store.booking import Booking
from store.desk import Desk
from store.effects import happen
from store.judge import Head, Said, Told, out_of_line, read
from store.tables import facts, stations
from sync.protocol import FactsJudged, Outcome, Verdict

_SEQ_DIGITS_MAX = 18
log = logging.getLogger(__name__)


def hear(connection: Connection, station: Station, said: Sequence[Said], now_utc: datetime) -> FactsJudged:
    """One outcome a text, in order; a gap or a fork ends the list.

    The rules in order: a text that the store has gets its stored outcome word for word; another text under a number
    that the store has, or one that does not hang on the chain, is a fork; a number too high is a gap; what cannot be
    read is quarantined and the numbers go on; what was sent again from a forked book and is held under its old name is
    superseded by that; everything else has happened, and happens here now.

    Args:
        said: each must have a number.
    """
    try:
        with connection.begin_nested():
            return _Hearing.of(connection, station, now_utc).judge(said)
    except OperationalError:
        # The disk is full or the lock is lost: nothing is wrong with the facts, the station sends them again.
        raise
    except Exception:
        # One such fact stops no queue: once more, so slowly that what it did can be taken back alone.
        log.exception("push_not_applied station=%s facts=%d", station.station_id, len(said))
        return _Hearing.of(connection, station, now_utc, one_by_one=True).judge(said)


@dataclass(slots=True, kw_only=True)
class _Hearing:
    """One push being heard. What follows from its facts is held back and written together at its end.

    Args:
        head: where the chain ends now; `first`: where it ended before.
        kept: the push's own rows of the table `facts`.
        one_by_one: a savepoint for each fact, which is written at once.
    """

    desk: Desk
    station: Station
    head: Head
    first: Head
    one_by_one: bool
    kept: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, connection: Connection, station: Station, now_utc: datetime, *, one_by_one: bool = False) -> _Hearing:
        desk = Desk.at(connection, station.warehouse_id, now_utc)
        found = connection.execute(
            select(stations.c.held_through_seq, stations.c.last_hash).where(*_of(station, stations))
        ).one()
        head = Head(seq=found.held_through_seq, hash=found.last_hash)
        return cls(desk=desk, station=station, head=head, first=head, one_by_one=one_by_one)

    def judge(self, said: Sequence[Said]) -> FactsJudged:
        told = {each.text: self._read(each) for each in said if (each.seq or 0) > self.head.seq}
        if not self.one_by_one:
            believed = [one.fact for one in told.values() if isinstance(one, Told)]
            self.desk.book.fetch(subject for fact in believed for subject in fact.subjects())
        outcomes: list[Outcome] = []
        with self.desk.book.holding_back():
            for each in said:
                outcome = self._outcome(each, told)
                outcomes.append(outcome)
                if outcome.verdict in (Verdict.GAP, Verdict.FORKED):
                    names = (self.station.station_id, outcome.seq, outcome.verdict)
                    log.warning("chain_broken station=%s seq=%d verdict=%s", *names)
                    break
        self._write()
        return FactsJudged(outcomes=tuple(outcomes), held_through_seq=self.head.seq)

    def _read(self, said: Said) -> Told | str:
        return read(said, warehouse_id=self.station.warehouse_id, station_id=self.station.station_id)

    def _outcome(self, said: Said, told: dict[str, Told | str]) -> Outcome:
        seq = said.seq or 0
        if seq <= self.head.seq:
            return self._given(seq, said.text)
        return out_of_line(self.head, seq, said) or self._add(said.text, told[said.text])

    def _given(self, seq: int, text: str) -> Outcome:
        """The answer that a fact got when it first came: before, in this push, or in this group of the writer."""
        if seq > self.first.seq:
            stored = self.kept[seq - self.first.seq - 1]
        else:
            columns = select(facts.c.text, facts.c.outcome).where(*_of(self.station, facts), facts.c.seq == seq)
            stored = dict(self.desk.connection.execute(columns).mappings().one())
        # The chain before it is the same, so the same text is the same hash.
        same = stored["text"] == text
        return from_image(Outcome, stored["outcome"]) if same else Outcome(seq=seq, verdict=Verdict.FORKED)

    def _add(self, text: str, told: Told | str) -> Outcome:
        """Take the next fact, with everything that follows from it."""
        seq = self.head.seq + 1
        booking: Booking | None = None
        held_as = self._held_as(told) if isinstance(told, Told) else None
        if isinstance(told, Told) and held_as is None:
            booking = Booking(desk=self.desk, envelope=told.envelope, fact=told.fact)
            told = self._happens(booking) or told
        if isinstance(told, str):
            outcome = Outcome(seq=seq, verdict=Verdict.QUARANTINED, reason=told)
            self._quarantine(seq, told)
        elif held_as is not None:
            outcome = Outcome(seq=seq, verdict=Verdict.SUPERSEDED, by=held_as)
        elif booking is not None and booking.exception is not None:
            outcome = Outcome(seq=seq, verdict=Verdict.ACCEPTED_WITH_EXCEPTION, exception=str(booking.exception))
        else:
            outcome = Outcome(seq=seq, verdict=Verdict.ACCEPTED)
        self.head = self.head.after(text)
        believed = booking if isinstance(told, Told) else None
        subject = next(iter(believed.fact.subjects()), ("", "")) if believed is not None else ("", "")
        self.kept.append(
            {
                "warehouse_id": self.station.warehouse_id,
                "station_id": self.station.station_id,
                "seq": seq,
                "kind": believed.envelope.kind if believed is not None else "",
                "worker_id": believed.envelope.worker_id if believed is not None else "",
                "occurred_at_utc": believed.happened_at_utc if believed is not None else None,
                "received_at_utc": self.desk.now_utc,
                "text": text,
                "hash": self.head.hash,
                "subject": "/".join(subject),
                "lines": believed.lines if believed is not None else 0,
                "units": believed.units if believed is not None else 0,
                "outcome": to_image(outcome),
            }
        )
        return outcome

    def _held_as(self, told: Told) -> str | None:
        """The name under which the store holds this very fact already; None when it does not, or only set it aside."""
        station_id, _, number = (told.envelope.resent or "").rpartition("#")
        if not (station_id and number.isascii() and number.isdigit() and len(number) <= _SEQ_DIGITS_MAX):
            return None
        old = Station(warehouse_id=self.station.warehouse_id, station_id=station_id, kind="", scopes=())
        columns = select(facts.c.text, facts.c.outcome).where(*_of(old, facts), facts.c.seq == int(number))
        stored = self.desk.connection.execute(columns).one_or_none()
        if stored is None or from_image(Outcome, stored.outcome).verdict is Verdict.QUARANTINED:
            return None
        was = read(Said.of(stored.text), warehouse_id=old.warehouse_id, station_id=station_id)
        return was.envelope.name if isinstance(was, Told) and was.is_the_same_as(told) else None

    def _happens(self, booking: Booking) -> str | None:
        """Let the fact happen; why it could not, when the store itself is at fault."""
        if not self.one_by_one:
            happen(booking)
            return None
        self.desk.flush()
        try:
            with self.desk.connection.begin_nested():
                happen(booking)
                self.desk.flush()
        except OperationalError:
            raise
        except Exception:
            self.desk.forget()
            said = booking.envelope
            log.exception("fact_not_applied station=%s seq=%d kind=%s", said.station_id, said.seq, said.kind)
            return "the store could not apply it; it is in the store's log"
        return None

    def _quarantine(self, seq: int, reason: str) -> None:
        station_id = self.station.station_id
        log.warning("fact_quarantined station=%s seq=%d reason=%s", station_id, seq, reason)
        self.desk.raise_discrepancy(
            f"D-{DiscrepancyKind.QUARANTINED_FACT}-{station_id}-{seq}",
            DiscrepancyKind.QUARANTINED_FACT,
            ("station", station_id),
            {"station_id": station_id, "seq": seq, "reason": reason},
        )

    def _write(self) -> None:
        if not self.kept:
            return
        self.desk.flush()
        connection, change_seq = self.desk.connection, self.desk.book.change_seq()
        chain.append(connection, self.station.warehouse_id, self.kept)
        connection.execute(insert(facts), [row | {"change_seq": change_seq} for row in self.kept])
        held = {"held_through_seq": self.head.seq, "last_hash": self.head.hash, "last_seen_at_utc": self.desk.now_utc}
        connection.execute(update(stations).where(*_of(self.station, stations)).values(**held))


def _of(station: Station, table: Any) -> tuple[Any, Any]:
    return table.c.warehouse_id == station.warehouse_id, table.c.station_id == station.station_id
