"""A packing station and a returns bench without a browser: one window each, a book in memory, the real screens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

from app.domain.printing import PrinterLamp, PrinterState
from app.domain.products import Product
from app.domain.workers import Role, Worker
from app.settings import StationKind, StationSettings
from devices.label_layout import LabelLayout
from screens.station import Station
from tests.fakes.clock import FakeClock
from tests.fakes.grants import FakeGrants
from tests.fakes.ledger import FakeLedger
from tests.fakes.packing import MUG_EAN, PETE, PackFloor
from tests.fakes.returning import ROSE, BenchFloor
from tests.fakes.store import FakeStore
from tests.screens.picker import WORDS, Handset, Picker, PlainPins

# One mug in its tote, up to the closed carton.
TO_LABEL = ("T.T-1", "C.S", MUG_EAN, "X.D.4", "X.D.0", "X.D.0", "X.OK")


class Lamps:
    """The printer's lamp, as a test sets it."""

    def __init__(self) -> None:
        self.now = PrinterLamp.READY
        self._listeners: list[Callable[[], None]] = []

    def turn(self, lamp: PrinterLamp) -> None:
        """The printer was found to be like this."""
        self.now = lamp
        for listener in list(self._listeners):
            listener()

    def lamp(self, printer_id: str) -> PrinterState:
        return PrinterState(printer_id=printer_id, lamp=self.now)

    def on_lamp(self, listener: Callable[[], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def settle(self, job_id: str, came_out: bool) -> None:
        raise AssertionError("the workflow answers by itself")

    def reprint(self, job_id: str, *, reason: str) -> None:
        raise AssertionError("the workflow answers by itself")


def a_worker(worker_id: str, *roles: Role, language: str = "en") -> Worker:
    return Worker(
        worker_id=worker_id, name="Robin", badge="robin", pin_hash="1234", roles=frozenset(roles), language=language
    )


def a_station(kind: StationKind, ledger: FakeLedger, clock: FakeClock, lamps: Lamps) -> Station:
    return Station(
        settings=StationSettings(kind=kind, name="Bench", data_dir="unused"),
        warehouse_name="Demo warehouse",
        zone=ZoneInfo("Europe/Berlin"),
        ledger=ledger,
        store=FakeStore(),
        clock=clock,
        pins=PlainPins(),
        grants=FakeGrants(),
        jobs=ledger,
        drawer=LabelLayout(dpi=203),
        printing=lamps,
        printer_id="labels",
        words=WORDS,
    )


def packing_station(floor: PackFloor, *, lamps: Lamps | None = None, language: str = "en") -> Handset:
    """The station of a packing floor, with its packer."""
    floor.ledger.receive(a_worker(PETE, Role.PACKER, language=language))
    station = a_station(StationKind.PACKING, floor.ledger, floor.clock, lamps or Lamps())
    return Handset(ledger=floor.ledger, store=FakeStore(), clock=floor.clock, station=station)


def returns_bench(floor: BenchFloor, *, lamps: Lamps | None = None, language: str = "en") -> Handset:
    """The station of a returns floor, with its receiver."""
    floor.ledger.receive(a_worker(ROSE, Role.RECEIVER, language=language))
    station = a_station(StationKind.BENCH, floor.ledger, floor.clock, lamps or Lamps())
    return Handset(ledger=floor.ledger, store=FakeStore(), clock=floor.clock, station=station)


async def signed_in(bench: Handset) -> Picker:
    """The bench's worker, in front of its one window."""
    person = await bench.window(width=1280, height=800)
    await person.scan("W.robin", "1234")
    return person


def with_picture(floor: PackFloor | BenchFloor, **pictures: str) -> None:
    """Give products of a floor their drawings."""
    for product_id, picture in pictures.items():
        product = floor.ledger.get(Product, product_id)
        assert product is not None
        floor.ledger.receive(replace(product, picture=picture))


async def a_packer(floor: PackFloor, *, lamps: Lamps | None = None) -> Picker:
    return await signed_in(packing_station(floor, lamps=lamps))
