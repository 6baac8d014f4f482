"""The process that prints is killed again and again: each label lies in the tray once."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from pathlib import Path

import pytest

from app.domain.deeds import Deed
from app.domain.printing import LabelDesign, LabelIntent, PrintJob, PrintState
from devices.simulated_printer import SimulatedPrinter
from tests.sync.floor import PICKER, a_ledger

HOUSE = Path(__file__).resolve().parents[2]
LABELS = 40
KILLS = 6


def owe_labels(folder: Path) -> list[str]:
    codes = [f"T.{n:03d}" for n in range(LABELS)]
    jobs = tuple(
        PrintJob(
            job_id=code,
            printer_id="P1",
            subject=code,
            intent=LabelIntent(design=LabelDesign.TOTE, fields={"code": code, "title": code}),
        )
        for code in codes
    )
    ledger = a_ledger(folder)
    ledger.record(Deed(facts=(), print_jobs=jobs), worker_id=PICKER)
    ledger.close()
    return codes


def states(folder: Path) -> set[PrintState]:
    ledger = a_ledger(folder)
    try:
        return {job.state for job in ledger.jobs()}
    finally:
        ledger.close()


async def a_run(folder: Path, printer: SimulatedPrinter, *, labels: int, then_s: float = 0.0) -> None:
    """Start the station; kill it so long after so many more labels are out, at most after all of them."""
    wanted = min(LABELS, len(printer.labels()) + labels)
    enough = asyncio.Event()
    leave = printer.on_label(lambda _: enough.set() if len(printer.labels()) >= wanted else None)
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.journeys.print_station",
        str(folder),
        f"zpl+tcp://127.0.0.1:{printer.port}",
        cwd=HOUSE,
        env={**os.environ, "PYTHONPATH": str(HOUSE)},
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None
    try:
        assert await child.stdout.readline() == b"printing\n"
        await asyncio.wait_for(enough.wait(), 60)
        await asyncio.sleep(then_s)
    finally:
        leave()
        child.kill()
        await child.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
async def test_each_label_lies_in_the_tray_once_however_often_the_station_is_killed(tmp_path: Path) -> None:
    codes = owe_labels(tmp_path)
    moments = random.Random(812)
    printer = SimulatedPrinter(tmp_path / "printer", port=0)
    await printer.start()
    try:
        for _ in range(KILLS):
            await a_run(tmp_path, printer, labels=moments.randint(1, 3), then_s=moments.uniform(0, 0.05))
        assert 0 < len(printer.labels()) < LABELS, "no kill fell into the printing"
        await a_run(tmp_path, printer, labels=LABELS)
    finally:
        await printer.stop()
    assert [code["text"] for label in printer.labels() for code in label["decoded"]] == codes
    assert states(tmp_path) <= {PrintState.CONFIRMED, PrintState.SENDING}
