"""Units that go on from where they are: from the hand to the tote, from the tote to the carton.

A fact about them does not name their serials again; the place that they leave knows them.
"""

from __future__ import annotations

from collections.abc import Sequence

from store.booking import Booking
from store.stock import GOOD, Move


def carry(
    booking: Booking,
    product_id: str,
    quantity_each: int,
    from_place: str,
    to_place: str,
    *,
    lot: str | None = None,
    serial: str | None = None,
    serials: Sequence[str] = (),
    condition: str = GOOD,
) -> None:
    """Move units of a product, taking first what the place is known to hold.

    Args:
        lot, serial: of the units, where the fact names them; else the place's own are taken in their order.
        serials: of some of the units, one each.
    """
    for each_serial in serials[:quantity_each]:
        carry(booking, product_id, 1, from_place, to_place, lot=lot, serial=each_serial, condition=condition)
    left_each = quantity_each - len(serials[:quantity_each])
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
    held = booking.desk.stock.held_at(place, product_id)
    return [
        (marks.lot, marks.serial, each)
        for marks, each in sorted(held.items())
        if each > 0 and marks.condition == condition and lot in (None, marks.lot) and serial in (None, marks.serial)
    ]
