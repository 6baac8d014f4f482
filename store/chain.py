"""The store's own chain: every fact that it took, linked by hash in the order in which it took them.

A station's chain says that nobody changed what the station sent. This one says as well that nobody changed what the
store answered, took a fact out, put one in or moved one since. Whoever can write to the database could link all of it
anew: that shows only by a head that somebody else has written down before (`python -m store verify` prints it).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select

from store.tables import facts
from sync.protocol import GENESIS_HASH

# The reason goes last: it alone is text of any shape.
_SAID = ("verdict", "exception", "by", "reason")
_HEAD = (
    select(facts.c.store_seq, facts.c.store_hash)
    .where(facts.c.warehouse_id == bindparam("warehouse_id"))
    .order_by(facts.c.store_seq.desc())
    .limit(1)
)


def head(connection: Connection, warehouse_id: str) -> tuple[int, str]:
    """Where a warehouse's chain ends: how many facts are in it, and the last one's link."""
    found = connection.execute(_HEAD, {"warehouse_id": warehouse_id}).one_or_none()
    return (found.store_seq, found.store_hash) if found is not None else (0, GENESIS_HASH)


@dataclass(slots=True)
class SeenChain:
    """Where the chain ends, as far as somebody has looked.

    Args:
        store_seq: how many facts are in it; None when nobody has looked.
        store_hash: the last one's link; empty when nobody has looked.
    """

    store_seq: int | None = None
    store_hash: str = ""

    def clear(self) -> None:
        self.store_seq, self.store_hash = None, ""


class StoreChain:
    """The chain of one warehouse inside one transaction."""

    def __init__(self, connection: Connection, warehouse_id: str, seen: SeenChain | None = None) -> None:
        self._connection = connection
        self._warehouse_id = warehouse_id
        self._seen = seen or SeenChain()

    def append(self, kept: Iterable[dict[str, Any]]) -> None:
        """Give new rows of `facts` the next places of the chain; the rows before them must be in the table."""
        seen = self._seen
        if seen.store_seq is None or not seen.store_hash:
            seen.store_seq, seen.store_hash = head(self._connection, self._warehouse_id)
        for row in kept:
            seen.store_seq += 1
            seen.store_hash = link(seen.store_hash, row["station_id"], row["seq"], row["hash"], row["outcome"])
            row |= {"store_seq": seen.store_seq, "store_hash": seen.store_hash}

    def drop(self) -> None:
        """Read where it ends anew."""
        self._seen.clear()


def link(prev: str, station_id: str, seq: int, fact_hash: str, outcome: Mapping[str, Any]) -> str:
    """The hash of a fact and its answer, hanging on the fact before. It can never change: old links are checked by it.

    SHA-256 over lines of UTF-8, hexadecimal: the link before, the station, its number, the fact's own hash, and the
    outcome's verdict, exception, `by` and reason, each empty where there is none.
    """
    said = (outcome.get(name) or "" for name in _SAID)
    return hashlib.sha256("\n".join((prev, station_id, str(seq), fact_hash, *said)).encode()).hexdigest()
