"""Garbage and double clicks at the screens of every role: a sentence, a log line, nothing in the book but mis-scans."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import ViewportSize

from app.domain.codes import CodeKind, Command, printed
from app.domain.discrepancies import Discrepancy, Remedy
from app.domain.totes import ToteLoad
from app.domain.walk import Stage
from demo.hands import item_code
from demo.shift import Size
from tests.browser.chromium import Screen, chromium
from tests.journeys.garbage import Onlooker
from tests.journeys.shift_rig import ShiftRig, a_shift, standing

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

BACK_ARROW = (28, 28)
BENCH: ViewportSize = {"width": 1280, "height": 800}


async def test_no_screen_of_a_shift_is_brought_down_by_what_is_no_code(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        rig = await stack.enter_async_context(a_shift(tmp_path / "shift", Size(orders=4, shipped=2, returns=1)))
        browser = await stack.enter_async_context(chromium("handset"))
        load = await the_pickers_screens(rig, await Screen(browser.pages[0]).open(rig.shift.addresses["Handset"]))
        await browser.pages[0].set_viewport_size(BENCH)
        await the_packers_screens(
            rig, await Screen(browser.pages[0]).open(rig.shift.addresses["Packing station"]), load
        )
        bench = rig.shift.addresses["Returns and supervisor"]
        await the_receivers_screens(rig, await Screen(browser.pages[0]).open(bench))
        await the_supervisors_screens(rig, Screen(browser.pages[0]))


async def the_pickers_screens(rig: ShiftRig, handset: Screen) -> ToteLoad:
    """From the door to the end of a list and a recount; returns a load that goes to packing."""
    watch = Onlooker(rig, "handset")
    ada = next(worker for worker in rig.warehouse.workers if worker["name"] == "Ada")
    await handset.sees("Scan your badge")
    await watch.throws_garbage(handset, "the door")
    await handset.scan(printed(CodeKind.BADGE, ada["badge"]))
    await handset.sees("Type your PIN")
    await watch.throws_garbage(handset, "the PIN")
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
    loads = await garbage_at_each_step_of_a_walk(rig, watch, handset)
    await garbage_at_each_step_of_a_recount(rig, watch, handset)
    watch.no_traceback()
    return loads[0]


async def garbage_at_each_step_of_a_walk(rig: ShiftRig, watch: Onlooker, handset: Screen) -> list[ToteLoad]:
    """The stops are walked to their end; the first is short, and it is chosen with garbage all around it."""
    totes: dict[str, str] = {}
    thrown: set[Stage] = set()
    shorted = False
    walk = rig.walk()
    assert walk is not None
    picklist_id = walk.picklist.picklist_id
    while walk is not None and walk.here is not None:
        before = standing(walk)
        if walk.stage not in thrown:
            thrown.add(walk.stage)
            await watch.throws_garbage(handset, f"the {walk.stage}")
        if not shorted and walk.stage is Stage.ITEM:
            shorted = True
            for button, asked in (("Keys", "Type the number"), ("Short", "What is wrong here?")):
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
    # Now, for a finished list's loads leave the handset.
    loads = [load for load in rig.rows("handset", ToteLoad) if load.picklist_id == picklist_id and load.contents]
    await handset.press("Finish", twice=True)
    await handset.sees("Done. Bring")
    assert rig.walk() is None
    kinds = [kind for _, kind in rig.facts_in_the_book("handset")]
    assert kinds.count("picklist.started") == kinds.count("picklist.finished") == 1
    return loads


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


async def the_packers_screens(rig: ShiftRig, packing: Screen, load: ToteLoad) -> None:
    watch = Onlooker(rig, "packing")
    await rig.sign_in(packing, "Deniz")
    await packing.sees("Scan a tote")
    await watch.throws_garbage(packing, "the packing bench")
    await rig.until(
        lambda: any(one.tote_load_id == load.tote_load_id for one in rig.rows("packing", ToteLoad)), "the tote is known"
    )
    await packing.scan(printed(CodeKind.TOTE, load.tote_id))
    await packing.sees("Scan each unit")
    await watch.throws_garbage(packing, "the units")
    dialogs = {"Missing": "What is missing?", "Extra": "Scan the extra unit", "Damaged": "Scan the damaged unit"}
    for button, asked in dialogs.items():
        await packing.press(button, twice=True)
        await packing.sees(asked)
        await watch.throws_garbage(packing, f"the units, after {button}")
        await rig.command(packing, Command.UNDO)
        await packing.sees("Scan each unit")
    await rig.packs_units(packing, load.order_id)
    carton_code = await rig.proposed_carton(packing)
    await watch.throws_garbage(packing, "the carton")
    await packing.scan(carton_code)
    await packing.sees("Type the weight")
    await watch.throws_garbage(packing, "the weight")
    carton = await rig.weighs(packing, load.order_id)
    await packing.sees("Stick it on, scan it")
    await watch.throws_garbage(packing, "the label")
    await packing.scan(f"]C100{carton.sscc}")
    await packing.sees("is packed. Next tote.")
    watch.no_traceback()


async def the_receivers_screens(rig: ShiftRig, bench: Screen) -> None:
    watch = Onlooker(rig, "bench")
    (parcel,) = rig.shift.parcels
    await rig.sign_in(bench, "Fatou")
    await bench.sees("Scan RMA, tracking, order or item")
    await watch.throws_garbage(bench, "the returns bench")
    await bench.scan(printed(CodeKind.RETURN, parcel["rma"]))
    await bench.sees("1 unit announced")
    await watch.throws_garbage(bench, "the parcel")
    (announced,) = rig.parcel(parcel["rma"]).announced
    await bench.scan(item_code(rig.product("bench", announced.product_id)))
    await rig.until(lambda: bool(rig.parcel(parcel["rma"]).items), "the unit is out of the parcel")
    await watch.throws_garbage(bench, "the question")
    await rig.grades_as_new(bench, lambda: rig.parcel(parcel["rma"]))
    await bench.sees("Goes to")
    await watch.throws_garbage(bench, "the put-away")
    await rig.command(bench, Command.SIGN_OUT)
    watch.no_traceback()


async def the_supervisors_screens(rig: ShiftRig, bench: Screen) -> None:
    watch = Onlooker(rig, "bench")
    await rig.sign_in(bench, "Hanna")
    await watch.throws_garbage(bench, "home")
    await rig.command(bench, Command.ANSWER_1)
    await bench.sees("Lines an hour")
    await watch.throws_garbage(bench, "the shift")
    watch.no_traceback()
