"""The queue over real sockets and pulled plugs: nothing lost, nothing twice, and a person asked where nobody knows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.printing import LabelDesign, LabelIntent, PrinterLamp, PrinterState, PrintJob, PrintState
from app.errors import DeviceMissing, DeviceSilent, DiskFull, IllegalTransition
from app.ports import LabelPrinter
from devices import escpos_raster, zpl
from devices.label_layout import LabelLayout, PrinterLanguage
from devices.print_queue import Pauses, PrintQueue
from devices.simulated_printer import Fault, SimulatedPrinter
from tests.contracts.print_jobs_contract import JobKeeper, PrintJobsContract
from tests.devices.printer_rig import LANGUAGES, a_printer, codes_on, label_bytes
from tests.fakes.print_jobs import FakePrintJobs

ESCPOS, ZPL = PrinterLanguage.ESCPOS, PrinterLanguage.ZPL
HURRIED = Pauses(first_s=0.01, longest_s=0.05, idle_s=30)
both_languages = pytest.mark.parametrize("language", LANGUAGES)


class TestJobsInMemory(PrintJobsContract):
    @pytest.fixture
    def keeper(self) -> JobKeeper:
        jobs = FakePrintJobs()
        return JobKeeper(add=jobs.add, opened=lambda: jobs, reopen=lambda: None)


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


async def lamp_shows(queue: PrintQueue, *lamps: PrinterLamp) -> None:
    shown = asyncio.Event()
    leave = queue.on_lamp(shown.set)
    async with asyncio.timeout(20):
        while queue.lamp("P1").lamp not in lamps:
            shown.clear()
            await shown.wait()
    leave()


@asynccontextmanager
async def working(jobs: FakePrintJobs, printer: LabelPrinter, language: PrinterLanguage) -> AsyncIterator[PrintQueue]:
    queue = PrintQueue(jobs, {"P1": printer}, {"P1": LabelLayout(language=language)}, pauses=HURRIED)
    run = asyncio.create_task(queue.run())
    try:
        yield queue
    finally:
        queue.stop()
        await run


@asynccontextmanager
async def a_station(
    folder: Path, language: PrinterLanguage
) -> AsyncIterator[tuple[SimulatedPrinter, FakePrintJobs, PrintQueue]]:
    jobs = FakePrintJobs()
    async with a_printer(folder, language) as (simulated, printer), working(jobs, printer, language) as queue:
        yield simulated, jobs, queue


@both_languages
async def test_labels_come_out_once_and_in_order(language: PrinterLanguage, tmp_path: Path) -> None:
    codes = [f"T.{n}" for n in range(6)]
    async with a_station(tmp_path, language) as (simulated, jobs, _):
        jobs.add(*map(a_job, codes))
        await until(jobs, lambda: state_of(jobs, codes[-1]) is PrintState.CONFIRMED)
        assert codes_on(simulated) == codes


@both_languages
@pytest.mark.parametrize(
    ("fault", "lamp"),
    [
        (Fault.OFF, PrinterLamp.MISSING),
        (Fault.PAPER_OUT, PrinterLamp.PAPER_OUT),
        (Fault.HEAD_OPEN, PrinterLamp.HEAD_OPEN),
        (Fault.SILENT, PrinterLamp.SILENT),
    ],
)
async def test_an_owed_label_prints_when_the_printer_is_back_and_each_is_said_once(
    language: PrinterLanguage, fault: Fault, lamp: PrinterLamp, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "devices.printer_lamps")
    async with a_station(tmp_path, language) as (simulated, jobs, queue):
        await lamp_shows(queue, PrinterLamp.READY)
        await simulated.set_fault(fault)
        jobs.add(a_job("T.1"))
        await lamp_shows(queue, lamp)
        assert state_of(jobs, "T.1") is PrintState.QUEUED
        await simulated.set_fault(fault, False)
        await until(jobs, lambda: state_of(jobs, "T.1") is PrintState.CONFIRMED)
        assert codes_on(simulated) == ["T.1"]
        assert queue.lamp("P1").lamp is PrinterLamp.READY
    said = [record.getMessage().split()[0] for record in caplog.records]
    assert said.count("printer_gone") == 1
    assert said.count("printer_back") == 1


QUESTIONS_BYTES = {
    ZPL: len(zpl.ASK_STATUS + zpl.ASK_LABEL_COUNT),
    ESCPOS: len(escpos_raster.ASK_OFFLINE_CAUSE + escpos_raster.ASK_PAPER),
}


@both_languages
@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.999, 1.0])
async def test_a_printer_that_resets_at_any_byte_of_a_label_prints_it_once_or_a_person_is_asked(
    language: PrinterLanguage, share: float, tmp_path: Path
) -> None:
    length = len(label_bytes(language, "T.1"))
    async with a_station(tmp_path, language) as (simulated, jobs, queue):
        # The questions before a label get through; it ends somewhere in the label, or just behind it.
        await simulated.set_fault(Fault.RESET_AT_BYTE, QUESTIONS_BYTES[language] + 1 + int(length * share))
        jobs.add(a_job("T.1"))
        await until(jobs, lambda: jobs.jobs()[0].attempt > 0 and jobs.jobs()[0].state is not PrintState.CONFIRMED)
        await until(jobs, lambda: state_of(jobs, "T.1") is not PrintState.SENDING or language is ZPL)
        await simulated.set_fault(Fault.RESET_AT_BYTE, False)
        queue.wake()
        await until(jobs, lambda: state_of(jobs, "T.1") in (PrintState.CONFIRMED, PrintState.UNCERTAIN))
        assert codes_on(simulated) in ([], ["T.1"])
        if state_of(jobs, "T.1") is PrintState.CONFIRMED:
            assert codes_on(simulated) == ["T.1"]
        if language is ZPL:
            assert state_of(jobs, "T.1") is PrintState.CONFIRMED, "the printer's count knows"


async def test_a_label_in_doubt_does_not_hold_up_the_next_ones(tmp_path: Path) -> None:
    length = len(label_bytes(ESCPOS, "T.1"))
    async with a_station(tmp_path, ESCPOS) as (simulated, jobs, _):
        await simulated.set_fault(Fault.CLOSE_AT_BYTE, length // 2)
        jobs.add(a_job("T.1"))
        await until(jobs, lambda: state_of(jobs, "T.1") is PrintState.UNCERTAIN)
        await simulated.set_fault(Fault.CLOSE_AT_BYTE, False)
        jobs.add(a_job("T.2"))
        await until(jobs, lambda: state_of(jobs, "T.2") is PrintState.CONFIRMED)
        assert state_of(jobs, "T.1") is PrintState.UNCERTAIN
        assert codes_on(simulated) == ["T.2"]


@pytest.mark.parametrize(("came_out", "tray"), [(True, []), (False, ["T.1"])])
async def test_a_person_settles_a_label_in_doubt(came_out: bool, tray: list[str], tmp_path: Path) -> None:
    async with a_station(tmp_path, ESCPOS) as (simulated, jobs, queue):
        await simulated.set_fault(Fault.CLOSE_AT_BYTE, 100)
        jobs.add(a_job("T.1"))
        await until(jobs, lambda: state_of(jobs, "T.1") is PrintState.UNCERTAIN)
        await simulated.set_fault(Fault.CLOSE_AT_BYTE, False)
        queue.settle("T.1", came_out)
        await until(jobs, lambda: state_of(jobs, "T.1") is PrintState.CONFIRMED)
        assert codes_on(simulated) == tray
        with pytest.raises(IllegalTransition):
            queue.settle("T.1", False)


async def test_a_reprint_is_a_new_attempt_with_who_and_why(tmp_path: Path) -> None:
    async with a_station(tmp_path, ZPL) as (simulated, jobs, queue):
        jobs.add(a_job("T.1"))
        await until(jobs, lambda: state_of(jobs, "T.1") is PrintState.CONFIRMED)
        queue.reprint("T.1", reason="W-7, smudged")
        assert jobs.jobs()[0].reason == "reprint: W-7, smudged"
        await until(jobs, lambda: state_of(jobs, "T.1") is PrintState.CONFIRMED)
        assert jobs.jobs()[0].attempt == 2
        assert codes_on(simulated) == ["T.1", "T.1"]


async def test_a_label_that_cannot_be_drawn_waits_for_a_person_and_the_next_one_prints(tmp_path: Path) -> None:
    async with a_station(tmp_path, ZPL) as (simulated, jobs, queue):
        jobs.add(a_job("T.1", title=""), a_job("T.2"))
        await until(jobs, lambda: state_of(jobs, "T.2") is PrintState.CONFIRMED)
        failed = jobs.jobs(states=[PrintState.FAILED])
        assert [(job.job_id, job.reason) for job in failed] == [("T.1", "title: is empty")]
        queue.drop("T.1", reason="W-7, no such tote")
        assert state_of(jobs, "T.1") is PrintState.DROPPED
        assert codes_on(simulated) == ["T.2"]


async def test_a_printer_that_others_use_too_leaves_the_answer_to_a_person(tmp_path: Path) -> None:
    jobs = FakePrintJobs()
    async with a_printer(tmp_path, ZPL) as (_, printer):
        for code in ("T.7", "T.8"):
            await printer.print(label_bytes(ZPL, code))
        jobs.add(a_job("T.1"))
        jobs.mark("T.1", PrintState.SENDING, printer_count=0)
        async with working(jobs, printer, ZPL):
            await until(jobs, lambda: state_of(jobs, "T.1") is PrintState.UNCERTAIN)


async def test_a_job_for_a_printer_that_this_station_lacks_waits(tmp_path: Path) -> None:
    async with a_station(tmp_path, ZPL) as (simulated, jobs, queue):
        jobs.add(a_job("T.1", printer_id="P9"), a_job("T.2"))
        await until(jobs, lambda: state_of(jobs, "T.2") is PrintState.CONFIRMED)
        assert state_of(jobs, "T.1") is PrintState.QUEUED
        assert queue.lamp("P9").lamp is PrinterLamp.MISSING
        assert codes_on(simulated) == ["T.2"]


async def test_nothing_is_printed_while_the_book_cannot_be_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_station(tmp_path, ZPL) as (simulated, jobs, _):
        tried = asyncio.Event()
        jobs.before_mark = tried.set
        jobs.trouble = DiskFull()
        jobs.add(a_job("T.1"))
        await asyncio.wait_for(tried.wait(), 20)
        assert simulated.labels() == []
        jobs.trouble = None
        await until(jobs, lambda: state_of(jobs, "T.1") is PrintState.CONFIRMED)
        assert codes_on(simulated) == ["T.1"]
    assert "print_queue_waits printer=P1 reason=DiskFull" in caplog.text


def test_a_printer_for_which_nobody_draws_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody draws for P1"):
        PrintQueue(FakePrintJobs(), {"P1": PulledPlugPrinter(Plug([]), counts=True)}, {})


class Pulled(BaseException):
    """The power went."""


class Plug:
    """Pulled at given moments; each moment that matters passes `tick` once."""

    def __init__(self, pulls: list[int]) -> None:
        self._left = list(pulls)

    def tick(self) -> None:
        if self._left:
            self._left[0] -= 1
            if self._left[0] < 0:
                self._left.pop(0)
                raise Pulled


class PulledPlugPrinter:
    """A printer whose tray and count outlive the program that talks to it."""

    printer_id = "P1"

    def __init__(self, plug: Plug, *, counts: bool) -> None:
        self.tray: list[bytes] = []
        self._plug = plug
        self._counts = counts

    async def state(self) -> PrinterState:
        count = len(self.tray) if self._counts else None
        return PrinterState(printer_id=self.printer_id, lamp=PrinterLamp.READY, printed_count=count)

    async def print(self, label: bytes) -> int | None:
        self._plug.tick()
        self.tray.append(label)
        self._plug.tick()
        return len(self.tray) if self._counts else None


class PlainDrawer:
    """Says a label's code and no more."""

    def preview_png(self, intent: LabelIntent) -> bytes:
        return self.printer_bytes(intent)

    def printer_bytes(self, intent: LabelIntent) -> bytes:
        return intent.fields["code"].encode("ascii")


