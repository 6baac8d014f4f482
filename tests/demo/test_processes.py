from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import psutil
import pytest

from demo.processes import Child, ShiftTrouble, claim_port


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def a_server(folder: Path) -> Child:
    port = a_free_port()
    argv = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(folder)]
    return Child("server", argv, env={}, log_dir=folder, answers_at=f"http://127.0.0.1:{port}/")


async def test_what_ends_by_itself_is_started_again_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    child = a_server(tmp_path)
    await child.start()
    keeping = asyncio.create_task(child.keep())
    try:
        before = child.pid
        assert before is not None
        os.kill(before, signal.SIGKILL)
        async with asyncio.timeout(30):
            while child.pid in (None, before):  # noqa: ASYNC110  (another process starts; nothing else says so)
                await asyncio.sleep(0.02)
        assert "has ended by itself" in capsys.readouterr().out
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await child.kill()


async def test_what_somebody_switched_off_stays_off(tmp_path: Path) -> None:
    child = a_server(tmp_path)
    await child.start()
    keeping = asyncio.create_task(child.keep())
    await child.stop()
    await asyncio.sleep(0)
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
    assert not child.running


async def test_a_process_that_ends_at_once_is_said_with_its_last_words(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", "import sys; sys.exit('no room here')"]
    child = Child("server", argv, env={}, log_dir=tmp_path, answers_at="http://127.0.0.1:9/")
    with pytest.raises(ShiftTrouble, match="no room here"):
        await child.start()


def test_a_port_in_use_is_named_with_the_way_to_another() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ShiftTrouble, match=f"Port {port} \\(store\\) cannot be had.*--store-port"):
            claim_port("127.0.0.1", port, "store", "--store-port")


def processes_of(child: Child) -> list[psutil.Process]:
    """Every process of ours that runs the child's command."""
    ours = psutil.Process().children()
    return [one for one in ours if one.status() != psutil.STATUS_ZOMBIE and one.cmdline() == child.argv]


async def test_a_double_click_starts_it_once(tmp_path: Path) -> None:
    child = a_server(tmp_path)
    try:
        await asyncio.gather(child.start(), child.start())
        assert [one.pid for one in processes_of(child)] == [child.pid]
    finally:
        await child.kill()
    assert processes_of(child) == []


async def test_what_is_switched_off_while_it_starts_ends_off(tmp_path: Path) -> None:
    child = a_server(tmp_path)
    starting = asyncio.ensure_future(child.start())
    await asyncio.sleep(0)
    await child.stop()
    with pytest.raises(ShiftTrouble, match="switched off while it started"):
        await starting
    assert processes_of(child) == []


async def test_the_keeper_does_not_start_what_a_waiting_switch_turns_off(tmp_path: Path) -> None:
    """Start, off, and the keeper, all at once: off comes after start, so off it is."""
    child = a_server(tmp_path)
    await child.start()
    await child.stop()
    starting, stopping = asyncio.ensure_future(child.start()), asyncio.ensure_future(child.stop())
    await asyncio.sleep(0)
    keeping = asyncio.create_task(child.keep())
    await asyncio.gather(starting, stopping, return_exceptions=True)
    await asyncio.sleep(0.1)
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
    assert processes_of(child) == []
