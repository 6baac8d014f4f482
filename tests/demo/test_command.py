"""What `python -m demo` refuses before it starts anything, and that nothing is lost by it."""

from __future__ import annotations

import socket
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from demo.__main__ import main, options
from demo.folder import LOCK, clear, held
from demo.processes import ShiftTrouble
from demo.shift import Ports, RunningShift
from tests.journeys.shift_rig import free_ports


def a_kept_shift(data: Path) -> Path:
    """A shift's folder with a fact that its handset owes."""
    (data / "handset").mkdir(parents=True)
    (data / "shift.json").write_text('{"born_utc": "2026-03-02T08:00:00+00:00"}')
    owed = data / "handset" / "book.db"
    owed.write_text("a fact that is owed")
    return owed


def typed(data: Path, ports: Ports, *options: str) -> list[str]:
    return ["--data", str(data), *(f"--{name}-port={port}" for name, port in asdict(ports).items()), *options]


def test_a_fresh_shift_on_ports_in_use_throws_nothing_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    owed, ports = a_kept_shift(tmp_path), free_ports()
    with socket.create_server(("127.0.0.1", ports.store)):
        assert main(typed(tmp_path, ports, "--fresh")) == 1
    assert owed.exists()
    [told] = capsys.readouterr().err.splitlines()
    assert told.startswith(f"Port {ports.store} (store) cannot be had")


@pytest.mark.parametrize("options", [(), ("--fresh",)])
def test_a_shift_that_runs_on_other_ports_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    owed = a_kept_shift(tmp_path)
    with held(tmp_path):
        assert main(typed(tmp_path, free_ports(), *options)) == 1
    assert owed.exists()
    [told] = capsys.readouterr().err.splitlines()
    assert told == f"A shift runs in {tmp_path} already: end that one by Ctrl-C, or choose another folder: --data"


def test_a_folder_of_somebody_elses_is_not_thrown_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    theirs = tmp_path / "letter.txt"
    theirs.touch()
    assert main(typed(tmp_path, free_ports(), "--fresh")) == 1
    assert [there.name for there in tmp_path.iterdir()] == ["letter.txt"]
    assert "holds no shift of ours" in capsys.readouterr().err


def test_a_shift_is_thrown_away_while_its_folder_stays_locked(tmp_path: Path) -> None:
    a_kept_shift(tmp_path)
    with held(tmp_path):
        clear(tmp_path)
    assert [there.name for there in tmp_path.iterdir()] == [LOCK]


@pytest.mark.parametrize("typed", ["abc", "0", "70000", "-1", "8_560", "٣", "065535123"])
def test_what_is_no_port_is_named_with_its_option(capsys: pytest.CaptureFixture[str], typed: str) -> None:
    with pytest.raises(SystemExit) as ended:
        options([f"--store-port={typed}"])
    assert ended.value.code == 2
    assert "--store-port: wanted a port from 1 to 65535" in capsys.readouterr().err


def test_a_port_in_the_environment_is_looked_at_as_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FLOORHAND_STORE_PORT", "8660")
    assert options([]).store_port == 8660
    monkeypatch.setenv("FLOORHAND_STORE_PORT", "")
    assert options([]).store_port == Ports().store
    monkeypatch.setenv("FLOORHAND_STORE_PORT", "abc")
    assert options(["--store-port=8661"]).store_port == 8661
    with pytest.raises(SystemExit):
        options([])
    assert "got 'abc' (FLOORHAND_STORE_PORT sets it too)" in capsys.readouterr().err


def test_one_port_for_two_parts_is_refused_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ports = free_ports()
    assert main(typed(tmp_path, replace(ports, printer=ports.page))) == 1
    [told] = capsys.readouterr().err.splitlines()
    assert told.startswith(f"Port {ports.page} is both page and printer: choose another for one. --printer-port or ")


@pytest.mark.parametrize("part", ["printer", "page"])
async def test_a_port_that_was_taken_a_moment_after_it_was_claimed_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    monkeypatch.setattr(Ports, "claim", lambda _: None)
    ports = free_ports()
    shift = RunningShift(tmp_path, ports)
    with socket.create_server(("127.0.0.1", getattr(ports, part))):
        try:
            with pytest.raises(ShiftTrouble, match=f"Port {getattr(ports, part)} \\({part}\\) cannot be had: Address"):
                await shift.start()
        finally:
            await shift.stop()
