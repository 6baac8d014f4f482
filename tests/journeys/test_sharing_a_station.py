"""Several windows on one handset: one worker in two of them, two workers side by side, and hands that hurry."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Page

from app.domain.codes import CodeKind, Command, printed
from app.domain.picklists import Picklist, PicklistState
from demo.shift import Size
from tests.browser.chromium import Screen, chromium
from tests.journeys.shift_rig import ShiftRig, a_shift, standing

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


async def test_two_workers_keep_their_own_places_and_one_worker_sits_at_one_window(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        rig = await stack.enter_async_context(
            a_shift(tmp_path / "shift", Size(orders=7, shipped=0, returns=0), "handset")
        )
        browser = await stack.enter_async_context(chromium("handset", still=False))
        address = rig.shift.addresses["Handset"]
        ada = await opened_too_early(rig, browser.pages[0], address)
        await rig.sign_in(ada, "Ada")
        # Another name of this machine is another site to a browser, with no cookie of the first: another device.
        bruno = await Screen(await browser.new_page()).open(address.replace("127.0.0.1", "localhost"))
        await rig.sign_in(bruno, "Bruno")
        await two_walks_in_one_book(rig, ada, bruno)

        again = await Screen(await browser.new_page()).open(address)
        await signs_in_over(rig, again, "Ada")
        await again.sees("Signed in here. The other window is closed.")
        await again.sees("Scan the item")
        await ada.sees("Ada signed in at another window.")
        before, walk = rig.facts_in_the_book("handset"), rig.walk(worker_id(rig, "Ada"))
        assert walk is not None
        await ada.scan(rig.next_code(walk, {}))
        await ada.sees("Scan your badge first.")
        assert rig.facts_in_the_book("handset") == before
        await rig.picks_on(again, {}, worker_id=worker_id(rig, "Ada"))
        await rig.picks_on(bruno, {}, worker_id=worker_id(rig, "Bruno"))


async def opened_too_early(rig: ShiftRig, page: Page, address: str) -> Screen:
    """The badge is scanned while the page still loads: that is said, and nobody is in."""
    window = Screen(page)
    await page.goto(address, wait_until="commit")
    await page.wait_for_selector("#splash", state="attached")
    await window.scan(printed(CodeKind.BADGE, rig.warehouse.workers[0]["badge"]))
    await window.readable()
    await window.sees("keys were dropped while away")
    await window.sees("Scan your badge")
    assert "keys_dropped" in rig.shift.stations["handset"].log_path.read_text()
    return window


async def two_walks_in_one_book(rig: ShiftRig, ada: Screen, bruno: Screen) -> None:
    """Each gets a list, by a double click and by scanning twice; each scan moves its own walk alone."""
    await ada.page.bring_to_front()
    await ada.press("Get work", twice=True)
    await ada.sees("Scan the bin")
    await bruno.page.bring_to_front()
    await rig.command(bruno, Command.GET_WORK)
    await bruno.sees("Scan the bin")
    walking = [one for one in rig.rows("handset", Picklist) if one.state is PicklistState.IN_PROGRESS]
    assert {one.worker_id for one in walking} == {worker_id(rig, "Ada"), worker_id(rig, "Bruno")}
    assert len(walking) == 2

    for screen, name, other in ((ada, "Ada", "Bruno"), (bruno, "Bruno", "Ada")):
        await screen.page.bring_to_front()
        bystander = rig.walk(worker_id(rig, other))
        assert bystander is not None
        walk = await rig.picks_on(screen, {}, worker_id=worker_id(rig, name))
        assert walk is not None
        await screen.sees(name)
        after = rig.walk(worker_id(rig, other))
        assert after is not None
        assert standing(after) == standing(bystander)
    kinds = [kind for _, kind in rig.facts_in_the_book("handset")]
    assert kinds.count("picklist.started") == 2
    seqs = [seq for seq, _ in rig.facts_in_the_book("handset")]
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))


async def signs_in_over(rig: ShiftRig, window: Screen, name: str) -> None:
    """Sign in where the greeting is not the usual one, because the worker sits elsewhere."""
    person = next(worker for worker in rig.warehouse.workers if worker["name"] == name)
    await window.sees("Scan your badge")
    await window.scan(printed(CodeKind.BADGE, person["badge"]))
    await window.sees("Type your PIN")
    await window.scan(person["pin"])


def worker_id(rig: ShiftRig, name: str) -> str:
    return str(next(one["worker_id"] for one in rig.warehouse.workers if one["name"] == name))
