"""A station does not get slower as its catalogue grows: looking a barcode up, judging and keeping a pick at 1k to 1M.

The four books lie on the same disk and take turns, so that a busy moment of the machine meets all of them.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from app.domain.deeds import deed_of
from app.domain.picking import UnitPicked
from bench.books import WORKER_ID, a_book, code, report, task_id
from sync.ledger import SqliteLedger

SIZES = (1_000, 10_000, 100_000, 1_000_000)
ROUNDS = 600
TASKS = 2_000
WARM_UP = 100
RATIO_MAX = 1.3


def one_pick(ledger: SqliteLedger, codes: int, task: int, chance: random.Random) -> float:
    """Look a random barcode up, judge the pick of one unit, keep it; gives how long that took in ms."""
    scanned = code(chance.randrange(codes))
    began_ns = time.perf_counter_ns()
    hit = ledger.find_code(scanned)
    assert hit is not None
    fact = UnitPicked(task_id=task_id(task), product_id=hit.product_id, quantity_each=1)
    ledger.record(deed_of(ledger.get, fact), worker_id=WORKER_ID)
    return (time.perf_counter_ns() - began_ns) / 1e6


def main() -> int:
    chance = random.Random(1)
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        books = {n: a_book(Path(folder) / f"{n}.db", codes=n, tasks=TASKS, owed=2 * TASKS) for n in SIZES}
        took_ms: dict[int, list[float]] = {size: [] for size in SIZES}
        for turn in range(ROUNDS + WARM_UP):
            for size in chance.sample(SIZES, len(SIZES)):
                ms = one_pick(books[size], size, turn, chance)
                if turn >= WARM_UP:
                    took_ms[size].append(ms)
        for ledger in books.values():
            ledger.close()
    medians = {size: statistics.median(took) for size, took in took_ms.items()}
    ratio = max(medians.values()) / min(medians.values())
    figures: dict[str, object] = {f"median_ms_at_{size}": round(ms, 3) for size, ms in medians.items()}
    figures["largest_to_smallest"] = round(ratio, 3)
    return report("growth", figures, {"largest_to_smallest": RATIO_MAX}, ok=ratio <= RATIO_MAX)


if __name__ == "__main__":
    sys.exit(main())
