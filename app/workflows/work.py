"""Get work: which picklist this worker walks next."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.picking import PickTask
from app.domain.picklists import Picklist, PicklistState
from app.domain.walk import WALKABLE
from app.errors import StoreUnreachable
from app.ports import Clock, Ledger, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What there is to walk.

    Args:
        picklist_id: the list to begin or to go on with; None when there is none.
        offline: the store gave no answer; this is from what the station had leased.
        late: there is work, but not here yet: the list that the store gave has not come through, or is walked already
            and the store has not heard so.
        elsewhere: lists that this worker has begun at another station; `take_over` brings them here.
        left_here: a list that a colleague left at this station; there is no other work, and who takes it over says so.
    """

    picklist_id: str | None
    offline: bool = False
    elsewhere: tuple[str, ...] = ()
    left_here: str | None = None
    late: bool = False

    @property
    def nothing(self) -> str:
        """What to say when there is no list."""
        return "work.late" if self.late else "work.offline_none" if self.offline else "work.none"


class Work:
    """The lists that one worker can walk at this station."""

    def __init__(self, *, ledger: Ledger, store: Store, clock: Clock, worker_id: str) -> None:
        self._ledger = ledger
        self._store = store
        self._clock = clock
        self._worker_id = worker_id

    def leased(self) -> list[Picklist]:
        """Lists that this station holds and that nobody else walks, best first.

        The rules in order: mine in progress, mine paused, mine not begun, anybody's paused or not begun; within each
        by priority (high first), then by cut-off, then by id.
        """
        return sorted((one for one in self._ledger.all(Picklist) if self._may_walk(one)), key=self._rank)

    async def get(self, *, take_over: bool = False) -> Found:
        """Ask the store for work; go on with what is leased when it is away.

        Args:
            take_over: also lists that this worker left unfinished at another station.

        Raises:
            StoreRefused: the store's no, with its reason.
        """
        question = {"key": self._clock.new_id(), "worker_id": self._worker_id, "take_over": take_over}
        try:
            reply = await self._store.ask("get_work", question)
        except StoreUnreachable:
            return self._here(offline=True)
        await self._store.pull_now()
        current, elsewhere = reply.get("current"), tuple(map(str, reply.get("elsewhere") or ()))
        row = self._ledger.get(Picklist, current) if isinstance(current, str) else None
        if row is not None and self._may_walk(row):
            return Found(picklist_id=row.picklist_id, elsewhere=elsewhere)
        return self._here(late=current is not None, elsewhere=elsewhere)

    def is_left_here(self, one: Picklist) -> bool:
        """Whether a colleague began this list and left it: walked on by somebody else only when they say so."""
        return one.state is PicklistState.PAUSED and one.worker_id not in (None, self._worker_id)

    def _here(self, *, offline: bool = False, late: bool = False, elsewhere: tuple[str, ...] = ()) -> Found:
        lists = self.leased()
        free = next((one.picklist_id for one in lists if not self.is_left_here(one)), None)
        left = lists[0].picklist_id if lists and free is None else None
        return Found(
            picklist_id=free, offline=offline, elsewhere=elsewhere, left_here=left, late=late and not (free or left)
        )

    def _may_walk(self, one: Picklist) -> bool:
        if one.station_id != self._ledger.station_id or one.state not in WALKABLE or not self._is_whole(one):
            return False
        return one.worker_id in (None, self._worker_id) or one.state is not PicklistState.IN_PROGRESS

    def _is_whole(self, one: Picklist) -> bool:
        """Whether all its stops are here: rows come page by page, and without them a list looks walked already."""
        return len(self._ledger.all(PickTask, parent=one.picklist_id)) >= one.task_count

    def _rank(self, one: Picklist) -> tuple[bool, int, int, str, str]:
        states = (PicklistState.IN_PROGRESS, PicklistState.PAUSED, PicklistState.LEASED)
        mine = one.worker_id == self._worker_id
        urgency = one.ship_by_utc.isoformat()
        return not mine, states.index(one.state), -one.priority, urgency, one.picklist_id
