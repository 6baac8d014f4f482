"""What a picker's hands do on a walk, as facts."""

from __future__ import annotations

from dataclasses import replace

from app.domain.facts import Fact
from app.domain.picking import LocationConfirmed, PickTask, UnitPicked, UnitPlaced
from app.domain.picklists import PicklistFinished, PicklistStarted
from app.domain.totes import ToteAssigned, ToteFilled
from tests.store.a_store import AStore


def load_id(picklist_id: str, order_id: str) -> str:
    return f"L-{picklist_id}-{order_id}"


def a_walk(store: AStore, picklist_id: str) -> list[Fact]:
    """Every fact of picking a whole list without a hitch, each order into a tote of its own."""
    tasks = sorted(store.rows(PickTask, picklist_id), key=lambda task: task.position)
    orders = sorted({task.order_id for task in tasks})
    facts: list[Fact] = [PicklistStarted(picklist_id=picklist_id)]
    for number, order_id in enumerate(orders, start=1):
        facts.append(
            ToteAssigned(
                tote_load_id=load_id(picklist_id, order_id),
                tote_id=f"T-{number:02}",
                picklist_id=picklist_id,
                order_id=order_id,
                slot=f"A{number}",
            )
        )
    for task in tasks:
        facts += [*a_take(task), a_placing(task)]
    loads = tuple(load_id(picklist_id, order_id) for order_id in orders)
    return [*facts, PicklistFinished(picklist_id=picklist_id, complete=True, tote_load_ids=loads)]


def a_take(task: PickTask, each: int | None = None) -> list[Fact]:
    """Bin, then item."""
    picked = UnitPicked(
        task_id=task.task_id, product_id=task.product_id, quantity_each=each or task.left_each, lot=task.lot
    )
    return [LocationConfirmed(task_id=task.task_id, location_id=task.location_id), picked]


def a_walk_with_a_full_tote(store: AStore, picklist_id: str, *, full_after_each: int) -> list[Fact]:
    """A list of one stop of which so many units fill a first tote; the rest goes into a second one, its load `…-2`."""
    (task,) = store.rows(PickTask, picklist_id)
    load = load_id(picklist_id, task.order_id)
    first = ToteAssigned(tote_load_id=load, tote_id="T-01", picklist_id=picklist_id, order_id=task.order_id, slot="A1")
    rest = a_placing(task, task.quantity_each - full_after_each)
    return [
        PicklistStarted(picklist_id=picklist_id),
        *a_take(task, full_after_each),
        first,
        a_placing(task, full_after_each),
        *a_take(task, rest.quantity_each)[1:],
        ToteFilled(tote_load_id=load),
        replace(first, tote_load_id=f"{load}-2", tote_id="T-02"),
        replace(rest, tote_load_id=f"{load}-2"),
        PicklistFinished(picklist_id=picklist_id, complete=True, tote_load_ids=(load, f"{load}-2")),
    ]


def a_placing(task: PickTask, each: int | None = None) -> UnitPlaced:
    return UnitPlaced(
        task_id=task.task_id,
        tote_load_id=load_id(task.picklist_id, task.order_id),
        order_id=task.order_id,
        line_id=task.line_id,
        product_id=task.product_id,
        quantity_each=each or task.quantity_each,
        lot=task.lot,
    )
