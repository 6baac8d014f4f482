"""The walk of one picklist as it stands: where to go now, what to do there, what is left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.picking import PickState, PickTask
from app.domain.picklists import Picklist, PicklistState
from app.domain.rows import Row
from app.domain.totes import ToteLoad, ToteLoadState

BEGUN = frozenset({PickState.AT_LOCATION, PickState.ITEM_CONFIRMED})
WALKABLE = frozenset({PicklistState.LEASED, PicklistState.IN_PROGRESS, PicklistState.PAUSED})


class Stage(StrEnum):
    """What the stop asks for now."""

    BIN = "bin"
    ITEM = "item"
    TOTE = "tote"
    FINISH = "finish"


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A picklist with its tasks and the fillings of its totes; a value, made anew from the rows at each look."""

    picklist: Picklist
    tasks: tuple[PickTask, ...]
    loads: tuple[ToteLoad, ...]

    @property
    def here(self) -> PickTask | None:
        """The task that is worked now; None when every task is settled.

        Units in the hand come first, then the place one stands at, then the order of the walk; a stop that was
        skipped waits until all that were skipped less often are settled.
        """
        return min(self.left, key=_turn, default=None)

    @property
    def left(self) -> list[PickTask]:
        """Tasks that are not settled, in no order that means anything."""
        return [task for task in self.tasks if not task.settled]

    @property
    def stage(self) -> Stage:
        task = self.here
        if task is None:
            return Stage.FINISH
        if task.state is PickState.ITEM_CONFIRMED:
            return Stage.TOTE
        return Stage.ITEM if task.state is PickState.AT_LOCATION else Stage.BIN

    @property
    def settled_count(self) -> int:
        return len(self.tasks) - len(self.left)

    @property
    def complete(self) -> bool:
        """Whether every unit of the list lies in a tote."""
        return all(task.state is PickState.PLACED for task in self.tasks)

    def slot(self, task: PickTask) -> str:
        """The place on the cart where this task's tote stands (`B2`)."""
        return self.picklist.slot_of(task.order_id).name

    def with_rows(self, rows: Iterable[Row]) -> Walk:
        """The walk once these rows have moved on; rows of other lists change nothing."""
        picklist = self.picklist
        tasks = {task.task_id: task for task in self.tasks}
        loads = {load.tote_load_id: load for load in self.loads}
        for row in rows:
            if isinstance(row, Picklist) and row.picklist_id == picklist.picklist_id:
                picklist = row
            elif isinstance(row, PickTask) and row.picklist_id == picklist.picklist_id:
                tasks[row.task_id] = row
            elif isinstance(row, ToteLoad) and row.picklist_id == picklist.picklist_id:
                loads[row.tote_load_id] = row
        return replace(self, picklist=picklist, tasks=tuple(tasks.values()), loads=tuple(loads.values()))

    def waiting_at(self, location_id: str) -> list[PickTask]:
        """Tasks at a place that nobody has begun, in the order of the walk."""
        waiting = (task for task in self.left if task.location_id == location_id and task.state not in BEGUN)
        return sorted(waiting, key=_turn)

    def skips_to_pass(self, task: PickTask) -> int:
        """How often `task` has to be skipped for all others to come before it."""
        last = max((one for one in self.left if one.task_id != task.task_id), key=_turn_of_skips, default=task)
        return max(1, last.skips - task.skips + ((task.position, task.task_id) < (last.position, last.task_id)))

    @property
    def unfinished_loads(self) -> list[ToteLoad]:
        """The totes of this walk that go to packing when it ends, full ones too."""
        return [load for load in self.loads if load.state in (ToteLoadState.FILLING, ToteLoadState.FULL)]

    @property
    def load_in_hand(self) -> ToteLoad | None:
        """The tote that waits for the units in the hand; None with an empty hand, or when any free one will do."""
        task = self.here
        return self.load_of(task.order_id) if task is not None and task.in_hand_each else None

    def load_of(self, order_id: str) -> ToteLoad | None:
        """The tote that fills for an order of this list, once one was chosen."""
        filling = (load for load in self.loads if load.state is ToteLoadState.FILLING)
        return next((load for load in filling if load.order_id == order_id), None)


def _turn(task: PickTask) -> tuple[bool, bool, int, int, str]:
    return not task.in_hand_each, task.state not in BEGUN, *_turn_of_skips(task)


def _turn_of_skips(task: PickTask) -> tuple[int, int, str]:
    return task.skips, task.position, task.task_id
