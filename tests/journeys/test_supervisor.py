"""The supervisor's part of a shift: a pick moves its number on the board, and scans alone give a list on."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from app.domain.codes import CodeKind, Command, printed
from app.domain.picklists import Picklist, PicklistState
from app.domain.walk import Stage
from demo.shift import Size
from tests.browser.chromium import Screen, screen
from tests.journeys.shift_books import the
from tests.journeys.shift_rig import ShiftRig, a_shift
from tests.journeys.watch import says

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


async def test_a_pick_moves_the_list_on_the_board_and_the_list_is_given_on_by_scanning_alone(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        rig = await stack.enter_async_context(
            a_shift(tmp_path / "shift", Size(orders=6, shipped=0, returns=0), "handset", "bench")
        )
        handset = await stack.enter_async_context(screen(rig.shift.addresses["Handset"], "handset"))
        bench = await stack.enter_async_context(screen(rig.shift.addresses["Returns and supervisor"], "bench"))
        await rig.sign_in(handset, "Ada")
        walk = await rig.gets_work(handset)
        picklist_id = walk.picklist.picklist_id

        await rig.sign_in(bench, "Hanna")
        await rig.command(bench, Command.ANSWER_1)
        await bench.sees("Row number, then OK")
        await one_scan_moves_the_list(rig, handset, bench)

        await bench.sees("Ada · walking")
        ada = worker(rig, "Ada")
        taker = next(one for one in rig.warehouse.workers if "picker" in one["roles"] and one != ada)
        number = walk.picklist.number
        for digit in str(number):
            await rig.command(bench, Command[f"DIGIT_{digit}"])
        await bench.sees(f"{number}: Ada, zone")
        await rig.command(bench, Command.OK)
        await bench.sees(f"Reassign {picklist_id}")
        await bench.scan(printed(CodeKind.BADGE, taker["badge"]))
        await bench.sees("Why? Tap or scan a number")
        await rig.command(bench, Command.DIGIT_2)
        await bench.sees(f"OK hands it over to {taker['name']}")
        assert (
            the(rig.rows_at_the_store(Picklist), lambda one: one.picklist_id == picklist_id).worker_id
            == ada["worker_id"]
        )
        await rig.command(bench, Command.OK)
        await bench.sees(f"{picklist_id} is handed over")

        given = at_the_store(rig, picklist_id)
        assert (given.worker_id, given.station_id) == (taker["worker_id"], None)
        await rig.until(lambda: rig.walk() is None, "the list is gone from the handset")

        await rig.command(handset, Command.SIGN_OUT)
        await rig.sign_in(handset, taker["name"])
        taken = await rig.gets_work(handset)
        assert taken.picklist.picklist_id == picklist_id
        assert taken.picklist.state is PicklistState.IN_PROGRESS
        assert taken.settled_count == 1
        await bench.sees(f"{taker['name']} · walking")


async def one_scan_moves_the_list(rig: ShiftRig, handset: Screen, bench: Screen) -> None:
    """Ada's first stop, up to the tote; that one scan makes 0 of n into 1 of n."""
    totes: dict[str, str] = {}
    walk = rig.walk()
    while walk is not None and walk.stage is not Stage.TOTE:
        walk = await rig.picks_on(handset, totes)
    assert walk is not None
    stops = len(walk.tasks)
    await bench.sees(f"0 of {stops}")
    await bench.sees_not(f"1 of {stops}")
    async with says(bench, f"1 of {stops}"):
        await rig.picks_on(handset, totes)


def at_the_store(rig: ShiftRig, picklist_id: str) -> Picklist:
    return the(rig.rows_at_the_store(Picklist), lambda one: one.picklist_id == picklist_id)


def worker(rig: ShiftRig, name: str) -> dict[str, Any]:
    return next(one for one in rig.warehouse.workers if one["name"] == name)
