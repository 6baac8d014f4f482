"""A picker in front of a window, on a book of any size: the real screens in a real Flet session, without a browser.

The connection packs what is sent as bytes, as a web socket's does, and notes when. So a scan's time runs from the key
event of its Enter to the first patch with the answer's words in it: judged, on disk, drawn, compared and packed.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC

import flet as ft

from app.domain.codes import CodeKind, Command, printed
from app.domain.picking import PickTask
from app.domain.picklists import Picklist, PicklistState
from app.domain.products import Product
from app.domain.totes import Tote, ToteLoad, ToteLoadState
from app.domain.walk import Stage, Walk
from app.settings import StationKind, StationSettings
from app.workflows.answers import Role
from bench.books import BADGE, PIN, BenchClock
from devices.wedge import Wedge
from screens.door import Door
from screens.entries import ENTRIES
from screens.opening import open_window
from screens.screen import Screen
from screens.seat import Seat
from screens.station import Station
from screens.window import Window as SeatWindow
from sync.ledger import SqliteLedger
from tests.fakes.grants import FakeGrants
from tests.fakes.store import FakeStore
from tests.screens.harness import Window
from tests.screens.picker import WORDS, NoLabels, PlainPins


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """How long something took: by the clock on the wall, and in this process alone, where a busy machine shows less."""

    wall_ms: float
    cpu_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    at_ns: int
    cpu_ns: int


class Stamped(list[bytes]):
    """What was sent, with the moment at which each was handed over."""

    def __init__(self) -> None:
        super().__init__()
        self._moments: list[Moment] = []

    def append(self, data: bytes, /) -> None:
        self._moments.append(Moment(at_ns=time.perf_counter_ns(), cpu_ns=time.process_time_ns()))
        super().append(data)

    def clear(self) -> None:
        self._moments.clear()
        super().clear()

    def first_with(self, part: bytes) -> Moment | None:
        return next((moment for moment, data in zip(self._moments, self, strict=True) if part in data), None)


@dataclass
class Picker:
    """Somebody who walks one list after the other."""

    ledger: SqliteLedger
    window: Window
    seat: Seat
    sent: Stamped = field(default_factory=Stamped)

    def __post_init__(self) -> None:
        self.window.wire.patches = self.sent

    @classmethod
    async def at(cls, ledger: SqliteLedger) -> Picker:
        """A window of this station, with its worker signed in and the first list begun."""
        station = _station(ledger)
        seats: list[Seat] = []

        def first(seat: Seat) -> Screen:
            seats.append(seat)
            return Door(seat=seat, station=station, entries=ENTRIES).open()

        def main(page: ft.Page) -> None:
            open_window(page, SeatWindow("bench"), station=station, wedge=Wedge(), first_screen=first)

        picker = cls(ledger, await Window.open(main), seats[0])
        for code in (printed(CodeKind.BADGE, BADGE), PIN, printed(CodeKind.COMMAND, Command.GET_WORK)):
            await picker.window.scan(code)
            await picker.window.settle()
        return picker

    async def scan(self) -> Took | None:
        """Scan what the walk asks for; gives the time from Enter to the answer.

        None where a list ends: what comes then is another screen.

        Raises:
            RuntimeError: the scan was not answered well; names what was scanned and said.
        """
        walk = self._walk()
        code = self._next_code(walk)
        for letter in code:
            await self.window.key(letter.upper(), shift=letter.isupper())
        self.sent.clear()
        began_cpu_ns, began_ns = time.process_time_ns(), time.perf_counter_ns()
        await self.window.key("Enter")
        if walk is None or walk.here is None:
            await self.window.settle()
            return None
        notice = self.seat.notice
        said = self.seat.look.words.text(notice.sentence) if notice is not None else ""
        answered = self.sent.first_with(said.encode()) if said else None
        if notice is None or answered is None or notice.role is not Role.GO:
            raise RuntimeError(f"{code} was answered with {notice}")
        await self.window.settle()
        return Took(wall_ms=(answered.at_ns - began_ns) / 1e6, cpu_ms=(answered.cpu_ns - began_cpu_ns) / 1e6)

    def _walk(self) -> Walk | None:
        """The list that is walked now, as the book has it."""
        screen = self.seat.screen
        picklist = self.ledger.get(Picklist, screen.title) if screen and isinstance(screen.title, str) else None
        if picklist is None or picklist.state is not PicklistState.IN_PROGRESS:
            return None
        loads = (load for load in self.ledger.all(ToteLoad) if load.picklist_id == picklist.picklist_id)
        tasks = self.ledger.all(PickTask, parent=picklist.picklist_id)
        return Walk(picklist=picklist, tasks=tuple(tasks), loads=tuple(loads))

    def _next_code(self, walk: Walk | None) -> str:
        if walk is None:
            return printed(CodeKind.COMMAND, Command.GET_WORK)
        task = walk.here
        if task is None:
            return printed(CodeKind.COMMAND, Command.FINISH)
        if walk.stage is Stage.BIN:
            return printed(CodeKind.LOCATION, task.location_id)
        if walk.stage is Stage.ITEM:
            product = self.ledger.get(Product, task.product_id)
            assert product is not None
            return product.packs[0].code
        load = walk.load_of(task.order_id)
        if load is not None:
            return printed(CodeKind.TOTE, load.tote_id)
        used = {load.tote_id for load in self.ledger.all(ToteLoad) if load.state is not ToteLoadState.EMPTIED}
        return printed(CodeKind.TOTE, next(tote.tote_id for tote in self.ledger.all(Tote) if tote.tote_id not in used))


def _station(ledger: SqliteLedger) -> Station:
    return Station(
        settings=StationSettings(kind=StationKind.HANDSET, name="Bench", data_dir="unused"),
        warehouse_name="Bench",
        zone=UTC,
        ledger=ledger,
        store=FakeStore(),
        clock=BenchClock(),
        pins=PlainPins(),
        grants=FakeGrants(),
        jobs=ledger,
        drawer=NoLabels(),
        words=WORDS,
    )
