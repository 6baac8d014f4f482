"""Units that packing lacked, and that a picker has brought."""

from __future__ import annotations

from dataclasses import replace

from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancySettled
from app.domain.orders import Order, OrderLine, OrderState
from app.domain.packing import Carton
from app.domain.totes import ToteLoad, with_units
from store import orders_on_floor as floor
from store.booking import Booking
from store.carry import carry
from store.reconciling import blind_place

_WAITS = frozenset({OrderState.ALLOCATED, OrderState.PICKING, OrderState.PICKED, OrderState.PACKING})


def brought(booking: Booking, work: Discrepancy, fact: DiscrepancySettled) -> None:
    """The units are in the order's tote, and its line takes them.

    Leads to: the line is short by so many fewer, and the packer goes on; BROUGHT_LATE when the order has been packed
    or cancelled meanwhile: they are still in the hand, and go back into a bin.
    """
    each, product_id, place = fact.quantity_each, fact.product_id, fact.location_id
    if not each or product_id is None or place is None:
        return
    order_id = work.facts.get("order_id", "")
    order = booking.now(Order, order_id)
    line = floor.line_of(order, work.facts.get("line_id"))
    if order is None or line is None or order.state not in _WAITS:
        carry(booking, product_id, each, place, booking.hand, lot=fact.lot)
        booking.raise_work(
            DiscrepancyKind.BROUGHT_LATE,
            ("order", order_id),
            order_id=order_id,
            product_id=product_id,
            quantity_each=each,
            location_id=place,
            lot=fact.lot,
        )
        return
    load = _load_of(booking, work)
    to_place = f"tote_load:{load.tote_load_id}" if load is not None else blind_place(order_id)
    carry(booking, product_id, each, place, to_place, lot=fact.lot)
    if load is not None:
        _say_lot(booking, load, line, fact.lot, each)
    booking.desk.book.put(floor.with_line(order, replace(line, short_each=max(0, line.short_each - each))))
    booking.note(order_id, "pack.brought", product_id=product_id, quantity_each=each)


def left_in_tote(booking: Booking, order: Order) -> None:
    """An order that was closed before its packer heard that something was brought: that lies in the tote still."""
    loads = {load_id: None for carton in floor.cartons_of(booking, order.order_id) for load_id in carton.tote_load_ids}
    for line in order.lines:
        left_each = line.quantity_each - line.short_each - line.packed_each
        for load_id in loads if left_each > 0 else ():
            load = booking.now(ToteLoad, load_id)
            held_each = booking.desk.stock.balance_each(f"tote_load:{load_id}", line.product_id)
            each = min(left_each, held_each)
            if each <= 0 or load is None:
                continue
            left_each -= each
            booking.raise_work(
                DiscrepancyKind.BROUGHT_LATE,
                ("order", order.order_id),
                f"{order.order_id}-{line.line_id}-{load_id}",
                order_id=order.order_id,
                product_id=line.product_id,
                quantity_each=each,
                location_id=floor.picked_from(booking, order.order_id, line.product_id, line.line_id),
                tote_id=load.tote_id,
                tote_load_id=load_id,
            )


def _load_of(booking: Booking, work: Discrepancy) -> ToteLoad | None:
    """The load that the packer packs from; None when its picks have not come."""
    carton = booking.now(Carton, work.facts.get("carton_id", ""))
    if carton is None or carton.blind or not carton.tote_load_ids:
        return None
    return booking.now(ToteLoad, carton.tote_load_ids[0])


def _say_lot(booking: Booking, load: ToteLoad, line: OrderLine, lot: str | None, each: int) -> None:
    """What came may be of another lot than what it stands for: the packer is to take it."""
    of_line = [content for content in load.contents if content.line_id == line.line_id]
    if lot is None or not of_line or any(content.lot == lot for content in of_line):
        return
    most = max(of_line, key=lambda content: content.quantity_each)
    contents = with_units(load.contents, replace(most, quantity_each=-min(each, most.quantity_each)))
    contents = with_units(contents, replace(most, lot=lot, quantity_each=each))
    booking.desk.book.put(replace(load, contents=contents))
