"""Stock as double entry: every movement has a place it left and a place it reached; the balance is their sum.

Places are locations, and what is not on the map: `hand:<station>`, `tote_load:<id>`, `carton:<id>`, `returns:<id>`,
`customer`, `adjustment`, `regraded`. A balance may be negative: what a hand did is true, and the figure was wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update

from store.tables import stock, stock_moves

GOOD = "good"
CUSTOMER = "customer"
ADJUSTMENT = "adjustment"
REGRADED = "regraded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Units that went from one place to another; `quantity_each` is above 0.

    Args:
        lot, serial: '' where the product is not tracked so.
        condition: `good`, or what a return was graded as.
        owner: '' when they are the warehouse's own.
        reason: the fact's wire kind, or the store's own word.
    """

    product_id: str
    quantity_each: int
    from_place: str
    to_place: str
    reason: str
    lot: str = ""
    serial: str = ""
    condition: str = GOOD
    owner: str = ""

    def reversed(self, reason: str) -> Move:
        return replace(self, from_place=self.to_place, to_place=self.from_place, reason=reason)


def move(
    connection: Connection, warehouse_id: str, moved: Move, *, at_utc: datetime, station_id: str = "", seq: int = 0
) -> int:
    """Book one movement; the balance that it leaves behind at `from_place`.

    Args:
        station_id, seq: the fact that it follows from; empty when the store moved the units itself.
    """
    last = connection.scalar(select(func.max(stock_moves.c.move_id)).where(stock_moves.c.warehouse_id == warehouse_id))
    what = {
        "product_id": moved.product_id,
        "lot": moved.lot,
        "serial": moved.serial,
        "condition": moved.condition,
        "owner": moved.owner,
    }
    connection.execute(
        insert(stock_moves).values(
            warehouse_id=warehouse_id,
            move_id=(last or 0) + 1,
            from_place=moved.from_place,
            to_place=moved.to_place,
            quantity_each=moved.quantity_each,
            reason=moved.reason,
            station_id=station_id,
            seq=seq,
            at_utc=at_utc,
            **what,
        )
    )
    _add(connection, warehouse_id, moved.to_place, what, moved.quantity_each)
    return _add(connection, warehouse_id, moved.from_place, what, -moved.quantity_each)


def move_all(connection: Connection, warehouse_id: str, moves: Sequence[Move], *, at_utc: datetime) -> None:
    """Book many movements that the store makes itself, as `move` would one by one, in a few statements."""
    if not moves:
        return
    last = connection.scalar(select(func.max(stock_moves.c.move_id)).where(stock_moves.c.warehouse_id == warehouse_id))
    booked = [
        {
            **asdict(moved),
            "warehouse_id": warehouse_id,
            "move_id": move_id,
            "station_id": "",
            "seq": 0,
            "at_utc": at_utc,
        }
        for move_id, moved in enumerate(moves, start=(last or 0) + 1)
    ]
    connection.execute(insert(stock_moves), booked)
    more: Counter[tuple[str, ...]] = Counter()
    for moved in moves:
        what = (moved.product_id, moved.lot, moved.serial, moved.condition, moved.owner)
        more[moved.to_place, *what] += moved.quantity_each
        more[moved.from_place, *what] -= moved.quantity_each
    key = ("place", "product_id", "lot", "serial", "condition", "owner")
    columns = [stock.c[name] for name in key]
    here = stock.c.warehouse_id == warehouse_id
    known = {tuple(row) for row in connection.execute(select(*columns).where(here))}
    changes = [(place, each) for place, each in more.items() if place in known]
    if changes:
        this = (stock.c[name] == bindparam(f"at_{name}") for name in key)
        connection.execute(
            update(stock).where(here, *this).values(quantity_each=stock.c.quantity_each + bindparam("more_each")),
            [
                {"more_each": each, **{f"at_{name}": part for name, part in zip(key, place, strict=True)}}
                for place, each in changes
            ],
        )
    new = [
        {"warehouse_id": warehouse_id, "quantity_each": each, **dict(zip(key, place, strict=True))}
        for place, each in more.items()
        if place not in known
    ]
    if new:
        connection.execute(insert(stock), new)


def balance_each(
    connection: Connection,
    warehouse_id: str,
    place: str,
    product_id: str,
    *,
    lot: str | None = None,
    condition: str | None = None,
) -> int:
    """Units of a product at a place; over all lots and conditions where none is named."""
    query = select(func.coalesce(func.sum(stock.c.quantity_each), 0)).where(
        stock.c.warehouse_id == warehouse_id, stock.c.place == place, stock.c.product_id == product_id
    )
    if lot is not None:
        query = query.where(stock.c.lot == lot)
    if condition is not None:
        query = query.where(stock.c.condition == condition)
    return int(connection.scalar(query) or 0)


def _add(connection: Connection, warehouse_id: str, place: str, what: dict[str, str], quantity_each: int) -> int:
    here = [stock.c[name] == value for name, value in (("warehouse_id", warehouse_id), ("place", place), *what.items())]
    left = connection.scalar(
        update(stock)
        .where(*here)
        .values(quantity_each=stock.c.quantity_each + quantity_each)
        .returning(stock.c.quantity_each)
    )
    if left is not None:
        return int(left)
    connection.execute(
        insert(stock).values(warehouse_id=warehouse_id, place=place, quantity_each=quantity_each, **what)
    )
    return quantity_each
