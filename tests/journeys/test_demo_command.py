"""`python -m demo`, as somebody types it: it says what is in its way, ends with Ctrl-C, and takes up the same shift."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sqlite3
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import httpx
import psutil
import pytest

from demo.desk import is_enrolled
from demo.shift import HOUSE, Ports, Size
from sync.book import open_book
from tests.journeys.shift_rig import ShiftRig, a_shift, free_ports

pytestmark = pytest.mark.timeout(300)
SAYS_S = 120.0


async def typed(data: Path, ports: Ports) -> asyncio.subprocess.Process:
    options = [f"--{name}-port={port}" for name, port in asdict(ports).items()]
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "demo", "--data", str(data), *options),
        cwd=HOUSE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def says(process: asyncio.subprocess.Process, words: str) -> str:
    """Read what it prints, up to and with the line that holds `words`."""
    assert process.stdout is not None
    printed = ""
    async with asyncio.timeout(SAYS_S):
        while words not in printed:
            line = (await process.stdout.readline()).decode()
            assert line, f"it ended; it had said: {printed}"
            printed += line
    return printed


async def enrolled(rig: ShiftRig, station: str) -> str:
    """The station's id, once it has one: its door is open a moment before that."""

    def knows_itself() -> bool:
        with suppress(sqlite3.OperationalError, TypeError):
            return bool(rig.station_id(station))
        return False

    await rig.until(knows_itself, f"{station} is enrolled")
    return rig.station_id(station)


async def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    ports = free_ports()
    with socket.create_server(("127.0.0.1", ports.packing)):
        process = await typed(tmp_path / "shift", ports)
        out, told = await process.communicate()
    assert process.returncode == 1
    (line,) = told.decode().splitlines()
    assert line.startswith(f"Port {ports.packing} (packing) cannot be had")
    assert "--packing-port or FLOORHAND_PACKING_PORT" in line
    assert b"Traceback" not in out + told


async def test_ctrl_c_ends_every_process_and_the_next_start_goes_on_with_the_same_shift(tmp_path: Path) -> None:
    data = tmp_path / "shift"
    async with a_shift(data, Size(orders=2, shipped=0, returns=0)) as rig:
        placed = rig.shift.orders[0]
        station_id = await enrolled(rig, "handset")
    ports = free_ports()
    process = await typed(data, ports)
    try:
        printed = await says(process, "Ctrl-C ends the shift")
        assert "Loading the demo warehouse" not in printed
        assert f"http://127.0.0.1:{ports.handset}" in printed
        assert rig.station_id("handset") == station_id
        key = (data / "admin.key").read_text().strip()
        path = f"/v1/orders/{placed['channel']}/{placed['external_reference']}"
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{ports.store}", timeout=60) as store:
            headers = {"Authorization": f"Bearer {key}", "Floorhand-Warehouse": "W1"}
            assert (await store.get(path, headers=headers)).status_code == 200

        children = psutil.Process(process.pid).children(recursive=True)
        assert len(children) >= 4
        process.send_signal(signal.SIGINT)
        out, told = await asyncio.wait_for(process.communicate(), SAYS_S)
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0
    assert b"The shift has ended" in out
    assert told == b""
    assert not any(child.is_running() for child in children)


async def test_what_a_killed_launcher_had_started_ends_by_itself_and_leaves_its_ports(tmp_path: Path) -> None:
    data, ports = tmp_path / "shift", free_ports()
    async with a_shift(data, Size(orders=0, shipped=0, returns=0)):
        pass
    process = await typed(data, ports)
    children: list[psutil.Process] = []
    try:
        await says(process, "Ctrl-C ends the shift")
        children = psutil.Process(process.pid).children(recursive=True)
        assert len(children) >= 4
        process.kill()
        await process.wait()
        _, left = await asyncio.to_thread(psutil.wait_procs, children, timeout=30)
        assert left == []
        ports.claim()
    finally:
        if process.returncode is None:
            process.kill()
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.kill()


async def test_a_fresh_shift_is_in_time_and_nobody_has_worked_in_it_yet(tmp_path: Path) -> None:
    async with a_shift(tmp_path / "shift", Size(orders=40, shipped=2, returns=1)) as rig, rig.shift.shop() as shop:
        board = await shop.get("/v1/board")
    assert len(board["cutoffs"]) > 1
    assert {(one["risk"], one["orders_done"]) for one in board["cutoffs"]} == {("ok", 0)}
    assert sum(one["orders_total"] for one in board["cutoffs"]) == 40
    assert sum(hour["lines"] for hour in board["pace"]) == 0
    assert {person["doing"] for person in board["people"]} == {"away"}
    assert {station["name"]: station["owed_count"] or 0 for station in board["stations"]}["Y2"] == 0


async def test_a_station_whose_power_went_before_it_was_enrolled_starts_with_the_next_shift(tmp_path: Path) -> None:
    data = tmp_path / "shift"
    async with a_shift(data, Size(orders=0, shipped=0, returns=0)) as rig:
        await enrolled(rig, "handset")
    assert is_enrolled(data / "handset")
    shutil.rmtree(data / "handset")
    (data / "handset").mkdir()
    open_book(data / "handset" / "book.db").close()
    assert not is_enrolled(data / "handset")
    async with a_shift(data, Size(orders=0, shipped=0, returns=0)) as rig:
        assert await enrolled(rig, "handset")


async def test_a_shift_is_not_led_astray_by_what_is_set_for_other_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOORHAND_STORE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    monkeypatch.setenv("FLOORHAND_STORE_HOST", "store.example")
    async with a_shift(tmp_path / "shift", Size(orders=0, shipped=0, returns=0)) as rig:
        assert await enrolled(rig, "handset")
    assert not (tmp_path / "other.db").exists()
