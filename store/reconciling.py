"""Cartons that were packed before their picks had arrived are compared with the picks once both are here."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from app.domain.cartons import CartonState
from app.domain.discrepancies import DiscrepancyKind
from app.domain.orders import Order, OrderState
from app.domain.totes import ToteLoad, ToteLoadState
from store import orders_on_floor as floor
from store.booking import Booking
from store.carry import carry
from store.places import blind_place, tote_place


def reconcile_blind(booking: Booking, order_id: str) -> None:
    """Compare what was packed blind with what was picked, when the order is packed and every stop is settled.

    Leads to: the loads are emptied into the cartons; BLIND_MISMATCH for each line whose figures differ.
    """
    order = booking.now(Order, order_id)
    packed_so = floor.cartons_of(booking, order_id)
    blind = [carton for carton in packed_so if carton.blind and carton.state is not CartonState.ABANDONED]
    if order is None or order.state is not OrderState.PACKED or not blind:
        return
    if not all(task.settled for task in floor.tasks_of(booking, order_id)):
        return
    loads = floor.loads_of(booking, order_id)
    if not loads:
        return
    packed: Counter[str] = Counter()
    for carton in blind:
        for unit in carton.units:
            packed[unit.line_id] += unit.quantity_each
    in_loads: Counter[str] = Counter()
    for load in loads:
        for content in load.contents:
            in_loads[content.line_id] += content.quantity_each
        empty_into_cartons(booking, load, order_id)
    _say_differences(booking, order, packed, in_loads)
    booking.note(order_id, "order.reconciled", cartons=len(blind))


def empty_into_cartons(booking: Booking, load: ToteLoad, order_id: str) -> None:
    """What a load holds is what was packed blind: the tote is free."""
    if load.state is ToteLoadState.EMPTIED:
        return
    for content in load.contents:
        place = tote_place(load.tote_load_id)
        carry(booking, content.product_id, content.quantity_each, place, blind_place(order_id), lot=content.lot)
    booking.desk.book.put(replace(load, state=ToteLoadState.EMPTIED))


def _say_differences(booking: Booking, order: Order, packed: Counter[str], in_loads: Counter[str]) -> None:
    for line in order.lines:
        if packed[line.line_id] != in_loads[line.line_id]:
            booking.does_not_fit(
                DiscrepancyKind.BLIND_MISMATCH,
                ("order", order.order_id),
                f"{order.order_id}-{line.line_id}",
                order_id=order.order_id,
                line_id=line.line_id,
                product_id=line.product_id,
                packed_each=packed[line.line_id],
                picked_each=in_loads[line.line_id],
            )
