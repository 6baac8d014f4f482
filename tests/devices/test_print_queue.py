"""The queue over real sockets and pulled plugs: nothing lost, nothing twice, and a person asked where nobody knows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.domain.printing import PrinterLamp, PrintState
from app.errors import DiskFull, IllegalTransition, LabelFault
from app.ports import LabelPrinter
from devices import escpos_raster, zpl
from devices.label_layout import LabelLayout, PrinterLanguage
from devices.print_queue import Pauses, PrintQueue
from devices.simulated_printer import Fault, SimulatedPrinter
from tests.contracts.print_jobs_contract import JobKeeper, PrintJobsContract
from tests.devices.jobs import a_job, state_of, until
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


async def test_a_label_that_cannot_be_drawn_waits_for_a_person_and_the_next_one_prints(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_station(tmp_path, ZPL) as (simulated, jobs, queue):
        jobs.add(a_job("T.1", title=""), a_job("T.2"))
        await until(jobs, lambda: state_of(jobs, "T.2") is PrintState.CONFIRMED)
        failed = jobs.jobs(states=[PrintState.FAILED])
        assert [(job.job_id, job.reason) for job in failed] == [("T.1", LabelFault.TEXT)]
        assert "reason=title: is empty" in caplog.text
        queue.drop("T.1", reason="W-7, no such tote")
        assert state_of(jobs, "T.1") is PrintState.DROPPED
        assert codes_on(simulated) == ["T.2"]


async def test_a_printer_that_others_use_too_leaves_the_answer_to_a_person(tmp_path: Path) -> None:
    jobs = FakePrintJobs()
    async with a_printer(tmp_path, ZPL) as (simulated, printer):
        for code in ("T.7", "T.8"):
            await printer.print(label_bytes(ZPL, code))
        jobs.add(a_job("T.1"))
        jobs.mark("T.1", PrintState.SENDING, printer_count=0)
        async with working(jobs, printer, ZPL):
            await until(jobs, lambda: state_of(jobs, "T.1") is not PrintState.SENDING)
        [job] = jobs.jobs()
        assert (job.state, job.reason) == (PrintState.UNCERTAIN, "the count went 0 to 2")
        assert codes_on(simulated) == ["T.7", "T.8"]


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
