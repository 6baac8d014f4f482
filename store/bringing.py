"""Units that packing lacked, and that a picker has brought."""

from __future__ import annotations

from dataclasses import replace

from app.domain.cartons import Carton
from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancySettled
from app.domain.orders import Order, OrderLine, OrderState
from app.domain.packing import PackExceptionFound, exit_name
from app.domain.totes import Content, ToteLoad, ToteLoadState, with_units
from app.domain.workers import Role
from store import orders_on_floor as floor
from store.allocation import Wanted, allot
from store.booking import Booking
from store.carry import carry
from store.places import blind_place, tote_place
from store.recounts import ask_for_count
from store.reservations import free_stock, let_go_of_task, not_found, reserve
from store.shelves import Shelves
from store.stock import GOOD

# Loads that nobody packs any more, by what their order is.
_LEFT_OVER = {
    OrderState.PACKED: (ToteLoadState.READY,),
    OrderState.HANDED_OVER: (ToteLoadState.READY,),
    OrderState.BACKORDERED: (ToteLoadState.READY, ToteLoadState.PACKING),
}
_WAITS = frozenset({OrderState.ALLOCATED, OrderState.PICKING, OrderState.PICKED, OrderState.PACKING})


def reserve_to_bring(
    booking: Booking, fact: PackExceptionFound, kind: DiscrepancyKind, picked_from: str | None
) -> str | None:
    """Keep what is to be brought, so that nobody else is sent for the same units; the bin that it is in.

    Args:
        kind: of the work, for whose sake they are kept.
        picked_from: the bin that the line was picked from: asked first, and named when nothing is known to be free.
    """
    desk = booking.desk
    wanted = Wanted(line_id=fact.line_id or "", product_id=fact.product_id, quantity_each=fact.quantity_each)
    free = [
        bin_ for bin_ in free_stock(desk, Shelves.of(desk), [fact.product_id]) if bin_.free_each >= fact.quantity_each
    ]
    first = [bin_ for bin_ in free if bin_.place == picked_from]
    # All of it from one bin: the work names one.
    kept = (allot([wanted], first, today=desk.today) or allot([wanted], free, today=desk.today))[:1]
    reserve(desk, fact.order_id, kept, task_id=booking.work_id(kind))
    return kept[0].place if kept else picked_from


def not_at_its_bin(booking: Booking, work: Discrepancy, product_id: str, missing_each: int, place: str | None) -> None:
    """What was to be brought is not in its bin: nobody is promised it until the bin has been counted."""
    desk = booking.desk
    not_found(desk, work.discrepancy_id, missing_each)
    if place is not None:
        ask_for_count(booking, place, product_id, None, quantity_each=missing_each)


def brought(booking: Booking, work: Discrepancy, fact: DiscrepancySettled) -> None:
    """The units are in the order's tote, and its line takes them.

    Leads to: the line is short by so many fewer, and the packer goes on; BROUGHT_LATE when the order has been packed
    or cancelled meanwhile: they are still in the hand, and go back into a bin.
    """
    each, product_id, place = fact.quantity_each, fact.product_id, fact.location_id
    if not each or product_id is None or place is None:
        return
    _come_for(booking, work, place, each)
    order_id = work.facts.get("order_id", "")
    order = booking.now(Order, order_id)
    line = floor.line_of(order, work.facts.get("line_id"))
    if order is None or line is None or order.state not in _WAITS:
        carry(booking, product_id, each, place, booking.hand, lot=fact.lot, serials=fact.serials)
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
    to_place = tote_place(load.tote_load_id) if load is not None else blind_place(order_id)
    carry(booking, product_id, each, place, to_place, lot=fact.lot, serials=fact.serials)
    if load is not None:
        _say_lot(booking, _filled_again(booking, load, line, fact.lot, each), line, fact.lot, each)
    settled = exit_name(work.facts.get("carton_id", ""), work.seq or 0)
    order = replace(order, exits_settled=(*order.exits_settled, settled))
    booking.desk.book.put(floor.with_line(order, replace(line, short_each=max(0, line.short_each - each))))
    booking.note(order_id, "pack.brought", product_id=product_id, quantity_each=each)


def left_in_tote(booking: Booking, order: Order) -> None:
    """An order that was closed before its packer heard that something was brought: that lies in the tote still."""
    loads = {load_id: None for carton in floor.cartons_of(booking, order.order_id) for load_id in carton.tote_load_ids}
    for line in order.lines:
        left_each = line.quantity_each - line.short_each - line.packed_each
        for load_id in loads if left_each > 0 else ():
            load = booking.now(ToteLoad, load_id)
            held_each = booking.desk.stock.balance_each(tote_place(load_id), line.product_id)
            each = min(left_each, held_each)
            if each <= 0 or load is None:
                continue
            left_each -= each
            _late_in_tote(booking, load, line.product_id, line.line_id, None, each)