async def work_through(jobs: FakePrintJobs, printer: PulledPlugPrinter) -> bool:
    """Run the program until nothing is left to do, or the plug is pulled (False)."""
    queue = PrintQueue(jobs, {"P1": printer}, {"P1": PlainDrawer()}, pauses=Pauses(first_s=0.001, longest_s=0.001))
    run = asyncio.create_task(queue.run())
    done = asyncio.create_task(
        until(jobs, lambda: not jobs.jobs(states=[PrintState.QUEUED, PrintState.SENDING, PrintState.FAILED]))
    )
    await asyncio.wait([run, done], return_when=asyncio.FIRST_COMPLETED)
    queue.stop()
    done.cancel()
    try:
        await run
    except BaseExceptionGroup as ended:
        _, other = ended.split(Pulled)
        if other:
            raise other from None
        return False
    except Pulled:
        return False
    return True


def print_with_pulled_plugs(pulls: list[int], *, counts: bool) -> tuple[FakePrintJobs, list[str]]:
    plug = Plug(pulls)
    jobs = FakePrintJobs()
    jobs.add(*(a_job(f"T.{n}") for n in range(4)))
    jobs.before_mark = jobs.after_mark = plug.tick
    printer = PulledPlugPrinter(plug, counts=counts)
    while not asyncio.run(work_through(jobs, printer)):
        pass
    return jobs, [label.decode("ascii") for label in printer.tray]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 12), max_size=12))
