"""What happened to an order, in the order in which it happened: what a shop's support desk reads out."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, func, select

from store import many
from store.tables import order_history


class OrderHistory:
    """The histories of a warehouse's orders; entries are held back until `flush` writes them together."""

    def __init__(self, connection: Connection, warehouse_id: str) -> None:
        self._connection = connection
        self._warehouse_id = warehouse_id
        self._new: list[dict[str, Any]] = []

    def note(self, order_id: str, what: str, at_utc: datetime, **facts: str | int | None) -> None:
        """Add one entry.

        Args:
            what: a word of the wire, e.g. `order.received`, `carton.closed`.
            facts: what a sentence about it needs; no names and no addresses.
        """
        said = {name: fact for name, fact in facts.items() if fact is not None}
        names = {"warehouse_id": self._warehouse_id, "order_id": order_id}
        self._new.append(names | {"at_utc": at_utc, "what": what, "facts": said})

    def drop(self) -> None:
        """Forget what is held back."""
        self._new = []

    def flush(self) -> None:
        """Write what is held back."""
        if not self._new:
            return
        new, self._new = self._new, []
        names = {entry["order_id"]: None for entry in new}
        orders = many.said({"warehouse_id": self._warehouse_id, "order_id": order_id} for order_id in names)
        found = self._connection.execute(_last(self._connection.dialect.name), orders)
        last = {str(order_id): int(entry) for order_id, entry in found}
        for entry in new:
            entry["entry"] = last[entry["order_id"]] = last.get(entry["order_id"], 0) + 1
        many.add(self._connection, order_history, new)


@cache
def _last(dialect: str) -> Select[Any]:
    """The number of the last entry of each order that is asked for, as far as it has one."""
    asked, same = many.asked(dialect, order_history, "warehouse_id", "order_id")
    columns = select(order_history.c.order_id, func.max(order_history.c.entry)).join_from(asked, order_history, same)
    return columns.group_by(order_history.c.order_id)
