"""A station whose book cannot be used says so in one sentence, and takes nothing."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.domain.codes import CodeKind, printed
from app.domain.deeds import Deed
from app.domain.workers import ScanRefused
from demo.processes import Child
from demo.shift import HOUSE
from devices.clock import SystemClock
from store.tables import facts
from sync.book import open_book
from sync.enrolment import enrol
from sync.ledger import SqliteLedger
from sync.protocol import read_envelope
from sync.signer_file import FileSigner
from sync.transport import StoreTransport
from tests.browser.chromium import screen
from tests.journeys.shift_books import eventually
from tests.journeys.shift_rig import free_ports
from tests.store.a_store import AStore, a_listening_store
from tests.store.w1 import PICKER

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


def a_station(folder: Path, port: int, **settings: str) -> Child:
    """A handset whose book is in `folder`/station."""
    return Child(
        "station K1",
        [sys.executable, str(HOUSE / "main.py")],
        env={
            "FLOORHAND_KIND": "handset",
            "FLOORHAND_NAME": "K1",
            "FLOORHAND_DATA_DIR": str(folder / "station"),
            "FLOORHAND_PORT": str(port),
            **{f"FLOORHAND_{name.upper()}": value for name, value in settings.items()},
        },
        log_dir=folder,
        answers_at=f"http://127.0.0.1:{port}/",
    )


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
    station = a_station(tmp_path, port)
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


async def test_a_damaged_book_is_set_aside_and_what_it_owed_reaches_the_store(tmp_path: Path) -> None:
    data = tmp_path / "station"
    data.mkdir()
    ledger = SqliteLedger(open_book(data / "book.db"), SystemClock())
    async with a_listening_store(tmp_path) as store:
        store.clock[0] = datetime.now(UTC)  # the station's clock is the machine's
        transport, signer = StoreTransport(store.url), FileSigner(data / "device.key")
        old = await enrol(ledger, transport, signer, code=await a_code(store), name="K1")
        await transport.close()
        for _ in range(30):
            ledger.record(Deed(facts=(ScanRefused(step="pick.item", reason="offline"),)), worker_id=PICKER)
        ledger.close()
        with (data / "book.db").open("r+b") as book:
            book.seek(4096)
            book.write(b"\xff" * 4096)
        port = free_ports().handset
        station = a_station(tmp_path, port, store_url=store.url)
        try:
            await station.start()
            async with screen(f"http://127.0.0.1:{port}/", "handset") as window:
                await window.sees("This station's memory is damaged. Stop, call the supervisor.")
                await window.press("Set it aside and go on")
                await window.sees("Damaged memory set aside, 30 records saved. A new code is needed.")
                await window.keys_count()
                await window.scan(printed(CodeKind.ENROLMENT, await a_code(store)))
                await window.sees("Scan your badge")

                async def held() -> bool:
                    with store.room.reading() as connection:
                        counted = connection.scalar(select(func.count()).select_from(facts))
                    return counted == 30

                await eventually(held, "what the damaged book owed is at the store")
        finally:
            await station.stop()
        with store.room.reading() as connection:
            names = connection.scalars(select(facts.c.text).order_by(facts.c.seq)).all()
        assert [read_envelope(text).resent for text in names] == [f"{old.station_id}#{seq}" for seq in range(1, 31)]
    assert [each.name.split("-")[0] for each in data.glob("book.db.salvaged-*")] == ["book.db.salvaged"]


async def a_code(store: AStore) -> str:
    return str((await store.post("/v1/enrolments", {"station_kind": "handset", "name": "K1"}))["code"])
