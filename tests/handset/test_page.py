"""The page of a station that lives in a browser: where it may not run, what it says; and how it hears a scanner."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from app.domain.codes import CodeKind, Command, printed
from demo.shift import IN_THE_BROWSER, Size
from handset.build import PAGE, build
from tests.browser.chromium import Screen, chromium
from tests.journeys.handsets import Handset, Kind, a_handset, a_shift_with
from tests.journeys.shift_rig import ShiftRig

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

NOTHING_TO_DO = Size(orders=0, shipped=0, returns=0)
APPEARS_MS = 30_000


@asynccontextmanager
async def a_shift_in_a_page(folder: Path) -> AsyncIterator[ShiftRig]:
    async with a_shift_with(Kind.IN_A_PAGE, folder, NOTHING_TO_DO) as rig:
        yield rig


async def says(page: Page, words: str) -> None:
    await expect(page.locator("#splash p")).to_contain_text(words, timeout=APPEARS_MS)


async def test_a_second_window_says_that_the_first_is_open_and_goes_on_when_that_one_is_closed(tmp_path: Path) -> None:
    async with a_shift_in_a_page(tmp_path) as rig, a_handset(rig, tmp_path) as handset:
        first = handset.screen.page
        second = await first.context.new_page()
        await second.goto(rig.shift.addresses[IN_THE_BROWSER])
        await says(second, "open in another window")
        await first.close()
        await Screen(second).readable()
        await Screen(second).sees("Scan your badge")


LACKS = {
    "insecure": ("Object.defineProperty(window, 'isSecureContext', {value: false})", "not secure"),
    "locks": ("delete Navigator.prototype.locks", "too old for Floorhand"),
    "files": ("delete StorageManager.prototype.getDirectory", "Missing: Origin Private File System"),
    "refused": (
        "StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException('no'))",
        "keeps nothing",
    ),
}


async def test_where_a_station_cannot_live_the_page_says_why_and_takes_no_scan(tmp_path: Path) -> None:
    async with a_shift_in_a_page(tmp_path) as rig, chromium("handset") as browser:
        for lacking, words in LACKS.values():
            page = await browser.new_page()
            await page.add_init_script(lacking)
            await page.goto(rig.shift.addresses[IN_THE_BROWSER])
            await says(page, words)
            assert await page.evaluate("globalThis.station === undefined")
            await page.close()


async def test_an_input_method_s_scanner_signs_in_and_a_keyboard_s_goes_on_beside_it(tmp_path: Path) -> None:
    async with a_shift_in_a_page(tmp_path) as rig, a_handset(rig, tmp_path, has_touch=True, is_mobile=True) as handset:
        screen = handset.screen
        wire = await screen.page.context.new_cdp_session(screen.page)
        person = next(worker for worker in rig.warehouse.workers if worker["name"] == "Ada")
        badge = printed(CodeKind.BADGE, person["badge"])
        assert await screen.page.evaluate("document.activeElement.id") == "ime"
        assert await screen.page.evaluate("document.activeElement.inputMode") == "none"

        # As DataWedge writes it: composed, and then committed as a whole; the end is a key.
        await wire.send("Input.imeSetComposition", {"text": badge[:3], "selectionStart": 3, "selectionEnd": 3})
        await wire.send("Input.insertText", {"text": badge})
        await screen.page.keyboard.press("Enter")
        await screen.sees("Type your PIN")

        for digit in person["pin"]:
            await rig.command(screen, Command(f"D.{digit}"))
        # In one go, with its end in it.
        await wire.send("Input.insertText", {"text": printed(CodeKind.COMMAND, Command.OK) + "\n"})
        await screen.sees("Good shift, Ada")
        assert await screen.page.evaluate("document.getElementById('ime').value") == ""


async def test_a_new_release_comes_by_itself_once_nobody_is_in_the_middle_of_anything(tmp_path: Path) -> None:
    async with a_shift_in_a_page(tmp_path) as rig:
        site = tmp_path / "site"
        assert rig.shift.site is not None
        shutil.copytree(rig.shift.site, site)
        await rig.shift.store.stop()
        rig.shift.store.env["FLOORHAND_STORE_SITE"] = str(site)
        await rig.shift.store.start()
        async with a_handset(rig, tmp_path) as handset:
            await handset.screen.page.evaluate("window.beforeTheRelease = true")
            await a_newer_release(site, tmp_path)
            await handset.screen.page.evaluate("lookForRelease()")
            await handset.screen.until(
                "window.beforeTheRelease === undefined && document.title.endsWith('newer')", timeout_ms=60_000
            )
            await handset.screen.readable()
            await handset.screen.sees("Scan your badge")
            await the_one_before_is_let_go(handset)


async def a_newer_release(site: Path, folder: Path) -> None:
    page = folder / "page"
    shutil.copytree(PAGE, page)
    boot = page / "boot.js"
    boot.write_text(boot.read_text() + "\nsetInterval(() => { document.title = 'Floorhand, newer'; }, 100);\n")
    build(site, page=page, quality=None)


async def the_one_before_is_let_go(handset: Handset) -> None:
    await handset.screen.until(
        "caches.keys().then((names) => names.filter((name) => name.startsWith('floorhand-release-')).length === 1)"
    )


async def test_a_code_that_was_used_is_said_and_another_one_can_be_scanned(tmp_path: Path) -> None:
    async with a_shift_in_a_page(tmp_path) as rig, chromium("handset") as browser:
        address = rig.shift.addresses[IN_THE_BROWSER]
        screen = await Screen(browser.pages[0]).open(f"{address}#code=NOSUCHCODE")
        await screen.sees("This device is not known yet")
        await screen.sees("enrolment code is not known")
        async with rig.shop() as shop:
            code = await shop.enrolment_code("handset", "Trolley 7")
        await screen.scan(printed(CodeKind.ENROLMENT, code))
        # Nobody has said a name here: it is called as the code was meant.
        await screen.sees("Trolley 7")
        await screen.sees("Scan your badge")
        assert "code" not in await screen.page.evaluate("location.href")