def test_with_a_count_no_label_is_lost_or_doubled_however_often_the_plug_is_pulled(pulls: list[int]) -> None:
    jobs, tray = print_with_pulled_plugs(pulls, counts=True)
    assert tray == [f"T.{n}" for n in range(4)]
    assert {job.state for job in jobs.jobs()} == {PrintState.CONFIRMED}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 12), max_size=12))
def test_without_a_count_no_label_is_doubled_and_what_may_be_lost_is_asked(pulls: list[int]) -> None:
    jobs, tray = print_with_pulled_plugs(pulls, counts=False)
    assert len(tray) == len(set(tray))
    for job in jobs.jobs():
        assert job.state in (PrintState.CONFIRMED, PrintState.UNCERTAIN)
        if job.state is PrintState.CONFIRMED:
            assert job.subject in tray


@pytest.mark.parametrize("gone", [DeviceMissing("P1", "cable"), DeviceSilent("P1", 1.0)])
async def test_only_what_surely_was_not_printed_is_sent_again_by_itself(gone: DeviceMissing | DeviceSilent) -> None:
    class FailsOnce(PulledPlugPrinter):
        async def print(self, label: bytes) -> int | None:
            sent.append(label)
            if len(sent) == 1:
                raise gone
            return await super().print(label)

    sent: list[bytes] = []
    jobs = FakePrintJobs()
    jobs.add(a_job("T.1"))
    assert await work_through(jobs, FailsOnce(Plug([]), counts=False))
    if isinstance(gone, DeviceMissing):
        assert (len(sent), state_of(jobs, "T.1")) == (2, PrintState.CONFIRMED)
    else:
        assert (len(sent), state_of(jobs, "T.1")) == (1, PrintState.UNCERTAIN)


