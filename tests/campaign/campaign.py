"""One campaign: a floor of real stations and a real store, a bad network, kills; then peace, and what is true then."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from app.ports import Link
from demo.desk import desk
from demo.shop import Shop
from store.engine import open_reader
from tests.campaign.child import Child, lasting_port
from tests.campaign.databases import Database, a_database
from tests.campaign.faulty_wire import FaultyWire, a_faulty_wire
from tests.campaign.fickle_shop import cancels
from tests.campaign.floor_plan import FloorPlan
from tests.campaign.handset import Handset
from tests.campaign.picker import Picker
from tests.campaign.planted import AT_THE_STORE
from tests.campaign.progress import Progress
from tests.campaign.size import Size
from tests.campaign.trouble import Trouble
from tests.campaign.verdict import Book, Verdict, judge
from tests.store.w1 import OWNER_KEY, W1

# A program of ours that says this has met what it does not expect.
_BAD = re.compile(
    r"courier_step_failed|station_gives_up|facts_lost_by_store|chain_forked|trouble seat=|fact_not_applied"
)
# Who has not sent everything long after the healing never will.
DRAINS_WITHIN_S = 90.0


@dataclass(slots=True)
class Report:
    """What a campaign has come to; `line` is what is printed."""

    engine: str
    seed: int
    size: Size
    kills: dict[str, int]
    cuts: dict[str, int]
    drained_s: float
    wall_s: float
    verdict: Verdict

    @property
    def line(self) -> dict[str, Any]:
        return {
            "engine": self.engine,
            "seed": self.seed,
            "stations": self.size.stations,
            "facts": self.verdict.facts,
            "acknowledged": self.verdict.acknowledged,
            "lost": len(self.verdict.lost),
            "doubled": len(self.verdict.doubled),
            "exceptions": self.verdict.exceptions,
            "wrong": len(self.verdict.wrong),
            "kills": self.kills,
            "cuts": self.cuts,
            "drained_s": round(self.drained_s, 1),
            "wall_s": round(self.wall_s),
        }


@dataclass
class Floor:
    """Everything that runs during a campaign."""

    folder: Path
    database: Database
    store: Child
    store_url: str
    wire: FaultyWire
    handsets: list[Handset] = field(default_factory=list)

    def shop(self) -> Shop:
        return Shop(self.store_url, OWNER_KEY, W1)


async def campaign(engine: str, seed: int, size: Size, folder: Path, *, planted: str = "") -> Report:
    """Run one, over an empty folder.

    Args:
        planted: a fault of `planted.FAULTS` that it is to find.

    Raises:
        TimeoutError: a station never sent what it owed.
    """
    began_s = time.monotonic()
    chance = Random(seed)
    plan = FloorPlan(tuple(f"K{number:02}" for number in range(1, size.stations + 1)), size.facts, seed)
    async with a_floor(engine, folder, chance, size, planted) as floor:
        progress = Progress()
        trouble = Trouble(
            chance=Random(chance.random()),
            progress=progress,
            wire=floor.wire,
            store=floor.store,
            store_url=floor.store_url,
            database=floor.database,
            handsets=floor.handsets,
        )
        await trouble.start_the_store()
        await _open_the_floor(floor, plan, planted)
        pickers = [
            Picker(
                handset=one,
                facts=size.facts_a_station,
                chance=Random(chance.random()),
                pause_s=size.pause_s,
                progress=progress,
            )
            for one in floor.handsets
        ]
        references = Random(chance.random()).sample(plan.references, size.cancelled)
        async with floor.shop() as shop:
            cancelling = cancels(shop, references, Random(chance.random()), progress, size.facts * 9 // 10)
            await _shift(pickers, trouble, size, cancelling)
        drained_s = await _peace(floor, trouble)
        verdict = await _verdict(floor, pickers)
        kills = {
            "stations": sum(handset.child.kills for handset in floor.handsets),
            "store": floor.store.kills,
            "database": floor.database.kills,
        }
        return Report(
            engine=engine,
            seed=seed,
            size=size,
            kills=kills,
            cuts=dict(sorted(floor.wire.done.items())),
            drained_s=drained_s,
            wall_s=time.monotonic() - began_s,
            verdict=verdict,
        )


@asynccontextmanager
async def a_floor(engine: str, folder: Path, chance: Random, size: Size, planted: str) -> AsyncIterator[Floor]:
    """The database and the wire; the store is made and not started. Everything is ended with the block."""
    data, port = folder / "store", lasting_port()
    data.mkdir(parents=True)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(a_database(engine, data))
        wire = await stack.enter_async_context(a_faulty_wire(port, Random(chance.random()), hole_s=size.hole_s))
        env = {
            "FLOORHAND_ADMIN_KEY": OWNER_KEY,
            "FLOORHAND_STORE_URL": database.url,
            "FLOORHAND_PLANTED": planted if planted in AT_THE_STORE else "",
        }
        arguments = ("-m", "store", "--port", str(port), "--data", str(data))
        store = Child(arguments, env=env, log=folder / "store.log")
        floor = Floor(folder, database, store, f"http://127.0.0.1:{port}", wire)
        try:
            yield floor
        finally:
            await asyncio.gather(*(child.end() for child in (store, *(one.child for one in floor.handsets))))


async def _open_the_floor(floor: Floor, plan: FloorPlan, planted: str) -> None:
    async with floor.shop() as shop:
        await plan.set_up(shop)
        for name in plan.pickers:
            floor.handsets.append(
                Handset(
                    name=name,
                    folder=floor.folder / name,
                    store_url=floor.wire.url,
                    enrolment_code=await shop.enrolment_code("handset", name),
                    log=floor.folder / f"{name}.log",
                    planted=planted if planted not in AT_THE_STORE else "",
                )
            )
    await asyncio.gather(*(handset.start() for handset in floor.handsets))


async def _shift(pickers: list[Picker], trouble: Trouble, size: Size, cancelling: Coroutine[Any, Any, None]) -> None:
    """Everybody picks to the end of their share, while one trouble follows the other; the last one is all at once."""

    async def troubles() -> None:
        await asyncio.gather(trouble.comes(size.troubles, size.facts * 9 // 10), cancelling)
        await trouble.progress.reach(size.facts)
        await trouble.everything_is_down()
        for picker in pickers:
            picker.last_call()

    async with asyncio.TaskGroup() as group:
        working = [group.create_task(picker.works()) for picker in pickers]
        group.create_task(troubles())
        await asyncio.wait(working)
        trouble.progress.end()


async def _peace(floor: Floor, trouble: Trouble) -> float:
    """Everything runs again, nobody scans: seconds until nothing is owed."""
    await trouble.heals()
    healed_s = time.monotonic()
    async with asyncio.timeout(DRAINS_WITHIN_S):
        await asyncio.gather(*map(_owes_nothing, floor.handsets))
    return time.monotonic() - healed_s


async def _owes_nothing(handset: Handset) -> None:
    """Wait for it; one whose chain the store contradicts never will, and the verdict says so."""
    await handset.until(lambda: handset.owed == 0 or handset.link == Link.REFUSED)


async def _verdict(floor: Floor, pickers: list[Picker]) -> Verdict:
    await asyncio.gather(*(handset.stop() for handset in floor.handsets))
    for handset in floor.handsets:
        async with desk(handset.folder, store_url=floor.store_url, enrolment_code="", name=handset.name) as own:
            await own.courier.pull_now()
    await floor.store.stop()
    reader = open_reader(floor.database.url)
    try:
        with reader.begin() as connection:
            books = [Book(name=one.name, folder=one.handset.folder, notes=one.notes) for one in pickers]
            verdict = judge(connection, books)
    finally:
        reader.dispose()
    for log in sorted(floor.folder.glob("*.log")):
        said = [line for line in log.read_text(errors="replace").splitlines() if _BAD.search(line)]
        verdict.wrong += [f"{log.stem} says: {line}" for line in said[:3]]
    return verdict
