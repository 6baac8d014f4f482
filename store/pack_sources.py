"""Where a carton's units come from, and where they go back to."""

from __future__ import annotations

from app.domain.cartons import Carton
from app.domain.packing import PackExceptionFound, UnitVerified
from app.domain.totes import ToteLoad
from store import orders_on_floor as floor
from store.booking import Booking
from store.carry import carry
from store.places import blind_place, tote_place
from store.stock import GOOD


def take_out(
    booking: Booking,
    fact: UnitVerified | PackExceptionFound,
    to_place: str,
    *,
    lot: str | None = None,
    serial: str | None = None,
) -> None:
    """Units leave the carton's totes: one line may lie in two of them, when the first one was full."""
    left_each = fact.quantity_each
    while left_each > 0:
        place = source(booking, fact.carton_id, fact.order_id, fact.product_id, lot)
        held_each = booking.desk.stock.balance_each(place, fact.product_id, lot=lot, condition=GOOD)
        each = min(left_each, held_each) if held_each > 0 else left_each
        carry(booking, fact.product_id, each, place, to_place, lot=lot, serial=serial)
        left_each -= each


def source(booking: Booking, carton_id: str, order_id: str, product_id: str, lot: str | None) -> str:
    """The place that a carton's units come from: the first load of its order that has such units."""
    loads = _loads(booking, carton_id, order_id)
    places = (tote_place(load_id) for load_id in loads)
    stock = booking.desk.stock
    having = (place for place in places if stock.balance_each(place, product_id, lot=lot, condition=GOOD) > 0)
    return next(having, tote_place(loads[0]) if loads else blind_place(order_id))


def came_from(booking: Booking, carton_id: str, order_id: str, product_id: str, lot: str | None) -> str:
    """The place that a carton's units go back to: the load of its order that has lost such units, the last one first,
    because the first ones were taken from before it.
    """
    loads = _loads(booking, carton_id, order_id)
    for load_id in reversed(loads):
        load = booking.now(ToteLoad, load_id)
        contents = load.contents if load is not None else ()
        came_each = sum(
            item.quantity_each for item in contents if item.product_id == product_id and lot in (None, item.lot)
        )
        place = tote_place(load_id)
        if came_each > booking.desk.stock.balance_each(place, product_id, lot=lot, condition=GOOD):
            return place
    return tote_place(loads[0]) if loads else blind_place(order_id)


def _loads(booking: Booking, carton_id: str, order_id: str) -> list[str]:
    """The loads, by id, that a carton is packed from: those that it began with, then the order's others, because a
    second tote may have come since. None while it is packed blind.
    """
    carton = booking.now(Carton, carton_id)
    if carton is None or carton.blind or not carton.tote_load_ids:
        return []
    others = (load.tote_load_id for load in floor.loads_of(booking, order_id))
    return list(dict.fromkeys((*carton.tote_load_ids, *others)))
