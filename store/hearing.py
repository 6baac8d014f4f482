"""Facts as they come from stations: judged in order, applied once, answered for ever."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, select
from sqlalchemy.exc import OperationalError

from app.domain.rows import from_image, to_image
from store import many
from store.booking import Booking
from store.desk import Desk
from store.effects import happen
from store.expected import expect
from store.judge import Head, Said, Told, out_of_line, read
from store.replicated import say_again
from store.set_aside import set_aside
from store.station import Speaker, check_trusted
from store.tables import facts, stations
from store.told_again import ToldAgain
from store.turned_away import TurnedAway
from sync.protocol import FactsJudged, Outcome, Verdict

log = logging.getLogger(__name__)


Heard = FactsJudged | TurnedAway
"""What a push is answered; its station may not be trusted any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What one station sends at once.

    Args:
        said: each must have a number.
    """

    station: Speaker
    said: Sequence[Said]


@dataclass(slots=True, kw_only=True)
class _Chain:
    """One station's chain as it is heard.

    Args:
        head: where it ends now; `first`: where it ended before.
        kept: its new rows of the table `facts`.
    """

    station: Speaker
    head: Head
    first: Head
    kept: list[dict[str, Any]] = field(default_factory=list)


class Hearing:
    """Pushes to one warehouse, heard one after the other. What follows from their facts is written together at the end.

    The rules in order: a text that the store has gets its stored outcome word for word; another text under a number
    that the store has, or one that does not hang on the chain, is a fork; a number too high is a gap; what cannot be
    read is quarantined and the numbers go on; what was sent again from a forked book and is held under its old name is
    superseded by that; everything else has happened, and happens here now.

    Args:
        one_by_one: a savepoint for each fact, which is written at once: what it did can be taken back alone.
    """

    def __init__(self, desk: Desk, pushes: Sequence[Push], *, one_by_one: bool = False) -> None:
        self.desk = desk
        self.pushes = pushes
        self.one_by_one = one_by_one
        self._chains, self._turned_away = _chains(desk.connection, [push.station for push in pushes])
        self._told: dict[tuple[str, str], Told | str] = {}
        self._aside: defaultdict[tuple[str, str], list[int]] = defaultdict(list)

    def judge(self) -> list[Heard]:
        """For each push one outcome a text, in order; a gap or a fork ends its list. A station that is not trusted any
        more is turned away.
        """
        for push in self.pushes:
            chain_ = self._chains.get(push.station.station_id)
            if chain_ is None:
                continue
            for each in push.said:
                if (each.seq or 0) > chain_.head.seq:
                    self._told[push.station.station_id, each.text] = self._read(push.station, each)
        if not self.one_by_one:
            expect(self.desk, [one for one in self._told.values() if isinstance(one, Told)])
        with self.desk.book.holding_back():
            judged = [self._judge(push) for push in self.pushes]
            set_aside(self.desk, self._aside)
        self._write()
        return judged

    def _judge(self, push: Push) -> Heard:
        chain_ = self._chains.get(push.station.station_id)
        if chain_ is None:
            return self._turned_away[push.station.station_id]
        outcomes: list[Outcome] = []
        for each in push.said:
            outcome = self._outcome(chain_, each)
            outcomes.append(outcome)
            if outcome.verdict in (Verdict.GAP, Verdict.FORKED):
                names = (chain_.station.station_id, outcome.seq, outcome.verdict)
                log.warning("chain_broken station=%s seq=%d verdict=%s", *names)
                break
        return FactsJudged(outcomes=tuple(outcomes), held_through_seq=chain_.head.seq)

    def _read(self, station: Speaker, said: Said) -> Told | str:
        return read(said, warehouse_id=station.warehouse_id, station_id=station.station_id)

    def _outcome(self, chain_: _Chain, said: Said) -> Outcome:
        seq = said.seq or 0
        if seq <= chain_.head.seq:
            return self._given(chain_, seq, said.text)
        broken = out_of_line(chain_.head, seq, said)
        return broken or self._add(chain_, said.text, self._told[chain_.station.station_id, said.text])

    def _given(self, chain_: _Chain, seq: int, text: str) -> Outcome:
        """The answer that a fact got when it first came: before, or in this very hearing."""
        if seq > chain_.first.seq:
            stored = chain_.kept[seq - chain_.first.seq - 1]
        else:
            columns = select(facts.c.text, facts.c.outcome).where(*_of(chain_.station, facts), facts.c.seq == seq)
            stored = dict(self.desk.connection.execute(columns).mappings().one())
        # The chain before it is the same, so the same text is the same hash.
        same = stored["text"] == text
        return from_image(Outcome, stored["outcome"]) if same else Outcome(seq=seq, verdict=Verdict.FORKED)

    def _add(self, chain_: _Chain, text: str, told: Told | str) -> Outcome:
        """Take the next fact, with everything that follows from it."""
        seq = chain_.head.seq + 1
        booking: Booking | None = None
        again = self._again(chain_)
        held_as = again.held_as(told) if isinstance(told, Told) else None
        if isinstance(told, Told) and held_as is None:
            told, negated = again.negated(told)
            booking = Booking(desk=self.desk, envelope=told.envelope, fact=told.fact, negated=negated)
            told = self._happens(booking) or told
        if isinstance(told, str):
            outcome = Outcome(seq=seq, verdict=Verdict.QUARANTINED, reason=told)
            self._quarantine(chain_.station.station_id, seq, told)
        elif held_as is not None:
            outcome = Outcome(seq=seq, verdict=Verdict.SUPERSEDED, by=held_as)
        elif booking is not None and booking.exception is not None:
            outcome = Outcome(seq=seq, verdict=Verdict.ACCEPTED_WITH_EXCEPTION, exception=str(booking.exception))
        else:
            outcome = Outcome(seq=seq, verdict=Verdict.ACCEPTED)
        chain_.head = chain_.head.after(text)
        believed = booking if isinstance(told, Told) else None
        subject = next(iter(believed.fact.subjects()), ("", "")) if believed is not None else ("", "")
        chain_.kept.append(
            {
                "warehouse_id": chain_.station.warehouse_id,
                "station_id": chain_.station.station_id,
                "seq": seq,
                "kind": believed.envelope.kind if believed is not None else "",
                "worker_id": believed.envelope.worker_id if believed is not None else "",
                "occurred_at_utc": believed.happened_at_utc if believed is not None else None,
                "received_at_utc": self.desk.now_utc,
                "text": text,
                "hash": chain_.head.hash,
                "subject": "/".join(subject),
                "lines": believed.lines if believed is not None else 0,
                "units": believed.units if believed is not None else 0,
                "outcome": to_image(outcome),
            }
        )
        return outcome

    def _again(self, chain_: _Chain) -> ToldAgain:
        desk, station_id = self.desk, chain_.station.station_id
        return ToldAgain(
            connection=desk.connection, warehouse_id=desk.warehouse_id, station_id=station_id, kept=chain_.kept
        )

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

    def _quarantine(self, station_id: str, seq: int, reason: str) -> None:
        log.warning("fact_quarantined station=%s seq=%d reason=%s", station_id, seq, reason)
        self._aside[station_id, reason].append(seq)

    def _write(self) -> None:
        self.desk.flush()
        heard = [chain_ for chain_ in self._chains.values() if chain_.kept]
        if not heard:
            say_again(self.desk.connection)
            return
        connection, change_seq = self.desk.connection, self.desk.book.change_seq()
        # The store's chain links them station by station; the order between stations of one transaction is nobody's.
        kept = [row | {"change_seq": change_seq} for chain_ in heard for row in chain_.kept]
        self.desk.chain.append(kept)
        many.add(connection, facts, kept)
        held = [
            {
                "warehouse_id": chain_.station.warehouse_id,
                "station_id": chain_.station.station_id,
                "held_through_seq": chain_.head.seq,
                "last_hash": chain_.head.hash,
                "last_seen_at_utc": self.desk.now_utc,
            }
            for chain_ in heard
        ]
        many.change(connection, stations, held)


def _chains(connection: Connection, speakers: Iterable[Speaker]) -> tuple[dict[str, _Chain], dict[str, TurnedAway]]:
    """The chains of the stations that may speak, by their ids; and why the others may not."""
    by_id = {speaker.station_id: speaker for speaker in speakers}
    asked = many.said({"warehouse_id": one.warehouse_id, "station_id": one.station_id} for one in by_id.values())
    found = {row.station_id: row for row in connection.execute(_heads(connection.dialect.name), asked)}
    chains, turned_away = {}, {}
    for station_id, speaker in by_id.items():
        row = found.get(station_id)
        try:
            check_trusted(*((row.scopes, row.revoked_reason) if row is not None else (None, None)))
        except TurnedAway as reason:
            turned_away[station_id] = reason
        else:
            assert row is not None
            head = Head(seq=row.held_through_seq, hash=row.last_hash)
            chains[station_id] = _Chain(station=speaker, head=head, first=head)
    return chains, turned_away


@cache
def _heads(dialect: str) -> Select[Any]:
    asked, same = many.asked(dialect, stations, "warehouse_id", "station_id")
    columns = [stations.c[name] for name in ("station_id", "held_through_seq", "last_hash", "scopes", "revoked_reason")]
    return select(*columns).join_from(asked, stations, same)


def _of(station: Speaker, table: Any) -> tuple[Any, Any]:
    return table.c.warehouse_id == station.warehouse_id, table.c.station_id == station.station_id
