"""The link between a handset's window and its station is cut and mended, by the real clock and over a real socket."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import expect

from app.domain.codes import Command
from app.domain.walk import Walk
from demo.shift import Size
from tests.browser.chromium import Screen, chromium
from tests.browser.cut_cable import Cable
from tests.journeys.shift_rig import ShiftRig, a_shift, standing

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

CUTS_S = (10, 60)
BANNER = "Not connected to the station. Wait."


@dataclass(frozen=True, slots=True)
class Picker:
    """Somebody at a window of their own, on a cable of their own."""

    rig: ShiftRig
    screen: Screen
    cable: Cable
    name: str

    @property
    def worker_id(self) -> str:
        return str(next(one["worker_id"] for one in self.rig.warehouse.workers if one["name"] == self.name))

    def walk(self) -> Walk:
        walk = self.rig.walk(self.worker_id)
        assert walk is not None
        return walk

    async def begins_a_list(self) -> None:
        await self.rig.sign_in(self.screen, self.name)
        await self.rig.command(self.screen, Command.GET_WORK)
        await self.screen.sees("Scan the bin")

    async def scans_into_the_cut(self) -> None:
        """Once while nothing shows that the link is dead, and once when the screen says so."""
        await self.screen.page.evaluate("window.beforeTheCut = true")
        code = self.rig.next_code(self.walk(), {})
        await self.screen.scan(code)
        await expect(self.screen.page.locator("#link-banner")).to_have_text(BANNER, timeout=10_000)
        await self.screen.scan(code)

    async def comes_back(self, before: Walk) -> None:
        """The page loads itself anew, says what was dropped, and stands where it stood; then the scan counts, once."""
        await self.screen.page.wait_for_function("window.beforeTheCut === undefined", timeout=30_000)
        await self.screen.readable()
        await self.screen.sees("keys were dropped while away")
        await self.screen.sees(self.name)
        assert standing(self.walk()) == standing(before)
        task = before.here
        assert task is not None
        await self.screen.sees(task.location_id)
        await self.rig.picks_on(self.screen, {}, worker_id=self.worker_id)


async def test_a_link_cut_for_ten_seconds_and_for_a_minute_counts_no_scan_and_loses_no_line(tmp_path: Path) -> None:
    """Takes 70 s of real time: two windows at once, one of which nobody answers, the other of which is refused."""
    async with AsyncExitStack() as stack:
        rig = await stack.enter_async_context(
            a_shift(tmp_path / "shift", Size(orders=7, shipped=0, returns=0), "handset")
        )
        ada_cable, bruno_cable = [await stack.enter_async_context(Cable.to(rig.shift.ports.handset)) for _ in range(2)]
        browser = await stack.enter_async_context(chromium("handset"))
        # Two names of this machine are two sites to a browser: each window is one of a browser of its own.
        ada = Picker(rig, await Screen(browser.pages[0]).open(ada_cable.url), ada_cable, "Ada")
        elsewhere = bruno_cable.url.replace("127.0.0.1", "localhost")
        bruno = Picker(rig, await Screen(await browser.new_page()).open(elsewhere), bruno_cable, "Bruno")
        pickers = (ada, bruno)
        for picker in pickers:
            await picker.screen.page.bring_to_front()
            await picker.begins_a_list()
        for for_s in CUTS_S:
            before = [picker.walk() for picker in pickers]
            facts = rig.facts_in_the_book("handset")
            ada.cable.swallow()
            bruno.cable.pull()
            lasts = asyncio.create_task(asyncio.sleep(for_s))
            for picker in pickers:
                await picker.screen.page.bring_to_front()
                await picker.scans_into_the_cut()
            await lasts
            assert rig.facts_in_the_book("handset") == facts
            for picker in pickers:
                picker.cable.mend()
            for picker, stood in zip(pickers, before, strict=True):
                await picker.screen.page.bring_to_front()
                await picker.comes_back(stood)
        await rig.all_arrived("handset")
        held = rig.facts_at_the_store("handset")
        assert [fact.seq for fact in held] == list(range(1, len(held) + 1))
        for picker in pickers:
            mine = [fact for fact in held if fact.worker_id == picker.worker_id]
            taken = sum(fact.body["quantity_each"] for fact in mine if fact.kind == "pick.unit_picked")
            assert taken == sum(task.picked_each for task in picker.walk().tasks) > 0
