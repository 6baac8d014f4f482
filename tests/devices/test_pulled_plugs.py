"""The queue under pulled plugs at every moment that matters, many of them: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.printing import LabelIntent, PrinterLamp, PrinterState, PrintJob, PrintState
from app.errors import DeviceMissing, DeviceSilent, DiskFull, IllegalTransition, LabelFault, LedgerBusy
from devices.print_queue import Pauses, PrintQueue
from tests.devices.jobs import a_job, state_of, until
from tests.fakes.print_jobs import FakePrintJobs

HURRIED = Pauses(first_s=0.01, longest_s=0.05, idle_s=30)


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


async def test_a_label_at_which_the_drawer_breaks_waits_for_a_person_and_the_next_one_prints() -> None:
    class Breaks(PlainDrawer):
        def printer_bytes(self, intent: LabelIntent) -> bytes:
            if intent.fields["code"] == "T.1":
                draws.append(intent)
                raise OSError("the font is gone")
            return super().printer_bytes(intent)

    jobs = FakePrintJobs()
    draws: list[LabelIntent] = []
    jobs.add(a_job("T.1"), a_job("T.2"))
    printer = PulledPlugPrinter(Plug([]), counts=True)
    for _ in range(2):  # and again at the next start
        draws.clear()
        queue = PrintQueue(jobs, {"P1": printer}, {"P1": Breaks()}, pauses=HURRIED)
        run = asyncio.create_task(queue.run())
        await until(jobs, lambda: state_of(jobs, "T.2") is PrintState.CONFIRMED)
        await until(jobs, lambda: bool(draws) and state_of(jobs, "T.1") is PrintState.FAILED)
        queue.stop()
        await run
        assert jobs.jobs()[0].reason == LabelFault.PROGRAM
    assert printer.tray == [b"T.2"]


@pytest.mark.parametrize("busy_read", range(6))
async def test_a_book_that_cannot_be_read_for_a_moment_does_not_end_the_printing(busy_read: int) -> None:
    class BusyOnce(FakePrintJobs):
        reads = 0

        def jobs(self, *, states: Iterable[PrintState] | None = None) -> list[PrintJob]:
            self.reads += 1
            if self.reads == busy_read + 1:
                raise LedgerBusy
            return super().jobs(states=states)

    jobs = BusyOnce()
    jobs.add(a_job("T.1"), a_job("T.2"))
    printer = PulledPlugPrinter(Plug([]), counts=True)
    queue = PrintQueue(jobs, {"P1": printer}, {"P1": PlainDrawer()}, pauses=HURRIED)
    run = asyncio.create_task(queue.run())
    await until(jobs, lambda: state_of(jobs, "T.2") is PrintState.CONFIRMED)
    queue.stop()
    await run
    assert printer.tray == [b"T.1", b"T.2"]


class FullAtTheSecondMark:
    """A disk that has room for one more move of a job and then for none, once."""

    def __init__(self) -> None:
        self._marks = 0

    def __call__(self) -> None:
        self._marks += 1
        if self._marks == 2:
            raise DiskFull


async def test_a_label_that_was_not_printed_comes_by_itself_even_when_the_disk_is_full_in_between() -> None:
    class AwayOnce(PulledPlugPrinter):
        away = True

        async def print(self, label: bytes) -> int | None:
            if self.away:
                self.away, jobs.before_mark = False, FullAtTheSecondMark()
                raise DeviceMissing("P1", "cable")
            return await super().print(label)

    jobs = FakePrintJobs()
    jobs.add(a_job("T.1"))
    printer = AwayOnce(Plug([]), counts=False)
    assert await work_through(jobs, printer)
    assert (state_of(jobs, "T.1"), printer.tray) == (PrintState.CONFIRMED, [b"T.1"])


def test_a_label_that_a_person_did_not_find_is_back_in_line_in_one_move() -> None:
    jobs = FakePrintJobs()
    jobs.add(a_job("T.1"))
    jobs.mark("T.1", PrintState.SENDING)
    jobs.before_mark = FullAtTheSecondMark()
    PrintQueue(jobs, {}, {}).settle("T.1", False)
    assert state_of(jobs, "T.1") is PrintState.QUEUED


def test_a_label_that_is_being_sent_cannot_be_asked_for_once_more() -> None:
    jobs = FakePrintJobs()
    jobs.add(a_job("T.1"))
    jobs.mark("T.1", PrintState.SENDING)
    with pytest.raises(IllegalTransition):
        PrintQueue(jobs, {}, {}).reprint("T.1", reason="W-7, nothing seen")
    assert state_of(jobs, "T.1") is PrintState.SENDING


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


def test_a_printer_for_which_nobody_draws_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody draws for P1"):
        PrintQueue(FakePrintJobs(), {"P1": PulledPlugPrinter(Plug([]), counts=True)}, {})