def came_too_late(booking: Booking, order_id: str) -> None:
    """A tote that nobody will pack any more, because its walk has ended after its order was packed without it, or the
    order was given up at packing: all of it goes back.

    Units that have somebody's work already (taken twice) stay with that.
    """
    order = booking.now(Order, order_id)
    left_over = _LEFT_OVER.get(order.state, ()) if order is not None else ()
    picker_work = booking.desk.book.in_scope(Discrepancy, f"role:{Role.PICKER}")
    for load in floor.loads_of(booking, order_id):
        for content in load.contents if load.state in left_over else ():
            product_id, lot = content.product_id, content.lot
            held_each = booking.desk.stock.balance_each(tote_place(load.tote_load_id), product_id, lot=lot)
            known_each = sum(
                int(work.facts.get("quantity_each", "0"))
                for work in picker_work
                if work.facts.get("tote_load_id") == load.tote_load_id and work.facts.get("product_id") == product_id
            )
            each = min(content.quantity_each, held_each) - known_each
            if each > 0:
                _late_in_tote(booking, load, product_id, content.line_id, lot, each)


def _come_for(booking: Booking, work: Discrepancy, place: str, each: int) -> None:
    """What was kept for the work is taken; what was found in another bin frees what was kept."""
    desk = booking.desk
    if place == work.facts.get("location_id"):
        desk.claims.take(work.discrepancy_id, each)
    else:
        let_go_of_task(desk, work.discrepancy_id)


def _late_in_tote(booking: Booking, load: ToteLoad, product_id: str, line_id: str, lot: str | None, each: int) -> None:
    booking.raise_work(
        DiscrepancyKind.BROUGHT_LATE,
        ("order", load.order_id),
        f"{load.order_id}-{line_id}-{load.tote_load_id}" + (f"-{lot}" if lot else ""),
        order_id=load.order_id,
        product_id=product_id,
        quantity_each=each,
        location_id=floor.picked_from(booking, load.order_id, product_id, line_id),
        lot=lot,
        tote_id=load.tote_id,
        tote_load_id=load.tote_load_id,
    )


def _load_of(booking: Booking, work: Discrepancy) -> ToteLoad | None:
    """The load that the packer packs from; None when its picks have not come, or its tote, which was free already, has
    gone to another order: then the order is packed by its lines.
    """
    carton = booking.now(Carton, work.facts.get("carton_id", ""))
    if carton is None or carton.blind or not carton.tote_load_ids:
        return None
    load = booking.now(ToteLoad, carton.tote_load_ids[0])
    if load is None or load.state is not ToteLoadState.EMPTIED:
        return load
    fillings = booking.desk.book.all(ToteLoad, load.tote_id)
    return load if all(one.state is ToteLoadState.EMPTIED for one in fillings) else None


def _filled_again(booking: Booking, load: ToteLoad, line: OrderLine, lot: str | None, each: int) -> ToteLoad:
    """A load that was over holds what is brought, and that alone; any other one has counted such units before."""
    if load.state is ToteLoadState.EMPTIED:
        load = replace(load, state=ToteLoadState.READY, contents=())
    known_each = sum(content.quantity_each for content in load.contents if content.product_id == line.product_id)
    held_each = booking.desk.stock.balance_each(tote_place(load.tote_load_id), line.product_id, condition=GOOD)
    more_each = min(each, held_each - known_each, line.quantity_each - line.short_each + each - known_each)
    if more_each > 0:
        more = Content(line_id=line.line_id, product_id=line.product_id, quantity_each=more_each, lot=lot)
        load = replace(load, contents=with_units(load.contents, more))
        booking.desk.book.put(load)
    return load


def _say_lot(booking: Booking, load: ToteLoad, line: OrderLine, lot: str | None, each: int) -> None:
    """What came may be of another lot than what it stands for: the packer is to take it."""
    of_line = [content for content in load.contents if content.line_id == line.line_id]
    if lot is None or not of_line or any(content.lot == lot for content in of_line):
        return
    most = max(of_line, key=lambda content: content.quantity_each)
    contents = with_units(load.contents, replace(most, quantity_each=-min(each, most.quantity_each)))
    contents = with_units(contents, replace(most, lot=lot, quantity_each=each))
    booking.desk.book.put(replace(load, contents=contents))
