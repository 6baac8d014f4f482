"""Units that nobody wants any more, on their way: the work to put them back goes where they go.

Work is found by what it is about: the tote load or the carton that the units are in, or the stop that a hand took them
for. So it is the same work whether the store made it when the order was cancelled, or a fact that came later did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.domain.cartons import Carton
from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancyState
from app.domain.facts import Subject
from app.domain.packing import CartonAbandoned, CartonFact, PackException, PackExceptionFound, PackUndone, UnitVerified
from app.domain.picking import PickTask, PickUndone, UnitPicked, UnitPlaced
from app.domain.totes import ToteLoad
from app.domain.workers import Role
from store import orders_on_floor as floor
from store.booking import Booking

CANCELLED = DiscrepancyKind.ORDER_CANCELLED


def hand_key(task_id: str, station_id: str) -> str:
    """What the work about units in a hand is found by: one for all units of a stop that a station took."""
    return f"{task_id}-{station_id}"


def follow_pick(booking: Booking, kind: DiscrepancyKind, task: PickTask) -> None:
    """One piece of work for all units of a stop: counted when taken, and told where they lie when placed."""
    fact, key = booking.fact, hand_key(task.task_id, booking.envelope.station_id)
    booking.exception = booking.exception or kind
    each, tote_id, load_id = 0, None, None
    if isinstance(fact, UnitPicked):
        each = fact.quantity_each
    elif isinstance(fact, PickUndone) and fact.negates_kind == UnitPlaced.kind and fact.tote_load_id:
        if booking.forget_tote(kind, key):
            return
        each = _leave(booking, task.order_id, task.product_id, fact.lot, fact.quantity_each, _load(fact.tote_load_id))
        if not each:
            return
    elif isinstance(fact, UnitPlaced):
        load = booking.now(ToteLoad, fact.tote_load_id)
        tote_id, load_id = load.tote_id if load is not None else fact.tote_load_id, fact.tote_load_id
        if booking.open_work(kind, key) is None:
            # Another hand took them, before the list was given to this one: nobody has counted them yet.
            each = fact.quantity_each
    elif booking.open_work(kind, key) is None:
        # Nothing was taken yet.
        return
    elif isinstance(fact, PickUndone) and fact.negates_kind == UnitPicked.kind:
        each = -fact.quantity_each
    booking.raise_work(
        kind,
        (task.row_kind, task.task_id),
        key,
        order_id=task.order_id,
        product_id=task.product_id,
        quantity_each=each,
        location_id=task.location_id,
        lot=task.lot,
        tote_id=tote_id,
        tote_load_id=load_id,
    )


def follow_packing(booking: Booking, order_id: str) -> None:
    """A cancelled order is packed on: its units are looked for where the packer has put them.

    Leads to: work about the carton for what went into it, and less about the tote; the other way round when a unit is
    taken out or the carton is given up; nothing for a carton that was only opened.
    """
    fact = booking.fact
    carton = booking.now(Carton, fact.carton_id) if isinstance(fact, CartonFact | PackExceptionFound) else None
    if carton is None:
        return
    loads = [_load(load_id) for load_id in carton.tote_load_ids]
    match fact:
        case UnitVerified():
            # A blind carton names no load, and a second tote may have come since: its units are in what the order has.
            left = dict.fromkeys((*loads, *(_load(load.tote_load_id) for load in floor.loads_of(booking, order_id))))
            _leave(booking, order_id, fact.product_id, fact.lot, fact.quantity_each, *left)
            _reach(booking, carton, fact.product_id, fact.line_id, fact.lot, fact.quantity_each, _in(carton))
        case PackUndone() if fact.exception is PackException.EXTRA:
            pass
        case PackUndone() if fact.exception:
            _reach(booking, carton, fact.product_id, fact.line_id, None, fact.quantity_each, *loads)
        case PackUndone():
            each = _leave(booking, order_id, fact.product_id, fact.lot, fact.quantity_each, _in(carton))
            _reach(booking, carton, fact.product_id, fact.line_id, fact.lot, each, *loads)
        case CartonAbandoned():
            for unit in carton.units:
                each = _leave(booking, order_id, unit.product_id, unit.lot, unit.quantity_each, _in(carton))
                _reach(booking, carton, unit.product_id, unit.line_id, unit.lot, each, *loads)
        case PackExceptionFound() if fact.exception is not PackException.EXTRA:
            _leave(booking, order_id, fact.product_id, None, fact.quantity_each, *loads)


def _load(load_id: str) -> Subject:
    return (ToteLoad.row_kind, load_id)


def _in(carton: Carton) -> Subject:
    return (Carton.row_kind, carton.carton_id)


def _leave(
    booking: Booking, order_id: str, product_id: str, lot: str | None, quantity_each: int, *places: Subject
) -> int:
    """Take units out of the open work about `places`; how many of them any work was about."""
    left_each = quantity_each
    for work in _about(booking, order_id, product_id, lot, places):
        has_each = int(work.facts.get("quantity_each", "0"))
        each = min(has_each, left_each)
        if not each:
            continue
        left_each -= each
        less = replace(work, facts={**work.facts, "quantity_each": str(has_each - each)})
        if each == has_each:
            less = replace(less, state=DiscrepancyState.SETTLED, how="moved")
        booking.desk.book.put(less)
    return quantity_each - left_each


def _reach(
    booking: Booking,
    carton: Carton,
    product_id: str,
    line_id: str | None,
    lot: str | None,
    quantity_each: int,
    *places: Subject,
) -> None:
    """More units are at the first of `places`; at none that is known when there is none."""
    if not quantity_each:
        return
    place = next(iter(places), ("order", carton.order_id))
    for work in _about(booking, carton.order_id, product_id, lot, places):
        each = int(work.facts.get("quantity_each", "0")) + quantity_each
        booking.desk.book.put(replace(work, facts={**work.facts, "quantity_each": str(each)}))
        return
    load = booking.now(ToteLoad, place[1]) if place[0] == ToteLoad.row_kind else None
    booking.raise_work(
        CANCELLED,
        place,
        f"{place[1]}-{product_id}" + (f"-{lot}" if lot else ""),
        order_id=carton.order_id,
        product_id=product_id,
        quantity_each=quantity_each,
        location_id=floor.picked_from(booking, carton.order_id, product_id, line_id),
        lot=lot,
        carton=carton.number if place == _in(carton) else None,
        tote_id=load.tote_id if load is not None else None,
        tote_load_id=load.tote_load_id if load is not None else None,
    )


def _about(
    booking: Booking, order_id: str, product_id: str, lot: str | None, places: Sequence[Subject]
) -> list[Discrepancy]:
    """Open work for units of a cancelled order at these places; a lot that only one side knows is no other lot."""
    loads = {row_id for row_kind, row_id in places if row_kind == ToteLoad.row_kind}
    return [
        work
        for work in booking.desk.book.in_scope(Discrepancy, f"role:{Role.PICKER}")
        if work.kind is CANCELLED
        and (work.facts.get("order_id"), work.facts.get("product_id")) == (order_id, product_id)
        and (not lot or work.facts.get("lot", "") in ("", lot))
        and (work.about in places or work.facts.get("tote_load_id") in loads)
    ]
