"""A station does not get slower as its catalogue grows: Enter → patch at 1k, 10k, 100k and 1M barcodes.

Four stations in one process, each with a book of its own on the same disk, a window and a picker who walks
(`bench.picker`). They take turns in an order that changes, so that a busy moment of the machine meets all of them.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
from pathlib import Path

from bench.books import a_book, report
from bench.folder import a_folder
from bench.picker import Picker, Took

SIZES = (1_000, 10_000, 100_000, 1_000_000)
ROUNDS = 500
TASKS = OWED = 4_000
WARM_UP = 50
RATIO_MAX = 1.3


async def walk(folder: Path) -> dict[int, list[Took]]:
    """What the picker of each book waits for each scan."""
    chance = random.Random(1)
    books = {size: a_book(folder / f"{size}.db", codes=size, tasks=TASKS, owed=OWED) for size in SIZES}
    pickers = {size: await Picker.at(book) for size, book in books.items()}
    took: dict[int, list[Took]] = {size: [] for size in SIZES}
    for turn in range(ROUNDS + WARM_UP):
        for size in chance.sample(SIZES, len(SIZES)):
            each = await pickers[size].scan()
            if turn >= WARM_UP and each is not None:
                took[size].append(each)
    for book in books.values():
        book.close()
    return took


def main() -> int:
    with a_folder() as folder:
        took = asyncio.run(walk(folder))
    medians = {size: statistics.median(each.wall_ms for each in all_of_it) for size, all_of_it in took.items()}
    cpu = {size: statistics.median(each.cpu_ms for each in all_of_it) for size, all_of_it in took.items()}
    ratio = max(medians.values()) / min(medians.values())
    figures: dict[str, object] = {f"median_ms_at_{size}": round(ms, 3) for size, ms in medians.items()}
    figures["largest_to_smallest"] = round(ratio, 3)
    figures["largest_to_smallest_cpu"] = round(max(cpu.values()) / min(cpu.values()), 3)
    return report("growth", figures, {"largest_to_smallest": RATIO_MAX}, ok=ratio <= RATIO_MAX)


if __name__ == "__main__":
    sys.exit(main())
