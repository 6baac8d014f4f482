"""The two handsets there are: one whose station is a process that serves a browser, and one that lives in a browser."""

from __future__ import annotations

import asyncio
import atexit
import functools
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import Any

import psutil
from playwright.async_api import BrowserContext

from demo.shift import IN_THE_BROWSER, Size
from handset.build import build
from tests.browser.chromium import Screen, chromium
from tests.journeys.shift_books import eventually
from tests.journeys.shift_rig import ShiftRig, a_shift

COMES_BACK_S = 60


class Kind(StrEnum):
    SERVED = "served"
    IN_A_PAGE = "in_a_page"


BOTH = tuple(Kind)


@functools.cache
def the_site() -> Path:
    """Built once for this process, which throws it away at its end; others build theirs meanwhile."""
    folder = Path(tempfile.mkdtemp(prefix="floorhand-site-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    build(folder / "site", quality=None)
    return folder / "site"


@asynccontextmanager
async def a_shift_with(kind: Kind, folder: Path, size: Size, *stations: str) -> AsyncIterator[ShiftRig]:
    """A shift whose handset is of this kind: one in a page has no process, but the site that it comes from.

    Args:
        stations: those beside the handset.
    """
    if kind is Kind.SERVED:
        async with a_shift(folder / "shift", size, "handset", *stations) as rig:
            yield rig
        return
    async with a_shift(folder / "shift", size, *(stations or ("none",)), site=the_site()) as rig:
        rig.profiles["handset"] = folder / "profile"
        yield rig


class Handset:
    """A device with a browser in somebody's hand.

    Args:
        options: of `chromium`.

    `screen` is its window; another one after each start of the browser.
    """

    screen: Screen
    _browser: BrowserContext

    def __init__(self, rig: ShiftRig, profile: Path, options: dict[str, Any]) -> None:
        self._rig = rig
        self._profile = profile
        self._options = options
        self._running = AsyncExitStack()

    @property
    def lives_in_a_page(self) -> bool:
        return "handset" in self._rig.profiles

    async def loses_its_power(self, typing: asyncio.Task[None] | None = None) -> None:
        """Kill -9 of whatever holds the station, and start it again.

        Args:
            typing: a scanner that goes on meanwhile, as far as there is anything that hears it.
        """
        if self.lives_in_a_page:
            await self.is_killed()
            if typing is not None:
                await asyncio.gather(typing, return_exceptions=True)
            await self.starts()
            return
        # The open page finds out by itself, and loads anew.
        page, station = self.screen.page, self._rig.shift.stations["handset"]
        await page.evaluate("window.beforeTheCut = true")
        await station.kill()
        if typing is not None:
            await typing
        await station.start()
        await page.wait_for_function("window.beforeTheCut === undefined", timeout=COMES_BACK_S * 1000)
        await self.screen.readable()

    async def starts(self, address: str = "") -> None:
        """Start the browser on what it keeps, at the handset's own address."""
        place = IN_THE_BROWSER if self.lives_in_a_page else "Handset"
        self._browser = await self._running.enter_async_context(
            chromium("handset", profile=self._profile, **self._options)
        )
        self.screen = Screen(self._browser.pages[0])
        await self.screen.open(address or self._rig.shift.addresses[place])

    async def ends(self) -> None:
        """Close the browser in order; what had no window any more ends too."""
        await self._running.aclose()

    async def is_killed(self) -> None:
        """Kill -9 of the whole browser."""
        for process in self._processes():
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        await self._running.aclose()

    async def is_kept(self) -> None:
        """Wait until the whole release is on the device, so that it starts without a network."""
        if self.lives_in_a_page:

            async def served_by_itself() -> bool:
                script = "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"
                return bool(await self.screen.page.evaluate(script))

            await eventually(served_by_itself, "the handset's release is on the device", within_s=60)

    async def loses_the_network(self, lost: bool = True) -> None:
        await self._browser.set_offline(lost)

    def _processes(self) -> list[psutil.Process]:
        """Of this browser alone: it is known by its profile."""
        ours = f"--user-data-dir={self._profile}"
        found = []
        for process in psutil.process_iter(["cmdline"]):
            if ours in (process.info["cmdline"] or ()):
                with suppress(psutil.NoSuchProcess):
                    found += [process, *process.children(recursive=True)]
        return found


@asynccontextmanager
async def a_handset(rig: ShiftRig, folder: Path, **options: Any) -> AsyncIterator[Handset]:
    """The handset as whoever has scanned the sheet holds it, at its door.

    Args:
        folder: for the browser's profile, where the station is not in there.
    """
    handset = Handset(rig, rig.profiles.get("handset", folder / "profile"), options)
    address = ""
    if handset.lives_in_a_page:
        [card] = await rig.shift.handset_cards()
        address = card.text
    try:
        await handset.starts(address)
        await handset.screen.sees("Scan your badge")
        await handset.is_kept()
        yield handset
    finally:
        await handset.ends()
