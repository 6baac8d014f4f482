"""What a packer's facts do at the store beyond the rows that they name."""

from __future__ import annotations

from dataclasses import replace

from app.domain.cartons import FILLING, Carton, PackedUnit
from app.domain.discrepancies import DiscrepancyKind
from app.domain.orders import Order, OrderState, PartialShipmentAllowed
from app.domain.packing import (
    CartonAbandoned,
    CartonClosed,
    CartonOpened,
    LabelApplied,
    LabelPrinted,
    LabelReprinted,
    PackException,
    PackExceptionFound,
    PackUndone,
    UnitVerified,
)
from app.domain.totes import ToteLoad
from store import orders_on_floor as floor
from store.booking import Booking
from store.bringing import left_in_tote, reserve_to_bring
from store.carry import carry
from store.given_up import packed_no_more, packed_still, wait_if_nothing_is_left
from store.places import blind_place, carton_place, load_at, tote_place
from store.reconciling import reconcile_blind
from store.reservations import let_go_of_task
from store.stock import ADJUSTMENT, GOOD, REGRADED, Move

DAMAGED = "damaged"
QUARANTINE = "quarantine"
_PACKED = frozenset({OrderState.PACKED, OrderState.HANDED_OVER})

_KINDS = {
    PackException.EXTRA: DiscrepancyKind.PACK_EXTRA,
    PackException.MISSING: DiscrepancyKind.PACK_MISSING,
    PackException.DAMAGED: DiscrepancyKind.PACK_DAMAGED,
}


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
    _take_out(booking, fact, carton_place(fact.carton_id), lot=fact.lot, serial=fact.serial)
    booking.units = fact.quantity_each


def pack_undone(booking: Booking, fact: PackUndone) -> None:
    """What the negated fact moved goes back, and the work that it made is withdrawn."""
    moves = _moves_of_negated(booking, fact)
    for move in moves:
        booking.move(move.reversed(fact.kind))
    if fact.negates_kind == UnitVerified.kind:
        booking.units = -sum(move.quantity_each for move in moves)
        packed_still(booking, fact)
    if fact.exception is not None:
        _note_exception(booking, fact, f"pack.{fact.exception}_undone")
        # As `exception_found` raised it: a piece of work of its own.
        kind, key = _KINDS[fact.exception], f"{booking.envelope.station_id}-{fact.negates_seq}"
        booking.raise_work(kind, ("order", fact.order_id), key, quantity_each=-fact.quantity_each)
        let_go_of_task(booking.desk.connection, booking.desk.warehouse_id, booking.work_id(kind, key))


def carton_closed(booking: Booking, fact: CartonClosed) -> None:
    carton = booking.now(Carton, fact.carton_id)
    weight_g = carton.weight_g if carton is not None else None
    booking.note(fact.order_id, "carton.closed", carton_id=fact.carton_id, sscc=fact.sscc, weight_g=weight_g)
    _after_last_carton(booking, fact.order_id)


def carton_abandoned(booking: Booking, fact: CartonAbandoned) -> None:
    """What is in it goes back to where it came from; of a cancelled order somebody may have put it back already.

    Leads to: PACK_EXTRA, when the order was packed without it.
    """
    carton = booking.now(Carton, fact.carton_id)
    back: dict[tuple[str, str, str | None], list[PackedUnit]] = {}
    for unit in carton.units if carton is not None and booking.fits(Carton, fact.carton_id) else ():
        inside = carton_place(fact.carton_id)
        each = min(unit.quantity_each, booking.desk.stock.balance_each(inside, unit.product_id, lot=unit.lot))
        if each > 0:
            place = _came_from(booking, fact.carton_id, fact.order_id, unit.product_id, unit.lot)
            carry(booking, unit.product_id, each, inside, place, lot=unit.lot, serial=unit.serial)
            back.setdefault((place, unit.product_id, unit.lot), []).append(replace(unit, quantity_each=each))
    order = booking.was(Order, fact.order_id) or booking.now(Order, fact.order_id)
    if carton is not None and order is not None and order.state in _PACKED:
        for (place, _, _), units in back.items():
            _packed_without(booking, carton, units, place)
    else:
        for unit in (one for units in back.values() for one in units):
            packed_no_more(booking, fact.order_id, unit)
    booking.note(fact.order_id, "carton.abandoned", carton_id=fact.carton_id)
    _after_last_carton(booking, fact.order_id)
    wait_if_nothing_is_left(booking, fact.order_id)


