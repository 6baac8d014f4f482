"""Facts at the order store: how many a second it takes, what a fact costs it, and how long a push waits.

Thirty-two handsets send what they owe to a store in a process of its own, through FastAPI, with sign-in, chain and
judgement, at 1, 10 and 100 facts a request, over each engine. The rival is the same store whose writes are plain SQL
on the driver's cursor (`bench.raw_store`), in the same run. CPU time is that of the store and of PostgreSQL's
processes; whoever sends is another process and not counted.

    python -m bench.intake                  both engines
    python -m bench.intake --engine sqlite
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from bench.books import report
from bench.folder import a_folder
from bench.load import Sent, push_request, send
from bench.shift import shift
from tests.store import a_postgres
from tests.store.a_process import a_process
from tests.store.a_store import a_store
from tests.store.engines import ENGINES, EngineOfTests, use

STATIONS = 32
ORDERS = 600
BATCHES = (1, 10, 100)
# One fact a request takes as long as ten: a part of the shift says enough.
FACTS_MAX = {1: 3_000, 10: 12_000, 100: 14_000}
ROUNDS = 3
OURS, RAW = "store", "bench.raw_store"


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    sent: Sent
    facts: int
    store_cpu_s: float
    database_cpu_s: float

    @property
    def cpu_us(self) -> float:
        return (self.store_cpu_s + self.database_cpu_s) / self.facts * 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A store whose stations owe a shift; each measurement begins with a copy of it."""

    engine: EngineOfTests
    folder: Path
    owed: list[tuple[str, str, list[str]]]

    @contextmanager
    def copied(self) -> Iterator[Path]:
        with a_folder() as copy:
            folder = copy
            shutil.copy(self.folder / "token.secret", folder)
            assert self.engine.begin_alike(folder)
            try:
                yield folder
            finally:
                self.engine.clear(folder)

    def queues(self, url: str, batch: int, facts_max: int) -> list[list[bytes]]:
        """Requests for each station, `facts_max` facts in all."""
        each = facts_max // STATIONS
        return [
            [
                push_request(url, station_id, token, texts[first : first + batch])
                for first in range(0, min(each, len(texts)), batch)
            ]
            for station_id, token, texts in self.owed
        ]


async def prepared(
    engine: EngineOfTests, folder: Path, *, before_it_is_kept: Callable[[str], None] | None = None
) -> Prepared:
    async with a_store(folder, token_life_s=24 * 3600, rate_limits=None) as store:
        stations = await shift(store, stations=STATIONS, orders=ORDERS)
        for station in stations:
            await station.sign_in()
        owed = [(station.station_id, station.token, list(station.owed)) for station in stations]
    if before_it_is_kept is not None:
        before_it_is_kept(engine.url(folder))
    engine.keep(folder)
    return Prepared(engine=engine, folder=folder, owed=owed)


async def measure(ready: Prepared, module: str, batch: int, *, requests_a_second: float | None = None) -> Took:
    with ready.copied() as folder:
        async with a_process(folder, "--no-limits", module=module) as running:
            queues = ready.queues(running.url, batch, FACTS_MAX[batch])
            store, database = [psutil.Process(running.process.pid)], _database()
            before = _cpu_s(store), _cpu_s(database)
            sent = await send(running.url, queues, requests_a_second=requests_a_second)
            after = _cpu_s(store), _cpu_s(database)
    facts = sum(min(FACTS_MAX[batch] // STATIONS, len(texts)) for _, _, texts in ready.owed)
    return Took(sent=sent, facts=facts, store_cpu_s=after[0] - before[0], database_cpu_s=after[1] - before[1])


def _database() -> list[psutil.Process]:
    """PostgreSQL's processes, where it is the engine."""
    server = a_postgres.running()
    if server is None:
        return []
    first = psutil.Process(server)
    return [first, *first.children(recursive=True)]


def _cpu_s(processes: list[psutil.Process]) -> float:
    found = 0.0
    for process in processes:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        found += times.user + times.system
    return found


async def figures_of(engine_name: str) -> dict[str, Any]:
    engine = ENGINES[engine_name]()
    use(engine)
    figures: dict[str, Any] = {}
    with a_folder() as folder:
        ready = await prepared(engine, folder)
        for batch in BATCHES:
            pairs = [(await measure(ready, OURS, batch), await measure(ready, RAW, batch)) for _ in range(ROUNDS)]
            ours = [one for one, _ in pairs]
            best = min(ours, key=lambda took: took.cpu_us)
            name = f"at_{batch}"
            figures |= {
                f"{name}_facts_a_second": round(max(took.facts / took.sent.wall_s for took in ours)),
                f"{name}_cpu_us_a_fact": round(best.cpu_us),
                f"{name}_of_that_the_store": round(best.store_cpu_s / best.facts * 1e6),
                f"{name}_cpu_to_raw": round(statistics.median(one.cpu_us / raw.cpu_us for one, raw in pairs), 2),
                f"{name}_p50_ms": best.sent.took_ms(0.5),
                f"{name}_p99_ms": best.sent.took_ms(0.99),
            }
        fastest = figures["at_10_facts_a_second"] / 10
        half = await measure(ready, OURS, 10, requests_a_second=fastest / 2)
        figures |= {"half_load_p50_ms": half.sent.took_ms(0.5), "half_load_p99_ms": half.sent.took_ms(0.99)}
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.intake", description=__doc__)
    parser.add_argument("--engine", choices=sorted(ENGINES), action="append")
    missed = 0
    for engine_name in parser.parse_args().engine or sorted(ENGINES, reverse=True):
        figures = asyncio.run(figures_of(engine_name))
        wanted: dict[str, float] = {f"at_{batch}_cpu_to_raw": 1.3 for batch in BATCHES} | {"half_load_p99_ms": 150}
        if engine_name == "postgresql":
            wanted["at_10_cpu_us_a_fact"] = 150
        ok = all(figures[name] <= most for name, most in wanted.items())
        missed |= report("intake", {"engine": engine_name} | figures, wanted, ok=ok)
    return missed


if __name__ == "__main__":
    sys.exit(main())
