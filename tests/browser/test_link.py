"""The link between a window and its station, cut and mended, in the real client."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
from playwright.async_api import Route, expect

from tests.browser.chromium import Screen, chromium, screen
from tests.browser.cut_cable import Cable
from tests.screens.small_station import SmallStation, small_station

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

HIDE_OR_SHOW = """hidden => {
    Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
TYPE_UNTIL_AWAKE = """async () => {
    const type = key => ["keydown", "keyup"].forEach(kind =>
        window.dispatchEvent(new KeyboardEvent(kind, { key, code: key, bubbles: true, cancelable: true })));
    window.typed = 0;
    do { type("1"); window.typed += 1; await new Promise(done => setTimeout(done, 40)); }
    while (document.documentElement.dataset.link !== "ready");
    type("2");
    type("Enter");
}"""

BANNER = "Not connected to the station. Wait."


@dataclass
class Floor:
    station: SmallStation
    cable: Cable
    screen: Screen

    async def sees_the_banner(self) -> None:
        await expect(self.screen.page.locator("#link-banner")).to_have_text(BANNER, timeout=10_000)

    async def loads_itself_anew(self) -> None:
        await expect(self.screen.page.locator("#link-banner")).to_have_count(0, timeout=20_000)
        await self.screen.readable()


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    async with AsyncExitStack() as stack:
        station = await stack.enter_async_context(small_station())
        cable = await stack.enter_async_context(Cable.to(station.host.port))
        window = await stack.enter_async_context(screen(cable.url))
        await window.sees("Scan anything")
        yield Floor(station, cable, window)


async def test_keys_typed_while_the_cable_is_out_are_dropped_and_said(floor: Floor) -> None:
    for key in ("Shift", "ArrowDown", "F9", "Backspace", "Control+Z", "Delete", "Escape"):
        await floor.screen.page.keyboard.press(key)
    # Once the scan has been taken, the keys before it have been heard too, and none of them can be among the dropped.
    await floor.screen.scan('Aa-1_2:"x')
    await floor.screen.sees('Taken: Aa-1_2:"x')

    floor.cable.pull()
    await floor.sees_the_banner()
    await floor.screen.scan("12345")
    floor.cable.mend()

    await floor.loads_itself_anew()
    await floor.screen.sees("6 keys were dropped while away")
    await floor.screen.sees("count 1")
    assert floor.station.shelf.scans == ['Aa-1_2:"x']

    await floor.screen.scan("again")
    await floor.screen.sees("count 2")


async def test_a_scan_that_fell_into_a_black_hole_does_not_count_when_it_comes_out(floor: Floor) -> None:
    floor.cable.swallow()
    await floor.screen.scan("1234")
    await floor.sees_the_banner()
    await floor.screen.scan("12")
    floor.station.clock.skip_ms += 60_000
    floor.cable.mend()

    await floor.loads_itself_anew()
    await floor.screen.sees("8 keys were dropped while away")
    await floor.screen.sees("count 0")
    assert floor.station.shelf.scans == []


async def test_a_short_hiccup_is_not_worth_a_word(floor: Floor) -> None:
    floor.cable.swallow()
    await floor.screen.scan("1234")
    floor.cable.mend()

    await floor.screen.sees("count 1")
    assert await floor.screen.page.locator("#link-banner").count() == 0
    assert len(floor.station.shelf.seats) == 1


async def test_a_client_that_breaks_while_it_loads_is_loaded_again(floor: Floor) -> None:
    broken: list[str] = []

    async def breaks_twice(route: Route) -> None:
        broken.append(route.request.url)
        await (route.abort() if len(broken) < 3 else route.continue_())

    await floor.screen.page.route("**/FontManifest.json", breaks_twice)
    await floor.screen.page.reload()
    await floor.screen.readable()
    await floor.screen.scan("4711")
    await floor.screen.sees("count 1")
    assert len(broken) == 3


async def test_a_dropped_connection_alone_loads_the_page_anew(floor: Floor) -> None:
    floor.cable.pull()
    floor.cable.mend()

    await floor.screen.page.wait_for_event("load")
    await floor.screen.readable()
    await floor.screen.scan("4711")
    await floor.screen.sees("count 1")
    assert len(set(floor.station.shelf.seats)) == 1
    assert len(floor.station.shelf.seats) == 2


async def test_the_window_keeps_its_seat_over_a_cut_and_a_reload(floor: Floor) -> None:
    floor.cable.pull()
    await floor.sees_the_banner()
    floor.cable.mend()
    await floor.loads_itself_anew()
    await floor.screen.page.reload()
    await floor.screen.readable()
    await floor.screen.sees("Scan anything")

    assert len(set(floor.station.shelf.seats)) == 1
    assert len(floor.station.shelf.seats) >= 3


async def test_a_key_typed_before_the_screen_is_ready_is_said() -> None:
    async with small_station() as station, chromium() as browser:
        page = browser.pages[0]
        await page.goto(station.url, wait_until="commit")
        # Before that there is a splash and nobody who hears keys.
        await page.wait_for_selector("html[data-link=loading]", state="attached")
        await page.keyboard.press("7")
        window = Screen(page)
        await window.readable()

        await window.sees("1 key was dropped while away")
        assert station.shelf.scans == []


async def test_of_a_code_that_is_scanned_while_the_page_wakes_nothing_counts_not_even_its_end(floor: Floor) -> None:
    page = floor.screen.page
    await page.evaluate(HIDE_OR_SHOW, True)
    floor.cable.swallow()
    await page.evaluate(HIDE_OR_SHOW, False)
    typing = asyncio.ensure_future(page.evaluate(TYPE_UNTIL_AWAKE))
    await page.wait_for_selector("html[data-link=waking]", state="attached")
    await page.wait_for_function("window.typed > 2")
    floor.cable.mend()
    await typing

    await floor.screen.sees("dropped while away")
    assert floor.station.shelf.scans == []
    await floor.screen.scan("4711")
    await floor.screen.sees("count 1")


async def test_a_scanners_enter_does_not_press_the_button_that_has_the_focus(floor: Floor) -> None:
    await floor.screen.button("Press me").focus()

    await floor.screen.scan("4711")
    await floor.screen.sees("count 1")
    await floor.screen.page.keyboard.press("Tab")
    await floor.screen.scan("4712")
    await floor.screen.sees("count 2")

    assert floor.station.shelf.presses == 0


async def test_what_a_person_types_is_seen_before_its_enter_and_can_be_taken_back(floor: Floor) -> None:
    keyboard = floor.screen.page.keyboard
    for key in "479":
        await keyboard.press(key, delay=250)
    await floor.screen.sees("Typed: 479")
    await keyboard.press("Backspace")
    await floor.screen.sees(re.compile(r"Typed: 47\b"))
    await floor.screen.scan("11")
    await floor.screen.sees("count 1")

    assert floor.station.shelf.scans == ["4711"]


async def test_two_windows_of_one_browser_are_two_seats() -> None:
    async with small_station() as station, chromium() as browser:
        for page in (browser.pages[0], await browser.new_page()):
            await (await Screen(page).open(station.url)).sees("Scan anything")

    assert len(set(station.shelf.seats)) == 2


async def test_the_page_asks_nothing_of_the_internet() -> None:
    async with small_station() as station, chromium() as browser:
        page, asked = browser.pages[0], []
        page.on("request", lambda request: asked.append(request.url))
        await (await Screen(page).open(station.url)).sees("Scan anything")
        foreign = [url for url in asked if not url.startswith((station.url, "blob:", "data:"))]

    assert asked
    assert foreign == []


async def test_no_fault_of_the_program_is_read_on_the_screen(floor: Floor) -> None:
    await floor.screen.scan("bug")

    await floor.screen.sees("That did not work")
    assert "line 17" not in await floor.screen.words()
