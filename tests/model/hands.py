"""What a pair of hands does next on a walk, by chance, with what it sees of the book."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Protocol, TypeVar

from app.domain.discrepancies import Discrepancy, DiscrepancySettled, DiscrepancyState
from app.domain.facts import Fact
from app.domain.picking import (
    LocationConfirmed,
    PickShorted,
    PickSkipped,
    PickState,
    PickTask,
    PickUndone,
    ShortReason,
    UnitPicked,
    UnitPlaced,
)
from app.domain.picklists import Picklist, PicklistFinished, PicklistResumed, PicklistStarted, PicklistState
from app.domain.rows import Row
from app.domain.totes import ToteAssigned, ToteLoad, ToteLoadState

R = TypeVar("R", bound=Row)
WALKED = (PicklistState.LEASED, PicklistState.IN_PROGRESS, PicklistState.PAUSED)


class Seen(Protocol):
    """What a worker sees of the station's book."""

    def all(self, row_type: type[R], *, parent: str | None = None) -> list[R]: ...

    def next_load_id(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Hands:
    """Args:
    settles, undoes, shorts: how often, of a hundred acts.
    """

    rng: Random
    settles: int
    undoes: int
    shorts: int

    def step(self, seen: Seen, walk: Picklist) -> tuple[Fact, ...]:
        """The facts of the next deed on a list; none when there is nothing to do."""
        if self.rng.randrange(100) < self.settles:
            works = [work for work in seen.all(Discrepancy) if work.state is DiscrepancyState.OPEN]
            if works:
                work = self.rng.choice(works)
                return (DiscrepancySettled(discrepancy_id=work.discrepancy_id, how="put_back"),)
        if walk.state is PicklistState.LEASED:
            return (PicklistStarted(picklist_id=walk.picklist_id),)
        if walk.state is PicklistState.PAUSED:
            return (PicklistResumed(picklist_id=walk.picklist_id),)
        tasks = seen.all(PickTask, parent=walk.picklist_id)
        loads = [load for load in seen.all(ToteLoad) if load.picklist_id == walk.picklist_id]
        filling = {load.order_id: load for load in loads if load.state is ToteLoadState.FILLING}
        left = [task for task in tasks if not task.settled]
        if not left:
            ids = tuple(load.tote_load_id for load in filling.values())
            complete = not any(task.missing_each for task in tasks)
            return (PicklistFinished(picklist_id=walk.picklist_id, complete=complete, tote_load_ids=ids),)
        if self.rng.randrange(100) < self.undoes:
            return _undo(self.rng.choice(tasks), list(filling.values()))
        task = self.rng.choice(left)
        if task.order_id not in filling:
            return _take_tote(seen, walk, task)
        return self._at_stop(task, filling[task.order_id])

    def _at_stop(self, task: PickTask, load: ToteLoad) -> tuple[Fact, ...]:
        if task.in_hand_each and (not task.left_each or self.rng.random() < 0.5):
            return (
                UnitPlaced(
                    task_id=task.task_id,
                    tote_load_id=load.tote_load_id,
                    order_id=task.order_id,
                    line_id=task.line_id,
                    product_id=task.product_id,
                    quantity_each=self.rng.randint(1, task.in_hand_each),
                ),
            )
        here = LocationConfirmed(task_id=task.task_id, location_id=task.location_id)
        if self.rng.randrange(100) < self.shorts:
            if not task.in_hand_each and self.rng.random() < 0.5:
                return (PickSkipped(task_id=task.task_id),)
            return (here, PickShorted(task_id=task.task_id, missing_each=task.left_each, reason=ShortReason.FEWER))
        picked = UnitPicked(
            task_id=task.task_id,
            product_id=task.product_id,
            quantity_each=self.rng.randint(1, min(2, task.left_each)),
            lot=task.lot,
        )
        return (picked,) if task.state is PickState.AT_LOCATION else (here, picked)


def _take_tote(seen: Seen, walk: Picklist, task: PickTask) -> tuple[Fact, ...]:
    load_id = seen.next_load_id()
    if load_id is None:
        return ()
    return (
        ToteAssigned(
            tote_load_id=load_id,
            tote_id=f"TOTE-{load_id}",
            picklist_id=walk.picklist_id,
            order_id=task.order_id,
            slot=walk.slot_of(task.order_id).name,
        ),
    )


def _undo(task: PickTask, filling: list[ToteLoad]) -> tuple[Fact, ...]:
    """Take back one unit of a stop, from the hand or from the tote that is being filled."""
    if task.in_hand_each:
        return (PickUndone(task_id=task.task_id, negates_seq=1, negates_kind=UnitPicked.kind, quantity_each=1),)
    for load in filling:
        if any(item.line_id == task.line_id and item.quantity_each > 0 for item in load.contents):
            return (
                PickUndone(
                    task_id=task.task_id,
                    negates_seq=1,
                    negates_kind=UnitPlaced.kind,
                    quantity_each=1,
                    tote_load_id=load.tote_load_id,
                    line_id=task.line_id,
                ),
            )
    return ()
