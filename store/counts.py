"""The counts of places that the store has heard of, by the time at which somebody made them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from app.domain.discrepancies import COUNTED, DiscrepancySettled
from store.tables import facts
from sync.protocol import Envelope, read_envelope, read_fact

# Stations send what is hours old: looked back so far at once, the table is asked once a group of pushes.
_LOOKED_BACK = timedelta(hours=12)
_EVER = datetime.min.replace(tzinfo=UTC)


class _Count(NamedTuple):
    at_utc: datetime
    station_id: str
    fact: DiscrepancySettled


@dataclass(slots=True)
class SeenCounts:
    """Every count that was made since a moment; nobody has looked while there is none."""

    since_utc: datetime | None = None
    made: list[_Count] = field(default_factory=list)

    def clear(self) -> None:
        self.since_utc = None
        self.made.clear()


class HeardCounts:
    """Counts inside one transaction: those in the table, and those that were heard since."""

    def __init__(self, connection: Connection, warehouse_id: str, seen: SeenCounts | None = None) -> None:
        self._connection = connection
        self._warehouse_id = warehouse_id
        self._seen = seen or SeenCounts()
        self._heard: list[_Count] = []

    def later_than(self, at_utc: datetime, station_id: str) -> Iterator[DiscrepancySettled]:
        """Counts that other stations made after a moment, as their clocks say."""
        if self._seen.since_utc is None or at_utc < self._seen.since_utc:
            self._read(at_utc - min(_LOOKED_BACK, at_utc - _EVER))
        for count in self._seen.made:
            if count.at_utc > at_utc and count.station_id != station_id:
                yield count.fact

    def heard(self, envelope: Envelope, fact: DiscrepancySettled) -> None:
        """A count that is not in the table yet."""
        if fact.how == COUNTED:
            count = _Count(envelope.occurred_at_utc, envelope.station_id, fact)
            self._heard.append(count)
            self._seen.made.append(count)

    def drop(self) -> None:
        """Forget what was heard and is not written, and read everything anew."""
        self._seen.clear()
        self._heard = []

    def _read(self, since_utc: datetime) -> None:
        names = {"warehouse_id": self._warehouse_id, "since_utc": since_utc}
        envelopes = (read_envelope(text) for text in self._connection.scalars(_SINCE, names))
        told = ((envelope, read_fact(envelope)) for envelope in envelopes)
        written = [
            _Count(envelope.occurred_at_utc, envelope.station_id, fact)
            for envelope, fact in told
            if isinstance(fact, DiscrepancySettled) and fact.how == COUNTED
        ]
        self._seen.since_utc, self._seen.made = since_utc, written + self._heard


_SINCE = select(facts.c.text).where(
    facts.c.warehouse_id == bindparam("warehouse_id"),
    facts.c.kind == DiscrepancySettled.kind,
    facts.c.occurred_at_utc > bindparam("since_utc"),
)
