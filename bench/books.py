"""Station books of any size for the benchmarks, made quickly: what counts is what is in them, not how it came."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from app.domain.deeds import deed_of
from app.domain.facts import Fact
from app.domain.gtin import check_digit
from app.domain.locations import Location
from app.domain.picking import LocationConfirmed, PickTask
from app.domain.picklists import Picklist, PicklistState, Slot
from app.domain.products import Pack, Product
from app.domain.rows import Row, to_image
from app.domain.totes import Tote
from app.domain.workers import Role, ScanRefused, Worker
from sync.book import open_book
from sync.ledger import SqliteLedger
from sync.protocol import Cursor, Enrolled, Pulled

STATION_ID = "K1"
WORKER_ID, BADGE, PIN = "W-1", "anna", "123456"
CODES_A_PRODUCT = 4
TASKS_A_PICKLIST = 14
LISTS_TO_WALK = 12
BINS = 1_200
_ENROLLED = Enrolled(
    station_id=STATION_ID,
    warehouse_id="W1",
    warehouse_name="Bench",
    time_zone="Europe/Berlin",
    scopes=("all", f"station:{STATION_ID}"),
    sscc_company_prefix="4012345",
)


class BenchClock:
    """The machine's clock for what is written; for keys time stands still, however busy the machine is."""

    boot_id = "bench"

    def now_utc(self) -> datetime:
        return datetime.now(UTC)

    def monotonic_ms(self) -> int:
        return 0

    def new_id(self) -> str:
        return uuid4().hex


def code(number: int) -> str:
    """The `number`-th barcode of the catalogue: a GTIN in 14 digits with an indicator that nobody sells under."""
    digits = f"2{number:012d}"
    return digits + check_digit(digits)


def task_id(number: int) -> str:
    return f"T-{number:06d}"


def a_book(path: Path, *, codes: int, tasks: int = 10_000, owed: int = 10_000) -> SqliteLedger:
    """A book with so many barcodes, open pick tasks, and facts that the store does not hold; open.

    The last `LISTS_TO_WALK` lists wait for whoever gets work here; on all others somebody else is walking.
    """
    ledger = SqliteLedger(open_book(path), BenchClock())
    ledger.enrol(_ENROLLED)
    ledger.apply(Pulled(cursor=Cursor(epoch="bench", change_seq=1)))
    conn = ledger.book.db.conn
    products = max(1, codes // CODES_A_PRODUCT)
    with ledger.book.transaction():
        _put_rows(conn, _products(products, codes))
        _put_rows(conn, _floor(tasks, products))
        conn.executemany(
            "INSERT INTO codes (code, product_id, factor_each) VALUES (?, ?, ?)",
            ((code(n), _sku(n // CODES_A_PRODUCT % products), 1 + n % CODES_A_PRODUCT) for n in range(codes)),
        )
    # Half of what is owed is of tasks that are being worked, half is of none.
    for number in range(0, min(owed // 2, tasks), 100):
        batch = range(number, min(number + 100, owed // 2, tasks))
        facts: list[Fact] = [LocationConfirmed(task_id=task_id(n), location_id=_bin(n)) for n in batch]
        ledger.record(deed_of(ledger.get, *facts), worker_id=WORKER_ID)
    while ledger.owed_count() < owed:
        refused = ScanRefused(step="pick.item", reason="WrongItem")
        ledger.record(deed_of(ledger.get, *([refused] * min(100, owed - ledger.owed_count()))), worker_id=WORKER_ID)
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.execute("ANALYZE")
    return ledger


def _sku(number: int) -> str:
    return f"SKU-{number:06d}"


def _products(count: int, codes: int) -> Iterator[Row]:
    for number in range(count):
        first = number * CODES_A_PRODUCT
        packs = tuple(
            Pack(code=code(n), factor_each=1 + n % CODES_A_PRODUCT)
            for n in range(first, min(first + CODES_A_PRODUCT, codes))
        )
        yield Product(
            product_id=_sku(number),
            name=f"Thing {number}",
            packs=packs,
            weight_g=100,
            length_mm=100,
            width_mm=80,
            height_mm=60,
        )


def _bin(number: int) -> str:
    place = number % BINS
    return f"A-{place // 100:02d}-{place % 100:02d}-1"


def _floor(tasks: int, products: int) -> Iterator[Row]:
    yield Worker(worker_id=WORKER_ID, name="Anna", badge=BADGE, pin_hash=PIN, roles=frozenset({Role.PICKER}))
    yield from (Tote(tote_id=f"T-{number:03d}") for number in range(200))
    for number in range(BINS):
        yield Location(
            location_id=_bin(number), zone="A", aisle=number // 100, bay=number % 100, level=1, x_mm=0, y_mm=number
        )
    ship_by_utc = datetime(2026, 3, 2, 16, tzinfo=UTC)
    lists = -(-tasks // TASKS_A_PICKLIST)
    for number in range(lists):
        waits = number >= lists - LISTS_TO_WALK
        yield Picklist(
            picklist_id=f"P-{number:05d}",
            wave_id="WV",
            zone="A",
            ship_by_utc=ship_by_utc,
            slots=(Slot(name="A1", order_id="O-1"), Slot(name="B2", order_id="O-2")),
            task_count=TASKS_A_PICKLIST,
            state=PicklistState.LEASED if waits else PicklistState.IN_PROGRESS,
            station_id=STATION_ID,
            worker_id=None if waits else "W-2",
        )
    for number in range(tasks):
        picklist = number // TASKS_A_PICKLIST
        yield PickTask(
            task_id=task_id(number),
            picklist_id=f"P-{picklist:05d}",
            position=number % TASKS_A_PICKLIST + 1,
            order_id=f"O-{number % 2 + 1}",
            line_id=f"OL-{number}",
            product_id=_sku(number % products),
            location_id=_bin(number),
            quantity_each=3 if picklist >= lists - LISTS_TO_WALK else 1_000,
        )


def _put_rows(conn: sqlite3.Connection, rows: Iterator[Row]) -> None:
    conn.executemany(
        "INSERT INTO rows (row_kind, row_id, parent, held) VALUES (?, ?, ?, ?)",
        ((row.row_kind, row.row_id, row.parent, json.dumps(to_image(row), separators=(",", ":"))) for row in rows),
    )


def report(bench: str, figures: dict[str, Any], wanted: dict[str, Any], *, ok: bool) -> int:
    """Print the one line that a benchmark ends with; gives the exit status.

    The line says how busy the machine was: runnable processes a core, over the last minute.
    """
    busy = {"load_a_core": round(os.getloadavg()[0] / (os.cpu_count() or 1), 2)}
    print(json.dumps({"bench": bench, "figures": figures | busy, "wanted": wanted, "ok": ok}))
    return 0 if ok else 1
