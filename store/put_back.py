"""A cancelled order on the floor: tasks that nobody has begun go, and what was taken becomes work with an end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import select

from app.domain.cartons import Carton, CartonState
from app.domain.discrepancies import DiscrepancyKind
from app.domain.facts import Subject
from app.domain.orders import Order, OrderState
from app.domain.picking import PickState, PickTask, UnitPicked
from app.domain.picklists import Picklist, PicklistState
from app.domain.totes import ToteLoad, ToteLoadState
from store.desk import Desk
from store.release import tasks_of
from store.tables import facts, row_scopes
from store.units_to_put_back import hand_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Units that are somewhere they should not stay.

    Args:
        about: the tote load, carton or task that they are in.
        holder: how a person finds it: the tote, the carton's number; empty for a hand.
        location_id: the bin that they came from; empty when it is not known.
        station_id: whose hand they are in; empty when they are in none.
    """

    about: Subject
    holder: str
    product_id: str
    line_id: str
    lot: str
    quantity_each: int
    location_id: str
    station_id: str = ""


def call_off(desk: Desk, order: Order) -> int:
    """Cancel `order` and its open tasks, and have everything taken for it put back.

    Returns:
        Units that are to be put back.
    """
    tasks = tasks_of(desk, order.order_id)
    taken = list(_taken(desk, order, tasks))
    for task in tasks:
        if not task.settled:
            desk.book.put(replace(task, state=PickState.CANCELLED))
    for picklist_id in sorted({task.picklist_id for task in tasks}):
        _call_off_empty(desk, picklist_id)
    for number, units in enumerate(taken, start=1):
        work_id = f"cancelled:{order.order_id}:{number}"
        if units.station_id:
            # What the station tells next of these units is added to this very work.
            work_id = f"D-{DiscrepancyKind.ORDER_CANCELLED}-{hand_key(units.about[1], units.station_id)}"
        desk.raise_discrepancy(
            work_id,
            DiscrepancyKind.ORDER_CANCELLED,
            units.about,
            {
                "order_id": order.order_id,
                "external_reference": order.external_reference,
                "product_id": units.product_id,
                "quantity_each": units.quantity_each,
                "location_id": units.location_id,
                ("carton" if units.about[0] == Carton.row_kind else "tote_id"): units.holder,
                "lot": units.lot,
            },
            station_id=units.station_id or None,
        )
    desk.book.put(replace(order, state=OrderState.CANCELLED))
    return sum(units.quantity_each for units in taken)


def _taken(desk: Desk, order: Order, tasks: list[PickTask]) -> Iterator[Taken]:
    """Where the order's units are: in cartons, in totes less what is in cartons, in hands."""
    bins = {(task.line_id, task.lot or ""): task.location_id for task in tasks}
    packed: Counter[tuple[str, str]] = Counter()
    for carton in desk.book.all(Carton, parent=order.order_id):
        for unit in carton.units if carton.state is not CartonState.ABANDONED else ():
            key = (unit.line_id, unit.lot or "")
            packed[key] += unit.quantity_each
            yield Taken(
                about=(Carton.row_kind, carton.carton_id),
                holder=str(carton.number),
                product_id=unit.product_id,
                line_id=unit.line_id,
                lot=key[1],
                quantity_each=unit.quantity_each,
                location_id=bins.get(key, ""),
            )
    for load in _loads(desk, {task.picklist_id for task in tasks}):
        if load.order_id != order.order_id or load.state is ToteLoadState.EMPTIED:
            continue
        for content in load.contents:
            key = (content.line_id, content.lot or "")
            in_carton = min(packed[key], content.quantity_each)
            packed[key] -= in_carton
            if content.quantity_each > in_carton:
                yield Taken(
                    about=(ToteLoad.row_kind, load.tote_load_id),
                    holder=load.tote_id,
                    product_id=content.product_id,
                    line_id=content.line_id,
                    lot=key[1],
                    quantity_each=content.quantity_each - in_carton,
                    location_id=bins.get(key, ""),
                )
    for task in tasks:
        if task.in_hand_each > 0:
            yield Taken(
                about=(PickTask.row_kind, task.task_id),
                holder="",
                product_id=task.product_id,
                line_id=task.line_id,
                lot=task.lot or "",
                quantity_each=task.in_hand_each,
                location_id=task.location_id,
                station_id=_taken_by(desk, task),
            )


def _taken_by(desk: Desk, task: PickTask) -> str:
    """The station whose hand the newest units of a stop went into; empty when no fact tells of any."""
    station_id = desk.connection.scalar(
        select(facts.c.station_id)
        .where(facts.c.warehouse_id == desk.warehouse_id, facts.c.subject == f"{task.row_kind}/{task.task_id}")
        .where(facts.c.kind == UnitPicked.kind)
        .order_by(facts.c.change_seq.desc(), facts.c.seq.desc())
        .limit(1)
    )
    return str(station_id or "")


def _loads(desk: Desk, picklist_ids: set[str]) -> Iterator[ToteLoad]:
    """The tote loads of these lists: they hang on their list in the feed's scopes."""
    load_ids = desk.connection.scalars(
        select(row_scopes.c.row_id)
        .where(row_scopes.c.warehouse_id == desk.warehouse_id, row_scopes.c.row_kind == ToteLoad.row_kind)
        .where(row_scopes.c.scope.in_(sorted(f"picklist:{picklist_id}" for picklist_id in picklist_ids)))
        .order_by(row_scopes.c.row_id)
    )
    for load_id in list(load_ids):
        load = desk.book.get(ToteLoad, load_id)
        if load is not None:
            yield load


def _call_off_empty(desk: Desk, picklist_id: str) -> None:
    """A list that nobody has begun and that has nothing left to walk for is no work any more."""
    picklist = desk.book.get(Picklist, picklist_id)
    if picklist is None or picklist.state not in (PicklistState.RELEASED, PicklistState.LEASED):
        return
    if all(task.state is PickState.CANCELLED for task in desk.book.all(PickTask, parent=picklist_id)):
        desk.book.put(replace(picklist, state=PicklistState.CANCELLED))
