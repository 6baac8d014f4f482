"""The shift, giving a list on, and a station's set-up, in Chromium: three sizes, three themes, and long words."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

import flet as ft
import pytest

from app.domain.scan import Scan, Source
from app.ports import Link, LinkState
from app.workflows.answers import Sentence
from app.workflows.supervise import Supervise
from devices.clock import SystemClock
from devices.wedge import Wedge
from screens.door import Door
from screens.enrolment import EnrolmentScreen
from screens.entries import ENTRIES
from screens.opening import open_window
from screens.reassign import ReassignScreen
from screens.screen import Screen as ShownScreen
from screens.seat import Seat
from screens.station_setup import StationSetupScreen
from screens.supervisor import SupervisorScreen
from screens.theme import THEMES, ThemeName
from screens.visit import Visit
from screens.web_host import WebHost
from screens.window import Window
from tests.browser.chromium import Screen, screen
from tests.browser.film import Film
from tests.browser.gallery import ALL, LANGUAGES, PICTURES, looks_of, sticking_out
from tests.fakes.clock import SHIFT_BEGINS_UTC
from tests.fakes.store import FakeStore
from tests.screens.floor import SUE, a_bench
from tests.screens.full_shift import a_full_shift, a_shift_of_newer_handsets
from tests.screens.picker import WORDS
from tests.screens.small_station import ASSETS
from tests.screens.test_station_setup import OnePrinter

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


@asynccontextmanager
async def a_served_bench() -> AsyncIterator[tuple[str, list[Door]]]:
    """The bench's address, and the door of each page that was opened; the store shows a full shift."""
    store = FakeStore()
    store.answers["board"] = a_full_shift()
    bench = a_bench(printing=OnePrinter(), printer="zpl+tcp://printer.lan:9100")
    station = replace(bench.station, store=store)
    doors: list[Door] = []

    def first(seat: Seat) -> ShownScreen:
        doors.append(Door(seat=seat, station=station, entries=ENTRIES))
        return doors[-1].open()

    async def main(page: ft.Page, window: Window) -> None:
        open_window(page, window, station=station, wedge=Wedge(), first_screen=first)

    host = WebHost(assets_dir=ASSETS, port=0, monotonic_ms=SystemClock().monotonic_ms)

    host.draw_with(main)
    serving = asyncio.ensure_future(host.serve())
    try:
        while not host.port:
            assert not serving.done(), serving.exception()
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{host.port}/", doors
    finally:
        host.stop()
        await serving


class RefusingStore(FakeStore):
    """Holds another fact under a number of this station."""

    def state(self) -> LinkState:
        return LinkState(link=Link.REFUSED, since_utc=SHIFT_BEGINS_UTC, reason="the store holds another fact 4712")


async def nobody_answers(code: str) -> None:
    """The store is away."""


async def watching(visit: Visit) -> Supervise:
    """With the first board, so that the next picture is not that of the screen before."""
    station = visit.station
    supervise = Supervise(
        ledger=station.ledger, store=station.store, clock=station.clock, worker_id=visit.worker.worker_id
    )
    await supervise.refresh()
    return supervise


async def a_shift(visit: Visit) -> ShownScreen:
    return SupervisorScreen(visit, await watching(visit))


async def a_troubled_shift(visit: Visit) -> ShownScreen:
    store = FakeStore()
    store.answers["board"] = a_shift_of_newer_handsets()
    return await a_shift(replace(visit, station=replace(visit.station, store=store)))


async def a_reassign(visit: Visit, *codes: str) -> ShownScreen:
    supervise = await watching(visit)
    shown = ReassignScreen(visit, supervise, "P-7K3M9Q2A5X", back=lambda: SupervisorScreen(visit, supervise))
    shown.seat = visit.door.seat
    for code in codes:
        shown.on_scan(Scan(text=code, source=Source.WEDGE))
    return shown


def reassigning_after(*codes: str) -> Callable[[Visit], Awaitable[ShownScreen]]:
    return lambda visit: a_reassign(visit, *codes)


async def a_setup(visit: Visit) -> ShownScreen:
    return StationSetupScreen(visit)


async def a_refused_setup(visit: Visit) -> ShownScreen:
    station = replace(visit.station, store=RefusingStore(), enrol_anew=nobody_answers)
    return StationSetupScreen(replace(visit, station=station))


