"""A place held less than it should: the place is counted, the units are sought elsewhere, the rest is short."""

from __future__ import annotations

from dataclasses import replace

from app.domain.orders import Order
from app.domain.picking import PickShorted, PickState, PickTask, PickUndone
from app.domain.picklists import Picklist
from store import orders_on_floor as floor
from store.allocation import Wanted, allot
from store.booking import Booking
from store.recounts import ask_for_count
from store.reservations import found_again, free_stock, let_go_of_task, not_found, reserve
from store.shelves import Shelves
from store.walks import append


def look_elsewhere(booking: Booking, task: PickTask, fact: PickShorted) -> None:
    """The rules in order: nobody else is promised what is missing; other places are asked, by the rules of allocation,
    as new stops of the same list; what is nowhere is short on the order's line; the place is to be counted.
    """
    desk = booking.desk
    not_found(desk, task.task_id, fact.missing_each)
    found = [
        place for place in free_stock(desk, Shelves.of(desk), [task.product_id]) if place.place != task.location_id
    ]
    wanted = Wanted(line_id=task.line_id, product_id=task.product_id, quantity_each=fact.missing_each)
    allotted = allot([wanted], found, today=desk.today) if not floor.is_cancelled(booking, task.order_id) else ()
    stops = []
    for number, each in enumerate(allotted, start=1):
        stop = PickTask(
            task_id=_replacement_id(task.task_id, booking.envelope.station_id, booking.envelope.seq, number),
            picklist_id=task.picklist_id,
            position=0,
            order_id=task.order_id,
            line_id=task.line_id,
            product_id=task.product_id,
            location_id=each.place,
            quantity_each=each.quantity_each,
            lot=each.lot or None,
            expires_on=each.expires_on,
        )
        reserve(desk, task.order_id, [each], task_id=stop.task_id)
        stops.append(stop)
    picklist = booking.now(Picklist, task.picklist_id)
    if picklist is not None:
        append(booking, picklist, stops)
    short_each = fact.missing_each - sum(each.quantity_each for each in allotted)
    _change_line(booking, task, allocated_each=-short_each, short_each=short_each)
    booking.note(
        task.order_id, "pick.shorted", line_id=task.line_id, missing_each=fact.missing_each, short_each=short_each
    )
    ask_for_count(
        booking,
        task.location_id,
        task.product_id,
        task.lot,
        missing_each=fact.missing_each,
        reason=str(fact.reason),
    )


def take_back(booking: Booking, task: PickTask, fact: PickUndone) -> None:
    """The short was a mistake: the units are promised again, and stops elsewhere that nobody began are cancelled."""
    desk = booking.desk
    found_again(desk.connection, desk.warehouse_id, task.task_id)
    replaced_each = 0
    first = _replacement_id(task.task_id, booking.envelope.station_id, fact.negates_seq, 0)[:-1]
    for stop in floor.tasks_of(booking, task.order_id):
        if stop.task_id.startswith(first):
            replaced_each += stop.quantity_each
            if stop.picked_each == 0 and not stop.settled:
                let_go_of_task(desk.connection, desk.warehouse_id, stop.task_id)
                desk.book.put(replace(stop, state=PickState.CANCELLED))
    short_each = fact.quantity_each - replaced_each
    _change_line(booking, task, allocated_each=short_each, short_each=-short_each)
    booking.note(task.order_id, "pick.short_undone", line_id=task.line_id)


def _replacement_id(task_id: str, station_id: str, seq: int, number: int) -> str:
    return f"{task_id}-{station_id}-{seq}-{number}"


def _change_line(booking: Booking, task: PickTask, *, allocated_each: int, short_each: int) -> None:
    order = booking.now(Order, task.order_id)
    line = floor.line_of(order, task.line_id)
    if order is not None and line is not None and short_each:
        changed = replace(
            line, allocated_each=line.allocated_each + allocated_each, short_each=line.short_each + short_each
        )
        booking.desk.book.put(floor.with_line(order, changed))
