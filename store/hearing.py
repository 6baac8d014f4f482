"""Facts as they come from one station: judged in order, applied once, answered for ever."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import OperationalError

from app.domain.discrepancies import DiscrepancyKind
from app.domain.rows import from_image, to_image
from store.access import Station
from store.booking import Booking
from store.desk import Desk
from store.effects import happen
from store.judge import Head, Told, out_of_line, read, seq_of
from store.tables import facts, stations
from sync.protocol import FactsJudged, Outcome, Verdict

log = logging.getLogger(__name__)


def hear(connection: Connection, station: Station, texts: Sequence[str], now_utc: datetime) -> FactsJudged:
    """One outcome a text, in order; a gap or a fork ends the list.

    The rules in order: a text that the store has gets its stored outcome word for word; another text under a number
    that the store has, or one that does not hang on the chain, is a fork; a number too high is a gap; what cannot be
    read is quarantined and the numbers go on; everything else has happened, and happens here now.

    Args:
        texts: each must have a readable number (`judge.seq_of`).
    """
    desk = Desk.at(connection, station.warehouse_id, now_utc)
    here = (stations.c.warehouse_id == station.warehouse_id, stations.c.station_id == station.station_id)
    found = connection.execute(select(stations.c.held_through_seq, stations.c.last_hash).where(*here)).one()
    head = first = Head(seq=found.held_through_seq, hash=found.last_hash)
    with desk.book.holding_back():
        outcomes, head = _judge(desk, station, head, texts)
    if head != first:
        connection.execute(
            update(stations)
            .where(*here)
            .values(held_through_seq=head.seq, last_hash=head.hash, last_seen_at_utc=now_utc)
        )
        mine = (facts.c.warehouse_id == station.warehouse_id, facts.c.station_id == station.station_id)
        connection.execute(
            update(facts).where(*mine, facts.c.seq > first.seq).values(change_seq=desk.book.change_seq())
        )
    return FactsJudged(outcomes=tuple(outcomes), held_through_seq=head.seq)


def _judge(desk: Desk, station: Station, head: Head, texts: Sequence[str]) -> tuple[list[Outcome], Head]:
    """The outcomes, and where the chain ends after them."""
    outcomes: list[Outcome] = []
    for text in texts:
        seq = seq_of(text) or 0
        if seq <= head.seq:
            # Read from the running transaction: the first sending may be in this very group.
            outcome = _given(desk.connection, station, seq, text)
        else:
            outcome = out_of_line(head, seq, text) or _add(desk, station, head, text)
        outcomes.append(outcome)
        if outcome.verdict in (Verdict.GAP, Verdict.FORKED):
            log.warning("chain_broken station=%s seq=%d verdict=%s", station.station_id, seq, outcome.verdict)
            break
        if seq > head.seq:
            head = head.after(text)
    return outcomes, head


def _given(connection: Connection, station: Station, seq: int, text: str) -> Outcome:
    stored = connection.execute(
        select(facts.c.text, facts.c.outcome).where(
            facts.c.warehouse_id == station.warehouse_id,
            facts.c.station_id == station.station_id,
            facts.c.seq == seq,
        )
    ).one()
    # The chain before it is the same, so the same text is the same hash.
    return from_image(Outcome, stored.outcome) if stored.text == text else Outcome(seq=seq, verdict=Verdict.FORKED)


def _add(desk: Desk, station: Station, head: Head, text: str) -> Outcome:
    """Record the next fact with everything that follows from it."""
    told = read(text, warehouse_id=station.warehouse_id, station_id=station.station_id)
    seq = head.seq + 1
    booking: Booking | None = None
    if isinstance(told, Told):
        booking = Booking(desk=desk, envelope=told.envelope, fact=told.fact)
        told = _happens(booking) or told
    if isinstance(told, str):
        outcome = Outcome(seq=seq, verdict=Verdict.QUARANTINED, reason=told)
        _quarantine(desk, station, seq, told)
    elif booking is not None and booking.exception is not None:
        outcome = Outcome(seq=seq, verdict=Verdict.ACCEPTED_WITH_EXCEPTION, exception=str(booking.exception))
    else:
        outcome = Outcome(seq=seq, verdict=Verdict.ACCEPTED)
    said = told if isinstance(told, Told) else None
    subject = next(iter(said.fact.subjects()), ("", "")) if said is not None else ("", "")
    desk.connection.execute(
        insert(facts).values(
            warehouse_id=station.warehouse_id,
            station_id=station.station_id,
            seq=seq,
            kind=said.envelope.kind if said is not None else "",
            worker_id=said.envelope.worker_id if said is not None else "",
            occurred_at_utc=said.envelope.occurred_at_utc if said is not None else None,
            received_at_utc=desk.now_utc,
            text=text,
            hash=head.after(text).hash,
            subject="/".join(subject),
            lines=booking.lines if said is not None and booking is not None else 0,
            units=booking.units if said is not None and booking is not None else 0,
            outcome=to_image(outcome),
        )
    )
    return outcome


def _happens(booking: Booking) -> str | None:
    """Let the fact happen; why it could not, when the store itself is at fault. One such fact stops no queue."""
    mark = booking.desk.book.mark()
    savepoint = booking.desk.connection.begin_nested()
    try:
        happen(booking)
    except OperationalError:
        # The disk is full or the lock is lost: nothing is wrong with the fact, the station sends it again.
        raise
    except Exception:
        savepoint.rollback()
        booking.desk.book.back_to(mark)
        envelope = booking.envelope
        log.exception("fact_not_applied station=%s seq=%d kind=%s", envelope.station_id, envelope.seq, envelope.kind)
        return "the store could not apply it; it is in the store's log"
    savepoint.commit()
    return None


def _quarantine(desk: Desk, station: Station, seq: int, reason: str) -> None:
    log.warning("fact_quarantined station=%s seq=%d reason=%s", station.station_id, seq, reason)
    desk.raise_discrepancy(
        f"D-{DiscrepancyKind.QUARANTINED_FACT}-{station.station_id}-{seq}",
        DiscrepancyKind.QUARANTINED_FACT,
        ("station", station.station_id),
        {"station_id": station.station_id, "seq": seq, "reason": reason},
    )
