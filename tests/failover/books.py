"""What the database holds in the end, compared with what the stations were told."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from app.domain.picking import UnitPicked
from store.engine import open_reader
from store.settings import database_address
from store.tables import facts, stations, stock_moves
from tests.failover.load import Picker


def lost(url: str, pickers: Sequence[Picker]) -> int:
    """Acknowledged facts that are not there, word for word; and those that a station was asked for again."""
    missing = 0
    reader = open_reader(database_address(url))
    with reader.begin() as connection:
        for picker in pickers:
            mine = picker.station.station_id
            texts = connection.execute(select(facts.c.seq, facts.c.text).where(facts.c.station_id == mine))
            held = {row.seq: row.text for row in texts}
            told = enumerate(picker.station.told[: picker.acknowledged_seq], start=1)
            missing += picker.lost + sum(held.get(seq) != text for seq, text in told)
            through = connection.scalar(select(stations.c.held_through_seq).where(stations.c.station_id == mine))
            assert (through, len(held)) == (picker.station.seq, picker.station.seq)
    reader.dispose()
    return missing


def doubled(url: str, pickers: Sequence[Picker]) -> int:
    """Units that moved more often than they were picked."""
    too_many = 0
    reader = open_reader(database_address(url))
    with reader.begin() as connection:
        for picker in pickers:
            mine = picker.station.station_id
            moved = connection.scalar(
                select(func.sum(stock_moves.c.quantity_each)).where(stock_moves.c.station_id == mine)
            )
            picked = connection.scalar(
                select(func.count()).where(facts.c.station_id == mine, facts.c.kind == UnitPicked.kind)
            )
            too_many += int(moved or 0) - int(picked or 0)
    reader.dispose()
    return too_many


def committed_before(url: str, pickers: Sequence[Picker]) -> int:
    """Retries of pushes that had been committed: nobody had said so, and without numbers they would count twice."""
    count = 0
    reader = open_reader(database_address(url))
    with reader.begin() as connection:
        for picker in pickers:
            for seq, sent_at_utc in picker.retried:
                here = (facts.c.station_id == picker.station.station_id, facts.c.seq == seq)
                received_at_utc = connection.scalar(select(facts.c.received_at_utc).where(*here))
                count += received_at_utc is not None and received_at_utc < sent_at_utc
    reader.dispose()
    return count
