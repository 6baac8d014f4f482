"""The print queue: one worker a printer, strictly in order, and never the same label twice without a person's word.

What a job does, by what happened (states of `app.domain.printing`):

    printer away before the sending            stays QUEUED, and is sent when the printer is back
    before the first byte leaves               SENDING, durably, with the printer's own count
    nothing was printed, says the adapter      QUEUED again by itself
    printed, says the printer                  CONFIRMED
    nobody answered, or the power went         the printer's count decides when it is back: one more is CONFIRMED,
                                               the same is QUEUED again;
                                               without a count, or with any other one, UNCERTAIN: a person decides
    the label cannot be drawn                  FAILED, until a person asks for it again or drops it
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from app.domain.printing import PrinterLamp, PrinterState, PrintJob, PrintState
from app.errors import DeviceSilent, DeviceTrouble, IllegalTransition, LabelFault, LabelUnprintable, LedgerTrouble
from app.ports import LabelDrawer, LabelPrinter, PrintJobs
from devices.printer_lamps import PrinterLamps

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pauses:
    """How long the queue waits before it asks a printer again, in seconds.

    Args:
        first_s, longest_s: while a printer is away; doubled each time.
        idle_s: while there is nothing to print, to keep the lamp honest.
    """

    first_s: float = 0.5
    longest_s: float = 4.0
    idle_s: float = 5.0


class PrintQueue:
    """Works the jobs of one station.

    Args:
        jobs: the durable queue.
        printers: by the station's names for them.
        drawers: for each printer the one that draws for its head and in its language.
    """

    def __init__(
        self,
        jobs: PrintJobs,
        printers: Mapping[str, LabelPrinter],
        drawers: Mapping[str, LabelDrawer],
        *,
        pauses: Pauses | None = None,
    ) -> None:
        self._jobs = jobs
        self._printers = dict(printers)
        self._drawers = dict(drawers)
        if undrawn := self._printers.keys() - self._drawers.keys():
            raise ValueError(f"nobody draws for {', '.join(sorted(undrawn))}")
        self._pauses = pauses or Pauses()
        self._lamps = PrinterLamps(self._printers)
        self._wakes = {printer_id: asyncio.Event() for printer_id in self._printers}
        self._in_flight: set[str] = set()
        self._moving_jobs = False
        self._stopping = False

    async def run(self) -> None:
        """Work until `stop`, or until it is cancelled; a job in the middle of its sending stays SENDING in the book."""
        self._stopping = False
        await self._take_up_when_readable()
        quit_listening = self._jobs.on_job(self._on_job)
        try:
            async with asyncio.TaskGroup() as workers:
                for printer_id in self._printers:
                    workers.create_task(self._work(printer_id), name=f"printer {printer_id}")
        finally:
            quit_listening()

    def stop(self) -> None:
        """Let `run` return after the label that is being printed."""
        self._stopping = True
        self.wake()

    def wake(self) -> None:
        """Ask the printers again now: somebody has put paper in."""
        for event in self._wakes.values():
            event.set()

    def lamp(self, printer_id: str) -> PrinterState:
        """How a printer was when it was last asked; MISSING when it never answered or is not one of this station's."""
        return self._lamps.lamp(printer_id)

    def on_lamp(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after a printer's lamp changed; returns what ends it. Listeners must not raise."""
        return self._lamps.on_lamp(listener)

    def settle(self, job_id: str, came_out: bool) -> None:
        """A person's answer to "Did it come out?": yes confirms the job, no queues it again.

        Raises:
            IllegalTransition: nobody asks about this job (any more).
        """
        job = self._known(job_id)
        if job.state not in (PrintState.UNCERTAIN, PrintState.SENDING) or job_id in self._in_flight:
            raise IllegalTransition("settle", job.state)
        said = "a person saw it" if came_out else "a person found nothing"
        if came_out:
            self._jobs.mark(job_id, PrintState.CONFIRMED, reason=said)
        else:
            self._jobs.mark(job_id, PrintState.QUEUED, reason=said)
        log.info("label_settled job=%s printer=%s came_out=%s", job_id, job.printer_id, came_out)
        self.wake()

    def reprint(self, job_id: str, *, reason: str) -> None:
        """Send a label once more because a person wants it: the same label, a new attempt; `reason` says who and why.

        Raises:
            IllegalTransition: it is waiting or being sent already, or was dropped.
        """
        job = self._known(job_id)
        if job.state is PrintState.SENDING:
            raise IllegalTransition("reprint", job.state)
        self._jobs.mark(job_id, PrintState.QUEUED, reason=f"reprint: {reason}")
        log.info("label_reprint job=%s printer=%s", job_id, job.printer_id)
        self.wake()

    def drop(self, job_id: str, *, reason: str) -> None:
        """Give a label up because a person says so; `reason` says who and why.

        Raises:
            IllegalTransition: it is being sent, or it is out.
        """
        self._jobs.mark(job_id, PrintState.DROPPED, reason=f"dropped: {reason}")
        log.info("label_dropped job=%s", job_id)

    async def _work(self, printer_id: str) -> None:
        """Turn after turn; the pause between turns grows while nothing comes out."""
        pause_s = self._pauses.first_s
        while not self._stopping:
            self._wakes[printer_id].clear()
            try:
                went_well = await self._turn(printer_id)
                idle = went_well and self._next_job(printer_id) is None
            except LedgerTrouble as why:
                log.error("print_queue_waits printer=%s reason=%s", printer_id, type(why).__name__)
                went_well = idle = False
            if idle or not went_well:
                await self._nap(printer_id, self._pauses.idle_s if idle else pause_s)
            pause_s = self._pauses.first_s if went_well else min(pause_s * 2, self._pauses.longest_s)

    async def _turn(self, printer_id: str) -> bool:
        """Ask the printer, and move its next job on; False when it is worth waiting a little before the next turn."""
        state = await self._lamps.look(printer_id)
        job = self._next_job(printer_id)
        if job is None or state.lamp is not PrinterLamp.READY:
            return job is None
        if job.state is PrintState.SENDING:
            return self._settle_by_count(job, state.printed_count)
        return await self._send(job, state.printed_count)

    def _next_job(self, printer_id: str) -> PrintJob | None:
        """What was being sent comes first, because its outcome must be known before anything else is printed."""
        open_jobs = self._jobs.jobs(states=(PrintState.SENDING, PrintState.QUEUED))
        mine = [job for job in open_jobs if job.printer_id == printer_id]
        return min(mine, key=lambda job: job.state is not PrintState.SENDING, default=None)

    async def _send(self, job: PrintJob, printed_count: int | None) -> bool:
        """Print one job; False when nothing sure came of it and the printer needs a pause."""
        printer = self._printers[job.printer_id]
        try:
            label = await asyncio.to_thread(self._drawers[job.printer_id].printer_bytes, job.intent)
        except LabelUnprintable as why:
            return self._not_drawn(job, why.fault, why.reason)
        except Exception as why:  # a fault of the drawer: this label waits for a person, and holds no other one up
            log.exception("label_drawer_failed job=%s printer=%s", job.job_id, job.printer_id)
            return self._not_drawn(job, LabelFault.PROGRAM, f"{type(why).__name__}: {why}")
        if not self._mark(job, PrintState.SENDING, printer_count=printed_count):  # dropped while it was drawn
            return True
        self._in_flight.add(job.job_id)
        try:
            count = await printer.print(label)
        except DeviceSilent as why:
            log.warning("label_in_doubt job=%s printer=%s reason=%s", job.job_id, job.printer_id, why.reason)
            if printed_count is None:
                self._mark(job, PrintState.UNCERTAIN, reason=why.reason)
            return False
        except DeviceTrouble as why:
            self._back_in_line(job, why.reason or type(why).__name__)
            return False
        finally:
            self._in_flight.discard(job.job_id)
        self._mark(job, PrintState.CONFIRMED)
        log.info("label_confirmed job=%s printer=%s count=%s", job.job_id, job.printer_id, count)
        return True

    def _not_drawn(self, job: PrintJob, fault: LabelFault, reason: str) -> bool:
        log.warning("label_unprintable job=%s printer=%s reason=%s", job.job_id, job.printer_id, reason)
        self._mark(job, PrintState.FAILED, reason=fault)
        return True

    def _settle_by_count(self, job: PrintJob, printed_count: int | None) -> bool:
        """Decide about a job whose outcome nobody saw, by the counts; False when it is to be sent again."""
        log.info("label_settled_by_count job=%s before=%s now=%s", job.job_id, job.printer_count, printed_count)
        if job.printer_count is None or printed_count is None:
            self._mark(job, PrintState.UNCERTAIN, reason="the printer keeps no count")
        elif printed_count == job.printer_count + 1:
            self._mark(job, PrintState.CONFIRMED, reason="the printer counted it")
        elif printed_count == job.printer_count:
            self._back_in_line(job, "the printer did not count it")
            return False
        else:  # somebody else prints here too, or it is another printer now
            self._mark(job, PrintState.UNCERTAIN, reason=f"the count went {job.printer_count} to {printed_count}")
        return True

    def _back_in_line(self, job: PrintJob, reason: str) -> None:
        self._mark(job, PrintState.QUEUED, reason=reason)

    async def _take_up_when_readable(self) -> None:
        while not self._stopping:
            try:
                self._take_up()
                return
            except LedgerTrouble as why:
                log.error("print_queue_waits reason=%s", type(why).__name__)
                await asyncio.sleep(self._pauses.first_s)

    def _take_up(self) -> None:
        """Tidy what the last run left behind.

        FAILED means that it could not be drawn, and nothing was printed: this program may know how.
        """
        for job in self._jobs.jobs(states=(PrintState.FAILED, PrintState.SENDING)):
            if job.state is PrintState.FAILED:
                self._mark(job, PrintState.QUEUED, reason=job.reason)
            elif job.printer_count is None or job.printer_id not in self._printers:
                self._mark(job, PrintState.UNCERTAIN, reason="the program ended while it was being sent")

    def _mark(self, job: PrintJob, state: PrintState, *, reason: str = "", printer_count: int | None = None) -> bool:
        """Move a job on; False when a person did so first, and then it stays as the person said."""
        with self._own_moves():
            try:
                self._jobs.mark(job.job_id, state, reason=reason, printer_count=printer_count)
            except IllegalTransition as why:
                log.warning("label_moved_meanwhile job=%s state=%s wanted=%s", job.job_id, why.state, state)
                return False
        return True

    @contextmanager
    def _own_moves(self) -> Iterator[None]:
        """Moves of the queue itself must not wake it, or a printer that is away would be asked without a pause."""
        self._moving_jobs = True
        try:
            yield
        finally:
            self._moving_jobs = False

    def _on_job(self) -> None:
        if not self._moving_jobs:
            self.wake()

    async def _nap(self, printer_id: str, pause_s: float) -> None:
        """Wait until the pause is over, a job comes, or somebody wakes the queue."""
        try:
            async with asyncio.timeout(pause_s):
                await self._wakes[printer_id].wait()
        except TimeoutError:
            return

    def _known(self, job_id: str) -> PrintJob:
        job = self._jobs.job(job_id)
        if job is None:
            raise LookupError(f"no print job {job_id}")
        return job
