"""Tote loads of which something is put back: what they hold still, and when their tote is free for another order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from app.domain.discrepancies import Discrepancy, DiscrepancyKind
from app.domain.picklists import Picklist, PicklistState
from app.domain.totes import ToteLoad, ToteLoadState, with_units
from app.domain.workers import Role
from store import orders_on_floor as floor
from store.booking import Booking
from store.reconciling import empty_into_cartons

_BEING_WALKED = frozenset({PicklistState.LEASED, PicklistState.IN_PROGRESS, PicklistState.PAUSED})


def take_out(booking: Booking, load_id: str, product_id: str, quantity_each: int, lot: str | None) -> None:
    """Units that were put back are in the load no longer.

    Leads to: EMPTIED, when nothing is left in it and its walk is over.
    """
    load = booking.now(ToteLoad, load_id)
    if load is None or load.state is ToteLoadState.EMPTIED:
        return
    left_each, contents = quantity_each, load.contents
    of_product = [content for content in contents if content.product_id == product_id]
    for content in sorted(of_product, key=lambda content: content.lot != lot):
        each = min(left_each, content.quantity_each)
        if each > 0:
            contents = with_units(contents, replace(content, quantity_each=-each))
            left_each -= each
    booking.desk.book.put(replace(load, contents=contents))
    free_empty(booking, [load_id])


def free_empty(booking: Booking, load_ids: Iterable[str]) -> None:
    """Loads that hold nothing any more are over, and their totes free.

    One that is still being filled waits for the end of its list: the station that walks it frees what it knows to be
    empty, and a load that is over already would make its last word one that does not fit.
    """
    for load_id in load_ids:
        load = booking.now(ToteLoad, load_id)
        if load is not None and not load.contents and not _filled_now(booking, load):
            _free(booking, load)


def free_of_cancelled(booking: Booking, order_id: str) -> None:
    """Once nothing of a cancelled order waits to be put back, none of its totes holds anything of it.

    Its loads may say otherwise: what went into a carton is in the load's contents until the carton is closed.
    """
    if not floor.is_cancelled(booking, order_id):
        return
    waiting = booking.desk.book.in_scope(Discrepancy, f"role:{Role.PICKER}")
    if any(one.kind is DiscrepancyKind.ORDER_CANCELLED and one.facts.get("order_id") == order_id for one in waiting):
        return
    blind = any(carton.blind for carton in floor.cartons_of(booking, order_id))
    for load in floor.loads_of(booking, order_id):
        if _filled_now(booking, load):
            continue
        if blind:
            empty_into_cartons(booking, load, order_id)
        else:
            _free(booking, load)


def _filled_now(booking: Booking, load: ToteLoad) -> bool:
    picklist = booking.now(Picklist, load.picklist_id)
    return load.state is ToteLoadState.FILLING and picklist is not None and picklist.state in _BEING_WALKED


def _free(booking: Booking, load: ToteLoad) -> None:
    if load.state is not ToteLoadState.EMPTIED:
        booking.desk.book.put(replace(load, state=ToteLoadState.EMPTIED, contents=()))
