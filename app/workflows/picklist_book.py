"""One picklist in the ledger: read as a walk, written as deeds under its lease."""

from __future__ import annotations

import weakref

from app.domain.deeds import Deed, deed_of, play
from app.domain.facts import Fact
from app.domain.picking import LocationConfirmed, PickShorted, PickTask
from app.domain.picklists import Picklist, PicklistPaused, PicklistResumed, PicklistStarted, PicklistState
from app.domain.products import Product
from app.domain.totes import ToteLoad
from app.domain.walk import BEGUN, WALKABLE, Walk
from app.domain.workers import ScanRefused
from app.errors import LeaseEnded, UnknownCode
from app.ports import Ledger, Tone
from app.workflows.answers import Answer, Role, Sentence


def pause_walks(ledger: Ledger, worker_id: str) -> None:
    """Leave what this worker walks at this station, for them or somebody else to go on with; what is done stays done.

    Raises:
        LedgerTrouble: nothing was kept of the list that is walked now.
    """
    for picklist in ledger.all(Picklist):
        here = (picklist.station_id, picklist.worker_id) == (ledger.station_id, worker_id)
        if here and picklist.state is PicklistState.IN_PROGRESS:
            paused = PicklistPaused(picklist_id=picklist.picklist_id)
            ledger.record(deed_of(ledger.get, paused, lease=picklist.lease), worker_id=worker_id)


class PicklistBook:
    """What is known and what is recorded of one list, by one worker.

    A walk is read from the ledger once and kept until something changes there: a screen asks for it many times a scan.
    """

    def __init__(self, *, ledger: Ledger, worker_id: str, picklist_id: str) -> None:
        self.ledger = ledger
        self.picklist_id = picklist_id
        self._worker_id = worker_id
        self._known: Walk | None = None
        myself = weakref.ref(self)

        def changed() -> None:
            book = myself()
            if book is not None:
                book._known = None

        weakref.finalize(self, ledger.on_change(changed)).atexit = False

    def walk(self) -> Walk:
        """The list as it stands.

        Raises:
            LeaseEnded: it is not this station's any more: taken back, given to somebody else, or finished.
        """
        walk = self._known = self._known or self._read()
        if walk is None or walk.picklist.station_id != self.ledger.station_id:
            raise LeaseEnded(self.picklist_id)
        if walk.picklist.state not in WALKABLE:
            raise LeaseEnded(self.picklist_id)
        return walk

    def _read(self) -> Walk | None:
        picklist = self.ledger.get(Picklist, self.picklist_id)
        if picklist is None:
            return None
        tasks = self.ledger.all(PickTask, parent=self.picklist_id)
        loads = [load for load in self.ledger.all(ToteLoad) if load.picklist_id == self.picklist_id]
        return Walk(picklist=picklist, tasks=tuple(tasks), loads=tuple(loads))

    def product(self, task: PickTask) -> Product:
        """Raises:
        UnknownCode: the catalogue has not come through yet.
        """
        product = self.ledger.get(Product, task.product_id)
        if product is None:
            raise UnknownCode(task.product_id, task.product_id)
        return product

    def record(self, walk: Walk, *facts: Fact) -> None:
        """Keep one deed; it also begins the walk, or goes on with it, where the list was not being walked.

        Raises:
            IllegalTransition, TooMany: the tables forbid it; nothing was kept.
            LedgerTrouble: nothing was kept.
        """
        walks_on = None if walk.picklist.worker_id == self._worker_id else self._worker_id
        begin: dict[PicklistState, Fact] = {
            PicklistState.LEASED: PicklistStarted(picklist_id=self.picklist_id, worker_id=walks_on),
            PicklistState.PAUSED: PicklistResumed(picklist_id=self.picklist_id, worker_id=walks_on),
        }
        first = begin.get(walk.picklist.state)
        if first is not None:
            facts = (first, *facts)
        deed = deed_of(self.ledger.get, *facts, lease=walk.picklist.lease)
        self.ledger.record(deed, worker_id=self._worker_id)
        self._known = walk.with_rows(deed.rows)

    def go_on(self, walk: Walk, task: PickTask, *facts: Fact) -> Answer:
        """Record what was done at a stop and say where the walk leads.

        A next stop at the same place is begun in the same deed: nobody scans a bin twice that he stands at.
        """
        slot = walk.slot(task)
        after = play(self.ledger.get, *facts)
        following = walk.with_rows(after.values()).here
        if following is not None and following.task_id == task.task_id:
            self.record(walk, *facts)
            return Answer.good("pick.to_tote" if following.in_hand_each else "pick.placed", slot=slot)
        stay = task.state in BEGUN and following is not None and following.location_id == task.location_id
        if stay and following is not None and following.state not in BEGUN:
            arrival = LocationConfirmed(task_id=following.task_id, location_id=following.location_id, along=True)
            facts = (*facts, arrival)
        self.record(walk, *facts)
        role, noted = (Role.SHORT, "short_") if isinstance(facts[0], PickShorted) else (Role.GO, "")
        if following is None:
            return Answer(role=role, sentence=Sentence(f"pick.{noted}list_done"), tone=Tone.LIST_DONE)
        leads = "same_place" if stay else "next_place"
        sentence = Sentence(f"pick.{noted}{leads}", {"place": following.location_id})
        return Answer(role=role, sentence=sentence, tone=Tone.LINE_DONE)

    def refused(self, reason: str, answer: Answer) -> Answer:
        """`answer`, once the near miss is recorded."""
        self.near_miss(reason)
        return answer

    def near_miss(self, reason: str) -> None:
        """Record a mis-scan that was caught; nothing when the list has gone away meanwhile."""
        try:
            walk = self.walk()
        except LeaseEnded:
            return
        subject = walk.here.task_id if walk.here else self.picklist_id
        fact = ScanRefused(step=f"pick.{walk.stage}", reason=reason, subject_id=subject)
        self.ledger.record(Deed(facts=(fact,), lease=walk.picklist.lease), worker_id=self._worker_id)
        self._known = walk
