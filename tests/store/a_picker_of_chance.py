"""A picker of chance: what the next thing is that somebody on a walk may do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from app.domain.facts import Fact
from app.domain.picking import (
    LocationConfirmed,
    PickShorted,
    PickState,
    PickTask,
    PickUndone,
    ShortReason,
    UnitPicked,
    UnitPlaced,
)
from app.domain.picklists import Picklist, PicklistFinished, PicklistResumed, PicklistStarted, PicklistState
from app.domain.totes import ToteAssigned, ToteLoad, ToteLoadState
from tests.store.a_store import AStore
from tests.store.w1 import PHONE


@dataclass(slots=True)
class APickerOfChance:
    store: AStore
    chance: Random
    totes: int = 0

    def steps(self, walk: Picklist, told: Sequence[str], *, undo: bool) -> list[Fact]:
        """What is done next on a walk.

        Args:
            told: every fact's text of the handset so far.
        """
        if walk.state is PicklistState.LEASED:
            return [PicklistStarted(picklist_id=walk.picklist_id)]
        if walk.state is PicklistState.PAUSED:
            return [PicklistResumed(picklist_id=walk.picklist_id)]
        tasks = self.store.rows(PickTask, walk.picklist_id)
        loads = {load.order_id: load for load in self.store.rows(ToteLoad) if load.picklist_id == walk.picklist_id}
        open_tasks = [task for task in tasks if not task.settled]
        shorts = [task for task in tasks if task.state is PickState.SHORT]
        if undo and shorts and self.chance.random() < 0.2:
            task = self.chance.choice(shorts)
            return [self._undone(task, PickShorted.kind, task.missing_each, negates_seq=_short_of(told, task))]
        if not open_tasks:
            complete = not any(task.missing_each for task in tasks)
            ids = tuple(load.tote_load_id for load in loads.values() if load.state is ToteLoadState.FILLING)
            return [PicklistFinished(picklist_id=walk.picklist_id, complete=complete, tote_load_ids=ids)]
        task = self.chance.choice(open_tasks)
        if task.order_id not in loads:
            self.totes += 1
            load_id = f"L-{walk.picklist_id}-{task.order_id}"
            slot = next((slot.name for slot in walk.slots if slot.order_id == task.order_id), "A1")
            return [
                ToteAssigned(
                    tote_load_id=load_id,
                    tote_id=f"T-{self.totes}",
                    picklist_id=walk.picklist_id,
                    order_id=task.order_id,
                    slot=slot,
                )
            ]
        return self._at_stop(task, loads[task.order_id], told, undo=undo)

    def _at_stop(self, task: PickTask, load: ToteLoad, told: Sequence[str], *, undo: bool) -> list[Fact]:
        here = LocationConfirmed(task_id=task.task_id, location_id=task.location_id)
        if task.in_hand_each:
            if undo and self.chance.random() < 0.1:
                return [self._undone(task, UnitPicked.kind, 1, serial=task.serials[-1] if task.serials else None)]
            return [
                UnitPlaced(
                    task_id=task.task_id,
                    tote_load_id=load.tote_load_id,
                    order_id=task.order_id,
                    line_id=task.line_id,
                    product_id=task.product_id,
                    quantity_each=task.in_hand_each,
                    lot=task.lot,
                )
            ]
        if undo and task.placed_each and self.chance.random() < 0.1:
            return [self._undone(task, UnitPlaced.kind, 1, tote_load_id=load.tote_load_id, line_id=task.line_id)]
        if self.chance.random() < 0.15:
            return [here, PickShorted(task_id=task.task_id, missing_each=task.left_each, reason=ShortReason.FEWER)]
        each = 1 if task.product_id == PHONE else self.chance.randint(1, task.left_each)
        serial = self._serial_at(task) if task.product_id == PHONE else None
        picked = UnitPicked(
            task_id=task.task_id, product_id=task.product_id, quantity_each=each, lot=task.lot, serial=serial
        )
        return [here, picked]

    def _serial_at(self, task: PickTask) -> str | None:
        held = self.store.held_at(task.location_id, PHONE)
        here = [marks.serial for marks, each in held.items() if each > 0 and marks.serial not in task.serials]
        return self.chance.choice(here) if here else None

    def _undone(
        self,
        task: PickTask,
        kind: str,
        each: int,
        *,
        tote_load_id: str | None = None,
        line_id: str | None = None,
        serial: str | None = None,
        negates_seq: int = 1,
    ) -> PickUndone:
        return PickUndone(
            task_id=task.task_id,
            negates_seq=negates_seq,
            negates_kind=kind,
            quantity_each=each,
            lot=task.lot,
            tote_load_id=tote_load_id,
            line_id=line_id,
            serial=serial,
        )


def _short_of(told: Sequence[str], task: PickTask) -> int:
    """The number of the newest short of a stop; 1 when somebody else said it."""
    facts = reversed(list(enumerate(map(json.loads, told), start=1)))
    wanted = (PickShorted.kind, task.task_id)
    return next((seq for seq, fact in facts if (fact["kind"], fact["body"].get("task_id")) == wanted), 1)
