"""Print jobs for a test: made, looked at, waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from app.domain.printing import LabelDesign, LabelIntent, PrintJob, PrintState
from tests.fakes.print_jobs import FakePrintJobs


def a_job(code: str, *, printer_id: str = "P1", title: str = "Tote") -> PrintJob:
    intent = LabelIntent(design=LabelDesign.TOTE, fields={"code": code, "title": title})
    return PrintJob(job_id=code, printer_id=printer_id, subject=code, intent=intent)


def state_of(jobs: FakePrintJobs, job_id: str) -> PrintState:
    job = jobs.job(job_id)
    assert job is not None
    return job.state


async def until(jobs: FakePrintJobs, wanted: Callable[[], bool]) -> None:
    """Wait for a move of the jobs after which `wanted` holds."""
    moved = asyncio.Event()
    leave = jobs.on_job(moved.set)
    try:
        async with asyncio.timeout(20):
            while not wanted():
                moved.clear()
                await moved.wait()
    finally:
        leave()
