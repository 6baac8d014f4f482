"""Garbage and double clicks at the handset: a sentence, a log line, nothing in the book but mis-scans."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from app.domain.codes import CodeKind, Command, printed
from app.domain.discrepancies import Discrepancy, Remedy
from app.domain.walk import Stage
from demo.shift import Size
from tests.browser.chromium import Screen, chromium
from tests.journeys.garbage import GARBAGE, MONSTER, Onlooker
from tests.journeys.shift_rig import ShiftRig, a_shift, standing
from tests.journeys.view import View

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

BACK_ARROW = (28, 28)


async def test_no_screen_of_a_picker_is_brought_down_by_what_is_no_code(tmp_path: Path) -> None:
    view = View(tmp_path / "view.y4m")
    async with AsyncExitStack() as stack:
        rig = await stack.enter_async_context(
            a_shift(tmp_path / "shift", Size(orders=4, shipped=0, returns=0), "handset")
        )
        browser = await stack.enter_async_context(chromium("handset", extra=view.options))
        handset = await Screen(browser.pages[0]).open(rig.shift.addresses["Handset"])
        watch = Onlooker(rig, "handset")
        await garbage_on_the_way_to_a_list(rig, watch, handset)
        await garbage_at_each_step_of_a_walk(rig, watch, handset, view)
        await garbage_at_each_step_of_a_recount(rig, watch, handset)
        assert watch.faults() == ""


async def garbage_on_the_way_to_a_list(rig: ShiftRig, watch: Onlooker, handset: Screen) -> None:
    """The door, the station's set-up, the choice of work."""
    ada = next(worker for worker in rig.warehouse.workers if worker["name"] == "Ada")
    await handset.sees("Scan your badge")
    await watch.throws_garbage(handset, "the door")
    await handset.scan(printed(CodeKind.BADGE, ada["badge"]))
    await handset.sees("Type your PIN")
    await watch.throws_garbage(handset, "the PIN", {**GARBAGE, **MONSTER})
    await handset.scan(ada["pin"])
    await handset.sees("Good shift, Ada")
    await handset.press("This station", twice=True)
    await handset.sees("Language")
    await watch.throws_garbage(handset, "the station's set-up")
    await handset.page.mouse.click(*BACK_ARROW)
    await handset.sees("Scan GET WORK")
    await watch.throws_garbage(handset, "the choice of work")

    await handset.press("Get work", twice=True)
    await rig.until(lambda: rig.walk() is not None, "a list is begun")
    await handset.sees("Scan the bin")


async def garbage_at_each_step_of_a_walk(rig: ShiftRig, watch: Onlooker, handset: Screen, view: View) -> None:
    """The stops are walked to their end; the first is short, and it is chosen with garbage all around it."""
    totes: dict[str, str] = {}
    thrown: set[Stage] = set()
    shorted = False
    walk = rig.walk()
    while walk is not None and walk.here is not None:
        before = standing(walk)
        if walk.stage not in thrown:
            thrown.add(walk.stage)
            await watch.throws_garbage(handset, f"the {walk.stage}")
            await garbage_before_the_camera(watch, handset, view, walk.stage)
        if not shorted and walk.stage is Stage.ITEM:
            shorted = True
            for button, asked in (("Number", "Type how many in all"), ("Short", "What is wrong here?")):
                await handset.press(button, twice=True)
                await handset.sees(asked)
                await watch.throws_garbage(handset, f"the {walk.stage}, after {button}")
                await handset.press("Back", twice=True)
                await handset.sees("Scan the item")
            now = rig.walk()
            assert now is not None
            assert standing(now) == before
            await rig.command(handset, Command.SHORT_NONE)

            def short(before: object = before) -> bool:
                now = rig.walk()
                return now is None or standing(now) != before

            await rig.until(short, "the stop is short")
            walk = rig.walk()
            continue
        walk = await rig.picks_on(handset, totes)
    assert thrown == {Stage.BIN, Stage.ITEM, Stage.TOTE}
    await handset.sees("Scan FINISH")
    await watch.throws_garbage(handset, "the end of the walk")
    await handset.press("Finish", twice=True)
    await handset.sees("Done. Bring")
    assert rig.walk() is None
    kinds = [kind for _, kind in rig.facts_in_the_book("handset")]
    assert kinds.count("picklist.started") == kinds.count("picklist.finished") == 1


async def garbage_before_the_camera(watch: Onlooker, handset: Screen, view: View, stage: Stage) -> None:
    """Held up to it, and typed while it looks."""
    await handset.press("Camera", twice=True)
    await handset.sees("Hold the code in the frame")
    await watch.holds_garbage_up(handset, view, f"the {stage}")
    if stage is Stage.BIN:
        await watch.throws_garbage(handset, "the open camera")
    await handset.press("Back", twice=True)
    await handset.sees_not("Hold the code in the frame")


async def garbage_at_each_step_of_a_recount(rig: ShiftRig, watch: Onlooker, handset: Screen) -> None:
    """What was short is counted again."""
    await handset.sees("Count again", timeout_ms=60_000)
    await handset.press(re.compile("Count again"))
    await handset.sees("Scan the bin")
    await watch.throws_garbage(handset, "the recount's bin")
    (row,) = [one for one in rig.rows("handset", Discrepancy) if one.remedy is Remedy.RECOUNT]
    await handset.scan(printed(CodeKind.LOCATION, row.facts["location_id"]))
    await handset.sees("Type how many lie there")
    await watch.throws_garbage(handset, "the recount's number")
    await rig.command(handset, Command.DIGIT_0)
    await rig.command(handset, Command.OK)
    await handset.sees("Put right. Thank you.")
