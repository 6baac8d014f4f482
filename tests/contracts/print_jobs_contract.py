"""What every keeper of print jobs does. A test class inherits it and gives the fixture `keeper`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from app.domain.printing import PRINT_TRANSITIONS, LabelDesign, LabelIntent, PrintJob, PrintState
from app.errors import IllegalTransition
from app.ports import PrintJobs

# One lawful way into each state from QUEUED.
WAYS: dict[PrintState, tuple[PrintState, ...]] = {
    PrintState.QUEUED: (),
    PrintState.SENDING: (PrintState.SENDING,),
    PrintState.CONFIRMED: (PrintState.SENDING, PrintState.CONFIRMED),
    PrintState.UNCERTAIN: (PrintState.SENDING, PrintState.UNCERTAIN),
    PrintState.FAILED: (PrintState.SENDING, PrintState.FAILED),
    PrintState.VERIFIED: (PrintState.SENDING, PrintState.CONFIRMED, PrintState.VERIFIED),
    PrintState.DROPPED: (PrintState.DROPPED,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobKeeper:
    """A keeper under test.

    Args:
        add: owes one more label, as a deed does.
        opened: the keeper as it is after a restart of the program; the same object while nothing restarts.
        reopen: ends the program and starts it again on the same book.
    """

    add: Callable[[PrintJob], None]
    opened: Callable[[], PrintJobs]
    reopen: Callable[[], None]


def a_job(job_id: str = "J1", *, printer_id: str = "P1") -> PrintJob:
    intent = LabelIntent(design=LabelDesign.TOTE, fields={"code": f"T.{job_id}", "title": "Tôte ✓"})
    return PrintJob(job_id=job_id, printer_id=printer_id, subject=f"T.{job_id}", intent=intent)


class PrintJobsContract:
    def test_a_job_that_nobody_asked_for_is_none(self, keeper: JobKeeper) -> None:
        assert keeper.opened().job("J9") is None
        assert keeper.opened().jobs() == []

    def test_a_job_is_kept_as_it_was_asked_for(self, keeper: JobKeeper) -> None:
        keeper.add(a_job())
        keeper.reopen()
        assert keeper.opened().job("J1") == a_job()

    def test_jobs_come_in_the_order_they_were_asked_for_whatever_became_of_them(self, keeper: JobKeeper) -> None:
        for job_id in ("J2", "J10", "J1"):
            keeper.add(a_job(job_id))
        keeper.opened().mark("J2", PrintState.SENDING)
        keeper.reopen()
        assert [job.job_id for job in keeper.opened().jobs()] == ["J2", "J10", "J1"]

    def test_only_jobs_in_the_wanted_states_come(self, keeper: JobKeeper) -> None:
        keeper.add(a_job("J1"))
        keeper.add(a_job("J2"))
        keeper.opened().mark("J1", PrintState.SENDING)
        assert [job.job_id for job in keeper.opened().jobs(states=[PrintState.SENDING])] == ["J1"]
        assert keeper.opened().jobs(states=[]) == []

    def test_a_move_is_durable_with_its_reason_and_count(self, keeper: JobKeeper) -> None:
        keeper.add(a_job())
        keeper.opened().mark("J1", PrintState.SENDING, reason="now", printer_count=41)
        keeper.reopen()
        job = keeper.opened().job("J1")
        assert job is not None
        assert (job.state, job.reason, job.printer_count) == (PrintState.SENDING, "now", 41)

    def test_a_count_stays_until_another_is_given(self, keeper: JobKeeper) -> None:
        keeper.add(a_job())
        keeper.opened().mark("J1", PrintState.SENDING, printer_count=41)
        keeper.opened().mark("J1", PrintState.FAILED)
        job = keeper.opened().job("J1")
        assert job is not None
        assert job.printer_count == 41

    def test_each_sending_is_an_attempt(self, keeper: JobKeeper) -> None:
        keeper.add(a_job())
        for _ in range(3):
            for state in (PrintState.SENDING, PrintState.FAILED, PrintState.QUEUED):
                keeper.opened().mark("J1", state)
        job = keeper.opened().job("J1")
        assert job is not None
        assert job.attempt == 3

    @pytest.mark.parametrize("state", list(PrintState))
    def test_moves_that_the_table_does_not_list_are_refused_and_change_nothing(
        self, keeper: JobKeeper, state: PrintState
    ) -> None:
        keeper.add(a_job())
        for step in WAYS[state]:
            keeper.opened().mark("J1", step)
        before = keeper.opened().job("J1")
        for unlisted in set(PrintState) - PRINT_TRANSITIONS[state]:
            with pytest.raises(IllegalTransition):
                keeper.opened().mark("J1", unlisted, reason="no")
        assert keeper.opened().job("J1") == before

    def test_listeners_hear_new_and_moved_jobs_until_they_leave(self, keeper: JobKeeper) -> None:
        heard: list[list[PrintState]] = []
        jobs = keeper.opened()
        leave = jobs.on_job(lambda: heard.append([job.state for job in jobs.jobs()]))
        keeper.add(a_job())
        jobs.mark("J1", PrintState.SENDING)
        leave()
        jobs.mark("J1", PrintState.CONFIRMED)
        assert heard[0] == [PrintState.QUEUED]
        assert heard[-1] == [PrintState.SENDING]
