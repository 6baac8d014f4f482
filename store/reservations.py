"""Promises on stock: which units in which place are kept for which line of which order.

A claim shrinks as its units are taken, by as much as the place's balance shrinks, so that what is free stays true:
free = balance − claims, where claims are RESERVED and MISSING.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, func, insert, select, update

from store.allocation import Allotted, FreeStock
from store.claims import Claim
from store.desk import Desk
from store.shelves import Shelves
from store.stock import GOOD
from store.tables import allocations, lots, stock

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
    claimed = _claimed(desk, wanted)
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
    desk.claims.flush()
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


def let_go_of_task(desk: Desk, task_id: str) -> None:
    """Nobody will come for what is left of a task's claim."""
    _release(desk, allocations.c.task_id == task_id)


def let_go_of_order(desk: Desk, order_id: str) -> None:
    """Give back everything that is still reserved for an order."""
    _release(desk, allocations.c.order_id == order_id)


def not_found(desk: Desk, task_id: str, missing_each: int) -> None:
    """A picker found `missing_each` units of a task not there: they are nobody's until the place is counted."""
    desk.claims.flush()
    here = (allocations.c.warehouse_id == desk.warehouse_id, allocations.c.task_id == task_id)
    claim = desk.connection.execute(select(allocations).where(*here, allocations.c.state == Claim.RESERVED)).first()
    if claim is None:
        return
    desk.claims.take(task_id, missing_each)
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
    desk.claims.flush()
    here = (allocations.c.warehouse_id == desk.warehouse_id, allocations.c.task_id == task_id)
    desk.connection.execute(
        update(allocations).where(*here, allocations.c.state == Claim.MISSING).values(state=Claim.RELEASED)
    )
    claimed = _claimed(desk, [product_id]).get((place, product_id, lot), 0)
    free_each = desk.stock.balance_each(place, product_id, lot=lot, condition=GOOD) - claimed
    desk.claims.take(task_id, -max(0, min(wanted_each, free_each)))


def counted(desk: Desk, places: Collection[tuple[str, str]], *, lot: str | None = None) -> None:
    """The balances at these (place, product) are known anew: what was missing is missing from the balance now.

    Args:
        lot: the only lot that was counted; None when all were.
    """
    desk.claims.flush()
    here = (allocations.c.warehouse_id == desk.warehouse_id, allocations.c.state == Claim.MISSING)
    found = [
        claim.allocation_id
        for claim in desk.connection.execute(select(allocations).where(*here))
        if (claim.place, claim.product_id) in places and lot in (None, claim.lot)
    ]
    desk.connection.execute(
        update(allocations).where(*here, allocations.c.allocation_id.in_(found)).values(state=Claim.RELEASED)
    )


def _claimed(desk: Desk, product_ids: list[str]) -> dict[tuple[str, str, str], int]:
    desk.claims.flush()
    key = (allocations.c.place, allocations.c.product_id, allocations.c.lot)
    found = desk.connection.execute(
        select(*key, func.sum(allocations.c.quantity_each).label("each"))
        .where(allocations.c.warehouse_id == desk.warehouse_id, allocations.c.product_id.in_(product_ids))
        .where(allocations.c.state.in_(_HOLDING))
        .group_by(*key)
    )
    return {(claim.place, claim.product_id, claim.lot): int(claim.each) for claim in found}


def _release(desk: Desk, here: ColumnElement[bool]) -> None:
    desk.claims.flush()
    desk.connection.execute(
        update(allocations)
        .where(allocations.c.warehouse_id == desk.warehouse_id, here, allocations.c.state == Claim.RESERVED)
        .values(state=Claim.RELEASED)
    )
