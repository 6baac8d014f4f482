"""Orders of a single unit that wait here in a tote: that very unit opens its order, without tote or slip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.domain.codes import Code
from app.domain.orders import Order
from app.domain.totes import ToteLoad, ToteLoadState
from app.ports import View
from app.workflows.pack_opening import Shelf, may_be_packed
from app.workflows.pack_units import PackedSoFar, Unit, product_of, unit_of

_ARRIVED = frozenset({ToteLoadState.READY, ToteLoadState.PACKING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """An order of one unit, the tote that holds it, and the unit as it was scanned."""

    order: Order
    tote_id: str
    unit: Unit


def single_of(view: View, shelf: Shelf, code: Code, *, today: date) -> Single | None:
    """The order that a scanned unit opens: of those that want this one unit, the one that is due first.

    What another station packs already is left to it. None when no order waits for this unit alone.

    Raises:
        WrongStep, UnknownCode: it is no item that is known here.
        LotExpired: see `pack_units.unit_of`.
    """
    product, hit = product_of(view, code)
    if hit.each_of(code) != 1:
        return None
    waiting = []
    for load in view.all(ToteLoad):
        order = view.get(Order, load.order_id) if _holds_one(load, product.product_id, code.lot) else None
        if order is not None and _wants_one(order) and may_be_packed(order) and not shelf.stations_at(order.order_id):
            waiting.append((order.ship_by_utc, order.order_id, order, load))
    if not waiting:
        return None
    _, _, order, load = min(waiting, key=lambda one: one[:2])
    so_far = PackedSoFar.of(load.contents, shelf.cartons(order.order_id))
    return Single(order=order, tote_id=load.tote_id, unit=unit_of(view, order, so_far, code, today=today))


def _holds_one(load: ToteLoad, product_id: str, lot: str | None) -> bool:
    if load.state not in _ARRIVED or len(load.contents) != 1:
        return False
    (content,) = load.contents
    of_lot = lot is None or content.lot is None or content.lot == lot
    return of_lot and (content.product_id, content.quantity_each) == (product_id, 1)


def _wants_one(order: Order) -> bool:
    return sum(line.quantity_each for line in order.lines) == 1