def _packed_without(booking: Booking, carton: Carton, units: list[PackedUnit], place: str) -> None:
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


def exception_found(booking: Booking, fact: PackExceptionFound) -> None:
    """Work for a picker; the stock is where the packer says that it is."""
    carton = booking.now(Carton, fact.carton_id)
    tote_id, load_id = carton.tote_id if carton is not None else None, None
    if fact.exception is PackException.MISSING:
        _take_out(booking, fact, ADJUSTMENT)
    elif fact.exception is PackException.DAMAGED:
        _take_out(booking, fact, REGRADED)
        damaged = Move(
            product_id=fact.product_id,
            quantity_each=fact.quantity_each,
            from_place=REGRADED,
            to_place=QUARANTINE,
            reason=fact.kind,
            condition=DAMAGED,
        )
        booking.move(damaged)
    else:
        place = _source(booking, fact.carton_id, fact.order_id, fact.product_id, None)
        load_id = load_at(place)
        load = booking.now(ToteLoad, load_id) if load_id is not None else None
        tote_id = load.tote_id if load is not None else tote_id
        extra = Move(
            product_id=fact.product_id,
            quantity_each=fact.quantity_each,
            from_place=ADJUSTMENT,
            to_place=place,
            reason=fact.kind,
        )
        booking.move(extra)
    _note_exception(booking, fact, f"pack.{fact.exception}")
    location_id = floor.picked_from(booking, fact.order_id, fact.product_id, fact.line_id)
    if fact.exception is not PackException.EXTRA:
        if floor.is_cancelled(booking, fact.order_id):
            # Nobody wants another one.
            return
        location_id = reserve_to_bring(booking, fact, _KINDS[fact.exception], location_id)
    booking.raise_work(
        _KINDS[fact.exception],
        ("order", fact.order_id),
        order_id=fact.order_id,
        carton_id=fact.carton_id,
        line_id=fact.line_id,
        product_id=fact.product_id,
        quantity_each=fact.quantity_each,
        tote_id=tote_id,
        tote_load_id=load_id,
        location_id=location_id,
    )


def label_step(booking: Booking, fact: LabelPrinted | LabelApplied | LabelReprinted) -> None:
    carton = booking.now(Carton, fact.carton_id)
    if carton is not None:
        reason = fact.reason if isinstance(fact, LabelReprinted) else None
        booking.note(carton.order_id, fact.kind, carton_id=fact.carton_id, sscc=carton.sscc, why=reason)


def partial_allowed(booking: Booking, fact: PartialShipmentAllowed) -> None:
    booking.note(fact.order_id, fact.kind, approved_by=fact.approved_by, why=fact.reason)


def _moves_of_negated(booking: Booking, fact: PackUndone) -> list[Move]:
    """Only what a fact of that kind moved of that product: a number that names another fact moves nothing."""
    booked = booking.desk.stock.booked_for(booking.envelope.station_id, fact.negates_seq)
    return [move for move in booked if (move.reason, move.product_id) == (fact.negates_kind, fact.product_id)]


def _note_exception(booking: Booking, fact: PackExceptionFound | PackUndone, what: str) -> None:
    each = fact.quantity_each
    booking.note(fact.order_id, what, carton_id=fact.carton_id, product_id=fact.product_id, quantity_each=each)


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


def _take_out(
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
        place = _source(booking, fact.carton_id, fact.order_id, fact.product_id, lot)
        held_each = booking.desk.stock.balance_each(place, fact.product_id, lot=lot, condition=GOOD)
        each = min(left_each, held_each) if held_each > 0 else left_each
        carry(booking, fact.product_id, each, place, to_place, lot=lot, serial=serial)
        left_each -= each


def _source(booking: Booking, carton_id: str, order_id: str, product_id: str, lot: str | None) -> str:
    """The place that a carton's units come from: the first load of its order that has such units."""
    loads = _loads(booking, carton_id, order_id)
    places = (tote_place(load_id) for load_id in loads)
    stock = booking.desk.stock
    having = (place for place in places if stock.balance_each(place, product_id, lot=lot, condition=GOOD) > 0)
    return next(having, tote_place(loads[0]) if loads else blind_place(order_id))


def _came_from(booking: Booking, carton_id: str, order_id: str, product_id: str, lot: str | None) -> str:
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
