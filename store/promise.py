"""An order meets the stock: what it gets is reserved, what it lacks is said."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from app.domain.orders import Order, OrderState
from app.domain.rows import from_image
from store.allocation import Wanted, allot, kept
from store.desk import Desk
from store.reservations import free_stock, reserve
from store.shelves import Shelves
from store.tables import rows


def promise(desk: Desk, order: Order) -> Order:
    """`order` with what it gets reserved, kept in the books.

    Leads to:
        ALLOCATED: every line is covered; or the order may go in parts and something is, and the rest is short.
        BACKORDERED: it has to go complete and cannot, or there is nothing of it. Nothing is reserved then.
    """
    wanted = [
        Wanted(line_id=line.line_id, product_id=line.product_id, quantity_each=line.quantity_each)
        for line in order.lines
    ]
    stock = free_stock(desk, Shelves.of(desk), [line.product_id for line in wanted])
    allotted = kept(order.ship_policy, wanted, allot(wanted, stock, today=desk.today))
    reserve(desk, order.order_id, allotted)
    got: dict[str, int] = {}
    for each in allotted:
        got[each.line_id] = got.get(each.line_id, 0) + each.quantity_each
    promised = replace(order, state=OrderState.ALLOCATED if allotted else OrderState.BACKORDERED)
    if allotted:
        lines = [replace(line, allocated_each=got.get(line.line_id, 0)) for line in order.lines]
        promised = replace(
            promised, lines=tuple(replace(line, short_each=line.quantity_each - line.allocated_each) for line in lines)
        )
    if promised != order:
        desk.book.put(promised)
        short_each = sum(line.short_each for line in promised.lines)
        desk.note(order.order_id, f"order.{promised.state}", short_each=short_each or None)
    return promised


def promise_waiting(desk: Desk) -> int:
    """Try again for every order that waits for stock, the one placed first going first; how many got theirs."""
    waiting = orders_in(desk, OrderState.BACKORDERED)
    waiting.sort(key=lambda order: (order.placed_at_utc, order.order_id))
    return sum(promise(desk, order).state is OrderState.ALLOCATED for order in waiting)


def orders_in(desk: Desk, state: OrderState) -> list[Order]:
    """The orders in one state, by id; the books hold every order that ever was, so the database picks them out."""
    images = desk.connection.scalars(
        select(rows.c.image)
        .where(rows.c.warehouse_id == desk.warehouse_id, rows.c.row_kind == Order.row_kind)
        .where(rows.c.deleted.is_(False), rows.c.image["state"].as_string() == str(state))
        .order_by(rows.c.row_id)
    )
    return [from_image(Order, image) for image in images]
