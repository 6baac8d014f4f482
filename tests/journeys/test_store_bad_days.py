"""The order store's bad day, at the handset: nothing lost, nothing counted twice."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import expect

from app.domain.codes import Command
from demo.shift import Size
from tests.browser.chromium import Screen, chromium
from tests.journeys.bad_store import BadStore, Trouble
from tests.journeys.shift_rig import ShiftRig, a_shift

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


async def test_a_store_that_answers_nonsense_or_nothing_costs_the_picker_nothing(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        rig = await stack.enter_async_context(
            a_shift(tmp_path / "shift", Size(orders=4, shipped=0, returns=0), "handset")
        )
        store = await stack.enter_async_context(BadStore.before(rig.shift.ports.store))
        station = rig.shift.stations["handset"]
        await station.stop()
        station.env["FLOORHAND_STORE_URL"] = store.url
        await station.start()
        browser = await stack.enter_async_context(chromium("handset"))
        handset = await Screen(browser.pages[0]).open(rig.shift.addresses["Handset"])
        await rig.sign_in(handset, "Ada")
        await asks_for_work(rig, store, handset)
        totes: dict[str, str] = {}
        for trouble in (Trouble.SERVER_ERROR, Trouble.HTML, Trouble.SLOW):
            await rig.all_arrived("handset")
            store.turn(trouble)
            for _ in range(3):
                await rig.picks_on(handset, totes)
            await rig.until(lambda: store.asked > 0, f"the courier has met the trouble: {trouble}")
            await handset.sees("Store away since", timeout_ms=60_000)
            assert rig.owed("handset") >= 3
            assert "Traceback" not in await handset.words()
            store.turn(Trouble.NONE)
        await rig.all_arrived("handset")
        await handset.sees("Store connected, 0 facts to send", timeout_ms=60_000)
        facts = rig.facts_at_the_store("handset")
        assert [fact.seq for fact in facts] == list(range(1, len(facts) + 1))
        walk = rig.walk()
        assert walk is not None
        picked = sum(fact.body["quantity_each"] for fact in facts if fact.kind == "pick.unit_picked")
        assert picked == sum(task.picked_each for task in walk.tasks)


async def asks_for_work(rig: ShiftRig, store: BadStore, handset: Screen) -> None:
    """Nonsense is a store that is away; a store that is late is waited for, and the screen says that it is asked."""
    for trouble in (Trouble.SERVER_ERROR, Trouble.HTML):
        store.turn(trouble)
        await rig.command(handset, Command.GET_WORK)
        strip = handset.page.locator('[flt-semantics-identifier="strip-caution"]')
        await expect(strip).to_contain_text("The store is away, and nothing is left here", timeout=20_000)
        await handset.scan("R.nobody")
        await handset.sees("That does nothing here.")
    store.turn(Trouble.LATE)
    await rig.command(handset, Command.GET_WORK)
    await handset.sees("Looking for work")
    await rig.until(lambda: rig.walk() is not None, "a list is begun")
    await handset.sees("Scan the bin")
    store.turn(Trouble.NONE)
