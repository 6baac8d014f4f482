"""`make failover-patroni`: the leader dies under load, with nobody's hand another leads. One line of JSON."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from tests.failover.a_failover import STATIONS, pushed
from tests.failover.a_patroni_house import PatroniHouse, a_patroni_house, until
from tests.failover.books import committed_before, doubled, lost
from tests.failover.load import pickers
from tests.store.a_process import a_process

STORES = ("S1_STORE", "S2_STORE")


async def shift(folder: Path, house: PatroniHouse) -> dict[str, Any]:
    await until(house.leader, "a leader")
    await until(lambda: len(house.followers()) == 2, "two that follow")
    await asyncio.to_thread(house.make_database)
    async with AsyncExitStack() as stack:
        for store in STORES:
            port = house.house[store].rpartition(":")[2]
            await stack.enter_async_context(a_process(folder, "--port", port, "--no-limits", url=house.url))
        # Stations know one address, and do not know which store answers.
        people = await stack.enter_async_context(pickers([f"http://{house.house['STORES']}"], STATIONS))
        over = asyncio.Event()
        picking = [asyncio.create_task(picker.pick_until(over)) for picker in people]
        await pushed(people, picking, after_s=time.monotonic(), count=10)
        old = house.leader()
        assert old is not None
        await asyncio.to_thread(house.kill, old)
        died_s = time.monotonic()
        first_s = await pushed(people, picking, after_s=died_s, count=1)
        house.start_patroni(old)
        await until(lambda: old in house.followers(), "the old leader follows")
        follows_s = time.monotonic()
        await pushed(people, picking, after_s=follows_s, count=5)
        over.set()
        await asyncio.gather(*picking)
        return {
            "facts": sum(picker.acknowledged_seq for picker in people),
            "lost": lost(house.url, people),
            "doubled": doubled(house.url, people),
            "first_fact_s": round(first_s - died_s, 1),
            "old_leader_follows_s": round(follows_s - died_s, 1),
            "committed_before": committed_before(house.url, people),
            "refused": sum(picker.refused for picker in people),
        }


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, a_patroni_house() as house:
        figures = asyncio.run(shift(Path(folder), house))
    ok = (figures["lost"], figures["doubled"]) == (0, 0)
    print(json.dumps({"claim": "failover_patroni", **figures, "ok": ok}))
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
