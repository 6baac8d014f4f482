"""The durable queue of labels, in memory; it passes the contract of `app.ports.PrintJobs`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable

from app.domain.printing import PRINT_TRANSITIONS, PrintJob, PrintState
from app.errors import IllegalTransition, LedgerTrouble


class FakePrintJobs:
    """Implements `PrintJobs`.

    Attributes:
        trouble: set it, and every move fails with it and keeps nothing.
        before_mark, after_mark: called around each durable move, to let a test pull the plug there.
    """

    def __init__(self) -> None:
        self.trouble: LedgerTrouble | None = None
        self.before_mark: Callable[[], None] = lambda: None
        self.after_mark: Callable[[], None] = lambda: None
        self._jobs: dict[str, PrintJob] = {}
        self._listeners: list[Callable[[], None]] = []

    def add(self, *jobs: PrintJob) -> None:
        self._jobs.update({job.job_id: job for job in jobs})
        self._tell()

    def job(self, job_id: str) -> PrintJob | None:
        return self._jobs.get(job_id)

    def jobs(self, *, states: Iterable[PrintState] | None = None) -> list[PrintJob]:
        wanted = set(PrintState if states is None else states)
        return [job for job in self._jobs.values() if job.state in wanted]

    def mark(self, job_id: str, state: PrintState, *, reason: str = "", printer_count: int | None = None) -> None:
        self.before_mark()
        if self.trouble:
            raise self.trouble
        job = self._jobs[job_id]
        if state not in PRINT_TRANSITIONS[job.state]:
            raise IllegalTransition(state, job.state)
        self._jobs[job_id] = dataclasses.replace(
            job,
            state=state,
            reason=reason,
            attempt=job.attempt + (state is PrintState.SENDING),
            printer_count=job.printer_count if printer_count is None else printer_count,
        )
        self.after_mark()
        self._tell()

    def on_job(self, listener: Callable[[], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()
