"""Cartons that were packed before their picks had arrived are compared with the picks once both are here."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from app.domain.cartons import CartonState
from app.domain.discrepancies import Discrepancy, DiscrepancyKind
from app.domain.orders import Order, OrderState
from app.domain.picklists import Picklist, PicklistState
from app.domain.totes import ToteLoad, ToteLoadState
from app.domain.workers import Role
from store import orders_on_floor as floor
from store.booking import Booking
from store.carry import carry
from store.places import blind_place, tote_place
from store.stock import GOOD

_OVER = frozenset({PicklistState.PICKED, PicklistState.PARTLY_PICKED, PicklistState.CLOSED, PicklistState.CANCELLED})


def reconcile_blind(booking: Booking, order_id: str) -> None:
    """Compare what was packed blind with what was picked, when the order is packed, or given up at packing, and every
    stop is settled.

    Leads to: the loads are emptied into the cartons; BLIND_MISMATCH for each product of which more or fewer units
    were taken out than had been picked.
    """
    order = booking.now(Order, order_id)
    packed_so = floor.cartons_of(booking, order_id)
    if order is None or order.state not in (OrderState.PACKED, OrderState.BACKORDERED):
        return
    # Of an order that waits for stock every carton was given up; what was taken out of its totes for them counts.
    gone = {CartonState.ABANDONED} if order.state is OrderState.PACKED else set()
    blind = [carton for carton in packed_so if carton.blind and carton.state not in gone]
    if not blind:
        return
    if not all(task.settled for task in floor.tasks_of(booking, order_id)):
        return
    loads = floor.loads_of(booking, order_id)
    if not loads and _is_walked_for(booking, order_id):
        return
    # A packer who knew a tote of the order has freed it with the last carton.
    named = dict.fromkeys(load_id for carton in packed_so for load_id in carton.tote_load_ids)
    freed = [load for load_id in named if (load := booking.now(ToteLoad, load_id)) is not None and load not in loads]
    in_loads: Counter[str] = Counter()
    for load in (*loads, *freed):
        for content in load.contents:
            in_loads[content.product_id] += content.quantity_each
        empty_into_cartons(booking, load, order_id)
    _say_differences(booking, order, in_loads)
    if loads:
        booking.note(order_id, "order.reconciled", cartons=len(blind))


def _is_walked_for(booking: Booking, order_id: str) -> bool:
    lists = (booking.now(Picklist, task.picklist_id) for task in floor.tasks_of(booking, order_id))
    return any(one is not None and one.state not in _OVER for one in lists)


def empty_into_cartons(booking: Booking, load: ToteLoad, order_id: str) -> None:
    """What a load holds still is what was packed blind: the tote is free."""
    for content in load.contents:
        product_id, lot, place = content.product_id, content.lot, tote_place(load.tote_load_id)
        # Another carton of the order may have been packed out of it.
        each = min(content.quantity_each, booking.desk.stock.balance_each(place, product_id, lot=lot, condition=GOOD))
        carry(booking, product_id, each, place, blind_place(order_id), lot=lot)
    if load.state is not ToteLoadState.EMPTIED:
        booking.desk.book.put(replace(load, state=ToteLoadState.EMPTIED))


def _say_differences(booking: Booking, order: Order, in_loads: Counter[str]) -> None:
    """By the stock, which knows what went into cartons, what was broken or missing, and what was brought besides."""
    place = blind_place(order.order_id)
    for product_id, line_id in {line.product_id: line.line_id for line in reversed(order.lines)}.items():
        left_each = booking.desk.stock.balance_each(place, product_id, condition=GOOD)
        left_each -= _too_much_each(booking, order.order_id, product_id)
        key = f"{order.order_id}-{line_id}"
        told = booking.now(Discrepancy, booking.work_id(DiscrepancyKind.BLIND_MISMATCH, key)) is not None
        if left_each and not told:
            booking.does_not_fit(
                DiscrepancyKind.BLIND_MISMATCH,
                ("order", order.order_id),
                key,
                order_id=order.order_id,
                line_id=line_id,
                product_id=product_id,
                packed_each=in_loads[product_id] - left_each,
                picked_each=in_loads[product_id],
            )


def _too_much_each(booking: Booking, order_id: str, product_id: str) -> int:
    """Units that somebody is told already to put back."""
    return sum(
        int(work.facts["quantity_each"])
        for work in booking.desk.book.in_scope(Discrepancy, f"role:{Role.PICKER}")
        if work.kind is DiscrepancyKind.PACK_EXTRA
        and (work.facts["order_id"], work.facts["product_id"]) == (order_id, product_id)
        and "tote_load_id" not in work.facts
    )
