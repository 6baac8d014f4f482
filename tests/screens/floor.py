"""A supervisor's bench without a browser: the real door and screens over a board that a test moves."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import flet as ft

from app.domain.rows import Row
from app.domain.workers import Role, Worker
from app.errors import StoreUnreachable
from app.settings import StationKind, StationSettings
from devices.wedge import Wedge
from screens.door import Door
from screens.entries import ENTRIES
from screens.look import Look
from screens.seat import Lamp, Seat
from screens.shell import open_shell
from screens.station import Printing, Station
from screens.supervisor import SupervisorScreen
from screens.theme import THEMES, ThemeName
from tests.fakes.clock import SHIFT_BEGINS_UTC, FakeClock
from tests.fakes.grants import FakeGrants
from tests.fakes.ledger import FakeLedger
from tests.fakes.picking import PRODUCTS
from tests.fakes.store import FakeStore
from tests.screens.harness import Window
from tests.screens.picker import WORDS, NoLabels, Picker, PlainPins, Tones

NOW_UTC = SHIFT_BEGINS_UTC + timedelta(hours=7, minutes=2)


def iso(moment: datetime) -> str:
    return moment.isoformat()


def a_worker(name: str, *roles: Role, **facts: Any) -> Worker:
    return Worker(
        worker_id=f"W-{name}", name=name.title(), badge=name, pin_hash="1234", roles=frozenset(roles), **facts
    )


SUE = a_worker("sue", Role.SUPERVISOR)
ANNA, BORIS, PETRA = (
    a_worker("anna", Role.PICKER),
    a_worker("boris", Role.PICKER),
    a_worker("petra", Role.PACKER),
)


def a_cutoff(hour: int = 16, **facts: Any) -> dict[str, Any]:
    return {
        "ship_by_utc": iso(NOW_UTC.replace(hour=hour, minute=0)),
        "channels": ["shop"],
        "orders_done": 42,
        "orders_total": 60,
        "lines_done": 101,
        "lines_total": 150,
        "projected_finish_utc": iso(NOW_UTC.replace(hour=hour - 1, minute=48)),
        "risk": "ok",
        **facts,
    }


def a_person(name: str, **facts: Any) -> dict[str, Any]:
    return {
        "worker_id": f"W-{name}",
        "name": name.title(),
        "roles": ["picker"],
        "station_id": None,
        "picklist_id": None,
        "doing": "idle",
        "last_fact_at_utc": iso(NOW_UTC - timedelta(minutes=3)),
        "lines_today": 12,
        "cartons_today": 0,
        "units_today": 30,
        "near_misses_today": 1,
        **facts,
    }


def a_list(number: int = 1042, **facts: Any) -> dict[str, Any]:
    return {
        "picklist_id": f"P-{number}",
        "number": number % 1000,
        "zone": "A",
        "state": "in_progress",
        "worker_id": "W-anna",
        "station_id": "K1",
        "tasks_done": 3,
        "tasks_total": 12,
        "ship_by_utc": iso(NOW_UTC.replace(hour=16, minute=0)),
        **facts,
    }


def an_exception(kind: str = "short_pick", *, minutes_ago: int = 12, **facts: Any) -> dict[str, Any]:
    return {
        "discrepancy_id": "D-1",
        "number": 7,
        "kind": kind,
        "addressee": "picker",
        "remedy": "recount",
        "raised_at_utc": iso(NOW_UTC - timedelta(minutes=minutes_ago)),
        "facts": {"product_id": "socks", "location_id": "A-12-03-2", "missing_each": "3"},
        **facts,
    }


def a_station(name: str, kind: str = "handset", **facts: Any) -> dict[str, Any]:
    return {
        "station_id": name,
        "name": name,
        "kind": kind,
        "last_seen_utc": iso(NOW_UTC - timedelta(seconds=4)),
        "owed_count": 0,
        "owed_since_utc": None,
        "app_version": "0.1.0",
        **facts,
    }


def a_board(**facts: Any) -> dict[str, Any]:
    return {
        "as_of_utc": iso(NOW_UTC),
        "warehouse": {"id": "W1", "name": "Demo", "time_zone": "Europe/Berlin"},
        "cutoffs": [a_cutoff()],
        "zones": [{"zone": "A", "lines_done": 34, "lines_total": 80}],
        "people": [
            a_person("anna", doing="picking", picklist_id="P-1042", station_id="K1"),
            a_person("boris"),
            a_person("petra", roles=["packer"], doing="packing"),
        ],
        "picklists": [a_list()],
        "exceptions": [],
        "stations": [a_station("K1")],
        "pace": [],
        **facts,
    }


class BoardStore(FakeStore):
    """Gives each board that a test posts, once; whoever asks for the next waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.boards: asyncio.Queue[dict[str, Any] | Exception] = asyncio.Queue()
        self.waiting = 0
        self.most_waiting = 0

    async def board(self) -> dict[str, Any]:
        self.waiting += 1
        self.most_waiting = max(self.most_waiting, self.waiting)
        try:
            board = await self.boards.get()
        finally:
            self.waiting -= 1
        if isinstance(board, Exception):
            raise board
        return board


