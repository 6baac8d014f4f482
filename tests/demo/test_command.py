"""What `python -m demo` refuses before it starts anything, and that nothing is lost by it."""

from __future__ import annotations

import socket
from dataclasses import asdict
from pathlib import Path

import pytest

from demo.__main__ import main
from demo.folder import LOCK, clear, held
from demo.shift import Ports
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
