"""What happened to an order, in the order in which it happened: what a shop's support desk reads out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select

from store.tables import order_history


def note(
    connection: Connection, warehouse_id: str, order_id: str, what: str, at_utc: datetime, **facts: str | int | None
) -> None:
    """Add one entry.

    Args:
        what: a word of the wire, e.g. `order.received`, `carton.closed`.
        facts: what a sentence about it needs; no names and no addresses.
    """
    said = {name: fact for name, fact in facts.items() if fact is not None}
    names = {"warehouse_id": warehouse_id, "order_id": order_id}
    about = {f"at_{name}": value for name, value in names.items()}
    connection.execute(_NOTE, names | about | {"at_utc": at_utc, "what": what, "facts": said})


# Built once: making a statement costs more than running it.
_last = select(func.coalesce(func.max(order_history.c.entry), 0)).where(
    order_history.c.warehouse_id == bindparam("at_warehouse_id"), order_history.c.order_id == bindparam("at_order_id")
)
_NOTE = insert(order_history).values(entry=_last.scalar_subquery() + 1)
