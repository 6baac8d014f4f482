"""What happened to an order, in the order in which it happened: what a shop's support desk reads out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from store.tables import order_history


def note(
    connection: Connection, warehouse_id: str, order_id: str, what: str, at_utc: datetime, **facts: str | int | None
) -> None:
    """Add one entry.

    Args:
        what: a word of the wire, e.g. `order.received`, `carton.closed`.
        facts: what a sentence about it needs; no names and no addresses.
    """
    last = connection.scalar(
        select(func.max(order_history.c.entry)).where(
            order_history.c.warehouse_id == warehouse_id, order_history.c.order_id == order_id
        )
    )
    connection.execute(
        insert(order_history).values(
            warehouse_id=warehouse_id,
            order_id=order_id,
            entry=(last or 0) + 1,
            at_utc=at_utc,
            what=what,
            facts={name: fact for name, fact in facts.items() if fact is not None},
        )
    )
