"""Garbage and double clicks at returns and before the supervisor: as at picking and packing."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from app.domain.codes import CodeKind, Command, printed
from app.domain.picklists import Picklist, PicklistState
from app.domain.products import Product
from app.domain.returns import Return
from demo.hands import item_code
from demo.shift import Size
from tests.browser.chromium import Screen, screen
from tests.journeys.garbage import GARBAGE, MONSTER, Onlooker
from tests.journeys.shift_books import the
from tests.journeys.shift_rig import ShiftRig, a_shift

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

NOBODYS = printed(CodeKind.BADGE, "nobodys")


async def test_no_screen_of_a_receiver_or_a_supervisor_is_brought_down_by_what_is_no_code(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        rig = await stack.enter_async_context(
            a_shift(tmp_path / "shift", Size(orders=4, shipped=2, returns=1), "bench")
        )
        bench = await stack.enter_async_context(screen(rig.shift.addresses["Returns and supervisor"], "bench"))
        await the_receivers_screens(rig, bench)
        await the_supervisors_screens(rig, bench)
        assert Onlooker(rig, "bench").faults() == ""


async def the_receivers_screens(rig: ShiftRig, bench: Screen) -> None:
    watch = Onlooker(rig, "bench")
    (parcel,) = rig.shift.parcels
    await rig.sign_in(bench, "Fatou")
    await bench.sees("Scan RMA, tracking, order or item")
    await watch.throws_garbage(bench, "the returns bench", {**GARBAGE, **MONSTER})
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
    await rig.command(bench, Command.BACK)
    await bench.sees("Set aside.")
    await a_parcel_that_nobody_announced(rig, watch, bench)
    await rig.command(bench, Command.SIGN_OUT)


async def a_parcel_that_nobody_announced(rig: ShiftRig, watch: Onlooker, bench: Screen) -> None:
    await bench.press("Not announced", twice=True)
    await bench.sees("Nobody announced it. Scan each unit.")
    await watch.throws_garbage(bench, "the parcel of nobody")
    product = next(one for one in rig.rows("bench", Product) if not (one.tracks_lot or one.tracks_serial))

    def nameless() -> Return:
        return the(rig.rows("bench", Return), lambda one: not one.rma and not one.order_id)

    await bench.scan(item_code(product))
    await rig.until(lambda: bool(nameless().items), "the unit is out of the parcel")
    await watch.throws_garbage(bench, "the question about nobody's unit")
    await rig.grades_as_new(bench, nameless)
    await bench.sees("Goes to")
    await watch.throws_garbage(bench, "the put-away of nobody's unit")
    asked = await bench.reads(r"Put on ([\w-]+), scan")
    await bench.scan(printed(CodeKind.LOCATION, asked[1]))
    await bench.sees("Scan a unit, or finish")
    await watch.throws_garbage(bench, "the parcel of nobody, empty")
    await bench.press("Finish", twice=True)
    await bench.sees("Closed. No refund is asked for.")


async def the_supervisors_screens(rig: ShiftRig, bench: Screen) -> None:
    """From home to a list that is given to somebody, up to the last OK."""
    watch = Onlooker(rig, "bench")
    await rig.sign_in(bench, "Hanna")
    await watch.throws_garbage(bench, "home")
    await rig.command(bench, Command.ANSWER_1)
    await bench.sees("Lines an hour")
    await watch.throws_garbage(bench, "the shift")
    await watch.sends_away(bench, NOBODYS, "This badge is not known.")
    number = min(one.number for one in released(rig))
    for digit in str(number):
        await rig.command(bench, Command[f"DIGIT_{digit}"])
    await bench.sees(f"{number}: ")
    await watch.throws_garbage(bench, "a list's number")
    await rig.command(bench, Command.OK)
    await bench.sees("Scan their badge, or a number")
    await watch.throws_garbage(bench, "who gets the list")
    await watch.sends_away(bench, NOBODYS, "This badge is not known.")
    ada = next(worker for worker in rig.warehouse.workers if worker["name"] == "Ada")
    await bench.scan(printed(CodeKind.BADGE, ada["badge"]))
    await bench.sees("Why? Tap or scan a number")
    await watch.throws_garbage(bench, "the reason")
    await watch.sends_away(bench, NOBODYS, "This badge is not known.")
    await rig.command(bench, Command.DIGIT_2)
    await bench.sees("OK hands it over to Ada")
    await watch.throws_garbage(bench, "the last OK")
    assert not any(one.worker_id for one in released(rig))
    await bench.press("Hand it over", twice=True)
    await bench.sees("is handed over")
    given = the(released(rig), lambda one: one.worker_id is not None)
    assert (given.number, given.worker_id) == (number, ada["worker_id"])


def released(rig: ShiftRig) -> list[Picklist]:
    """Today's lists; yesterday's are picked."""
    return [one for one in rig.rows_at_the_store(Picklist) if one.state is PicklistState.RELEASED]
