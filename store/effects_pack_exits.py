"""A packer's three exits at the store, and what becomes of units and exits that a packer takes back."""

from __future__ import annotations

from dataclasses import replace

from app.domain.cartons import Carton
from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancyState
from app.domain.orders import Order, OrderState
from app.domain.packing import PackException, PackExceptionFound, PackUndone
from app.domain.totes import ToteLoad
from store import orders_on_floor as floor
from store.booking import Booking
from store.bringing import reserve_to_bring
from store.given_up import packed_still
from store.pack_sources import source, take_out
from store.places import load_at
from store.reservations import let_go_of_task
from store.stock import ADJUSTMENT, GOOD, REGRADED, Move

DAMAGED = "damaged"
QUARANTINE = "quarantine"

_KINDS = {
    PackException.EXTRA: DiscrepancyKind.PACK_EXTRA,
    PackException.MISSING: DiscrepancyKind.PACK_MISSING,
    PackException.DAMAGED: DiscrepancyKind.PACK_DAMAGED,
}


def exception_found(booking: Booking, fact: PackExceptionFound) -> None:
    """Work for a picker; the stock is where the packer says that it is."""
    carton = booking.now(Carton, fact.carton_id)
    tote_id, load_id = carton.tote_id if carton is not None else None, None
    if fact.exception is PackException.MISSING:
        take_out(booking, fact, ADJUSTMENT)
    elif fact.exception is PackException.DAMAGED:
        take_out(booking, fact, REGRADED)
        _book(booking, fact, REGRADED, QUARANTINE, condition=DAMAGED)
    else:
        place = source(booking, fact.carton_id, fact.order_id, fact.product_id, None)
        load_id = load_at(place)
        load = booking.now(ToteLoad, load_id) if load_id is not None else None
        tote_id = load.tote_id if load is not None else tote_id
        _book(booking, fact, ADJUSTMENT, place)
    _note_exception(booking, fact, f"pack.{fact.exception}")
    location_id = floor.picked_from(booking, fact.order_id, fact.product_id, fact.line_id)
    if fact.exception is not PackException.EXTRA:
        if floor.is_cancelled(booking, fact.order_id):
            # Nobody wants another one.
            return
        location_id = reserve_to_bring(booking, fact, _KINDS[fact.exception], location_id)
    _ask_picker(booking, fact, _KINDS[fact.exception], tote_id=tote_id, load_id=load_id, location_id=location_id)


def pack_undone(booking: Booking, fact: PackUndone) -> None:
    """What the negated fact moved goes back, as far as it lies where it was moved to, and its work is withdrawn."""
    if fact.exception is not None:
        _exit_undone(booking, fact, fact.exception)
        return
    moves = _moves_of_negated(booking, fact)
    for move in moves:
        # Somebody may have put it back already, because its order was cancelled or its carton given up.
        there_each = booking.desk.stock.held_at(move.to_place, move.product_id).get(move.marks, 0)
        if (each := min(move.quantity_each, there_each)) > 0:
            booking.move(replace(move, quantity_each=each).reversed(fact.kind))
    booking.units = -sum(move.quantity_each for move in moves)
    packed_still(booking, fact)


def _exit_undone(booking: Booking, fact: PackUndone, exception: PackException) -> None:
    """The rules in order: what was too much and is not in the tote any more stays where it is; a unit in whose place
    another one was brought is one too many; else the work that the exit made is withdrawn.
    """
    # As `exception_found` raised it: a piece of work of its own.
    kind, key = _KINDS[exception], f"{booking.undoes.station_id}-{booking.undoes.seq}"
    work = booking.now(Discrepancy, booking.work_id(kind, key))
    if exception is PackException.EXTRA and work is not None and work.state is not DiscrepancyState.OPEN:
        return
    moves = _moves_of_negated(booking, fact)
    for move in moves:
        booking.move(move.reversed(fact.kind))
    _note_exception(booking, fact, f"pack.{exception}_undone")
    booking.raise_work(kind, ("order", fact.order_id), key, quantity_each=-fact.quantity_each)
    let_go_of_task(booking.desk, booking.work_id(kind, key))
    order = booking.now(Order, fact.order_id)
    if order is None or order.state is OrderState.CANCELLED or fact.exit_name not in order.exits_settled:
        return
    booking.exception = DiscrepancyKind.PACK_EXTRA
    load_id = load_at(moves[-1].from_place) if moves else None
    load = booking.now(ToteLoad, load_id) if load_id is not None else None
    _ask_picker(
        booking,
        fact,
        DiscrepancyKind.PACK_EXTRA,
        tote_id=load.tote_id if load is not None else None,
        load_id=load_id,
        location_id=floor.picked_from(booking, fact.order_id, fact.product_id, fact.line_id),
    )


def _book(booking: Booking, fact: PackExceptionFound, from_place: str, to_place: str, *, condition: str = GOOD) -> None:
    found = Move(
        product_id=fact.product_id,
        quantity_each=fact.quantity_each,
        from_place=from_place,
        to_place=to_place,
        reason=fact.kind,
        condition=condition,
    )
    booking.move(found)


def _ask_picker(
    booking: Booking,
    fact: PackExceptionFound | PackUndone,
    kind: DiscrepancyKind,
    *,
    tote_id: str | None,
    load_id: str | None,
    location_id: str | None,
) -> None:
    booking.raise_work(
        kind,
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


def _moves_of_negated(booking: Booking, fact: PackUndone) -> list[Move]:
    """Only what a fact of that kind moved of that product: a number that names another fact moves nothing."""
    booked = booking.desk.stock.booked_for(*booking.undoes)
    return [move for move in booked if (move.reason, move.product_id) == (fact.negates_kind, fact.product_id)]


def _note_exception(booking: Booking, fact: PackExceptionFound | PackUndone, what: str) -> None:
    each = fact.quantity_each
    booking.note(fact.order_id, what, carton_id=fact.carton_id, product_id=fact.product_id, quantity_each=each)
