"""Walks the chains of facts from their beginning: the stations' and the store's (see `store.chain`), in one go.

What the chains hold: the text of every fact, its order at its station and among all, and the answer that it got. Not
held by them are the other columns of the table `facts`, which are read out of the text, and the rows that follow from
facts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select

from store.chain import head, link
from store.judge import Head
from store.tables import facts, stations, warehouses
from sync.protocol import GENESIS_HASH, fact_hash

_FACTS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A head that somebody wrote down: the chain has gone through there."""

    place: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """One warehouse's chains.

    Args:
        broken: the first fact that does not fit, and why; empty when all do.
    """

    warehouse_id: str
    facts: int
    stations: int
    head: str
    broken: str = ""

    def __str__(self) -> str:
        if self.broken:
            return f"{self.warehouse_id} broken: {self.broken}"
        return f"{self.warehouse_id} facts={self.facts} stations={self.stations} head={self.facts}:{self.head}"


def warehouse_ids(reader: Engine) -> list[str]:
    """The store's warehouses, in order."""
    with reader.begin() as connection:
        return list(connection.scalars(select(warehouses.c.warehouse_id).order_by(warehouses.c.warehouse_id)))


def verify(reader: Engine, warehouse_id: str, pin: Pin | None = None) -> Verified:
    """Walk one warehouse, up to where its chain ends now; the store may go on taking facts.

    It needs memory for every station, not for every fact.
    """
    with reader.begin() as connection:
        last_place, _ = head(connection, warehouse_id)
        ends = {
            station.station_id: Head(seq=station.held_through_seq, hash=station.last_hash)
            for station in connection.execute(
                select(stations.c.station_id, stations.c.held_through_seq, stations.c.last_hash).where(
                    stations.c.warehouse_id == warehouse_id
                )
            )
        }
    walk = _Walk(pin)
    broken = next((wrong for row in _rows(reader, warehouse_id, last_place) if (wrong := walk.step(row))), "")
    broken = broken or walk.end(ends)
    return Verified(
        warehouse_id=warehouse_id, facts=walk.place, stations=len(walk.heads), head=walk.hash, broken=broken
    )


class _Walk:
    """Where all chains stand, one fact after the other."""

    def __init__(self, pin: Pin | None) -> None:
        self._pin = pin
        self.place, self.hash = 0, GENESIS_HASH
        self.heads: dict[str, Head] = {}

    def step(self, row: Any) -> str:
        """Go on to a row of `facts`; why it does not fit, or nothing."""
        name = f"fact {row.station_id}#{row.seq} at place {row.store_seq}"
        if row.store_seq != self.place + 1:
            return f"the fact at place {self.place + 1} is missing"
        before = self.heads.get(row.station_id, Head(seq=0, hash=GENESIS_HASH))
        if row.seq != before.seq + 1:
            return f"{name} follows fact {row.station_id}#{before.seq}"
        if fact_hash(before.hash, row.text) != row.hash:
            return f"{name} has another text than the one that was hashed"
        linked = link(self.hash, row.station_id, row.seq, row.hash, row.outcome)
        if linked != row.store_hash or row.outcome.get("seq") != row.seq:
            return f"{name} has another outcome or another place than the store gave it"
        self.place, self.hash = row.store_seq, linked
        self.heads[row.station_id] = Head(seq=row.seq, hash=row.hash)
        if self._pin is not None and self._pin.place == self.place and self._pin.hash != self.hash:
            return f"{name} is not the one that was pinned"
        return ""

    def end(self, ends: dict[str, Head]) -> str:
        """What is missing behind the last row, or nothing."""
        for station_id in sorted(ends.keys() | self.heads.keys()):
            seq = self.heads[station_id].seq if station_id in self.heads else 0
            end = ends.get(station_id)
            if end is None:
                return f"the station {station_id} is missing, its {seq} facts are there"
            if seq and end == self.heads[station_id]:
                continue
            if seq != end.seq:
                return f"fact {station_id}#{min(seq, end.seq) + 1} is missing or too much: the station held {end.seq}"
            if end.hash != (self.heads[station_id].hash if seq else GENESIS_HASH):
                return f"fact {station_id}#{seq} is not the one that the station ended with"
        if self._pin is not None and self._pin.place > self.place:
            return f"the fact at place {self._pin.place} was pinned and is missing"
        return ""


def _rows(reader: Engine, warehouse_id: str, last_place: int) -> Iterator[Any]:
    columns = (facts.c.station_id, facts.c.seq, facts.c.text, facts.c.hash, facts.c.outcome)
    here = select(*columns, facts.c.store_seq, facts.c.store_hash).where(facts.c.warehouse_id == warehouse_id)
    place = -1
    while place < last_place:
        with reader.begin() as connection:
            page = connection.execute(
                here.where(facts.c.store_seq > place, facts.c.store_seq <= last_place)
                .order_by(facts.c.store_seq)
                .limit(_FACTS_AT_ONCE)
            ).all()
        yield from page
        if not page:
            return
        place = page[-1].store_seq
