"""A station whose book cannot be used says so in one sentence, and takes nothing."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.codes import CodeKind, printed
from demo.processes import Child
from demo.shift import HOUSE
from tests.browser.chromium import screen
from tests.journeys.shift_rig import eventually, free_ports

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def newer(book: Path) -> None:
    with sqlite3.connect(book) as written:
        written.execute("PRAGMA journal_mode = WAL")
        written.execute("PRAGMA user_version = 9000")
    written.close()


def no_file(book: Path) -> None:
    book.mkdir()


def rubbish(book: Path) -> None:
    book.write_bytes(b"This was a book once.\n" * 400)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (newer, "This station's memory is newer than the app. Update the app."),
        (no_file, "This station cannot write. Stop, call the supervisor."),
        (rubbish, "This station's memory is damaged. Stop, call the supervisor."),
    ],
)
async def test_a_book_that_cannot_be_used_is_said_and_no_scan_is_taken(
    tmp_path: Path, spoil: Callable[[Path], None], sentence: str
) -> None:
    data = tmp_path / "station"
    data.mkdir()
    spoil(data / "book.db")
    before = tmp_path / "before"
    shutil.copytree(data, before)
    port = free_ports().handset
    station = Child(
        "station K1",
        [sys.executable, str(HOUSE / "main.py")],
        env={
            "FLOORHAND_KIND": "handset",
            "FLOORHAND_NAME": "K1",
            "FLOORHAND_DATA_DIR": str(data),
            "FLOORHAND_PORT": str(port),
        },
        log_dir=tmp_path,
        answers_at=f"http://127.0.0.1:{port}/",
    )
    try:
        await station.start()
        async with screen(f"http://127.0.0.1:{port}/", "handset") as window:
            await window.sees(sentence)
            await window.scan(printed(CodeKind.BADGE, "2222"))

            async def answered() -> bool:
                return (await window.words()).count(sentence) == 2

            await eventually(answered, "the scan is answered with the same sentence")
            await window.sees_not("Type your PIN")
            assert "Traceback" not in await window.words()
    finally:
        await station.stop()
    kept, spoilt = data / "book.db", before / "book.db"
    assert kept.is_dir() if spoilt.is_dir() else kept.read_bytes() == spoilt.read_bytes()
