"""A small packing floor for tests: three products, three cartons, one order in one tote, one station."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.cartons import Carton, CartonType
from app.domain.codes import identify
from app.domain.facts import Fact
from app.domain.orders import Address, Order, OrderLine, OrderState, PaymentMode, ShipPolicy
from app.domain.printing import PrintJob, PrintState
from app.domain.products import Pack as Packaging
from app.domain.products import Product
from app.domain.rows import Row
from app.domain.scan import Scan, Source
from app.domain.totes import Content, Tote, ToteLoad, ToteLoadState
from app.domain.workers import Role, Worker
from app.workflows.answers import Answer
from app.workflows.pack import Pack
from sync.number_ranges import NumberRange
from tests.fakes.clock import SHIFT_BEGINS_UTC, FakeClock
from tests.fakes.ledger import DEMO_RANGE, FakeLedger
from tests.fakes.picking import gtin

PETE, SUE, STATION = "W-pete", "W-sue", "P1"
MUG_EAN, CASE_EAN, TEA_EAN, RADIO_EAN, PEN_EAN = (gtin(number) for number in (11, 12, 13, 14, 15))


def a_product(product_id: str, ean: str, *more: Packaging, **facts: Any) -> Product:
    size = {"weight_g": 300, "length_mm": 100, "width_mm": 90, "height_mm": 90}
    packs = (Packaging(code=ean.zfill(14)), *more)
    return Product(product_id=product_id, packs=packs, **{"name": product_id, **size, **facts})


MUG = a_product("mug", MUG_EAN, Packaging(code=CASE_EAN.zfill(14), factor_each=6), name="Blue mug")
TEA = a_product("tea", TEA_EAN, name="Green tea", tracks_lot=True)
RADIO = a_product("radio", RADIO_EAN, name="Radio", tracks_serial=True)
PEN = a_product("pen", PEN_EAN, name="Pen")


def a_box(name: str, side_mm: int, *, tare_weight_g: int = 100, max_weight_g: int = 20_000) -> CartonType:
    return CartonType(
        carton_type_id=name,
        name=name,
        length_mm=side_mm,
        width_mm=side_mm,
        height_mm=side_mm,
        tare_weight_g=tare_weight_g,
        max_weight_g=max_weight_g,
    )


BOXES = (a_box("S", 110), a_box("M", 250), a_box("L", 500, tare_weight_g=400), a_box("WEAK", 260, max_weight_g=200))
ADDRESS = Address(order_id="O-1", lines=("Ada Example", "Lane 3", "1234 Town"), country="NL")


def a_line(number: int, product: Product, quantity_each: int = 1, **facts: Any) -> OrderLine:
    line = OrderLine(
        line_id=f"L-{number}",
        external_line=str(number),
        product_id=product.product_id,
        quantity_each=quantity_each,
        unit_price_minor=1000,
    )
    return replace(line, **facts)


def an_order(*lines: OrderLine, order_id: str = "O-1", **facts: Any) -> Order:
    """One mug, picked, unless told otherwise."""
    order = Order(
        order_id=order_id,
        channel="web",
        external_reference=f"REF-{order_id}",
        placed_at_utc=SHIFT_BEGINS_UTC,
        ship_by_utc=SHIFT_BEGINS_UTC + timedelta(hours=8),
        currency="EUR",
        payment_mode=PaymentMode.PREPAID,
        ship_policy=ShipPolicy.PARTIAL,
        lines=lines or (a_line(1, MUG),),
        state=OrderState.PICKED,
    )
    return replace(order, **facts)


def a_load(order: Order, tote_id: str = "T-1", *, lots: dict[str, str] | None = None, **facts: Any) -> ToteLoad:
    """A full tote of everything that the order wants; `lots` by line."""
    contents = tuple(
        Content(
            line_id=line.line_id,
            product_id=line.product_id,
            quantity_each=line.quantity_each,
            lot=(lots or {}).get(line.line_id),
        )
        for line in order.lines
    )
    load = ToteLoad(
        tote_load_id=f"TL-{tote_id}",
        tote_id=tote_id,
        picklist_id="P-1",
        order_id=order.order_id,
        slot="A1",
        state=ToteLoadState.READY,
        contents=contents,
    )
    return replace(load, **facts)


def a_worker(worker_id: str, *roles: Role) -> Worker:
    return Worker(worker_id=worker_id, name=worker_id, badge=f"{worker_id}-badge", pin_hash="", roles=frozenset(roles))


CATALOGUE: tuple[Row, ...] = (
    *(MUG, TEA, RADIO, PEN),
    *BOXES,
    *(Tote(tote_id=name) for name in ("T-1", "T-2", "T-3")),
    a_worker(PETE, Role.PACKER),
    a_worker(SUE, Role.SUPERVISOR),
)


class PackFloor:
    """One packer at one station, with an order's full tote beside it.

    Args:
        order: one picked mug unless told otherwise.
        rows: what else is known; `bare` leaves out tote load and address.
    """

    def __init__(
        self,
        order: Order | None = None,
        *rows: Row,
        bare: bool = False,
        number_range: NumberRange | None = DEMO_RANGE,
    ) -> None:
        self.clock = FakeClock()
        order = order or an_order()
        known: tuple[Row, ...] = (*CATALOGUE, order)
        if not bare:
            known = (*known, a_load(order), replace(ADDRESS, order_id=order.order_id))
        self.ledger = FakeLedger((*known, *rows), station_id=STATION, clock=self.clock, number_range=number_range)
        self.pack = self.reopened()

    def reopened(self, *, seat_id: str = "seat-1") -> Pack:
        """The station after a restart: nothing in memory, everything in the book."""
        self.pack = Pack(
            ledger=self.ledger,
            jobs=self.ledger,
            clock=self.clock,
            worker_id=PETE,
            seat_id=seat_id,
            zone=ZoneInfo("Europe/Berlin"),
            printer_id="labels",
        )
        return self.pack

    def scan(self, *texts: str) -> Answer:
        """Scan codes one after the other; the answer to the last."""
        answers = [self.pack.take(identify(Scan(text=text, source=Source.WEDGE))) for text in texts]
        return answers[-1]

    def digits(self, number: int) -> Answer:
        """Type a number by its digit codes, and OK."""
        return self.scan(*(f"X.D.{digit}" for digit in str(number)), "X.OK")

    def order(self, order_id: str = "O-1") -> Order:
        order = self.ledger.get(Order, order_id)
        assert order is not None
        return order

    def cartons(self, order_id: str = "O-1") -> list[Carton]:
        return sorted(self.ledger.all(Carton, parent=order_id), key=lambda carton: carton.number)

    def carton(self) -> Carton:
        return self.cartons()[-1]

    def load(self, tote_id: str = "T-1") -> ToteLoad:
        load = self.ledger.get(ToteLoad, f"TL-{tote_id}")
        assert load is not None
        return load

    def job(self) -> PrintJob:
        return self.ledger.jobs()[-1]

    def printer_does(self, *states: PrintState) -> Answer | None:
        """What the print queue makes of the newest job; then the station tends to it."""
        for state in states:
            self.ledger.mark(self.job().job_id, state)
        return self.pack.tend()

    def label_comes_out(self) -> Answer | None:
        return self.printer_does(PrintState.SENDING, PrintState.CONFIRMED)

    def scan_back(self) -> Answer:
        return self.scan(f"00{self.carton().sscc}")

    def kinds(self) -> list[str]:
        """Wire kinds of what was recorded, oldest first."""
        return [fact.kind for fact in self.ledger.facts]

    def found(self, fact_type: type[Fact]) -> list[Fact]:
        return [fact for fact in self.ledger.facts if isinstance(fact, fact_type)]


def at_weight() -> PackFloor:
    """One mug in a confirmed carton S: it should weigh 400 g."""
    floor = PackFloor()
    floor.scan("T.T-1", "C.S", MUG_EAN)
    return floor


def closed() -> PackFloor:
    floor = at_weight()
    floor.digits(400)
    return floor


def tea_floor(**lots: int) -> PackFloor:
    order = an_order(a_line(1, TEA, sum(lots.values())))
    contents = tuple(
        Content(line_id="L-1", product_id="tea", quantity_each=each, lot=lot) for lot, each in lots.items()
    )
    return PackFloor(order, a_load(order, contents=contents), ADDRESS, bare=True)
