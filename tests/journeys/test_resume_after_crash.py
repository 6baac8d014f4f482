"""The handset's station loses its power again and again in mid-walk; the picker notices a pause and nothing else."""

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
from tests.browser.chromium import Screen
from tests.journeys.handsets import BOTH, Handset, Kind, a_handset, a_shift_with
from tests.journeys.shift_rig import ShiftRig, standing

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

SEED = 20
# (between two scans, in the middle of one). Each start of a whole browser takes seconds: `make browser-kills` kills the
# one that only the book lives in hundreds of times.
CUTS = {Kind.SERVED: (14, 6), Kind.IN_A_PAGE: (3, 2)}
CALM_EACH = 5


@pytest.mark.parametrize("kind", BOTH)
async def test_power_cuts_lose_no_scan_and_count_none_twice(kind: Kind, tmp_path: Path) -> None:
    cuts_between, cuts_within = CUTS[kind]
    async with AsyncExitStack() as stack:
        rig = await stack.enter_async_context(a_shift_with(kind, tmp_path, Size(orders=4, shipped=0, returns=0)))
        handset = await stack.enter_async_context(a_handset(rig, tmp_path))
        await rig.sign_in(handset.screen, "Ada")
        first = await rig.gets_work(handset.screen)
        rng, totes = random.Random(SEED), dict[str, str]()
        # Each unit is one scan, and each stop has one more for its tote; at some there is one for the bin.
        scans = range(1, sum(task.quantity_each + 1 for task in first.tasks))
        cuts = rng.sample(scans, cuts_between + cuts_within)
        between, within = set(cuts[:cuts_between]), set(cuts[cuts_between:])

        walk: Walk | None = first
        done = 0
        while walk is not None:
            if done in within:
                within.discard(done)
                await a_cut_in_mid_scan(rig, handset, walk, totes, rng)
            before = rig.walk()
            walk = await rig.picks_on(handset.screen, totes)
            done += 1
            if walk is not None and done in between:
                between.discard(done)
                assert before is not None
                await a_cut_after_a_good_scan(rig, handset, before, walk, rests=len(between) % CALM_EACH == 0)
        assert not between | within

        await handset.screen.sees("to packing")
        await rig.all_arrived("handset")
        each_fact_is_held_once_and_in_order(rig, first)


async def a_cut_after_a_good_scan(rig: ShiftRig, handset: Handset, before: Walk, walk: Walk, *, rests: bool) -> None:
    """Seen good, killed, started: the same line at the same unit.

    Args:
        rests: the page has heard from the station since the scan; then no key can be called dropped.
    """
    await handset.screen.sees(said_of(before, walk))
    # Of a page that lives by itself nothing is told to anybody else: what it had heard is what it has.
    rests = rests and not handset.lives_in_a_page
    if rests:
        for _ in range(2):
            await handset.screen.page.wait_for_event(
                "requestfinished", lambda request: request.url.endswith("/link/beat")
            )
    await handset.loses_its_power()
    now = rig.walk()
    assert now is not None
    assert standing(now) == standing(walk)
    await sees_the_line(handset.screen, walk)
    if rests:
        await handset.screen.sees_not("dropped while away")


async def a_cut_in_mid_scan(
    rig: ShiftRig, handset: Handset, before: Walk, totes: dict[str, str], rng: random.Random
) -> None:
    """The power goes while the scanner types: the scan counts or it does not, and the screen says which."""
    code = rig.next_code(before, totes)
    typing = asyncio.create_task(handset.screen.scan(code, gap_ms=5))
    await asyncio.sleep(rng.uniform(0, 0.012 * len(code)))
    await handset.loses_its_power(typing)
    walk = rig.walk()
    assert walk is not None
    totes.update({load.order_id: load.tote_id for load in walk.loads})
    await sees_the_line(handset.screen, walk)


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
