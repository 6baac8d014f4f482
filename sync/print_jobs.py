"""The labels that a station owes its printers, kept in the book until they are out and proved."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from app.domain.printing import PRINT_TRANSITIONS, PrintJob, PrintState
from app.domain.rows import from_image, to_image
from app.errors import IllegalTransition
from sync.book import Book


class PrintJobTable:
    """Reads and writes `print_jobs`; whoever writes stands in a transaction of the book."""

    def __init__(self, book: Book) -> None:
        self._db = book.db

    def add(self, job: PrintJob) -> None:
        self._db.execute(
            "INSERT INTO print_jobs (job_id, state, image) VALUES (?, ?, ?)", (job.job_id, job.state, _text(job))
        )

    def job(self, job_id: str) -> PrintJob | None:
        found = self._db.execute("SELECT image FROM print_jobs WHERE job_id = ?", (job_id,)).fetchone()
        return None if found is None else from_image(PrintJob, json.loads(found[0]))

    def jobs(self, states: Iterable[PrintState] | None) -> list[PrintJob]:
        wanted = list(PrintState if states is None else states)
        marks = ", ".join("?" * len(wanted))
        found = self._db.execute(f"SELECT image FROM print_jobs WHERE state IN ({marks}) ORDER BY position", wanted)
        return [from_image(PrintJob, json.loads(row[0])) for row in found]

    def mark(self, job_id: str, state: PrintState, *, reason: str, printer_count: int | None) -> None:
        job = self.job(job_id)
        if job is None:
            raise LookupError(f"no print job {job_id}")
        if state not in PRINT_TRANSITIONS[job.state]:
            raise IllegalTransition(str(state), str(job.state))
        marked = replace(
            job,
            state=state,
            reason=reason,
            attempt=job.attempt + (state is PrintState.SENDING),
            printer_count=job.printer_count if printer_count is None else printer_count,
        )
        self._db.execute("UPDATE print_jobs SET state = ?, image = ? WHERE job_id = ?", (state, _text(marked), job_id))


def _text(job: PrintJob) -> str:
    return json.dumps(to_image(job), separators=(",", ":"), ensure_ascii=False)
