"""The ways out of a stop, a tote and a walk: short, skip, undo, full, finish."""

from __future__ import annotations

from app.domain.deeds import play
from app.domain.facts import Fact
from app.domain.picking import PickShorted, PickSkipped, PickState, PickTask, ShortReason
from app.domain.picklists import PicklistFinished
from app.domain.totes import ToteEmptied, ToteFilled, ToteLoad, ToteLoadState
from app.domain.undo import undone
from app.domain.walk import BEGUN
from app.ports import Tone
from app.workflows.answers import Answer
from app.workflows.picklist_book import PicklistBook

# How far back undo looks; a shift's walk is some 60 facts.
HISTORY_FACTS = 400
_STORES_OWN = frozenset({PickState.CANCELLED, PickState.SUBSTITUTED})


def may_be_said(task: PickTask, reason: ShortReason) -> bool:
    """Whether somebody who stands where they stand now can know it: most of it only at the place."""
    return task.state in BEGUN or reason is ShortReason.OUT_OF_REACH


class Exits:
    """Each answers with what happened, or with what has to be done first; what is refused records nothing."""

    def __init__(self, *, book: PicklistBook) -> None:
        self._book = book

    def short(self, reason: ShortReason) -> Answer:
        """What is left of this stop cannot be taken. Said at the place; only OUT_OF_REACH may be said from afar."""
        walk = self._book.walk()
        task = walk.here
        if task is None:
            return Answer.wrong("pick.nothing_to_short")
        if not may_be_said(task, reason):
            return Answer.wrong("pick.bin_first", place=task.location_id)
        if not task.left_each:
            return Answer.wrong("pick.all_in_hand", slot=walk.slot(task))
        fact = PickShorted(task_id=task.task_id, missing_each=task.left_each, reason=reason)
        return self._book.go_on(walk, task, fact)

    def skip(self) -> Answer:
        """Leave this stop for the end of the walk; not with units in the hand, and not the only one that is left."""
        walk = self._book.walk()
        task = walk.here
        if task is None or len(walk.left) == 1:
            return Answer.wrong("pick.last_stop")
        if task.in_hand_each:
            return Answer.wrong("pick.put_first", slot=walk.slot(task))
        return self._book.go_on(walk, task, PickSkipped(task_id=task.task_id, times=walk.skips_to_pass(task)))

    def undo(self) -> Answer:
        """Take back the newest act of this list that still stands. A tote that is empty after it is free again."""
        walk = self._book.walk()
        tasks = {task.task_id: task for task in walk.tasks if task.state not in _STORES_OWN}
        full = [load for load in walk.loads if load.state is ToteLoadState.FULL and not walk.load_of(load.order_id)]
        full_ids = [load.tote_load_id for load in full]
        facts: tuple[Fact, ...] = undone(self._book.ledger.last_facts(HISTORY_FACTS), tasks, full_ids)
        if not facts:
            return Answer.wrong("pick.nothing_to_undo")
        after = play(self._book.ledger.get, *facts).values()
        empty = [row for row in after if isinstance(row, ToteLoad) and not row.contents]
        self._book.record(walk, *facts, *(ToteEmptied(tote_load_id=load.tote_load_id) for load in empty))
        return Answer.info("pick.undone")

    def finish(self) -> Answer:
        """End the walk: the totes are ready for packing. Every stop must be settled.

        With units in the hand it is their tote that is finished: it is full, and any free one takes its slot.

        Leads to: PICKED when every unit lies in a tote, else PARTLY_PICKED.
        """
        walk = self._book.walk()
        full = walk.load_in_hand
        if full is not None:
            self._book.record(walk, ToteFilled(tote_load_id=full.tote_load_id))
            return Answer.good("pick.tote_filled", tote=full.tote_id, slot=full.slot)
        if walk.left:
            return Answer.wrong("pick.stops_left", count=len(walk.left))
        ready = tuple(load.tote_load_id for load in walk.unfinished_loads if load.contents)
        empty = [ToteEmptied(tote_load_id=load.tote_load_id) for load in walk.unfinished_loads if not load.contents]
        end = PicklistFinished(picklist_id=self._book.picklist_id, complete=walk.complete, tote_load_ids=ready)
        self._book.record(walk, *empty, end)
        return Answer.good("pick.finished", tone=Tone.LIST_DONE, count=len(ready))
