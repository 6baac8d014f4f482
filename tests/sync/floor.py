"""A corner of a floor for tests of sync: rows that show only the fact that matters, and deeds done over a ledger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.domain.catalogue import ROW_TYPES
from app.domain.deeds import Deed, deed_of
from app.domain.facts import Fact
from app.domain.picking import LocationConfirmed, PickTask, UnitPicked, UnitPlaced
from app.domain.picklists import Picklist, PicklistState, Slot
from app.domain.printing import LabelDesign, LabelIntent, PrintJob
from app.domain.products import Pack, Product
from app.domain.rows import Row, to_image
from app.domain.totes import ToteAssigned
from app.ports import Clock, Ledger
from sync.book import open_book
from sync.book_lock import BookLock
from sync.ledger import SqliteLedger
from sync.number_ranges import NumberRange
from sync.protocol import Cursor, Enrolled, Pulled, RowChange
from tests.fakes.clock import FakeClock

PICKER = "W-7"
ENROLLED = Enrolled(
    station_id="K3",
    warehouse_id="W1",
    warehouse_name="Demo",
    time_zone="Europe/Berlin",
    scopes=("all", "station:K3"),
    sscc_company_prefix="4012345",
)
RANGE = NumberRange(company_prefix="4012345", extension_digit="3", first_serial=1, last_serial=500)

assert ROW_TYPES  # the catalogue is complete


def a_task(**changes: Any) -> PickTask:
    values: dict[str, Any] = {
        "task_id": "T1",
        "picklist_id": "P1",
        "position": 1,
        "order_id": "O1",
        "line_id": "L1",
        "product_id": "SKU1",
        "location_id": "A-01-01-1",
        "quantity_each": 3,
    }
    return PickTask(**{**values, **changes})


def a_picklist(**changes: Any) -> Picklist:
    values: dict[str, Any] = {
        "picklist_id": "P1",
        "wave_id": "WV1",
        "zone": "A",
        "ship_by_utc": datetime(2026, 3, 2, 16, tzinfo=UTC),
        "slots": (Slot(name="A1", order_id="O1"),),
        "task_count": 1,
        "state": PicklistState.LEASED,
        "station_id": "K3",
    }
    return Picklist(**{**values, **changes})


def a_product(product_id: str = "SKU1", *codes: tuple[str, int]) -> Product:
    return Product(
        product_id=product_id,
        name=f"Thing {product_id}",
        packs=tuple(Pack(code=code, factor_each=factor) for code, factor in codes),
        weight_g=100,
        length_mm=10,
        width_mm=10,
        height_mm=10,
    )


def a_job(job_id: str = "J1") -> PrintJob:
    intent = LabelIntent(design=LabelDesign.TOTE, fields={"code": "T-1", "title": "Tote 1"})
    return PrintJob(job_id=job_id, printer_id="P", subject="T-1", intent=intent)


def a_change(row: Row, change_seq: int = 1) -> RowChange:
    return RowChange(
        row_kind=row.row_kind, row_id=row.row_id, change_seq=change_seq, parent=row.parent, image=to_image(row)
    )


def gone(row: Row, change_seq: int = 1) -> RowChange:
    return RowChange(row_kind=row.row_kind, row_id=row.row_id, change_seq=change_seq)


def a_pull(*rows: RowChange, at: int = 1, included: int = 0, epoch: str = "e1", more: bool = False) -> Pulled:
    cursor = Cursor(epoch=epoch, change_seq=at)
    return Pulled(cursor=cursor, rows=rows, included_through_seq=included, more=more)


def a_ledger(
    folder: Path,
    *rows: Row,
    clock: Clock | None = None,
    lock: BookLock | None = None,
    flushes: Callable[[], int] | None = None,
) -> SqliteLedger:
    """An enrolled station's book in `folder`, which knows `rows`; `lock` and `flushes` as `open_book` has them."""
    ledger = SqliteLedger(open_book(folder / "book.db", lock=lock, flushes=flushes), clock or FakeClock())
    if not ledger.station_id:
        ledger.enrol(ENROLLED)
        ledger.lease_numbers(RANGE)
    if rows:
        ledger.apply(a_pull(*(a_change(row) for row in rows)))
    return ledger


def do(ledger: Ledger, *facts: Fact) -> tuple[int, ...]:
    """Judge facts by the tables, and record them as one deed."""
    return ledger.record(deed_of(ledger.get, *facts), worker_id=PICKER)


def fit(ledger: Ledger, *facts: Fact) -> Deed:
    return deed_of(ledger.get, *facts)


def at_bin(task_id: str = "T1") -> LocationConfirmed:
    return LocationConfirmed(task_id=task_id, location_id="A-01-01-1")


def picked(task_id: str = "T1", *, each: int = 1) -> UnitPicked:
    return UnitPicked(task_id=task_id, product_id="SKU1", quantity_each=each)


def tote_taken(tote_load_id: str = "TL1") -> ToteAssigned:
    return ToteAssigned(tote_load_id=tote_load_id, tote_id="TOTE1", picklist_id="P1", order_id="O1", slot="A1")


def placed(task_id: str = "T1", *, each: int = 1, tote_load_id: str = "TL1") -> UnitPlaced:
    return UnitPlaced(
        task_id=task_id,
        tote_load_id=tote_load_id,
        order_id="O1",
        line_id="L1",
        product_id="SKU1",
        quantity_each=each,
    )
