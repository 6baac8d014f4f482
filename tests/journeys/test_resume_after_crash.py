"""The handset's station loses its power twenty times in mid-walk; the picker notices a pause and nothing else."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from app.domain.picking import PickState, PickTask
from app.domain.walk import Stage, Walk
from demo.shift import Size
from tests.browser.chromium import Screen, screen
from tests.journeys.shift_rig import ShiftRig, a_shift, standing

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

SEED = 20
CUTS_BETWEEN_SCANS = 14
CUTS_IN_A_SCAN = 6
CALM_EACH = 5
COMES_BACK_S = 60


async def test_twenty_power_cuts_lose_no_scan_and_count_none_twice(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        rig = await stack.enter_async_context(
            a_shift(tmp_path / "shift", Size(orders=4, shipped=0, returns=0), "handset")
        )
        handset = await stack.enter_async_context(screen(rig.shift.addresses["Handset"], "handset"))
        await rig.sign_in(handset, "Ada")
        first = await rig.gets_work(handset)
        rng, totes = random.Random(SEED), dict[str, str]()
        # Each unit is one scan, and each stop has one more for its tote; at some there is one for the bin.
        scans = range(1, sum(task.quantity_each + 1 for task in first.tasks))
        cuts = rng.sample(scans, CUTS_BETWEEN_SCANS + CUTS_IN_A_SCAN)
        between, within = set(cuts[:CUTS_BETWEEN_SCANS]), set(cuts[CUTS_BETWEEN_SCANS:])

        walk: Walk | None = first
        done = 0
        while walk is not None:
            if done in within:
                within.discard(done)
                await a_cut_in_mid_scan(rig, handset, walk, totes, rng)
            before = rig.walk()
            walk = await rig.picks_on(handset, totes)
            done += 1
            if walk is not None and done in between:
                between.discard(done)
                assert before is not None
                await a_cut_after_a_good_scan(rig, handset, before, walk, rests=len(between) % CALM_EACH == 0)
        assert not between | within

        await handset.sees("to packing")
        await rig.all_arrived("handset")
        each_fact_is_held_once_and_in_order(rig, first)


async def a_cut_after_a_good_scan(rig: ShiftRig, handset: Screen, before: Walk, walk: Walk, *, rests: bool) -> None:
    """Seen good, killed, started: the same line at the same unit.

    Args:
        rests: the page has heard from the station since the scan; then no key can be called dropped.
    """
    await handset.sees(said_of(before, walk))
    if rests:
        for _ in range(2):
            await handset.page.wait_for_event("requestfinished", lambda request: request.url.endswith("/link/beat"))
    await handset_comes_back(rig, handset)
    now = rig.walk()
    assert now is not None
    assert standing(now) == standing(walk)
    await sees_the_line(handset, walk)
    if rests:
        await handset.sees_not("dropped while away")


async def a_cut_in_mid_scan(
    rig: ShiftRig, handset: Screen, before: Walk, totes: dict[str, str], rng: random.Random
) -> None:
    """The power goes while the scanner types: the scan counts or it does not, and the screen says which."""
    code = rig.next_code(before, totes)
    typing = asyncio.create_task(handset.scan(code, gap_ms=5))
    await asyncio.sleep(rng.uniform(0, 0.012 * len(code)))
    await handset_comes_back(rig, handset, typing)
    walk = rig.walk()
    assert walk is not None
    totes.update({load.order_id: load.tote_id for load in walk.loads})
    await sees_the_line(handset, walk)


async def handset_comes_back(rig: ShiftRig, handset: Screen, typing: asyncio.Task[None] | None = None) -> None:
    """Kill -9, start; the open page finds out by itself and loads anew."""
    await handset.page.evaluate("window.beforeTheCut = true")
    station = rig.shift.stations["handset"]
    await station.kill()
    if typing is not None:
        await typing
    await station.start()
    await handset.page.wait_for_function("window.beforeTheCut === undefined", timeout=COMES_BACK_S * 1000)
    await handset.readable()


async def sees_the_line(handset: Screen, walk: Walk) -> None:
    """The same worker, at the stop and the unit that the book says."""
    await handset.sees("Ada")
    await handset.sees(f"{walk.settled_count} of {len(walk.tasks)}")
    task = walk.here
    if task is None:
        await handset.sees("Scan FINISH")
        return
    wanted = {
        Stage.BIN: task.location_id,
        Stage.ITEM: "Scan the item",
        Stage.TOTE: ("Scan tote " if walk.load_of(task.order_id) else "Scan a free tote for ") + walk.slot(task),
    }
    await handset.sees(wanted[walk.stage])


def said_of(before: Walk, walk: Walk) -> str:
    """What the strip says once the scan that led from one to the other is good."""
    task = walk.here
    if before.stage is Stage.BIN:
        return "Right bin"
    if task is None:
        return "All stops done"
    if walk.stage is Stage.TOTE:
        return "Now into"
    if before.stage is Stage.ITEM:
        return f"{task.picked_each} of {task.quantity_each} Scan the item"
    return "Go to" if walk.stage is Stage.BIN else "Stay here"


def each_fact_is_held_once_and_in_order(rig: ShiftRig, first: Walk) -> None:
    facts = rig.facts_at_the_store("handset")
    assert [fact.seq for fact in facts] == list(range(1, len(facts) + 1))
    units = Counter[str]()
    placed = Counter[str]()
    for fact in facts:
        if fact.kind == "pick.unit_picked":
            units[fact.body["task_id"]] += fact.body["quantity_each"]
        if fact.kind == "pick.unit_placed":
            placed[fact.body["task_id"]] += fact.body["quantity_each"]
    wanted = {task.task_id: task.quantity_each for task in first.tasks}
    assert units == placed == wanted
    assert sum(fact.kind == "picklist.finished" for fact in facts) == 1
    ours = [task for task in rig.rows("handset", PickTask) if task.task_id in wanted]
    assert all(task.state is PickState.PLACED for task in ours)
    assert {fact.worker_id for fact in facts} == {"E01"}
