"""How far the floor is with an order: its tasks, its loads, its cartons, and the moves that only the store makes."""

from __future__ import annotations

from dataclasses import replace

from app.domain.cartons import Carton
from app.domain.orders import Order, OrderLine, OrderState
from app.domain.picking import PickTask
from app.domain.picklists import Picklist, PicklistState
from app.domain.totes import ToteLoad
from store import release
from store.booking import Booking
from store.desk import Desk

_WALKED = frozenset({PicklistState.PICKED, PicklistState.PARTLY_PICKED})
_NEEDS_NO_TOTE = frozenset({OrderState.PACKED, OrderState.HANDED_OVER, OrderState.CANCELLED, OrderState.BACKORDERED})


def tasks_of(booking: Booking, order_id: str) -> list[PickTask]:
    """Every stop that was ever planned for an order."""
    return release.tasks_of(booking.desk, order_id)


def picked_from(booking: Booking, order_id: str, product_id: str, line_id: str | None = None) -> str | None:
    """The bin that an order's units of a product were picked from; None when no stop of the order was for it.

    A stop of that line, and one where something was taken, goes before others.
    """
    stops = [task for task in tasks_of(booking, order_id) if task.product_id == product_id]
    best = max(stops, key=lambda task: (task.line_id == line_id, task.picked_each > 0), default=None)
    return best.location_id if best is not None else None


def loads_of(booking: Booking, order_id: str) -> list[ToteLoad]:
    """The fillings of totes that hold an order's units now."""
    loads: list[ToteLoad] = []
    for picklist_id in sorted({task.picklist_id for task in tasks_of(booking, order_id)}):
        loads += booking.desk.book.in_scope(ToteLoad, f"picklist:{picklist_id}")
    return [load for load in loads if load.order_id == order_id]


def cartons_of(booking: Booking, order_id: str) -> list[Carton]:
    return booking.desk.book.all(Carton, order_id)


def with_line(order: Order, line: OrderLine) -> Order:
    """`order` with one of its lines exchanged."""
    lines = tuple(line if old.line_id == line.line_id else old for old in order.lines)
    return replace(order, lines=lines)


def line_of(order: Order | None, line_id: str | None) -> OrderLine | None:
    return next((line for line in order.lines if line.line_id == line_id), None) if order is not None else None


def is_cancelled(booking: Booking, order_id: str | None) -> bool:
    order = booking.now(Order, order_id) if order_id else None
    return order is not None and order.state is OrderState.CANCELLED


def begin_picking(booking: Booking, order_id: str) -> None:
    order = booking.now(Order, order_id)
    if order is not None and order.state is OrderState.ALLOCATED:
        booking.desk.book.put(replace(order, state=OrderState.PICKING))


def finish_picking(booking: Booking, order_id: str) -> None:
    """An order whose every stop is settled.

    Leads to: PICKED, when something was picked; BACKORDERED, when everything was missing: it waits for stock.
    """
    order = booking.now(Order, order_id)
    if order is None or order.state not in (OrderState.ALLOCATED, OrderState.PICKING):
        return
    if not all(task.settled for task in tasks_of(booking, order_id)):
        return
    if any(line.picked_each for line in order.lines):
        booking.desk.book.put(replace(order, state=OrderState.PICKED))
        booking.note(order_id, "order.picked", units=sum(line.picked_each for line in order.lines))
        return
    backorder(booking, order)


def backorder(booking: Booking, order: Order) -> None:
    """Nothing of an order can be had now: it waits for stock, and begins anew with it."""
    lines = tuple(replace(line, allocated_each=0, picked_each=0, short_each=0, packed_each=0) for line in order.lines)
    booking.desk.book.put(replace(order, state=OrderState.BACKORDERED, lines=lines))
    booking.note(order.order_id, "order.backordered")


def close_walks(desk: Desk, order_id: str) -> None:
    """Picklists none of whose orders waits for its tote any more are closed, and leave the board."""
    for picklist_id in sorted({task.picklist_id for task in release.tasks_of(desk, order_id)}):
        picklist = desk.book.get(Picklist, picklist_id)
        if picklist is None or picklist.state not in _WALKED:
            continue
        orders = (desk.book.get(Order, slot.order_id) for slot in picklist.slots)
        if all(order is None or order.state in _NEEDS_NO_TOTE for order in orders):
            desk.book.put(replace(picklist, state=PicklistState.CLOSED))
