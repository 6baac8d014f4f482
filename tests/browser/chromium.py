"""Chromium for the journeys: one browser for a test, and the words a journey is told in (scan, press, see).

Without Chromium a journey is left out, and says so; where `CI=true` that is a failure.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import BrowserContext, Error, Locator, Page, async_playwright, expect

CALM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
FAKE_CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
APPEARS_MS = 30_000
# Flutter's switch for screen readers is a hidden element that a mouse cannot reach: it is clicked from within.
READ_ALOUD = "document.querySelector('flt-semantics-placeholder')?.click()"
READ_ALOUD_EACH_MS = 50
LOOKS_MS = 400
SIZES = {"handset": (360, 640), "bench": (1280, 800)}


def chromium_path() -> str:
    """Where Chromium is; leaves the test out when it is nowhere."""
    named = os.environ.get("FLOORHAND_CHROMIUM", "")
    found = named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail("no Chromium on this machine, and CI must not leave the browser journeys out")
    pytest.skip("no Chromium on this machine: install it, or name it in FLOORHAND_CHROMIUM")


@dataclass
class Screen:
    """One window of the station in Chromium, driven by what its user can do."""

    page: Page
    pressed_at_ms: float = 0.0

    async def open(self, url: str) -> Screen:
        """Load the page and wait until it has been drawn and can be read; so it can after each load of its own."""
        await self.page.add_init_script(f"setInterval(() => {READ_ALOUD}, {READ_ALOUD_EACH_MS})")
        await self.page.goto(url, wait_until="domcontentloaded")
        await self.readable()
        return self

    async def keys_count(self) -> None:
        """Wait until the station has drawn the page, and a key that is typed now is a key that it hears."""
        await self.page.wait_for_selector("html[data-link=ready]", state="attached", timeout=APPEARS_MS)

    async def readable(self) -> None:
        """Wait until keys count, and Flutter's semantics are on: only then are texts and buttons part of the page."""
        await self.keys_count()
        await self.until(f"{READ_ALOUD}, document.querySelector('flt-semantics-host flt-semantics') !== null")

    async def until(self, so: str, argument: Any = None, *, timeout_ms: float = APPEARS_MS) -> None:
        """Wait until an expression of JavaScript is true, also while the page loads itself anew.

        Asked from outside each time: a page that forbids `eval` forbids playwright's own way of waiting too.

        Raises:
            AssertionError: it was not within the time.
        """
        give_up_at_s = time.monotonic() + timeout_ms / 1000
        while True:
            with suppress(Error):
                if await self.page.evaluate(so, argument):
                    return
            assert time.monotonic() < give_up_at_s, f"not within {timeout_ms:g} ms: {so}"
            await asyncio.sleep(READ_ALOUD_EACH_MS / 1000)

    async def scan(self, code: str, *, gap_ms: float = 0) -> None:
        """Type a code and Enter, as a scanner does: with Shift for capitals, which `keyboard.type` leaves out."""
        for character in code:
            key = f"Shift+{character}" if character.isupper() else character
            await self.page.keyboard.press(key, delay=gap_ms)
        await self.page.keyboard.press("Enter")

    def button(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    async def press(self, name: str | re.Pattern[str], *, twice: bool = False) -> None:
        """Press a button as one who has looked for it: two at once are a double click, whose second half is dropped.

        Args:
            twice: such a double click.
        """
        await self.page.wait_for_timeout(max(0.0, self.pressed_at_ms + LOOKS_MS - time.monotonic() * 1000))
        await (self.button(name).dblclick() if twice else self.button(name).click())
        self.pressed_at_ms = time.monotonic() * 1000

    async def sees(self, text: str | re.Pattern[str], *, timeout_ms: float = APPEARS_MS) -> None:
        """Wait until a text is on the screen."""
        await expect(self._showing(text).first).to_be_visible(timeout=timeout_ms)

    async def sees_not(self, text: str | re.Pattern[str]) -> None:
        await expect(self._showing(text)).to_have_count(0)

    def _showing(self, text: str | re.Pattern[str]) -> Locator:
        """Flutter gives a text to a screen reader as the element's text, or as its label when it has parts."""
        return self.page.get_by_text(text).or_(self.page.get_by_label(text))

    async def words(self) -> str:
        """Everything that a screen reader would read."""
        script = "document.querySelector('flt-semantics-host')?.innerText ?? ''"
        return str(await self.page.evaluate(script))

    async def reads(self, pattern: str) -> re.Match[str]:
        """Wait until the words hold this; gives what was found.

        Raises:
            AssertionError: they did not within `APPEARS_MS`.
        """
        give_up_at_s = time.monotonic() + APPEARS_MS / 1000
        while (found := re.search(pattern, words := await self.words())) is None:
            assert time.monotonic() < give_up_at_s, f"nothing like {pattern!r} on the screen, but {words!r}"
            await asyncio.sleep(0.05)
        return found

    async def picture(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=str(path))


@asynccontextmanager
async def chromium(
    size: str | tuple[int, int] = "handset",
    *,
    extra: Sequence[str] = (),
    scheme: Literal["dark", "light"] = "light",
    still: bool = True,
    profile: Path | None = None,
    **context: Any,
) -> AsyncIterator[BrowserContext]:
    """A browser; closed with all its windows at the end.

    Args:
        profile: a folder that it keeps things in from one start to the next; None for one that is thrown away.
        still: its user has asked for reduced motion. A machine without a graphics card draws each frame of a motion by
            itself, and journeys wait for where it ends. At each station one journey is made in motion.
    """
    width, height = SIZES[size] if isinstance(size, str) else size
    executable = chromium_path()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as empty:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch_persistent_context(
                profile or empty,
                executable_path=executable,
                headless=True,
                args=[*CALM, *extra],
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                reduced_motion="reduce" if still else "no-preference",
                **context,
            )
            try:
                yield browser
            finally:
                with suppress(Error):
                    await browser.close()


@asynccontextmanager
async def screen(url: str, size: str | tuple[int, int] = "handset", **options: Any) -> AsyncIterator[Screen]:
    """One browser with one window on `url`."""
    async with chromium(size, **options) as browser:
        page = browser.pages[0] if browser.pages else await browser.new_page()
        yield await Screen(page).open(url)
