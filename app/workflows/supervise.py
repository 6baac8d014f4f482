"""Supervise: see the shift as the store sees it, and change who walks what, with a reason."""

from __future__ import annotations

from app.domain.board import Board
from app.domain.deeds import deed_of
from app.domain.discrepancies import Discrepancy, DiscrepancySettled, DiscrepancyState
from app.domain.rows import from_image
from app.domain.workers import Role, Worker
from app.errors import NotAllowed, StoreUnreachable
from app.ports import Clock, Ledger, Store
from app.workflows.answers import Answer
from app.workflows.board_rows import BoardRows

# A board that is older says its age.
STALE_AFTER_S = 5


class Supervise:
    """One supervisor at one station. The last board is kept: when the store is away it is shown with its age."""

    def __init__(self, *, ledger: Ledger, store: Store, clock: Clock, worker_id: str) -> None:
        self.board: Board | None = None
        self.rows = BoardRows()
        self._ledger = ledger
        self._store = store
        self._clock = clock
        self._worker_id = worker_id
        self._got_at_ms = 0
        self._open_question: tuple[object, str] | None = None

    @property
    def age_s(self) -> int | None:
        """Seconds since the board came; None when none came yet."""
        return None if self.board is None else (self._clock.monotonic_ms() - self._got_at_ms) // 1000

    @property
    def stale(self) -> bool:
        """Whether the board has to say how old it is."""
        age_s = self.age_s
        return age_s is None or age_s > STALE_AFTER_S

    async def refresh(self) -> Board | None:
        """Fetch the board; the one before stays when the store is away or says something else."""
        try:
            image = await self._store.board()
            self.board = from_image(Board, image)
        except (StoreUnreachable, ValueError):
            return self.board
        self._got_at_ms = self._clock.monotonic_ms()
        self.rows.see(self.board)
        return self.board

    async def reassign(self, picklist_id: str, to_worker_id: str | None, *, reason: str) -> Answer:
        """Break a list's lease and give it to somebody, or to whoever comes next.

        What the station of the old lease does offline meanwhile is kept: it becomes a discrepancy where it collides.
        A question that got no answer is asked again as the same question. Without a reason nothing is asked.

        Raises:
            NotAllowed: only supervisors do this.
            StoreUnreachable, StoreRefused: nothing is known to have changed.
        """
        self._may()
        if not reason.strip():
            return Answer.wrong("supervise.reason_missing")
        question = (picklist_id, to_worker_id, reason.strip())
        if self._open_question is None or self._open_question[0] != question:
            self._open_question = (question, self._clock.new_id())
        body = {
            "key": self._open_question[1],
            "picklist_id": picklist_id,
            "to_worker_id": to_worker_id,
            "reason": reason.strip(),
            "worker_id": self._worker_id,
        }
        await self._store.ask("reassign", body)
        self._open_question = None
        await self.refresh()
        worker = self._ledger.get(Worker, to_worker_id) if to_worker_id else None
        if worker is None:
            return Answer.good("supervise.reassigned", picklist=picklist_id)
        return Answer.good("supervise.reassigned_to", picklist=picklist_id, name=worker.name)

    def settle(self, discrepancy_id: str, *, how: str) -> Answer:
        """An exception is looked into and done with; the fact `what` of the answer is its kind.

        Raises:
            NotAllowed: only supervisors do this.
            IllegalTransition: somebody settled it before.
        """
        self._may()
        if not how.strip():
            return Answer.wrong("supervise.reason_missing")
        row = self._ledger.get(Discrepancy, discrepancy_id)
        if row is None or row.state is not DiscrepancyState.OPEN:
            return Answer.caution("supervise.settled_already")
        fact = DiscrepancySettled(discrepancy_id=discrepancy_id, how=how.strip())
        self._ledger.record(deed_of(self._ledger.get, fact), worker_id=self._worker_id)
        return Answer.good("supervise.settled", what=row.kind)

    def _may(self) -> None:
        worker = self._ledger.get(Worker, self._worker_id)
        if worker is None or Role.SUPERVISOR not in worker.roles:
            raise NotAllowed(Role.SUPERVISOR)
