"""Facts at the order store: how many a second it takes through its real HTTP, and what a fact costs it.

Eight handsets walk their lists at once and send what they owe, a full push a request, to a store in a process of its
own over its embedded SQLite: sign-in, chain, judgement, rows, stock, feed, outcomes, disk. The rival keeps the texts
alone: SQLAlchemy Core's executemany inserts of the same rows of the table `facts`, in groups of as many facts, by the
same engine on the same disk, with no HTTP and no judgement. CPU time is the store's; the senders are another process.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psutil
from sqlalchemy import insert, select

from app.domain.gtin import check_digit
from app.domain.picklists import Picklist, PicklistState
from app.domain.totes import ToteAssigned
from bench.books import report
from store.engine import open_reader, open_writer
from store.migrate import migrate
from store.tables import facts
from store.writer import FACTS_A_GROUP_MAX
from sync.protocol import Verdict
from tests.store.a_process import Running, a_process
from tests.store.a_station import AStation
from tests.store.a_store import AStore, a_store
from tests.store.w1 import PICKER, an_order
from tests.store.walk import a_walk

STATIONS = 8
ORDERS = 200
LINES_AN_ORDER = 7
BINS = 100
# Microseconds depend on the machine and on what else it does; the ratio does much less.
BARE_CPU_TIMES_MAX = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """Args:
    wall_s, cpu_s: of all facts together.
    """

    wall_s: float
    cpu_s: float


def facts_a_second_figures(count: int, http: Took, bare: Took) -> dict[str, Any]:
    return {
        "facts": count,
        "facts_a_second": round(count / http.wall_s),
        "cpu_us_a_fact": round(http.cpu_s / count * 1e6),
        "bare_facts_a_second": round(count / bare.wall_s),
        "bare_cpu_us_a_fact": round(bare.cpu_s / count * 1e6),
        "cpu_to_bare": round(http.cpu_s / bare.cpu_s, 1),
    }


async def shift(store: AStore) -> list[AStation]:
    """Handsets that have walked every list of a shift, and have sent nothing."""
    store.clock[0] = datetime.now(UTC)
    await fill(store)
    for number in range(ORDERS):
        first = number * LINES_AN_ORDER
        lines: dict[str, Any] = {f"S{line % BINS:03}": 1 for line in range(first, first + LINES_AN_ORDER)}
        await store.post("/v1/orders", an_order(f"{10_000 + number}", **lines))
    stations = [await store.station(name=f"H{number}") for number in range(STATIONS)]
    totes = (f"B-{number:03}" for number in range(ORDERS))
    for number, picklist_id in enumerate(await store.release()):
        walked(store, stations[number % STATIONS], picklist_id, totes)
    return stations


def walked(store: AStore, station: AStation, picklist_id: str, totes: Iterator[str]) -> None:
    """Let a station lease a list and walk it."""
    leased = replace(
        store.row(Picklist, picklist_id),
        state=PicklistState.LEASED,
        station_id=station.station_id,
        worker_id=PICKER,
        epoch=1,
    )
    store.put(leased)
    station.lease = leased.lease
    for fact in a_walk(store, picklist_id):
        station.tell(replace(fact, tote_id=next(totes)) if isinstance(fact, ToteAssigned) else fact)


async def fill(store: AStore) -> None:
    """Bins of one product each, and a tote for every order."""
    size = {"weight_g": 100, "length_mm": 100, "width_mm": 80, "height_mm": 30}
    products, locations, stock = [], [], []
    for number in range(BINS):
        sku, bin_id, digits = f"S{number:03}", f"Z-{number:03}", f"40123460{number:04}"
        products.append({"sku": sku, "name": sku, "gtin": digits + check_digit(digits), **size})
        place = {"aisle": number // 20, "bay": number % 20, "x_mm": number // 20 * 3_000, "y_mm": number % 20 * 900}
        locations.append({"location_id": bin_id, "zone": "Z", "level": 1, **place})
        stock.append({"location_id": bin_id, "sku": sku, "quantity_each": 100})
    for kind, lines in (("products", products), ("locations", locations), ("stock", stock)):
        await store.load(kind, lines)
    await store.load("totes", [{"tote_id": f"B-{number:03}"} for number in range(ORDERS)])


async def through_http(store: AStore, stations: list[AStation], running: Running) -> Took:
    """Send everything, from all stations at once; every fact has to be taken as it is."""
    seen = psutil.Process(running.process.pid)
    async with httpx.AsyncClient(base_url=running.url, timeout=120) as http:
        for station in stations:
            station.store = AStore(service=store.service, http=http, clock=store.clock)
        before, began_s = seen.cpu_times(), time.perf_counter()
        judged = await asyncio.gather(*(station.push() for station in stations))
        wall_s, after = time.perf_counter() - began_s, seen.cpu_times()
    assert {outcome.verdict for outcomes in judged for outcome in outcomes} == {Verdict.ACCEPTED}
    return Took(wall_s=wall_s, cpu_s=after.user + after.system - before.user - before.system)


def bare(database: Path, kept: list[dict[str, Any]]) -> Took:
    """The same rows into a new table, by executemany alone."""
    engine = open_writer(f"sqlite:///{database}")
    migrate(engine)
    began_s, cpu_began_s = time.perf_counter(), time.process_time()
    for first in range(0, len(kept), FACTS_A_GROUP_MAX):
        with engine.begin() as connection:
            connection.execute(insert(facts), kept[first : first + FACTS_A_GROUP_MAX])
    took = Took(wall_s=time.perf_counter() - began_s, cpu_s=time.process_time() - cpu_began_s)
    engine.dispose()
    return took


def kept_facts(database: Path) -> list[dict[str, Any]]:
    reader = open_reader(f"sqlite:///{database}")
    with reader.begin() as connection:
        kept = [dict(row) for row in connection.execute(select(facts)).mappings()]
    reader.dispose()
    return kept


async def measure(folder: Path) -> tuple[int, Took, Took]:
    async with a_store(folder) as store:
        stations = await shift(store)
    async with a_process(folder, "--no-limits") as running:
        http = await through_http(store, stations, running)
    kept = kept_facts(folder / "store.db")
    return len(kept), http, bare(folder / "bare.db", kept)


def main() -> int:
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        count, http, alone = asyncio.run(measure(Path(folder)))
    figures = facts_a_second_figures(count, http, alone)
    wanted = {"cpu_to_bare": BARE_CPU_TIMES_MAX}
    return report("store_facts", figures, wanted, ok=all(figures[name] <= most for name, most in wanted.items()))


if __name__ == "__main__":
    sys.exit(main())