@dataclass
class Bench:
    """The station where supervisors sit."""

    ledger: FakeLedger
    store: BoardStore
    clock: FakeClock
    station: Station
    theme: ThemeName = ThemeName.DAY
    windows: list[Picker] = field(default_factory=list)

    async def window(self, seat_id: str = "seat-1", *, width: int = 1280, height: int = 800) -> Picker:
        tones = Tones()
        seats: list[Seat] = []

        def main(page: ft.Page) -> None:
            seat = Seat(
                page=page,
                seat_id=seat_id,
                look=Look(words=WORDS["en"], theme=THEMES[self.theme]),
                wedge=Wedge(),
                chime=tones,
                clock=self.clock,
                lamp=lambda: Lamp(link=self.store.state().link, owed=self.ledger.owed_count()),
            )
            open_shell(seat)
            seat.show(Door(seat=seat, station=self.station, entries=ENTRIES).open())
            seats.append(seat)

        window = await Window.open(main, width=width, height=height)
        return Picker(window=window, seat=seats[0], tones=tones)

    async def signed_in(self, name: str = "sue", *, width: int = 1280, height: int = 800) -> Picker:
        """Somebody with badge and PIN 1234; a supervisor's screen then asks without a pause between two boards."""
        person = await self.window(width=width, height=height)
        await person.scan(f"W.{name}", "1234")
        screen = person.seat.screen
        if isinstance(screen, SupervisorScreen):
            screen.every_s = 0
        return person

    async def post(self, person: Picker, *boards: dict[str, Any] | Exception) -> None:
        """The store answers, and the window has had time to draw it."""
        for board in boards:
            self.store.boards.put_nowait(board)
            await person.window.settle()
            await person.window.settle()

    async def store_away(self, person: Picker, *, for_s: float) -> None:
        """The store is silent for so long; then the window's question fails."""
        self.clock.advance(s=for_s)
        await self.post(person, StoreUnreachable())


def a_bench(*, rows: Iterable[Row] = (), printing: Printing | None = None, **settings: Any) -> Bench:
    clock, store = FakeClock(), BoardStore()
    ledger = FakeLedger((*PRODUCTS, SUE, ANNA, BORIS, PETRA, *rows), station_id="ST-7F3A", clock=clock)
    station = Station(
        settings=StationSettings(kind=StationKind.BENCH, name="Bench 1", data_dir="unused", **settings),
        warehouse_name="Demo warehouse",
        zone=ZoneInfo("Europe/Berlin"),
        ledger=ledger,
        store=store,
        clock=clock,
        pins=PlainPins(),
        grants=FakeGrants(),
        jobs=ledger,
        drawer=NoLabels(),
        printing=printing,
        printer_id="label" if printing else "",
        engines={"zxing-cpp": "3.1.0", "pyzbar": ""},
        words=WORDS,
    )
    return Bench(ledger=ledger, store=store, clock=clock, station=station)


async def a_watch(**facts: Any) -> tuple[Bench, Picker]:
    """Sue is signed in, and the first board has come."""
    bench = a_bench()
    sue = await bench.signed_in()
    await bench.post(sue, a_board(**facts))
    return bench, sue
