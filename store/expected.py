"""What facts will ask for when they happen, read together beforehand: one row alone costs as much as all of them.

A guess that is only about speed: what is not foreseen here is read when it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.cartons import Carton
from app.domain.facts import Subject
from app.domain.orders import Order
from app.domain.picking import PickTask, PickUndone, UnitPicked, UnitPlaced
from app.domain.picklists import Picklist, PicklistFact
from app.domain.totes import ToteLoad
from app.domain.workers import Worker
from store.desk import Desk
from store.judge import Told
from store.places import tote_place
from store.scopes import hanging_on
from store.stock import Shelf

_OF_UNITS = (UnitPicked, UnitPlaced, PickUndone)


def expect(desk: Desk, told: Sequence[Told]) -> None:
    """Read what these facts name, and what hangs on it: orders and lists of stops, balances that units move between."""
    subjects: dict[Subject, None] = {}
    for one in told:
        subjects[Worker.row_kind, one.envelope.worker_id] = None
        subjects.update(dict.fromkeys(one.fact.subjects()))
    desk.book.fetch(subjects)
    shelves: dict[Shelf, None] = {}
    claims: dict[str, None] = {}
    tasks = {
        row_id: task
        for row_kind, row_id in subjects
        if row_kind == PickTask.row_kind and (task := desk.book.get(PickTask, row_id)) is not None
    }
    behind: dict[Subject, None] = {}
    for task in tasks.values():
        behind[Order.row_kind, task.order_id] = behind[Picklist.row_kind, task.picklist_id] = None
    for row_kind, row_id in subjects:
        if row_kind == ToteLoad.row_kind and (load := desk.book.get(ToteLoad, row_id)) is not None:
            behind[Order.row_kind, load.order_id] = behind[Picklist.row_kind, load.picklist_id] = None
    desk.book.fetch(behind)
    for one in told:
        fact = one.fact
        if not isinstance(fact, _OF_UNITS) or (task_ := tasks.get(fact.task_id)) is None:
            continue
        product_id = task_.product_id
        shelves[f"hand:{one.envelope.station_id}", product_id] = None
        if isinstance(fact, UnitPlaced):
            shelves[tote_place(fact.tote_load_id), product_id] = None
        else:
            shelves[task_.location_id, product_id] = None
            claims[fact.task_id] = None
    desk.stock.fetch(shelves)
    desk.claims.fetch(claims)
    _expect_walks(desk, [one.fact.picklist_id for one in told if isinstance(one.fact, PicklistFact)])


def _expect_walks(desk: Desk, picklist_ids: Sequence[str]) -> None:
    """A walk that begins or ends looks at all its stops, and at all that its orders have."""
    desk.book.fetch_children((PickTask.row_kind, picklist_id) for picklist_id in picklist_ids)
    desk.book.fetch_scopes(hanging_on(Picklist.row_kind, picklist_id) for picklist_id in picklist_ids)
    stops = [task for picklist_id in picklist_ids for task in desk.book.all(PickTask, picklist_id)]
    order_ids = list(dict.fromkeys(task.order_id for task in stops))
    desk.claims.fetch_tasks(order_ids)
    desk.book.fetch((Order.row_kind, order_id) for order_id in order_ids)
    desk.book.fetch_children((Carton.row_kind, order_id) for order_id in order_ids)
    desk.book.fetch(
        (PickTask.row_kind, task_id) for order_id in order_ids for task_id in desk.claims.tasks_of(order_id)
    )
