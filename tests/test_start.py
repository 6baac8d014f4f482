"""What a station loads before it shows anything, and what ends it."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import main
from app.settings import station_settings
from devices.print_queue import PrintQueue
from sync.courier import Courier
from sync.ledger import SqliteLedger
from sync.protocol import Enrolled
from tests.store.a_store import a_listening_store
from tests.sync.floor import a_ledger

HOUSE = Path(__file__).parent.parent
# Not numpy: sqlite-utils takes it wherever it is installed.
LATER = ("cv2", "PIL", "escpos", "flet_charts")
# What a browser need not wait for while it loads its client.
ROOMS = ("flet.controls.page", "sqlite_utils", "httpx", "numpy", "screens.door", "sync.ledger", "app.workflows.pick")


def test_a_station_starts_without_what_only_pictures_labels_and_charts_need() -> None:
    looks = f"import sys, wiring; print(*(name for name in {LATER!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", looks], cwd=HOUSE, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_a_station_answers_browsers_before_it_has_brought_in_its_rooms() -> None:
    looks = f"import sys, main; print(*(name for name in {ROOMS!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", looks], cwd=HOUSE, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize(("part", "name"), [(Courier, "courier"), (PrintQueue, "print_queue")])
async def test_a_station_stops_and_says_why_when_what_carries_its_work_dies(
    part: type, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def dies(self: object) -> None:
        raise RuntimeError("a fault of our own")

    monkeypatch.setattr(part, "run", dies)
    a_ledger(tmp_path).close()
    nowhere = {"store_url": "http://127.0.0.1:1", "printer": "zpl+tcp://127.0.0.1:1"}
    settings = station_settings({"kind": "packing", "name": "P1", "data_dir": str(tmp_path), **nowhere})
    async with asyncio.timeout(20):
        await main.run(settings, headless=True)
    assert f"station_gives_up ended={name}" in caplog.text
    assert "a fault of our own" in caplog.text


async def test_a_station_that_contradicts_the_store_goes_on_under_a_new_id_with_the_code_that_it_is_started_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anew, enrol_anew = asyncio.Event(), SqliteLedger.enrol_anew

    def watched(ledger: SqliteLedger, enrolled: Enrolled) -> None:
        enrol_anew(ledger, enrolled)
        anew.set()

    monkeypatch.setattr(SqliteLedger, "enrol_anew", watched)
    async with a_listening_store(tmp_path) as store:
        code = await store.post("/v1/enrolments", {"station_kind": "handset", "name": "K1"})
        forked = a_ledger(tmp_path)
        forked.keep_fork("the store holds another fact 3")
        forked.close()
        settings = station_settings(
            {
                "kind": "handset",
                "name": "K1",
                "data_dir": str(tmp_path),
                "store_url": store.url,
                "enrolment_code": code["code"],
            }
        )
        running = asyncio.create_task(main.run(settings, headless=True))
        async with asyncio.timeout(30):
            await anew.wait()
            signal.raise_signal(signal.SIGTERM)
            await running
    again = a_ledger(tmp_path)
    assert (again.fork, again.station_id[:2]) == ("", "H-")
    again.close()
