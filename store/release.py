"""Allocated orders go to the floor: as picklists with their tasks; and come back while nobody has begun."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice

from sqlalchemy import select, update

from app.domain.orders import Order, OrderState
from app.domain.picking import PickState, PickTask
from app.domain.picklists import Picklist, PicklistState
from store import many
from store.claims import Claim
from store.desk import Desk
from store.release_plan import ORDERS_A_LIST_MAX, Due, Stop, Walk, plan
from store.shelves import Shelves
from store.tables import allocations, lots

# The writer does nothing else meanwhile, and scans are waiting for it: some 20 ms a list.
WALKS_A_GO = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """What a go has brought to the floor; `more` when orders are left for another."""

    wave_id: str
    picklist_ids: tuple[str, ...]
    order_count: int
    more: bool


def release(
    desk: Desk, wave_id: str, *, orders_a_list_max: int = ORDERS_A_LIST_MAX, zone: str | None = None
) -> Released:
    """Make the next picklists of allocated orders that are on none yet, the earliest cut-off first.

    Args:
        zone: only orders most of whose stops are there; None for all.

    Leads to: each list RELEASED, its tasks OPEN in walking order, its orders still ALLOCATED until it is leased.
    """
    shelves = Shelves.of(desk)
    due = [order for order in _due(desk, shelves) if zone is None or order.zone == zone]
    walks = plan(due, start=shelves.start, floor=shelves.floor, orders_a_list_max=orders_a_list_max)
    now = list(islice(walks, WALKS_A_GO))
    order_count = sum(len(walk.slots) for walk in now)
    with desk.book.holding_back():
        picklist_ids = tuple(_bring_out(desk, walk, wave_id) for walk in now)
    return Released(
        wave_id=wave_id,
        picklist_ids=picklist_ids,
        order_count=order_count,
        more=order_count < len(due),
    )


def withdraw(desk: Desk, order_id: str) -> None:
    """Take an order off the picklists that nobody has leased yet. Its claims stay, without a task.

    Lists that were walked keep their tasks: an order of which everything was missing waits for stock, and has some.
    """
    for picklist in _lists_of(desk, order_id):
        if picklist.state is not PicklistState.RELEASED:
            continue
        tasks = desk.book.all(PickTask, parent=picklist.picklist_id)
        for task in tasks:
            if task.order_id == order_id:
                desk.book.remove(task)
        left = sorted((task for task in tasks if task.order_id != order_id), key=lambda task: task.position)
        for position, task in enumerate(left, start=1):
            if task.position != position:
                desk.book.put(replace(task, position=position))
        slots = tuple(slot for slot in picklist.slots if slot.order_id != order_id)
        state = picklist.state if left else PicklistState.CANCELLED
        desk.book.put(replace(picklist, slots=slots, task_count=len(left), state=state))
    desk.connection.execute(
        update(allocations)
        .where(allocations.c.warehouse_id == desk.warehouse_id, allocations.c.order_id == order_id)
        .where(allocations.c.state == Claim.RESERVED)
        .values(task_id=None)
    )


def _lists_of(desk: Desk, order_id: str) -> list[Picklist]:
    """The picklists that hold a task of an order."""
    found: dict[str, Picklist] = {}
    for task in tasks_of(desk, order_id):
        picklist = desk.book.get(Picklist, task.picklist_id)
        if picklist is not None:
            found[picklist.picklist_id] = picklist
    return list(found.values())


def tasks_of(desk: Desk, order_id: str) -> list[PickTask]:
    """Every task that was made for an order, on whichever list, by id."""
    task_ids = desk.claims.tasks_of(order_id)
    desk.book.fetch((PickTask.row_kind, task_id) for task_id in task_ids)
    found = (desk.book.get(PickTask, task_id) for task_id in task_ids)
    return [task for task in found if task is not None]


def _due(desk: Desk, shelves: Shelves) -> list[Due]:
    """Orders with claims that no task stands for."""
    claims = desk.connection.execute(
        select(allocations, lots.c.expires_on)
        .outerjoin_from(
            allocations,
            lots,
            (lots.c.warehouse_id == allocations.c.warehouse_id)
            & (lots.c.product_id == allocations.c.product_id)
            & (lots.c.lot == allocations.c.lot),
        )
        .where(allocations.c.warehouse_id == desk.warehouse_id, allocations.c.state == Claim.RESERVED)
        .where(allocations.c.task_id.is_(None))
        .order_by(allocations.c.order_id, allocations.c.line_id, allocations.c.place, allocations.c.lot)
    ).all()
    # Not joined to them: of a table that it knows nothing of yet, PostgreSQL would read all orders for each claim.
    desk.book.fetch((Order.row_kind, claim.order_id) for claim in claims)
    stops: dict[str, list[Stop]] = {}
    for claim in claims:
        stops.setdefault(claim.order_id, []).append(
            Stop(
                allocation_id=claim.allocation_id,
                order_id=claim.order_id,
                line_id=claim.line_id,
                product_id=claim.product_id,
                location=shelves.by_id[claim.place],
                lot=claim.lot,
                expires_on=claim.expires_on,
                quantity_each=claim.quantity_each,
            )
        )
    return [
        Due(order_id=order_id, ship_by_utc=order.ship_by_utc, stops=tuple(order_stops))
        for order_id, order_stops in stops.items()
        if (order := desk.book.get(Order, order_id)) is not None and order.state is OrderState.ALLOCATED
    ]


def _bring_out(desk: Desk, walk: Walk, wave_id: str) -> str:
    picklist_id = desk.new_id("P")
    desk.book.put(
        Picklist(
            picklist_id=picklist_id,
            wave_id=wave_id,
            zone=walk.zone,
            ship_by_utc=walk.ship_by_utc,
            slots=walk.slots,
            task_count=len(walk.stops),
            number=desk.next_number(),
        )
    )
    desk.claims.flush()
    claimed = []
    for position, stop in enumerate(walk.stops, start=1):
        desk.book.put(task := task_for(stop, desk.new_id("T"), picklist_id, position))
        names = {"warehouse_id": desk.warehouse_id, "allocation_id": stop.allocation_id}
        claimed.append(names | {"task_id": task.task_id})
    many.change(desk.connection, allocations, claimed)
    for slot in walk.slots:
        desk.note(slot.order_id, "order.released", picklist_id=picklist_id, slot=slot.name)
    return picklist_id


def task_for(stop: Stop, task_id: str, picklist_id: str, position: int) -> PickTask:
    return PickTask(
        task_id=task_id,
        picklist_id=picklist_id,
        position=position,
        order_id=stop.order_id,
        line_id=stop.line_id,
        product_id=stop.product_id,
        location_id=stop.location.location_id,
        quantity_each=stop.quantity_each,
        lot=stop.lot or None,
        expires_on=stop.expires_on,
        state=PickState.OPEN,
    )
