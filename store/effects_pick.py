"""What a picker's facts do at the store beyond the rows that they name."""

from __future__ import annotations

from dataclasses import replace

from app.domain.discrepancies import DiscrepancyKind
from app.domain.orders import Order
from app.domain.picking import PickShorted, PickTask, PickUndone, UnitPicked, UnitPlaced
from app.domain.picklists import Picklist, PicklistFinished, PicklistStarted
from app.domain.totes import ToteAssigned, ToteLoad
from store import orders_on_floor as floor
from store import shortfall
from store.booking import Booking
from store.bringing import came_too_late
from store.carry import carry
from store.given_up import wait_if_nothing_is_left
from store.places import tote_place
from store.reconciling import reconcile_blind
from store.recounts import bin_key, happened_before_a_count
from store.stock import Move
from store.tote_loads import free_empty, free_of_cancelled
from store.walks import end_walk, move_leftovers

UNKNOWN_PLACE = "unknown"


def unit_picked(booking: Booking, fact: UnitPicked) -> None:
    """Bin → hand. A bin that held less than was taken is counted anew."""
    task = booking.now(PickTask, fact.task_id)
    bin_id = task.location_id if task is not None else UNKNOWN_PLACE
    lot = fact.lot or (task.lot if task is not None else None) or ""
    booking.move(
        Move(
            product_id=fact.product_id,
            quantity_each=fact.quantity_each,
            from_place=bin_id,
            to_place=booking.hand,
            reason=fact.kind,
            lot=lot,
            serial=fact.serial or "",
        )
    )
    desk = booking.desk
    if booking.fits(PickTask, fact.task_id):
        desk.claims.take(fact.task_id, fact.quantity_each)
    left_each = desk.stock.balance_each(bin_id, fact.product_id, lot=lot)
    if left_each < 0 and bin_id != UNKNOWN_PLACE:
        booking.does_not_fit(
            DiscrepancyKind.NEGATIVE_STOCK,
            ("location", bin_id),
            bin_key(bin_id, fact.product_id, lot),
            location_id=bin_id,
            product_id=fact.product_id,
            lot=lot,
            balance_each=left_each,
        )
    else:
        happened_before_a_count(booking, bin_id, fact.product_id, lot)


def unit_placed(booking: Booking, fact: UnitPlaced) -> None:
    """Hand → tote. The line is picked by so much, if its stop says so too: doubled units are put back, not packed."""
    carry(booking, fact.product_id, fact.quantity_each, booking.hand, tote_place(fact.tote_load_id), lot=fact.lot)
    task = booking.now(PickTask, fact.task_id)
    if task is not None and booking.fits(PickTask, fact.task_id):
        _count_placed(booking, task, fact.quantity_each)


def pick_undone(booking: Booking, fact: PickUndone) -> None:
    """Everything the other way round."""
    task = booking.now(PickTask, fact.task_id)
    if task is None:
        return
    desk, each = booking.desk, fact.quantity_each
    lot = fact.lot if fact.lot is not None else task.lot
    fits = booking.fits(PickTask, fact.task_id)
    if fact.negates_kind == UnitPicked.kind and each:
        carry(booking, task.product_id, each, booking.hand, task.location_id, lot=lot, serial=fact.serial)
        if fits:
            desk.claims.take(fact.task_id, -each)
        happened_before_a_count(booking, task.location_id, task.product_id, lot or "")
    elif fact.negates_kind == UnitPlaced.kind and each and fact.tote_load_id:
        carry(booking, task.product_id, each, tote_place(fact.tote_load_id), booking.hand, lot=lot, serial=fact.serial)
        if fits:
            _count_placed(booking, task, -each)
    elif fact.negates_kind == PickShorted.kind and fits:
        shortfall.take_back(booking, task, fact)


def pick_shorted(booking: Booking, fact: PickShorted) -> None:
    """The place is counted, and what is missing is looked for elsewhere."""
    task = booking.now(PickTask, fact.task_id)
    if task is not None and booking.fits(PickTask, fact.task_id):
        shortfall.look_elsewhere(booking, task, fact)
        before = booking.was(PickTask, fact.task_id)
        booking.lines = int(task.settled and before is not None and not before.settled and task.placed_each > 0)


def tote_assigned(booking: Booking, fact: ToteAssigned) -> None:
    load = booking.now(ToteLoad, fact.tote_load_id)
    if load is not None:
        booking.note(fact.order_id, "tote.assigned", tote_id=fact.tote_id)


def picklist_started(booking: Booking, fact: PicklistStarted) -> None:
    for order_id in _orders_of(booking, fact.picklist_id):
        floor.begin_picking(booking, order_id)
        booking.note(order_id, "picking.started", picklist_id=fact.picklist_id)


def picklist_finished(booking: Booking, fact: PicklistFinished) -> None:
    """Orders that are through go to packing; stops that nobody settled go to a list of their own."""
    orders = _orders_of(booking, fact.picklist_id)
    if booking.fits(Picklist, fact.picklist_id):
        move_leftovers(booking, fact.picklist_id)
    else:
        end_walk(booking, fact.picklist_id)
    for order_id in orders:
        floor.finish_picking(booking, order_id)
        reconcile_blind(booking, order_id)
        floor.close_walks(booking.desk, order_id)
        free_of_cancelled(booking, order_id)
        came_too_late(booking, order_id)
        wait_if_nothing_is_left(booking, order_id)
    free_empty(booking, fact.tote_load_ids)


def _orders_of(booking: Booking, picklist_id: str) -> list[str]:
    tasks = booking.desk.book.all(PickTask, picklist_id)
    return sorted({task.order_id for task in tasks})


def _count_placed(booking: Booking, task: PickTask, each: int) -> None:
    order = booking.now(Order, task.order_id)
    line = floor.line_of(order, task.line_id)
    if order is not None and line is not None:
        booking.desk.book.put(floor.with_line(order, replace(line, picked_each=line.picked_each + each)))
    before = booking.was(PickTask, task.task_id)
    booking.units = each
    booking.lines = int(task.settled) - int(before is not None and before.settled)
