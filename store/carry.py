"""Units that go on from where they are: from the hand to the tote, from the tote to the carton.

A fact about them does not name their serials again; the place that they leave knows them.
"""

from __future__ import annotations

from sqlalchemy import select

from store.booking import Booking
from store.stock import GOOD, Move
from store.tables import stock


def carry(
    booking: Booking,
    product_id: str,
    quantity_each: int,
    from_place: str,
    to_place: str,
    *,
    lot: str | None = None,
    serial: str | None = None,
    condition: str = GOOD,
) -> None:
    """Move units of a product, taking first what the place is known to hold.

    Args:
        lot, serial: of the units, where the fact names them; else the place's own are taken in their order.
    """
    left_each = quantity_each
    for lot_there, serial_there, each_there in _there(booking, product_id, from_place, lot, serial, condition):
        each = min(left_each, each_there)
        if each > 0:
            booking.move(
                Move(
                    product_id=product_id,
                    quantity_each=each,
                    from_place=from_place,
                    to_place=to_place,
                    reason=booking.fact.kind,
                    lot=lot_there,
                    serial=serial_there,
                    condition=condition,
                )
            )
            left_each -= each
    if left_each > 0:
        # More than the book knew to be there: the balance goes below 0, and the hand is right.
        booking.move(
            Move(
                product_id=product_id,
                quantity_each=left_each,
                from_place=from_place,
                to_place=to_place,
                reason=booking.fact.kind,
                lot=lot or "",
                serial=serial or "",
                condition=condition,
            )
        )


def _there(
    booking: Booking, product_id: str, place: str, lot: str | None, serial: str | None, condition: str
) -> list[tuple[str, str, int]]:
    query = select(stock.c.lot, stock.c.serial, stock.c.quantity_each).where(
        stock.c.warehouse_id == booking.desk.warehouse_id,
        stock.c.place == place,
        stock.c.product_id == product_id,
        stock.c.condition == condition,
        stock.c.quantity_each > 0,
    )
    if lot is not None:
        query = query.where(stock.c.lot == lot)
    if serial is not None:
        query = query.where(stock.c.serial == serial)
    found = booking.desk.connection.execute(query.order_by(stock.c.lot, stock.c.serial))
    return [(row.lot, row.serial, row.quantity_each) for row in found]
