"""A small returns bench for tests: an order that was shipped, its announced return, shelves for every kind of unit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.codes import identify
from app.domain.locations import Location, LocationKind
from app.domain.orders import Order, OrderLine, OrderState
from app.domain.printing import PrintJob
from app.domain.products import Product
from app.domain.returns import AnnouncedLine, Return, ReturnItem
from app.domain.rows import Row
from app.domain.scan import Scan, Source
from app.workflows.answers import Answer
from app.workflows.receive_return import ReceiveReturn
from tests.fakes.clock import FakeClock
from tests.fakes.ledger import FakeLedger
from tests.fakes.packing import a_line, a_product, an_order
from tests.fakes.picking import gtin

ROSE, BENCH = "W-rose", "B1"
VASE_EAN, SHIRT_EAN, LAMP_EAN, JAM_EAN = (gtin(number) for number in (21, 22, 23, 24))
VASE = a_product("vase", VASE_EAN, name="Vase")
SHIRT = a_product("shirt", SHIRT_EAN, name="Shirt", category="apparel")
LAMP = a_product("lamp", LAMP_EAN, name="Lamp", category="electronics", tracks_serial=True)
JAM = a_product("jam", JAM_EAN, name="Jam", category="food", tracks_lot=True)
RETURNS_SHELF, QUARANTINE_SHELF, BIN = "R-01-01-1", "Q-01-01-1", "A-01-01-1"


def a_place(location_id: str, kind: LocationKind) -> Location:
    return Location(location_id=location_id, zone="A", aisle=1, bay=1, level=1, x_mm=0, y_mm=0, kind=kind)


SHELVES: tuple[Row, ...] = (
    a_place(RETURNS_SHELF, LocationKind.RETURNS),
    a_place(QUARANTINE_SHELF, LocationKind.QUARANTINE),
    a_place(BIN, LocationKind.BIN),
)


def shipped(*products: Product, order_id: str = "O-1", **facts: Any) -> Order:
    """An order of one unit of each product, all of it packed."""
    lines: tuple[OrderLine, ...] = tuple(
        a_line(number, product, packed_each=1) for number, product in enumerate(products or (VASE,), start=1)
    )
    return an_order(*lines, order_id=order_id, **{"state": OrderState.PACKED, **facts})


def announced(order: Order, **facts: Any) -> Return:
    """The return of everything in `order`, under RMA 20418."""
    lines = tuple(
        AnnouncedLine(line_id=line.line_id, product_id=line.product_id, quantity_each=line.quantity_each)
        for line in order.lines
    )
    parcel = Return(
        return_id="RMA-20418", order_id=order.order_id, rma="20418", tracking="95200000000417", announced=lines
    )
    return replace(parcel, **facts)


class BenchFloor:
    """One receiver at one bench.

    Args:
        order: one shipped vase unless told otherwise.
        parcel: its announced return unless told otherwise; None leaves it unannounced.
    """

    def __init__(self, order: Order | None = None, *rows: Row, announce: bool = True) -> None:
        self.clock = FakeClock()
        order = order or shipped()
        parcels = (announced(order),) if announce else ()
        known: tuple[Row, ...] = (VASE, SHIRT, LAMP, JAM, *SHELVES, order, *parcels, *rows)
        self.ledger = FakeLedger(known, station_id=BENCH, clock=self.clock)
        self.bench = self.reopened()

    def reopened(self) -> ReceiveReturn:
        """The bench after a restart: nothing in memory, everything in the book."""
        self.bench = ReceiveReturn(
            ledger=self.ledger,
            jobs=self.ledger,
            clock=self.clock,
            worker_id=ROSE,
            seat_id="seat-1",
            zone=ZoneInfo("Europe/Berlin"),
            printer_id="labels",
        )
        return self.bench

    def scan(self, *texts: str) -> Answer:
        """Scan codes one after the other; the answer to the last."""
        answers = [self.bench.take(identify(Scan(text=text, source=Source.WEDGE))) for text in texts]
        return answers[-1]

    def parcel(self, return_id: str = "RMA-20418") -> Return:
        parcel = self.ledger.get(Return, return_id)
        assert parcel is not None
        return parcel

    def newest(self) -> Return:
        return next(one for one in self.ledger.all(Return) if one.return_id.startswith("id-"))

    def item(self) -> ReturnItem:
        """The newest unit of the announced return."""
        return self.parcel().items[-1]

    def job(self) -> PrintJob:
        return self.ledger.jobs()[-1]

    def kinds(self) -> list[str]:
        """Wire kinds of what was recorded, oldest first."""
        return [fact.kind for fact in self.ledger.facts]


def graded(*answers: str) -> BenchFloor:
    """A vase out of its announced parcel, graded by `answers`."""
    floor = BenchFloor()
    floor.scan("R.20418", VASE_EAN, *answers)
    return floor
