"""Pictures of a screen in every theme, in long words and in German, for people to look at; and what sticks out."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from zlib import crc32

import flet as ft

from devices.clock import SystemClock
from devices.wedge import Wedge
from screens.door import Door
from screens.entries import ENTRIES
from screens.opening import open_window
from screens.screen import Screen as ShownScreen
from screens.seat import Seat
from screens.station import Station
from screens.theme import THEMES, ThemeName
from screens.web_host import WebHost
from screens.window import Window
from screens.wording import PSEUDO
from tests.browser.chromium import Screen, screen
from tests.browser.film import Film
from tests.screens.picker import WORDS
from tests.screens.small_station import ASSETS

LONG, GERMAN = "long", "de"
# By day, in other words than the worker's own.
LANGUAGES = {LONG: PSEUDO, GERMAN: "de"}
LOOKS = (ThemeName.NIGHT, ThemeName.DAY, ThemeName.CONTRAST, LONG, GERMAN)
# `make pictures` pictures each step in every look and at every size. The tests picture it once: at the narrowest size,
# and in one look, another than the next step's, rather in many words than in another colour. These stick out sooner.
ALL = os.environ.get("FLOORHAND_PICTURES") == "all"
TURNS = (LONG, GERMAN, ThemeName.CONTRAST, LONG, GERMAN, ThemeName.NIGHT)
IN_THE_BAR_PX = (4, 4)
PICTURES = Path(__file__).parents[2] / "screenshots"
BENCH = ((1280, 800),)
NARROW = ((320, 480), (360, 640))
# Every leaf of Flutter's semantics tree with words in it, and where it stands.
LEAVES = """() => [...document.querySelectorAll('flt-semantics')]
    .filter(node => !node.querySelector('flt-semantics') && (node.innerText || node.getAttribute('aria-label')))
    .map(node => { const box = node.getBoundingClientRect();
                   return [node.innerText || node.getAttribute('aria-label'), box.left, box.right]; })"""


# What is higher than its place, so that Flutter lets it be scrolled.
SCROLLS = """() => [...document.querySelectorAll('flt-semantics')]
    .filter(node => getComputedStyle(node).overflowY === 'scroll' && node.scrollHeight > node.clientHeight + 1)
    .map(node => node.innerText)"""


def looks_of(step: str) -> tuple[str, ...]:
    """In which looks a step is pictured: the names of themes, or of `LANGUAGES` by day."""
    return LOOKS if ALL else (TURNS[crc32(step.encode()) % len(TURNS)],)


async def sticking_out(window: Screen, width: int, *, leaves_min: int = 1) -> list[Any]:
    """What can be read and does not stand within the window: its words, where they begin and where they end.

    Raises:
        AssertionError: fewer words can be read than there should be; a blank window has nothing that sticks out.
    """
    leaves = await window.page.evaluate(LEAVES)
    assert len(leaves) >= leaves_min, leaves
    return [leaf for leaf in leaves if leaf[1] < -1 or leaf[2] > width + 1]


async def scrolling(window: Screen) -> list[Any]:
    """What is not seen at once: whoever walks in gloves scrolls nothing."""
    found: list[Any] = await window.page.evaluate(SCROLLS)
    return found


async def sign_in(window: Screen) -> None:
    """Whoever works at the benches of `tests.screens.benches`."""
    await window.sees("Scan your badge")
    await window.scan("W.robin")
    await window.sees("Type your PIN")
    await window.scan("1234")


async def pictures(
    window: Screen,
    seat: Seat,
    name: str,
    sizes: tuple[tuple[int, int], ...],
    *,
    leaves_min: int = 1,
    whole: bool = False,
) -> list[Any]:
    """Take the screen that is shown, in the looks of its step, at each size; returns what sticks out of any of them.

    Args:
        sizes: the narrowest first.
        whole: what would have to be scrolled to sticks out too.
    """
    worn = here = painted = seat.look
    outside = list[Any]()
    async with Film(window.page) as film:
        for width, height in sizes if ALL else sizes[:1]:
            await window.page.set_viewport_size({"width": width, "height": height})
            here = worn.sized(width, height)
            for worn_as in looks_of(name):
                spoken = LANGUAGES.get(worn_as)
                look = replace(here, words=WORDS[spoken]) if spoken else replace(here, theme=THEMES[ThemeName(worn_as)])
                if look.theme is painted.theme:
                    # Between two looks of one colour it could not be seen when the second has been painted.
                    between = THEMES[ThemeName.DAY if look.theme.dark else ThemeName.NIGHT]
                    seat.wear(replace(here, theme=between))
                    await film.shows(between.bar.ground, at_px=IN_THE_BAR_PX)
                seat.wear(look)
                await film.shows(look.theme.bar.ground, at_px=IN_THE_BAR_PX)
                painted = look
                outside += await sticking_out(window, width, leaves_min=leaves_min)
                outside += await scrolling(window) if whole else ()
                await window.picture(PICTURES / f"{name}-{width}-{worn_as}.png")
    seat.wear(here)
    return outside


@asynccontextmanager
async def a_window(
    station: Station, size: str | tuple[int, int] = "handset", *, extra: Sequence[str] = ()
) -> AsyncIterator[tuple[Screen, list[Seat]]]:
    """A window of a station in Chromium, and the seats that it has had, newest last.

    Args:
        extra: more switches of Chromium.
    """
    seats: list[Seat] = []

    def first(seat: Seat) -> ShownScreen:
        seats.append(seat)
        return Door(seat=seat, station=station, entries=ENTRIES).open()

    async def main(page: ft.Page, window: Window) -> None:
        open_window(page, window, station=station, wedge=Wedge(), first_screen=first)

    host = WebHost(assets_dir=ASSETS, port=0, monotonic_ms=SystemClock().monotonic_ms)

    host.draw_with(main)
    serving = asyncio.ensure_future(host.serve())
    while not host.port:
        assert not serving.done(), serving.exception()
        await asyncio.sleep(0.01)
    try:
        async with screen(f"http://127.0.0.1:{host.port}/", size, extra=extra) as window:
            yield window, seats
    finally:
        host.stop()
        await serving
