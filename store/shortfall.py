"""A place held less than it should: the place is counted, the units are sought elsewhere, the rest is short."""

from __future__ import annotations

from dataclasses import replace

from app.domain.orders import Order, OrderState
from app.domain.picking import PickShorted, PickState, PickTask, PickUndone
from app.domain.picklists import Picklist
from store import orders_on_floor as floor
from store.allocation import Wanted, allot
from store.booking import Booking
from store.recounts import ask_for_count, ask_no_more
from store.reservations import found_again, free_stock, let_go_of_task, not_found, reserve
from store.shelves import Shelves
from store.walks import append, walk_again

_WANTS_IT = frozenset({OrderState.ALLOCATED, OrderState.PICKING, OrderState.PICKED, OrderState.PACKING})
_WALKS_NO_MORE = frozenset({OrderState.CANCELLED, OrderState.BACKORDERED})


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
        quantity_each=fact.missing_each,
        reason=str(fact.reason),
        task_id=task.task_id,
    )


def take_back(booking: Booking, task: PickTask, fact: PickUndone) -> None:
    """The short was a mistake: the count that it asked for is asked for no more, stops elsewhere that nobody began are
    cancelled, and the units are promised again, less those that somebody has taken elsewhere meanwhile.

    An order that wants nothing of this walk any more is promised nothing.
    """
    desk = booking.desk
    ask_no_more(booking, task.location_id, task.product_id, task.lot, task.task_id)
    first = _replacement_id(task.task_id, *booking.undoes, 0)[:-1]
    replaced_each = elsewhere_each = 0
    for stop in floor.tasks_of(booking, task.order_id):
        if not stop.task_id.startswith(first) or stop.state is PickState.CANCELLED:
            continue
        # What was missing there too has stops of its own, and is counted with those.
        stands_for_each = stop.quantity_each - stop.missing_each
        replaced_each += stands_for_each
        if stop.picked_each == 0 and not stop.settled:
            let_go_of_task(desk, stop.task_id)
            desk.book.put(replace(stop, state=PickState.CANCELLED))
        else:
            elsewhere_each += stands_for_each
    order = booking.now(Order, task.order_id)
    is_wanted = order is not None and order.state in _WANTS_IT
    wanted_each = fact.quantity_each - elsewhere_each if is_wanted else 0
    found_again(desk, task.task_id, task.location_id, task.product_id, task.lot or "", wanted_each)
    if order is not None and order.state in _WALKS_NO_MORE:
        desk.book.put(replace(task, state=PickState.CANCELLED))
    if is_wanted:
        short_each = fact.quantity_each - replaced_each
        _change_line(booking, task, allocated_each=short_each, short_each=-short_each)
        task = _less(task, elsewhere_each)
        desk.book.put(task)
        if not task.settled:
            walk_again(booking, task)
    booking.note(task.order_id, "pick.short_undone", line_id=task.line_id)


def is_taken_elsewhere(booking: Booking, task: PickTask) -> bool:
    """Whether units that were short at this stop have been taken at another one for it."""
    stops = floor.tasks_of(booking, task.order_id)
    return any(stop.picked_each and stop.task_id.startswith(f"{task.task_id}-") for stop in stops)


def _less(task: PickTask, each: int) -> PickTask:
    """The stop without units that it need not give any more."""
    if not each:
        return task
    if each == task.quantity_each:
        return replace(task, state=PickState.CANCELLED)
    less = replace(task, quantity_each=task.quantity_each - each)
    if less.left_each:
        return less
    return replace(less, state=PickState.ITEM_CONFIRMED if less.in_hand_each else PickState.PLACED)


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
