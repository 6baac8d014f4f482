"""Kills the whole browser of a picker again and again in the middle of scanning, and counts what was shown good and is
gone, and what counts twice.

    python -m tests.handset.app_kills [--kills 200] [--seed 1]

The program is the one that the order store serves; scans are real key events, as fast as the screen answers. A scan
is acknowledged when the screen has answered it. One line of JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from playwright.async_api import Error

from app.domain.picking import PickTask
from app.domain.walk import Walk
from demo.shift import Size
from tests.journeys.handsets import Handset, Kind, a_handset, a_shift_with
from tests.journeys.shift_rig import ShiftRig

# More than one burst can pick: whoever has no work left counts nothing.
ORDERS_A_KILL = 2
BURST_S = (0.3, 3.0)
ANSWERS_MS = 20_000
CHANGED = "before => (document.querySelector('flt-semantics-host')?.innerText ?? before) !== before"


@dataclass(slots=True)
class Report:
    """Args:
    acknowledged: scans that the screen had answered when the browser was killed.
    lost: facts that were in the book when the screen answered, and were not at the next start.
    unseen: kills after which more was found than had been answered: the scan that was under way.
    doubled: stops of which more was picked or placed than was wanted.
    broken: starts at which the numbers of the facts had a hole, or the store held others.
    """

    kills: int = 0
    acknowledged: int = 0
    lost: int = 0
    unseen: int = 0
    doubled: int = 0
    broken: int = 0
    found: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not (self.lost or self.doubled or self.broken)


async def kill(kills: int, *, seed: int = 1) -> Report:
    """Let a picker scan, and kill their browser `kills` times."""
    rng, report = random.Random(seed), Report()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        size = Size(orders=max(6, round(kills * ORDERS_A_KILL)), shipped=0, returns=0)
        async with (
            a_shift_with(Kind.IN_A_PAGE, Path(folder), size) as rig,
            a_handset(rig, Path(folder)) as handset,
        ):
            await rig.sign_in(handset.screen, "Ada")
            while report.kills < kills:
                walk = rig.walk() or await rig.gets_work(handset.screen)
                killing = asyncio.create_task(_killed_after(handset, rng.uniform(*BURST_S)))
                answered, seq = await _burst(rig, handset, walk)
                await killing
                await handset.starts()
                report.kills += 1
                _compare(report, rig, answered, seq)
            await rig.all_arrived("handset")
            _compare_with_the_store(report, rig)
    return report


async def _burst(rig: ShiftRig, handset: Handset, first: Walk) -> tuple[int, int]:
    """Scan what the walk asks for until the browser is gone or the list is done.

    Returns:
        How many scans were answered, and the number of the newest fact at the last answer.
    """
    totes = {load.order_id: load.tote_id for load in first.loads}
    answered, seq, walk = 0, _last_seq(rig), first
    with suppress(Error, AssertionError):
        while True:
            words = await handset.screen.words()
            await handset.screen.scan(rig.next_code(walk, totes))
            await handset.screen.until(CHANGED, words, timeout_ms=ANSWERS_MS)
            answered, seq = answered + 1, _last_seq(rig)
            if (now := rig.walk()) is None:
                break
            walk = now
    return answered, seq


async def _killed_after(handset: Handset, burst_s: float) -> None:
    await asyncio.sleep(burst_s)
    await handset.is_killed()


def _last_seq(rig: ShiftRig) -> int:
    return rig.facts_in_the_book("handset")[-1][0]


def _compare(report: Report, rig: ShiftRig, answered: int, seq: int) -> None:
    seqs = [each for each, _ in rig.facts_in_the_book("handset")]
    report.acknowledged += answered
    report.lost += max(0, seq - seqs[-1])
    report.unseen += seqs[-1] > seq
    if seqs != list(range(seqs[0], seqs[-1] + 1)):
        report.broken += 1
    if seqs[-1] < seq:
        report.found.append(f"kill {report.kills}: answered at fact {seq}, the book ends with {seqs[-1]}")


def _compare_with_the_store(report: Report, rig: ShiftRig) -> None:
    facts = rig.facts_at_the_store("handset")
    if [fact.seq for fact in facts] != list(range(1, _last_seq(rig) + 1)):
        report.broken += 1
        report.found.append(f"the store holds {len(facts)} facts, the book ends with {_last_seq(rig)}")
    wanted = {task.task_id: task.quantity_each for task in rig.rows_at_the_store(PickTask)}
    for kind in ("pick.unit_picked", "pick.unit_placed"):
        each = Counter[str]()
        for fact in facts:
            if fact.kind == kind:
                each[fact.body["task_id"]] += fact.body["quantity_each"]
        report.doubled += sum(count > wanted.get(task_id, count) for task_id, count in each.items())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    report = asyncio.run(kill(asked.kills, seed=asked.seed))
    print(json.dumps(asdict(report)))
    return 0 if report.good else 1


if __name__ == "__main__":
    sys.exit(main())
