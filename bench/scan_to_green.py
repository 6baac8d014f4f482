"""From a scan to the moment at which it may be shown green: judged by the tables, then on disk.

The station's book has 1,000,000 barcodes, 10,000 open tasks and 10,000 owed facts. What each deed wrote is then
written to a copy of the book by sqlite3 alone: the same rows, in one FULL transaction, on the same disk, in turns. The
ratio of the two is the price of the ledger.
"""

from __future__ import annotations

import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from app.domain.deeds import deed_of
from app.domain.picking import UnitPicked
from bench.bare import BareBook, Written
from bench.books import WORKER_ID, a_book, code, report, task_id
from sync.ledger import SqliteLedger

CODES = 1_000_000
TASKS_BEGUN = 5_000
ROUNDS = 2_000
WARM_UP = 200
RATIO_MAX = 2.0


def a_scan(ledger: SqliteLedger, chance: random.Random) -> tuple[float, float]:
    """Look a random barcode up, judge the pick of one unit, keep it; gives ms until judged, and from there to kept."""
    scanned, task = code(chance.randrange(CODES)), task_id(chance.randrange(TASKS_BEGUN))
    began_ns = time.perf_counter_ns()
    hit = ledger.find_code(scanned)
    assert hit is not None
    deed = deed_of(ledger.get, UnitPicked(task_id=task, product_id=hit.product_id, quantity_each=1))
    judged_ns = time.perf_counter_ns()
    ledger.record(deed, worker_id=WORKER_ID)
    return (judged_ns - began_ns) / 1e6, (time.perf_counter_ns() - judged_ns) / 1e6


def main() -> int:
    chance = random.Random(1)
    judged_ms: list[float] = []
    kept_ms: list[float] = []
    bare_ms: list[float] = []
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        path = Path(folder) / "book.db"
        ledger = a_book(path, codes=CODES)
        shutil.copy(path, Path(folder) / "bare.db")
        bare = BareBook(Path(folder) / "bare.db")
        written = Written(ledger)
        for turn in range(ROUNDS + WARM_UP):
            with written:
                judged, kept = a_scan(ledger, chance)
            began_ns = time.perf_counter_ns()
            bare.write(written.statements)
            alone = (time.perf_counter_ns() - began_ns) / 1e6
            if turn >= WARM_UP:
                judged_ms.append(judged)
                kept_ms.append(kept)
                bare_ms.append(alone)
        bare.close()
        ledger.close()
    ratio = statistics.median(kept_ms) / statistics.median(bare_ms)
    figures = {"commit_to_bare": round(ratio, 2)}
    for name, took in (("judged", judged_ms), ("committed", kept_ms), ("bare", bare_ms)):
        figures[f"{name}_median_ms"] = round(statistics.median(took), 3)
        figures[f"{name}_p99_ms"] = round(statistics.quantiles(took, n=100)[98], 3)
    return report("scan_to_green", figures, {"commit_to_bare": RATIO_MAX}, ok=ratio <= RATIO_MAX)


if __name__ == "__main__":
    sys.exit(main())
