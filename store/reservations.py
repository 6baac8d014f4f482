"""Promises on stock: which units in which place are kept for which line of which order.

A claim shrinks as its units are taken, by as much as the place's balance shrinks, so that what is free stays true:
free = balance − claims, where claims are RESERVED and MISSING.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum

from sqlalchemy import BigInteger, ColumnElement, Connection, bindparam, case, func, insert, select, update

from store.allocation import Allotted, FreeStock
from store.desk import Desk
from store.shelves import Shelves
from store.stock import GOOD
from store.tables import allocations, lots, stock


class Claim(StrEnum):
    """What a row of `allocations` says about its units."""

    RESERVED = "reserved"
    TAKEN = "taken"
    RELEASED = "released"
    MISSING = "missing"
    """The book says that they are there and a picker found them not: nobody gets them until a count."""


_HOLDING = (Claim.RESERVED, Claim.MISSING)
OURS = ""
"""The owner of stock that may be promised to anybody."""


def free_stock(desk: Desk, shelves: Shelves, product_ids: Iterable[str]) -> list[FreeStock]:
    """What may be promised of these products: sound stock in bins, less what is claimed already."""
    desk.stock.flush()
    wanted = sorted(set(product_ids))
    key = (stock.c.place, stock.c.product_id, stock.c.lot)
    balances = desk.connection.execute(
        select(*key, lots.c.expires_on, func.sum(stock.c.quantity_each).label("each"))
        .outerjoin_from(
            stock,
            lots,
            (lots.c.warehouse_id == stock.c.warehouse_id)
            & (lots.c.product_id == stock.c.product_id)
            & (lots.c.lot == stock.c.lot),
        )
        .where(stock.c.warehouse_id == desk.warehouse_id, stock.c.product_id.in_(wanted))
        .where(stock.c.condition == GOOD, stock.c.owner == OURS)
        .group_by(*key, lots.c.expires_on)
    )
    claimed = _claimed(desk.connection, desk.warehouse_id, wanted)
    return [
        FreeStock(
            place=held.place,
            product_id=held.product_id,
            lot=held.lot,
            expires_on=held.expires_on,
            free_each=int(held.each) - claimed.get((held.place, held.product_id, held.lot), 0),
            walk_mm=shelves.walk_mm[held.place],
        )
        for held in balances
        if held.place in shelves.walk_mm
    ]


def reserve(desk: Desk, order_id: str, allotted: Iterable[Allotted], task_id: str | None = None) -> None:
    """Keep these units for an order; for one task of it when `task_id` is given."""
    for each in allotted:
        desk.connection.execute(
            insert(allocations).values(
                warehouse_id=desk.warehouse_id,
                allocation_id=desk.new_id("K"),
                order_id=order_id,
                line_id=each.line_id,
                place=each.place,
                product_id=each.product_id,
                lot=each.lot,
                quantity_each=each.quantity_each,
                task_id=task_id,
                state=Claim.RESERVED,
            )
        )


def take(connection: Connection, warehouse_id: str, task_id: str, quantity_each: int) -> None:
    """Units of a task have left the place; a negative quantity puts them back (the pick was undone)."""
    connection.execute(_TAKE, {"at_warehouse_id": warehouse_id, "at_task_id": task_id, "taken_each": quantity_each})


def let_go_of_task(connection: Connection, warehouse_id: str, task_id: str) -> None:
    """Nobody will come for what is left of a task's claim."""
    here = (allocations.c.warehouse_id == warehouse_id, allocations.c.task_id == task_id)
    _release(connection, *here)


def let_go_of_order(connection: Connection, warehouse_id: str, order_id: str) -> None:
    """Give back everything that is still reserved for an order."""
    _release(connection, allocations.c.warehouse_id == warehouse_id, allocations.c.order_id == order_id)


def not_found(desk: Desk, task_id: str, missing_each: int) -> None:
    """A picker found `missing_each` units of a task not there: they are nobody's until the place is counted."""
    here = (allocations.c.warehouse_id == desk.warehouse_id, allocations.c.task_id == task_id)
    claim = desk.connection.execute(select(allocations).where(*here, allocations.c.state == Claim.RESERVED)).first()
    if claim is None:
        return
    take(desk.connection, desk.warehouse_id, task_id, missing_each)
    values = dict(claim._mapping)
    values |= {
        "allocation_id": desk.new_id("K"),
        "quantity_each": min(missing_each, claim.quantity_each),
        "state": Claim.MISSING,
    }
    desk.connection.execute(insert(allocations).values(**values))


def found_again(desk: Desk, task_id: str, place: str, product_id: str, lot: str, wanted_each: int) -> None:
    """The short was undone: nothing is missing for the task's sake, and what it wants is reserved for it as before, as
    far as it is free yet: somebody may have counted the place meanwhile.
    """
    here = (allocations.c.warehouse_id == desk.warehouse_id, allocations.c.task_id == task_id)
    desk.connection.execute(
        update(allocations).where(*here, allocations.c.state == Claim.MISSING).values(state=Claim.RELEASED)
    )
    claimed = _claimed(desk.connection, desk.warehouse_id, [product_id]).get((place, product_id, lot), 0)
    free_each = desk.stock.balance_each(place, product_id, lot=lot, condition=GOOD) - claimed
    take(desk.connection, desk.warehouse_id, task_id, -max(0, min(wanted_each, free_each)))


def counted(
    connection: Connection, warehouse_id: str, places: Collection[tuple[str, str]], *, lot: str | None = None
) -> None:
    """The balances at these (place, product) are known anew: what was missing is missing from the balance now.

    Args:
        lot: the only lot that was counted; None when all were.
    """
    here = (allocations.c.warehouse_id == warehouse_id, allocations.c.state == Claim.MISSING)
    found = [
        claim.allocation_id
        for claim in connection.execute(select(allocations).where(*here))
        if (claim.place, claim.product_id) in places and lot in (None, claim.lot)
    ]
    connection.execute(
        update(allocations).where(*here, allocations.c.allocation_id.in_(found)).values(state=Claim.RELEASED)
    )


def _claimed(connection: Connection, warehouse_id: str, product_ids: list[str]) -> dict[tuple[str, str, str], int]:
    key = (allocations.c.place, allocations.c.product_id, allocations.c.lot)
    found = connection.execute(
        select(*key, func.sum(allocations.c.quantity_each).label("each"))
        .where(allocations.c.warehouse_id == warehouse_id, allocations.c.product_id.in_(product_ids))
        .where(allocations.c.state.in_(_HOLDING))
        .group_by(*key)
    )
    return {(claim.place, claim.product_id, claim.lot): int(claim.each) for claim in found}


def _release(connection: Connection, *here: ColumnElement[bool]) -> None:
    connection.execute(
        update(allocations).where(*here, allocations.c.state == Claim.RESERVED).values(state=Claim.RELEASED)
    )


# A task has one claim that is RESERVED or TAKEN. Built once: making a statement costs more than running it.
_left_each = allocations.c.quantity_each - bindparam("taken_each", type_=BigInteger)
_TAKE = (
    update(allocations)
    .where(allocations.c.warehouse_id == bindparam("at_warehouse_id"))
    .where(allocations.c.task_id == bindparam("at_task_id"))
    .where(allocations.c.state.in_((Claim.RESERVED, Claim.TAKEN)))
    .values(
        quantity_each=case((_left_each > 0, _left_each), else_=0),
        state=case((_left_each > 0, Claim.RESERVED), else_=Claim.TAKEN),
    )
)
