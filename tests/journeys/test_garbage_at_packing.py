"""Garbage and double clicks at the packing bench; what is found wrong there comes to the picker, with garbage again."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import ViewportSize

from app.domain.codes import CodeKind, Command, printed
from app.domain.discrepancies import Discrepancy, Remedy
from app.domain.orders import Order
from app.domain.totes import ToteLoad
from app.domain.walk import Walk
from app.workflows.pack_opening import may_be_packed
from demo.hands import item_code
from demo.shift import Size
from tests.browser.chromium import Screen, chromium
from tests.journeys.garbage import GARBAGE, MONSTER, Onlooker
from tests.journeys.shift_rig import ShiftRig, a_shift

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

HANDSET: ViewportSize = {"width": 360, "height": 640}
BENCH: ViewportSize = {"width": 1280, "height": 800}


async def test_no_screen_of_a_packer_is_brought_down_by_what_is_no_code(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        rig = await stack.enter_async_context(
            a_shift(tmp_path / "shift", Size(orders=6, shipped=0, returns=0), "handset", "packing")
        )
        browser = await stack.enter_async_context(chromium("handset"))
        page = browser.pages[0]
        handset = await Screen(page).open(rig.shift.addresses["Handset"])
        load, spoilt = await two_loads(rig, handset)
        await page.set_viewport_size(BENCH)
        packing = await Screen(page).open(rig.shift.addresses["Packing station"])
        await the_packers_screens(rig, packing, load, spoilt)
        await page.set_viewport_size(HANDSET)
        handset = await Screen(page).open(rig.shift.addresses["Handset"])
        await what_packing_found_is_put_right(rig, handset, spoilt)
        assert [Onlooker(rig, station).faults() for station in ("packing", "handset")] == ["", ""]


async def two_loads(rig: ShiftRig, handset: Screen) -> tuple[ToteLoad, ToteLoad]:
    """Two totes of one list; the second holds something without a serial number."""
    await rig.sign_in(handset, "Ada")
    walk: Walk | None = await rig.gets_work(handset)
    loads: tuple[ToteLoad, ...] = ()
    totes: dict[str, str] = {}
    while walk is not None:
        loads = walk.loads
        walk = await rig.picks_on(handset, totes)
    await handset.sees("to packing")
    filled = [load for load in loads if load.contents]
    spoilt = next(load for load in filled if not serial_tracked(rig, load))
    return next(load for load in filled if load is not spoilt), spoilt


def serial_tracked(rig: ShiftRig, load: ToteLoad) -> bool:
    return rig.product("handset", load.contents[0].product_id).tracks_serial


async def the_packers_screens(rig: ShiftRig, packing: Screen, load: ToteLoad, spoilt: ToteLoad) -> None:
    """From the door to a label that sticks on its carton.

    Args:
        load: is packed to its end.
        spoilt: too much is in it, and something of it is damaged; it is set aside.
    """
    watch = Onlooker(rig, "packing")
    await rig.sign_in(packing, "Deniz")
    await packing.sees("Scan a tote")
    await watch.throws_garbage(packing, "the packing bench", {**GARBAGE, **MONSTER})
    await a_tote_that_nobody_knows(rig, watch, packing)
    await a_tote_with_faults(rig, watch, packing, spoilt)
    await opens(rig, packing, load)
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
    await rig.sticks_the_label_on(packing, carton)


async def opens(rig: ShiftRig, packing: Screen, load: ToteLoad) -> None:
    await rig.until(
        lambda: any(one.tote_load_id == load.tote_load_id for one in rig.rows("packing", ToteLoad)), "the tote is known"
    )
    await packing.scan(printed(CodeKind.TOTE, load.tote_id))
    await packing.sees("Scan each unit")


async def a_tote_that_nobody_knows(rig: ShiftRig, watch: Onlooker, packing: Screen) -> None:
    """An order that nobody has picked is packed by its slip, and set aside."""
    loads = [*rig.rows("handset", ToteLoad), *rig.rows("packing", ToteLoad)]
    unknown = next(
        tote["tote_id"] for tote in rig.warehouse.totes if tote["tote_id"] not in {load.tote_id for load in loads}
    )
    picked = {load.order_id for load in loads}
    order = next(one for one in rig.rows("packing", Order) if may_be_packed(one) and one.order_id not in picked)
    await packing.scan(printed(CodeKind.TOTE, unknown))
    await packing.sees("Scan the order slip")
    await watch.throws_garbage(packing, "the slip")
    await packing.scan(printed(CodeKind.ORDER, order.external_reference))
    await packing.sees("they are compared when they are")
    await watch.throws_garbage(packing, "the units of a slip")
    await rig.command(packing, Command.BACK)
    await packing.sees("Scan a tote")


async def a_tote_with_faults(rig: ShiftRig, watch: Onlooker, packing: Screen, load: ToteLoad) -> None:
    """One unit too many and one damaged are said, and the order is set aside until a picker has helped."""
    await opens(rig, packing, load)
    unit = load.contents[0]
    code = item_code(rig.product("packing", unit.product_id), unit.lot)
    for button, asked in {"Extra": "Scan the extra unit", "Damaged": "Scan the damaged unit"}.items():
        await packing.press(button, twice=True)
        await packing.sees(asked)
        await packing.scan(code)
        await packing.sees("Scan each unit")
    await rig.command(packing, Command.BACK)
    await packing.sees("Scan a tote")


async def what_packing_found_is_put_right(rig: ShiftRig, handset: Screen, spoilt: ToteLoad) -> None:
    """One unit is put back, and a good one is brought: each step of it with garbage."""
    watch = Onlooker(rig, "handset")
    unit = spoilt.contents[0]
    code = item_code(rig.product("handset", unit.product_id), unit.lot)
    for remedy, named in ((Remedy.PUT_BACK, "Put back"), (Remedy.SWAP, "Bring a replacement")):
        await handset.press(re.compile(named), twice=True)
        (row,) = [one for one in rig.rows("handset", Discrepancy) if one.remedy is remedy]
        location = printed(CodeKind.LOCATION, row.facts["location_id"])
        tote = printed(CodeKind.TOTE, spoilt.tote_id)
        steps = {
            Remedy.PUT_BACK: (("Scan tote", tote), ("Scan the item", code), ("Scan the bin", location)),
            Remedy.SWAP: (("Scan the bin", location), ("Scan the item", code)),
        }[remedy]
        for asked, wanted in steps:
            await handset.sees(asked)
            await watch.throws_garbage(handset, f"{named}: {asked}")
            await handset.scan(wanted)
        if remedy is Remedy.SWAP:
            await handset.sees("To packing, into tote")
            await watch.throws_garbage(handset, "what is brought")
            await rig.command(handset, Command.OK)
        await handset.sees("Put right. Thank you.")
