"""From a scan to green: how long a picker waits, and what of it is the price of the ledger.

The station's book has 1,000,000 barcodes, 10,000 open tasks and 10,000 owed facts.

* Enter → patch: the real screens in a real Flet session (`bench.picker`). Time runs from the key event of Enter to the
  first bytes for the client that hold the strip's answer: judged by the tables, on disk, drawn, compared, packed. A
  walk is worked as on the floor: bin, item, item, item, tote. The same stretch is also given in CPU time of this
  process, which a busy machine disturbs less.
* Commit: what each of a row of deeds wrote is written to a copy of the book by sqlite3 alone: the same rows, in one
  FULL transaction, on the same disk, in turns with the ledger.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from app.domain.deeds import deed_of
from app.domain.picking import UnitPicked
from bench.bare import BareBook, Written
from bench.books import WORKER_ID, a_book, code, report, task_id
from bench.folder import a_folder
from bench.picker import Picker, Took
from sync.ledger import SqliteLedger

CODES = 1_000_000
TASKS_BEGUN = 5_000
DEEDS = 1_500
SCANS = 600
WARM_UP = 100
RATIO_MAX = 2.0
MEDIAN_MS_MAX = 3.0
P99_MS_MAX = 10.0


def a_deed(ledger: SqliteLedger, chance: random.Random) -> tuple[float, float]:
    """Look a random barcode up, judge the pick of one unit, keep it; gives ms until judged, and from there to kept."""
    scanned, task = code(chance.randrange(CODES)), task_id(chance.randrange(TASKS_BEGUN))
    began_ns = time.perf_counter_ns()
    hit = ledger.find_code(scanned)
    assert hit is not None
    deed = deed_of(ledger.get, UnitPicked(task_id=task, product_id=hit.product_id, quantity_each=1))
    judged_ns = time.perf_counter_ns()
    ledger.record(deed, worker_id=WORKER_ID)
    return (judged_ns - began_ns) / 1e6, (time.perf_counter_ns() - judged_ns) / 1e6


def deeds(ledger: SqliteLedger, copy: Path) -> dict[str, list[float]]:
    """ms of each deed: until it was judged, until it was kept, and what its rows cost sqlite3 alone."""
    chance = random.Random(1)
    took: dict[str, list[float]] = {"judged": [], "committed": [], "bare": []}
    bare, written = BareBook(copy), Written(ledger)
    for turn in range(DEEDS + WARM_UP):
        with written:
            judged, kept = a_deed(ledger, chance)
        began_ns = time.perf_counter_ns()
        bare.write(written.statements)
        alone = (time.perf_counter_ns() - began_ns) / 1e6
        if turn >= WARM_UP:
            for name, ms in zip(took, (judged, kept, alone), strict=True):
                took[name].append(ms)
    bare.close()
    return took


async def scans(ledger: SqliteLedger) -> list[Took]:
    """What a picker waits for each scan of some walks."""
    picker = await Picker.at(ledger)
    took = [each for _ in range(SCANS + WARM_UP) if (each := await picker.scan()) is not None]
    return took[WARM_UP:]


def p99(took_ms: Sequence[float]) -> float:
    return statistics.quantiles(took_ms, n=100)[98]


def main() -> int:
    with a_folder() as folder:
        path, copy = folder / "book.db", folder / "bare.db"
        ledger = a_book(path, codes=CODES)
        shutil.copy(path, copy)
        took_ms = deeds(ledger, copy)
        waited = asyncio.run(scans(ledger))
        ledger.close()
    took_ms["enter_to_patch"] = [each.wall_ms for each in waited]
    took_ms["enter_to_patch_cpu"] = [each.cpu_ms for each in waited]
    figures = {"commit_to_bare": round(statistics.median(took_ms["committed"]) / statistics.median(took_ms["bare"]), 2)}
    for name, each_ms in took_ms.items():
        figures[f"{name}_median_ms"] = round(statistics.median(each_ms), 3)
        figures[f"{name}_p99_ms"] = round(p99(each_ms), 3)
    wanted = {
        "commit_to_bare": RATIO_MAX,
        "enter_to_patch_median_ms": MEDIAN_MS_MAX,
        "enter_to_patch_p99_ms": P99_MS_MAX,
    }
    return report("scan_to_green", figures, wanted, ok=all(figures[name] <= most for name, most in wanted.items()))


if __name__ == "__main__":
    sys.exit(main())