async def an_enrolment(visit: Visit) -> ShownScreen:
    back = partial(StationSetupScreen, visit)
    return EnrolmentScreen(nobody_answers, why=Sentence("enrolment.contradicts"), back=back)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One picture: its screen, a text that stands on it in every language, and what is scanned once it is there."""

    make: Callable[[Visit], Awaitable[ShownScreen]]
    seen: str = ""
    codes: tuple[str, ...] = ()
    on_the_smallest: bool = False


SIZES = ((320, 480), (360, 640), (1280, 800))
WALL = (1920, 1080)
SHOWN: dict[str, Shown] = {
    "shift": Shown(seen="13:00", make=a_shift),
    "shift-typed": Shown(seen="43:", make=a_shift, codes=("X.A.2", "X.D.4", "X.D.3")),
    "shift-people": Shown(seen="236", make=a_shift, codes=("X.A.3",)),
    "shift-turned": Shown(seen="P-3ZC6N1FY8B", make=a_shift, codes=("X.A.2", "X.SKIP", "X.SKIP")),
    "shift-stations": Shown(seen="Handset 3", make=a_shift, codes=("X.A.4",)),
    "reassign": Shown(seen="P-7K3M9Q2A5X", make=a_reassign),
    "reassign-why": Shown(seen="P-7K3M9Q2A5X", make=reassigning_after("W.boris")),
    "reassign-ok": Shown(seen="P-7K3M9Q2A5X", make=reassigning_after("W.boris", "X.A.2")),
    "shift-set-aside": Shown(seen="120", make=a_troubled_shift, codes=("X.A.1",), on_the_smallest=True),
    "shift-revoked": Shown(seen="Handset 5", make=a_troubled_shift, codes=("X.A.4",), on_the_smallest=True),
    "station": Shown(seen="Deutsch", make=a_setup),
    "station-refused": Shown(seen="4712", make=a_refused_setup, on_the_smallest=True),
    "station-anew": Shown(make=an_enrolment, on_the_smallest=True),
}


@pytest.mark.parametrize(("width", "height"), [*SIZES, WALL] if ALL else SIZES)
async def test_nothing_sticks_out_in_any_theme_or_in_long_words(width: int, height: int) -> None:
    async with a_served_bench() as (url, doors), screen(url, (width, height)) as sue:
        await sue.scan("W.sue")
        await sue.sees("Now your PIN")
        await sue.scan("1234")
        await sue.sees("96 of 158 orders")
        async with Film(sue.page) as film:
            for name, shown in SHOWN.items():
                if width < 360 and not shown.on_the_smallest:
                    continue
                for suffix in looks_of(f"{name}-{width}"):
                    door = None
                    # A page that a busy machine made load itself anew has a door of its own: there it is shown again.
                    while door is not doors[-1]:
                        await sue.readable()
                        door = doors[-1]
                        try:
                            await shows(sue, film, door, shown, suffix, called=f"{name} {suffix}")
                        except AssertionError:
                            if door is doors[-1]:
                                raise
                    assert await sticking_out(sue, width) == []
                    await sue.picture(PICTURES / f"{name}-{width}-{suffix}.png")


async def shows(sue: Screen, film: Film, door: Door, shown: Shown, suffix: str, *, called: str) -> None:
    """One screen in one look, until all of it is on the page."""
    here = replace(door.seat.look, words=WORDS[LANGUAGES.get(suffix, "en")])
    theme = ThemeName.DAY if suffix in LANGUAGES else ThemeName(suffix)
    door.seat.notice = None
    door.seat.wear(replace(here, theme=THEMES[theme]))
    door.seat.show(await shown.make(Visit(station=door.station, worker=SUE, door=door)))
    for code in shown.codes:
        await film.still()
        door.seat.take(Scan(text=code, source=Source.WEDGE))
    # A name that no screen before had: with it, all that was asked for before it is on the page.
    door.seat.who = called
    door.seat.redraw()
    await sue.sees(called)
    if shown.seen:
        await sue.sees(shown.seen)
    door.seat.who = SUE.name
    door.seat.redraw()
    await sue.sees(re.compile(f"^{SUE.name}$"))
    await film.still()
