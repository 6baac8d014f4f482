"""What was given up at packing: cartons, and orders that are left with nothing to pack and nothing to ship."""

from __future__ import annotations

from dataclasses import replace

from app.domain.cartons import FILLING, Carton, PackedUnit
from app.domain.discrepancies import Discrepancy, DiscrepancyKind
from app.domain.orders import Order, OrderState
from app.domain.packing import PackUndone
from app.domain.totes import ToteLoad, ToteLoadState
from app.domain.workers import Role
from store import orders_on_floor as floor
from store.booking import Booking
from store.bringing import came_too_late
from store.carry import carry
from store.places import load_at, tote_place
from store.reconciling import reconcile_blind
from store.reservations import let_go_of_order
from store.stock import ADJUSTMENT, GOOD

_BRINGS = (DiscrepancyKind.PACK_MISSING, DiscrepancyKind.PACK_DAMAGED)
_STILL_FILLED = (ToteLoadState.FILLING, ToteLoadState.FULL)


def wait_if_nothing_is_left(booking: Booking, order_id: str) -> None:
    """An order that packing can do nothing more for, and that nobody fetches anything for any more.

    Leads to: BACKORDERED, and it is promised again when there is stock; its totes are free, and what lies in them still
    goes back into the bins.
    """
    order = booking.now(Order, order_id)
    if order is None or order.state is not OrderState.PACKING or order.cartons_closed or order.left_to_pack_each > 0:
        return
    if any(carton.state in FILLING for carton in floor.cartons_of(booking, order_id)):
        return
    if _is_fetched_for(booking, order_id):
        return
    desk = booking.desk
    floor.backorder(booking, order)
    let_go_of_order(desk, order_id)
    reconcile_blind(booking, order_id)
    came_too_late(booking, order_id)
    for load in floor.loads_of(booking, order_id):
        place = tote_place(load.tote_load_id)
        if not any(desk.stock.balance_each(place, content.product_id) > 0 for content in load.contents):
            desk.book.put(replace(load, state=ToteLoadState.EMPTIED, contents=()))
    floor.close_walks(desk, order_id)


def packed_no_more(booking: Booking, order_id: str, unit: PackedUnit) -> None:
    """A unit of a carton that was given up is to be packed again, as long as somebody wants it."""
    order = booking.now(Order, order_id)
    line = floor.line_of(order, unit.line_id)
    if order is not None and line is not None and order.state is not OrderState.CANCELLED:
        packed_each = max(0, line.packed_each - unit.quantity_each)
        booking.desk.book.put(floor.with_line(order, replace(line, packed_each=packed_each)))


def packed_without(booking: Booking, carton: Carton, units: list[PackedUnit], place: str) -> None:
    """Units of one lot that lie in their tote again though their order is packed: too much, a picker puts them back."""
    unit, each, load_id = units[0], sum(one.quantity_each for one in units), load_at(place)
    held_each = booking.desk.stock.balance_each(place, unit.product_id, lot=unit.lot, condition=GOOD)
    not_known_each = each - max(0, min(each, held_each))
    if not_known_each:
        serials = [one.serial for one in units if one.serial]
        carry(booking, unit.product_id, not_known_each, ADJUSTMENT, place, lot=unit.lot, serials=serials)
    load = booking.now(ToteLoad, load_id) if load_id is not None else None
    booking.raise_work(
        DiscrepancyKind.PACK_EXTRA,
        ("order", carton.order_id),
        "-".join((carton.carton_id, unit.product_id, unit.lot or "", load_id or "")),
        order_id=carton.order_id,
        carton_id=carton.carton_id,
        line_id=unit.line_id,
        product_id=unit.product_id,
        quantity_each=each,
        lot=unit.lot,
        tote_id=load.tote_id if load is not None else carton.tote_id,
        tote_load_id=load_id,
        location_id=floor.picked_from(booking, carton.order_id, unit.product_id, unit.line_id),
    )


def packed_still(booking: Booking, fact: PackUndone) -> None:
    """A carton that was given up or closed before has not given the unit: its order's count stays as it was."""
    if booking.was(Carton, fact.carton_id) is None or booking.fits(Carton, fact.carton_id):
        return
    before = booking.was(Order, fact.order_id)
    if before is not None and booking.fits(Order, fact.order_id):
        booking.desk.book.put(before)


def _is_fetched_for(booking: Booking, order_id: str) -> bool:
    """Whether somebody walks for it yet, or is asked to bring what packing lacked."""
    if not all(task.settled for task in floor.tasks_of(booking, order_id)):
        return True
    if any(load.state in _STILL_FILLED for load in floor.loads_of(booking, order_id)):
        return True
    work = booking.desk.book.in_scope(Discrepancy, f"role:{Role.PICKER}")
    return any(one.kind in _BRINGS and one.facts.get("order_id") == order_id for one in work)
