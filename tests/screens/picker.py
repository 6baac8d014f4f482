"""A picker's handset without a browser: one window, a book in memory, the real screens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import flet as ft

from app.domain.picking import PickTask
from app.domain.rows import Row
from app.domain.workers import Role, Worker
from app.ports import CodeReader, Tone
from app.settings import StationKind, StationSettings
from devices.wedge import Wedge
from screens.door import Door
from screens.entries import ENTRIES
from screens.look import Look
from screens.seat import DOUBLE_TAP_MS, Lamp, Seat
from screens.shell import open_shell
from screens.station import Station
from screens.theme import THEMES, ThemeName
from screens.wording import load
from tests.fakes.clock import FakeClock
from tests.fakes.grants import FakeGrants
from tests.fakes.ledger import FakeLedger
from tests.fakes.picking import ANNA, BINS, PRODUCTS, TOTES, a_list
from tests.fakes.store import FakeStore
from tests.screens.harness import Window

WORDS = load(Path(__file__).parents[2] / "assets" / "words")


class PlainPins:
    async def matches(self, pin_hash: str, pin: str) -> bool:
        return pin_hash == pin


class Tones:
    """A chime that remembers what it played."""

    def __init__(self) -> None:
        self.heard: list[Tone] = []

    def play(self, tone: Tone) -> None:
        self.heard.append(tone)


class NoLabels:
    """A handset draws no labels."""

    def preview_png(self, intent: object) -> bytes:
        return b""

    def printer_bytes(self, intent: object) -> bytes:
        return b""


def anna(**facts: Any) -> Worker:
    values: dict[str, Any] = {"roles": frozenset({Role.PICKER}), "language": "en", **facts}
    return Worker(worker_id=ANNA, name="Anna", badge="anna", pin_hash="1234", **values)


@dataclass
class Handset:
    """One station and its store; open windows on it."""

    ledger: FakeLedger
    store: FakeStore
    clock: FakeClock
    station: Station
    theme: ThemeName = ThemeName.DAY
    language: str = "en"

    async def window(self, seat_id: str = "seat-1", *, width: int = 360, height: int = 640) -> Picker:
        """A page that opens, or is loaded again: what is on its screen comes from the book alone."""
        tones = Tones()
        seats: list[Seat] = []

        def main(page: ft.Page) -> None:
            seat = Seat(
                page=page,
                seat_id=seat_id,
                look=Look(words=WORDS[self.language], theme=THEMES[self.theme]),
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


@dataclass
class Picker:
    """Somebody in front of one window."""

    window: Window
    seat: Seat
    tones: Tones

    async def scan(self, *codes: str) -> None:
        for code in codes:
            await self.window.scan(code)
            await self.window.settle()

    async def tap(self, key: str) -> None:
        """A tap that is meant: a person looks before it, where a double click does not."""
        assert isinstance(self.seat.clock, FakeClock)
        self.seat.clock.advance(ms=DOUBLE_TAP_MS)
        await self.window.tap(key)

    def sees(self, text: str) -> bool:
        return self.window.shows(text)

    def strip(self) -> str:
        """Which role the strip has: `go`, `wrong`… or `waiting`."""
        names = [str(c.identifier) for c in self.window.controls() if isinstance(c, ft.Semantics)]
        return next(name.removeprefix("strip-") for name in names if name.startswith("strip-"))

    def texts(self) -> list[str]:
        return self.window.texts()


def a_handset(
    *tasks: PickTask, worker: Worker | None = None, rows: tuple[Row, ...] = (), reader: CodeReader | None = None
) -> Handset:
    """A handset with one leased list of these tasks, and Anna with PIN 1234."""
    clock, store = FakeClock(), FakeStore()
    lists = (a_list(len(tasks)), *tasks) if tasks else ()
    ledger = FakeLedger((*PRODUCTS, *BINS, *TOTES, worker or anna(), *lists, *rows), clock=clock)
    store.answers["get_work"] = {"picklist_ids": ["P-1042"], "current": "P-1042"} if tasks else {}
    station = Station(
        settings=StationSettings(kind=StationKind.HANDSET, name="Handset 1", data_dir="unused"),
        warehouse_name="Demo warehouse",
        zone=UTC,
        ledger=ledger,
        store=store,
        clock=clock,
        pins=PlainPins(),
        grants=FakeGrants(),
        jobs=ledger,
        drawer=NoLabels(),
        reader=reader,
        words=WORDS,
    )
    return Handset(ledger=ledger, store=store, clock=clock, station=station)


async def a_picker(*tasks: PickTask, **facts: Any) -> tuple[Handset, Picker]:
    """Anna, signed in and in front of her list."""
    handset = a_handset(*tasks, **facts)
    picker = await handset.window()
    await picker.scan("W.anna", "1234", "X.GETWORK")
    return handset, picker