async def test_nobody_can_settle_a_label_that_is_still_being_printed() -> None:
    class Pausing(PulledPlugPrinter):
        async def print(self, label: bytes) -> int | None:
            printing.set()
            await go_on.wait()
            return await super().print(label)

    printing, go_on = asyncio.Event(), asyncio.Event()
    jobs = FakePrintJobs()
    jobs.add(a_job("T.1"))
    queue = PrintQueue(jobs, {"P1": Pausing(Plug([]), counts=False)}, {"P1": PlainDrawer()}, pauses=HURRIED)
    run = asyncio.create_task(queue.run())
    await printing.wait()
    with pytest.raises(IllegalTransition):
        queue.settle("T.1", False)
    go_on.set()
    await until(jobs, lambda: state_of(jobs, "T.1") is PrintState.CONFIRMED)
    queue.stop()
    await run


async def test_a_label_dropped_while_it_is_drawn_is_not_printed() -> None:
    class DropsMeanwhile(PlainDrawer):
        def printer_bytes(self, intent: LabelIntent) -> bytes:
            if intent.fields["code"] == "T.1":
                asyncio.run_coroutine_threadsafe(drop(), loop).result()
            return super().printer_bytes(intent)

    async def drop() -> None:
        queue.drop("T.1", reason="W-7, cancelled")

    loop = asyncio.get_running_loop()
    jobs = FakePrintJobs()
    printer = PulledPlugPrinter(Plug([]), counts=True)
    queue = PrintQueue(jobs, {"P1": printer}, {"P1": DropsMeanwhile()}, pauses=HURRIED)
    jobs.add(a_job("T.1"), a_job("T.2"))
    run = asyncio.create_task(queue.run())
    await until(jobs, lambda: state_of(jobs, "T.2") is PrintState.CONFIRMED)
    queue.stop()
    await run
    assert printer.tray == [b"T.2"]
