"""The one claim that each task has on its place, as units are taken from it; and which tasks an order has.

A push takes from the same claims again and again, so they are read together and written once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, select

from store import many
from store.tables import allocations


class Claim(StrEnum):
    """What a row of `allocations` says about its units."""

    RESERVED = "reserved"
    TAKEN = "taken"
    RELEASED = "released"
    MISSING = "missing"
    """The book says that they are there and a picker found them not: nobody gets them until a count."""


@dataclass(frozen=True, slots=True)
class _Held:
    allocation_id: str
    quantity_each: int
    state: str


class TaskClaims:
    """What is kept for tasks, inside one transaction; changes are held back until `flush` writes them together.

    Whoever looks at the table itself, or changes it there, flushes first.
    """

    def __init__(self, connection: Connection, warehouse_id: str) -> None:
        self._connection = connection
        self._warehouse_id = warehouse_id
        self._held: dict[str, _Held | None] = {}
        self._changed: set[str] = set()
        self._tasks: dict[str, list[str]] = {}

    def fetch(self, task_ids: Iterable[str]) -> None:
        """Read these tasks' claims together, because they are about to be taken from."""
        wanted = [task_id for task_id in dict.fromkeys(task_ids) if task_id not in self._held]
        if not wanted:
            return
        self._held.update(dict.fromkeys(wanted))
        asked = many.said({"warehouse_id": self._warehouse_id, "task_id": task_id} for task_id in wanted)
        for task_id, *held in self._connection.execute(_of_tasks(self._connection.dialect.name), asked):
            self._held[task_id] = _Held(*held)

    def take(self, task_id: str, quantity_each: int) -> None:
        """Units of a task have left the place; a negative quantity puts them back (the pick was undone)."""
        self.fetch([task_id])
        held = self._held[task_id]
        if held is None:
            return
        left_each = max(0, held.quantity_each - quantity_each)
        state = Claim.RESERVED if left_each else Claim.TAKEN
        self._held[task_id] = replace(held, quantity_each=left_each, state=state)
        self._changed.add(task_id)

    def tasks_of(self, order_id: str) -> list[str]:
        """Every task that was ever made for an order, by id."""
        self.fetch_tasks([order_id])
        return self._tasks[order_id]

    def fetch_tasks(self, order_ids: Iterable[str]) -> None:
        """Read which tasks these orders have together, because they are about to be asked for."""
        wanted = [order_id for order_id in dict.fromkeys(order_ids) if order_id not in self._tasks]
        if not wanted:
            return
        self._tasks.update((order_id, []) for order_id in wanted)
        asked = many.said({"warehouse_id": self._warehouse_id, "order_id": order_id} for order_id in wanted)
        for order_id, task_id in self._connection.execute(_of_orders(self._connection.dialect.name), asked):
            self._tasks[order_id].append(task_id)

    def drop(self) -> None:
        """Forget what is held back, and read everything anew."""
        self._held, self._changed, self._tasks = {}, set(), {}

    def flush(self) -> None:
        """Write what is held back, and read everything anew."""
        held = [claim for task_id in sorted(self._changed) if (claim := self._held[task_id]) is not None]
        self.drop()
        changed = [
            {
                "warehouse_id": self._warehouse_id,
                "allocation_id": claim.allocation_id,
                "quantity_each": claim.quantity_each,
                "state": claim.state,
            }
            for claim in held
        ]
        many.change(self._connection, allocations, changed)


@cache
def _of_orders(dialect: str) -> Select[Any]:
    """The tasks of the orders that are asked for, by id."""
    asked, same = many.asked(dialect, allocations, "warehouse_id", "order_id")
    columns = select(allocations.c.order_id, allocations.c.task_id).join_from(asked, allocations, same)
    return columns.where(allocations.c.task_id.is_not(None)).distinct().order_by(allocations.c.task_id)


@cache
def _of_tasks(dialect: str) -> Select[Any]:
    """The claims of the tasks that are asked for: of each the one that is RESERVED or TAKEN."""
    asked, same = many.asked(dialect, allocations, "warehouse_id", "task_id")
    names = (allocations.c.task_id, allocations.c.allocation_id, allocations.c.quantity_each, allocations.c.state)
    claims = select(*names).join_from(asked, allocations, same)
    return claims.where(allocations.c.state.in_((Claim.RESERVED, Claim.TAKEN)))
