"""How long after a pick's scan the supervisor sees its number move, with the store, both stations and Chromium real.

A picker walks a demo warehouse's lists in one window, the supervisor's board is open in another, each of its own
station: what passes between them goes through the store. A stop is done with the scan of its tote; that scan alone
makes the list's *3 of 9* on the board into *4 of 9*. Both pages are read as a screen reader reads them, 20 times a
second, and say when by the one clock of the machine:

* scan → seen: from Enter to the new number on the board, which is what is promised;
* answer → seen: from the handset's answer to it.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from app.domain.codes import Command
from app.domain.walk import Stage
from bench.books import report
from bench.folder import a_folder
from demo.shift import Size
from tests.browser.chromium import Screen, screen
from tests.journeys.shift_rig import ShiftRig, a_shift
from tests.journeys.watch import answers, says

SCANS = 20
SEEN_S_MAX = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One scan that ended a stop, in seconds."""

    from_scan_s: float
    from_answer_s: float


async def the_tote(rig: ShiftRig, handset: Screen, board: Screen, totes: dict[str, str]) -> Seen:
    """Scan the tote that ends a stop, and wait until the board says so."""
    walk = rig.walk()
    assert walk is not None
    number = f"{walk.settled_count + 1} of {len(walk.tasks)}"
    async with says(board, number) as seen, answers(handset) as answered:
        scanned_ms = time.time() * 1000
        await rig.picks_on(handset, totes)
    return Seen(from_scan_s=(seen.at_ms - scanned_ms) / 1000, from_answer_s=max(0, seen.at_ms - answered.at_ms) / 1000)


async def measure(folder: Path) -> list[Seen]:
    """`SCANS` stops of as many lists as it takes."""
    seen: list[Seen] = []
    async with AsyncExitStack() as stack:
        rig = await stack.enter_async_context(a_shift(folder, Size(orders=40, shipped=0, returns=0)))
        # Two browsers: of two windows of one, the one behind is painted when the browser finds time for it.
        handset = await stack.enter_async_context(screen(rig.shift.addresses["Handset"], "handset", still=False))
        board = await stack.enter_async_context(
            screen(rig.shift.addresses["Returns and supervisor"], "bench", still=False)
        )
        await rig.sign_in(board, "Hanna")
        await rig.command(board, Command.ANSWER_1)
        await board.sees("Row number, then OK")
        await rig.sign_in(handset, "Ada")
        totes: dict[str, str] = {}
        while len(seen) < SCANS:
            walk = rig.walk() or await rig.gets_work(handset)
            if walk.stage is Stage.TOTE:
                seen.append(await the_tote(rig, handset, board, totes))
            else:
                await rig.picks_on(handset, totes)
    return seen


def main() -> int:
    with a_folder() as folder, open(os.devnull, "w") as quiet:
        said, sys.stdout = sys.stdout, quiet
        try:
            seen = asyncio.run(measure(folder / "shift"))
        finally:
            sys.stdout = said
    figures: dict[str, float] = {"scans": len(seen)}
    for name in ("from_scan_s", "from_answer_s"):
        each = [getattr(one, name) for one in seen]
        figures[f"{name.removesuffix('_s')}_median_s"] = round(statistics.median(each), 2)
        figures[f"{name.removesuffix('_s')}_worst_s"] = round(max(each), 2)
    wanted = {"from_scan_median_s": SEEN_S_MAX, "from_answer_median_s": SEEN_S_MAX}
    ok = all(figures[name] <= most for name, most in wanted.items())
    return report("seen_by_the_supervisor", figures, wanted, ok=ok)


if __name__ == "__main__":
    sys.exit(main())
