"""Stops that come up while a list is being walked, and stops that a finished walk left behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.domain.picking import PickTask
from app.domain.picklists import Picklist, PicklistState
from store.booking import Booking

_BEING_WALKED = frozenset(
    {PicklistState.RELEASED, PicklistState.LEASED, PicklistState.IN_PROGRESS, PicklistState.PAUSED}
)


def append(booking: Booking, picklist: Picklist, tasks: Sequence[PickTask]) -> None:
    """Add stops at the end of a list; once it has been walked, they make a list of their own."""
    if not tasks:
        return
    if picklist.state not in _BEING_WALKED:
        _new_list(booking, picklist, tasks)
        return
    last = max((task.position for task in booking.desk.book.all(PickTask, picklist.picklist_id)), default=0)
    placed = [replace(task, position=last + number) for number, task in enumerate(tasks, start=1)]
    booking.desk.book.put(*placed)
    booking.desk.book.put(replace(picklist, task_count=picklist.task_count + len(tasks)))


def move_leftovers(booking: Booking, picklist_id: str) -> None:
    """Stops that were added to a list when its walk was already over."""
    picklist = booking.now(Picklist, picklist_id)
    if picklist is None:
        return
    left = [task for task in booking.desk.book.all(PickTask, picklist_id) if not task.settled]
    if left:
        _new_list(booking, picklist, left)
        booking.desk.book.put(replace(picklist, task_count=picklist.task_count - len(left)))


def walk_again(booking: Booking, task: PickTask) -> None:
    """A stop is open again: when the walk of its list is over, it gets a list of its own."""
    picklist = booking.now(Picklist, task.picklist_id)
    if picklist is not None and picklist.state not in _BEING_WALKED:
        booking.desk.book.put(replace(picklist, task_count=picklist.task_count - 1))
        _new_list(booking, picklist, [task])


def end_walk(booking: Booking, picklist_id: str) -> None:
    """Somebody whose lease had ended has walked a list to its end: nobody need walk it again."""
    picklist = booking.now(Picklist, picklist_id)
    tasks = booking.desk.book.all(PickTask, picklist_id)
    if picklist is None or picklist.state not in _BEING_WALKED or not all(task.settled for task in tasks):
        return
    complete = not any(task.missing_each for task in tasks)
    state = PicklistState.PICKED if complete else PicklistState.PARTLY_PICKED
    booking.desk.book.put(replace(picklist, state=state))


def _new_list(booking: Booking, picklist: Picklist, tasks: Sequence[PickTask]) -> None:
    picklist_id = booking.desk.new_id("P")
    orders = {task.order_id for task in tasks}
    booking.desk.book.put(
        Picklist(
            picklist_id=picklist_id,
            wave_id=picklist.wave_id,
            zone=picklist.zone,
            ship_by_utc=picklist.ship_by_utc,
            slots=tuple(slot for slot in picklist.slots if slot.order_id in orders),
            task_count=len(tasks),
            # The rest of an order holds up what is picked of it already.
            priority=picklist.priority + 1,
            number=booking.desk.next_number(),
        )
    )
    for position, task in enumerate(tasks, start=1):
        booking.desk.book.put(replace(task, picklist_id=picklist_id, position=position))
