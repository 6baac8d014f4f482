"""What the facts of the returns bench do at the store beyond the rows that they name."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import insert, select

from app.domain.discrepancies import DiscrepancyKind
from app.domain.orders import Order
from app.domain.returns import (
    Disposition,
    MoneyRequested,
    Return,
    ReturnClosed,
    ReturnItem,
    ReturnItemDisposed,
    ReturnItemIdentified,
    ReturnItemPutAway,
    ReturnReceived,
    ReturnUndone,
)
from store import orders_on_floor as floor
from store.booking import Booking
from store.places import bench_place
from store.stock import CUSTOMER, GOOD, REGRADED, Move
from store.tables import money_requests

UNGRADED = "ungraded"


def condition_of(disposition: Disposition | None) -> str:
    """What a unit counts as once it is decided on: only restocked ones may be sold again as good."""
    if disposition is None:
        return UNGRADED
    return GOOD if disposition is Disposition.RESTOCK else str(disposition)


def return_received(booking: Booking, fact: ReturnReceived) -> None:
    """A parcel that nobody announced can be worked; somebody finds out whose it is."""
    came_back = booking.now(Return, fact.return_id)
    order_id = came_back.order_id if came_back is not None else fact.order_id
    if order_id is not None:
        booking.note(order_id, fact.kind, return_id=fact.return_id, found_by=str(fact.found_by))
    announced = booking.was(Return, fact.return_id) is not None
    if not announced or order_id is None:
        booking.raise_work(
            DiscrepancyKind.UNANNOUNCED_RETURN,
            ("return", fact.return_id),
            fact.return_id,
            return_id=fact.return_id,
            order_id=order_id,
            found_by=str(fact.found_by),
        )


def item_identified(booking: Booking, fact: ReturnItemIdentified) -> None:
    """Customer → bench. More of a line than was shipped, or another item than its order had, is somebody's work."""
    came_back = booking.now(Return, fact.return_id)
    order = booking.now(Order, came_back.order_id) if came_back is not None and came_back.order_id else None
    line = floor.line_of(order, fact.line_id)
    mismatch = order is not None and line is None
    if order is not None and line is not None:
        moved = replace(line, returned_each=line.returned_each + 1)
        booking.desk.book.put(floor.with_line(order, moved))
        mismatch = moved.returned_each > moved.packed_each
    booking.move(
        Move(
            product_id=fact.product_id,
            quantity_each=1,
            from_place=CUSTOMER,
            to_place=bench_place(fact.return_id),
            reason=fact.kind,
            lot=fact.lot or "",
            serial=fact.serial or "",
            condition=UNGRADED,
        )
    )
    booking.units = 1
    if mismatch:
        booking.does_not_fit(
            DiscrepancyKind.RETURN_MISMATCH,
            ("return", fact.return_id),
            _mismatch_key(fact),
            return_id=fact.return_id,
            item_id=fact.item_id,
            product_id=fact.product_id,
            order_id=order.order_id if order is not None else None,
        )


def item_disposed(booking: Booking, fact: ReturnItemDisposed) -> None:
    item = _item(booking, fact.return_id, fact.item_id)
    if item is not None and booking.fits(Return, fact.return_id):
        _regrade(booking, fact.return_id, item, UNGRADED, condition_of(fact.disposition))


def item_put_away(booking: Booking, fact: ReturnItemPutAway) -> None:
    """Bench → shelf."""
    item = _item(booking, fact.return_id, fact.item_id)
    if item is not None:
        booking.move(_moved(booking, item, bench_place(fact.return_id), fact.location_id, _condition(item)))


def item_undone(booking: Booking, fact: ReturnUndone) -> None:
    """Everything the other way round."""
    before = booking.was(Return, fact.return_id)
    item = next((item for item in before.items if item.item_id == fact.item_id), None) if before else None
    if before is None or item is None or not booking.fits(Return, fact.return_id):
        return
    bench = bench_place(fact.return_id)
    if fact.negates_kind == ReturnItemIdentified.kind:
        booking.move(_moved(booking, item, bench, CUSTOMER, UNGRADED))
        booking.units = -1
        about = ("return", fact.return_id)
        booking.raise_work(DiscrepancyKind.RETURN_MISMATCH, about, _mismatch_key(fact), quantity_each=-1)
        order = booking.now(Order, before.order_id) if before.order_id else None
        line = floor.line_of(order, item.line_id)
        if order is not None and line is not None:
            booking.desk.book.put(floor.with_line(order, replace(line, returned_each=line.returned_each - 1)))
    elif fact.negates_kind == ReturnItemDisposed.kind:
        _regrade(booking, fact.return_id, item, condition_of(item.disposition), UNGRADED)
    elif fact.negates_kind == ReturnItemPutAway.kind and item.location_id is not None:
        booking.move(_moved(booking, item, item.location_id, bench, _condition(item)))


def money_requested(booking: Booking, fact: MoneyRequested) -> None:
    """Kept once, whatever comes again; the channel settles it."""
    here = (money_requests.c.warehouse_id == booking.desk.warehouse_id, money_requests.c.request_id == fact.request_id)
    connection = booking.desk.connection
    came_back = booking.now(Return, fact.return_id)
    known = connection.scalar(select(money_requests.c.request_id).where(*here)) is not None
    if known or came_back is None or came_back.money_request_id != fact.request_id:
        return
    connection.execute(
        insert(money_requests).values(
            warehouse_id=booking.desk.warehouse_id,
            request_id=fact.request_id,
            return_id=fact.return_id,
            order_id=came_back.order_id,
            money=str(fact.money),
            item_ids=list(fact.item_ids),
            state="requested",
            at_utc=booking.desk.now_utc,
        )
    )
    if came_back.order_id is not None:
        booking.note(came_back.order_id, fact.kind, return_id=fact.return_id, money=str(fact.money))


def return_closed(booking: Booking, fact: ReturnClosed) -> None:
    came_back = booking.now(Return, fact.return_id)
    order_id = came_back.order_id if came_back is not None else None
    if order_id is not None:
        booking.note(order_id, fact.kind, return_id=fact.return_id, missing_each=fact.missing_each or None)
    if fact.missing_each:
        booking.raise_work(
            DiscrepancyKind.RETURN_MISMATCH,
            ("return", fact.return_id),
            f"{fact.return_id}-missing",
            return_id=fact.return_id,
            order_id=order_id,
            missing_each=fact.missing_each,
        )


def _mismatch_key(fact: ReturnItemIdentified | ReturnUndone) -> str:
    """What the work about a unit that was not sold is found by: it ends when the unit is out of the parcel again."""
    return f"{fact.return_id}-{fact.item_id}"


def _item(booking: Booking, return_id: str, item_id: str) -> ReturnItem | None:
    came_back = booking.now(Return, return_id)
    return next((item for item in came_back.items if item.item_id == item_id), None) if came_back else None


def _condition(item: ReturnItem) -> str:
    return condition_of(item.disposition)


def _moved(booking: Booking, item: ReturnItem, from_place: str, to_place: str, condition: str) -> Move:
    return Move(
        product_id=item.product_id,
        quantity_each=1,
        from_place=from_place,
        to_place=to_place,
        reason=booking.fact.kind,
        lot=item.lot or "",
        serial=item.serial or "",
        condition=condition,
    )


def _regrade(booking: Booking, return_id: str, item: ReturnItem, before: str, after: str) -> None:
    """A unit changes what it counts as, and stays where it is."""
    bench = bench_place(return_id)
    booking.move(_moved(booking, item, bench, REGRADED, before))
    booking.move(_moved(booking, item, REGRADED, bench, after))
