"""What a packer's facts do at the store beyond the rows that they name."""

from __future__ import annotations

from dataclasses import replace

from app.domain.cartons import FILLING, Carton, PackedUnit
from app.domain.orders import Order, OrderState, PartialShipmentAllowed
from app.domain.packing import (
    CartonAbandoned,
    CartonClosed,
    CartonOpened,
    LabelApplied,
    LabelPrinted,
    LabelReprinted,
    UnitVerified,
)
from store import orders_on_floor as floor
from store.booking import Booking
from store.bringing import left_in_tote
from store.carry import carry
from store.given_up import packed_no_more, packed_without, wait_if_nothing_is_left
from store.pack_sources import came_from, take_out
from store.places import carton_place
from store.reconciling import reconcile_blind

_PACKED = frozenset({OrderState.PACKED, OrderState.HANDED_OVER})


def carton_opened(booking: Booking, fact: CartonOpened) -> None:
    booking.note(
        fact.order_id,
        "carton.opened",
        carton_id=fact.carton_id,
        number=fact.number,
        blind="yes" if fact.blind else None,
    )


def unit_verified(booking: Booking, fact: UnitVerified) -> None:
    """Tote → carton; from a place that stands for the unknown tote while the carton is blind."""
    # The book may know the tote's units by another lot or serial than the packer read: the packer's is newer.
    take_out(booking, fact, carton_place(fact.carton_id), lot=fact.lot, serial=fact.serial)
    booking.units = fact.quantity_each


def carton_closed(booking: Booking, fact: CartonClosed) -> None:
    carton = booking.now(Carton, fact.carton_id)
    weight_g = carton.weight_g if carton is not None else None
    booking.note(fact.order_id, "carton.closed", carton_id=fact.carton_id, sscc=fact.sscc, weight_g=weight_g)
    _after_last_carton(booking, fact.order_id)


def carton_abandoned(booking: Booking, fact: CartonAbandoned) -> None:
    """What is in it goes back to where it came from; of a cancelled order somebody may have put it back already.

    Leads to: PACK_EXTRA, when the order was packed without it; else its units are to be packed again.
    """
    carton = booking.now(Carton, fact.carton_id)
    order = booking.was(Order, fact.order_id) or booking.now(Order, fact.order_id)
    too_late = order is not None and order.state in _PACKED
    back: dict[tuple[str, str, str | None], list[PackedUnit]] = {}
    for unit in carton.units if carton is not None and booking.fits(Carton, fact.carton_id) else ():
        inside = carton_place(fact.carton_id)
        each = min(unit.quantity_each, booking.desk.stock.balance_each(inside, unit.product_id, lot=unit.lot))
        if each > 0:
            place = came_from(booking, fact.carton_id, fact.order_id, unit.product_id, unit.lot)
            carry(booking, unit.product_id, each, inside, place, lot=unit.lot, serial=unit.serial)
            back.setdefault((place, unit.product_id, unit.lot), []).append(replace(unit, quantity_each=each))
        if not too_late:
            packed_no_more(booking, fact.order_id, unit)
    if carton is not None and too_late:
        for (place, _, _), units in back.items():
            packed_without(booking, carton, units, place)
    booking.note(fact.order_id, "carton.abandoned", carton_id=fact.carton_id)
    _after_last_carton(booking, fact.order_id)
    wait_if_nothing_is_left(booking, fact.order_id)


def label_step(booking: Booking, fact: LabelPrinted | LabelApplied | LabelReprinted) -> None:
    carton = booking.now(Carton, fact.carton_id)
    if carton is not None:
        reason = fact.reason if isinstance(fact, LabelReprinted) else None
        booking.note(carton.order_id, fact.kind, carton_id=fact.carton_id, sscc=carton.sscc, why=reason)


def partial_allowed(booking: Booking, fact: PartialShipmentAllowed) -> None:
    booking.note(fact.order_id, fact.kind, approved_by=fact.approved_by, why=fact.reason)


def _say_packed(booking: Booking, order_id: str) -> None:
    """Two stations may each have left the last word to the other: with the last carton of both the order is packed."""
    order = booking.now(Order, order_id)
    if order is None or order.state is not OrderState.PACKING or order.left_to_pack_each or not order.cartons_closed:
        return
    if not any(carton.state in FILLING for carton in floor.cartons_of(booking, order_id)):
        booking.desk.book.put(replace(order, state=OrderState.PACKED))


def _after_last_carton(booking: Booking, order_id: str) -> None:
    before = booking.was(Order, order_id) or booking.now(Order, order_id)
    _say_packed(booking, order_id)
    order = booking.now(Order, order_id)
    if order is None or order.state is not OrderState.PACKED:
        return
    if before is None or before.state is not OrderState.PACKED:
        booking.note(order_id, "order.packed", cartons=order.cartons_closed)
        left_in_tote(booking, order)
    reconcile_blind(booking, order_id)
    floor.close_walks(booking.desk, order_id)
