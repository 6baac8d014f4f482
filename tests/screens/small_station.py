"""The smallest station that has a screen: it counts the scans that it took, and remembers them over reloads."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import flet as ft

from app.domain.scan import Scan
from app.errors import WrongLocation
from app.ports import Link, Tone
from app.workflows.answers import Answer, Prompt, Sentence, Step, StepState
from devices.wedge import Wedge
from screens.look import Look
from screens.screen import Action, Screen
from screens.seat import Lamp, Seat
from screens.shell import open_shell
from screens.theme import THEMES, ThemeName
from screens.web_host import WebHost
from screens.window import Window
from screens.wording import Wording, flatten, load, pseudo

ROOT = Path(__file__).parents[2]
ASSETS = ROOT / "assets"
WORDS = {
    "small": {
        "scan": "Scan anything",
        "step": "anything",
        "taken": "Taken: {text}",
        "press": "Press me",
        "pressed": "Somebody pressed",
        "title": "Small station",
    }
}


class SkippingClock:
    """The real clock, with a jump: `skip_ms` is added to it."""

    boot_id = "boot"

    def __init__(self) -> None:
        self.skip_ms = 0

    def now_utc(self) -> datetime:
        return datetime.now(UTC)

    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000 + self.skip_ms

    def new_id(self) -> str:
        return f"id-{time.monotonic_ns()}"


class HeardTones:
    def __init__(self) -> None:
        self.tones: list[Tone] = []

    def play(self, tone: Tone) -> None:
        self.tones.append(tone)


@dataclass
class Shelf:
    """What this station has recorded; it outlives every window."""

    scans: list[str] = field(default_factory=list)
    presses: int = 0
    seats: list[str] = field(default_factory=list)


class CountingScreen(Screen):
    """Takes every scan but those that begin with `no`; breaks on `bug`."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    @property
    def title(self) -> Sentence | str:
        return Sentence("small.title")

    def prompt(self, look: Look) -> Prompt | None:
        return Prompt(sentence=Sentence("small.scan"), steps=(Step("small.step", StepState.NOW),))

    def actions(self) -> tuple[Action, ...]:
        return (Action(key="small.press", icon=ft.Icons.TOUCH_APP, on_tap=self._press),)

    def build(self, look: Look) -> ft.Control:
        return ft.Column(
            expand=True,
            controls=[ft.Text(f"count {len(self._shelf.scans)}"), ft.Text(f"presses {self._shelf.presses}")],
        )

    def on_scan(self, scan: Scan) -> Answer:
        if scan.text.startswith("no"):
            raise WrongLocation(expected="A-12-03", scanned=scan.text)
        if scan.text == "bug":
            raise ZeroDivisionError("division by zero in line 17")
        self._shelf.scans.append(scan.text)
        return Answer.good("small.taken", text=scan.text)

    def _press(self) -> Answer:
        self._shelf.presses += 1
        return Answer.good("small.pressed")


def words(language: str = "en") -> Wording:
    loaded, own = load(ASSETS / "words"), flatten(WORDS)
    if language == "qps":
        own = {key: pseudo(str(text)) for key, text in own.items()}
    return Wording(language, {**loaded[language].words, **own}, loaded["en"].words)


def a_seat(
    page: ft.Page,
    *,
    seat_id: str = "seat",
    theme: ThemeName = ThemeName.DAY,
    language: str = "en",
    clock: SkippingClock | None = None,
    lamp: Lamp | None = None,
) -> tuple[Seat, HeardTones]:
    """A seat with the real wedge and a chime that remembers."""
    tones = HeardTones()
    seat = Seat(
        page=page,
        seat_id=seat_id,
        look=Look(words=words(language), theme=THEMES[theme]),
        wedge=Wedge(),
        chime=tones,
        clock=clock or SkippingClock(),
        lamp=lambda: lamp or Lamp(link=Link.ONLINE, owed=0),
    )
    return seat, tones


@dataclass
class SmallStation:
    """A served station; `shelf` is its book."""

    host: WebHost
    shelf: Shelf
    clock: SkippingClock

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.host.port}/"


@asynccontextmanager
async def small_station() -> AsyncIterator[SmallStation]:
    """A station on a free port of this machine, served within the running loop."""
    shelf, clock = Shelf(), SkippingClock()

    async def main(page: ft.Page, window: Window) -> None:
        seat, _ = a_seat(page, seat_id=window.seat_id, clock=clock)
        shelf.seats.append(window.seat_id)
        open_shell(seat)
        seat.show(CountingScreen(shelf))
        window.on_keys_dropped(seat.keys_dropped)

    host = WebHost(assets_dir=ASSETS, port=0, monotonic_ms=clock.monotonic_ms)

    host.draw_with(main)
    serving = asyncio.ensure_future(host.serve())
    try:
        await host.listening.wait()
        yield SmallStation(host, shelf, clock)
    finally:
        host.stop()
        await serving
