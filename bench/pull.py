"""A station that begins with nothing, and five hundred that have nothing to do.

Snapshot: ten thousand pick lines of one station. What is counted is the processor time of both ends, from the store's
query through JSON and zstd to the rows in the station's book on disk, without the socket in between.

Idle: five hundred stations, each with a stream of pokes open to a store in a process of its own, and nothing that
changes; what is counted is that process's time over a minute. Stations sign in beforehand.

    python -m bench.pull
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import zstandard

from app.domain.picking import PickTask
from app.domain.picklists import Picklist, PicklistState
from app.domain.rows import Row, from_image
from bench.books import BenchClock, report
from bench.folder import a_folder
from store.feed import changes
from store.station import Station
from sync.book import open_book
from sync.courier import APPLIED_ROWS_MAX, PULL_ROWS_MAX
from sync.ledger import SqliteLedger
from sync.protocol import Cursor, Enrolled, Pulled
from tests.store.a_process import a_process
from tests.store.a_store import a_store
from tests.store.w1 import W1

LINES = 10_000
LINES_A_LIST = 50
IDLE_STATIONS = 500
IDLE_S = 60.0
STATION_ID = "H-BENCH"
_SCOPES = ("all", f"station:{STATION_ID}")


def lines() -> Iterator[Row]:
    """Lists that one station has leased, and their stops."""
    for number in range(LINES // LINES_A_LIST):
        picklist_id = f"P-{number:05}"
        yield Picklist(
            picklist_id=picklist_id,
            wave_id="W-1",
            zone="A",
            ship_by_utc=datetime(2026, 3, 2, 16, tzinfo=UTC),
            slots=(),
            task_count=LINES_A_LIST,
            state=PicklistState.LEASED,
            station_id=STATION_ID,
            worker_id="ann",
            epoch=1,
            number=number % 999 + 1,
        )
        for position in range(1, LINES_A_LIST + 1):
            yield PickTask(
                task_id=f"T-{number:05}-{position:02}",
                picklist_id=picklist_id,
                position=position,
                order_id=f"web:{number}",
                line_id=f"web:{number}/{position}",
                product_id=f"SKU-{position:04}",
                location_id=f"A-{position:02}-01-1",
                quantity_each=2,
                lot=None,
                expires_on=None,
            )


async def snapshot_ms(folder: Path) -> dict[str, Any]:
    """Processor time of one whole snapshot, at both ends."""
    async with a_store(folder / "store") as store:
        store.put(*lines())
        station = Station(warehouse_id=W1, station_id=STATION_ID, kind="handset", scopes=_SCOPES)
        ledger = SqliteLedger(open_book(folder / "book.db"), BenchClock())
        ledger.enrol(_ENROLLED)
        began_s = time.process_time()
        store_s, packed_bytes, rows = 0.0, 0, 0
        cursor, more = Cursor(), True
        while more:
            at_store_s = time.process_time()
            with store.room.reading() as connection:
                page = changes(connection, station, cursor, PULL_ROWS_MAX)
            packed = zstandard.ZstdCompressor(level=3).compress(page.text().encode())
            store_s += time.process_time() - at_store_s
            packed_bytes += len(packed)
            pulled = from_image(Pulled, json.loads(zstandard.ZstdDecompressor().decompress(packed)))
            for part in pulled.parts(APPLIED_ROWS_MAX):
                ledger.apply(part)
            cursor, more, rows = pulled.cursor, pulled.more, rows + len(pulled.rows)
        took_s = time.process_time() - began_s
        assert len(ledger.all(PickTask)) == LINES
        ledger.close()
    return {
        "snapshot_rows": rows,
        "snapshot_cpu_ms": round(took_s * 1000),
        "snapshot_of_that_the_store_ms": round(store_s * 1000),
        "snapshot_kilobytes": round(packed_bytes / 1000),
    }


async def idle_s(folder: Path) -> dict[str, Any]:
    """Processor time of a store whose stations listen, over a minute in which nothing happens."""
    async with a_store(folder, rate_limits=None) as store:
        store.clock[0] = datetime.now(UTC)
        stations = [await store.station(name=f"H{number}") for number in range(IDLE_STATIONS)]
        tokens = [station.token for station in stations]
    async with a_process(folder, "--no-limits") as running:
        streams = [await _stream(running.url, token) for token in tokens]
        for reader, _ in streams:
            await reader.readuntil(b"data:")
        seen = psutil.Process(running.process.pid)
        before = seen.cpu_times()
        await asyncio.sleep(IDLE_S)
        after = seen.cpu_times()
        for _, writer in streams:
            writer.close()
    return {
        "idle_stations": IDLE_STATIONS,
        "idle_cpu_s": round(after.user + after.system - before.user - before.system, 2),
    }


async def _stream(url: str, token: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    head = f"GET /v1/pokes HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: Bearer {token}\r\n\r\n"
    writer.write(head.encode())
    return reader, writer


_ENROLLED = Enrolled(
    station_id=STATION_ID,
    warehouse_id=W1,
    warehouse_name="Bench",
    time_zone="Europe/Berlin",
    scopes=_SCOPES,
    sscc_company_prefix="4012345",
)


def main() -> int:
    with a_folder() as folder:
        figures = asyncio.run(snapshot_ms(folder))
    with a_folder() as folder:
        figures |= asyncio.run(idle_s(folder))
    wanted = {"snapshot_cpu_ms": 250, "idle_cpu_s": 1.0}
    return report("pull", figures, wanted, ok=all(figures[name] <= most for name, most in wanted.items()))


if __name__ == "__main__":
    sys.exit(main())
