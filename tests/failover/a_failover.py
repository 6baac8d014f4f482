"""One shift with failovers in it: the primary is killed with everything it started, by hand another takes its place."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.failover.a_cluster import Cluster
from tests.failover.books import committed_before, doubled, lost
from tests.failover.load import Picker, pickers
from tests.store.a_process import a_process

STATIONS = 6
STORES = 2
LONGEST_S = 90.0
BEHIND_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Args:
    facts: how many were acknowledged.
    first_fact_s: for each failover, from the kill to the answer of the first push that was sent after it.
    committed_before: retries of what had been committed already.
    """

    failovers: int
    facts: int
    lost: int
    doubled: int
    first_fact_s: tuple[float, ...]
    committed_before: int
    refused: int


async def shift(folder: Path, cluster: Cluster, *, failovers: int) -> Figures:
    """Two stores, six pickers, and `failovers` dead primaries; each comes back as a standby before the next dies.

    The last one's standbys stand still for a moment before it dies: what it writes then, nobody else has.
    """
    async with AsyncExitStack() as stack:
        # One folder: the stores of a house share the secret that signs tokens.
        stores = [a_process(folder, "--no-limits", url=cluster.url) for _ in range(STORES)]
        running = [await stack.enter_async_context(store) for store in stores]
        people = await stack.enter_async_context(pickers([each.url for each in running], STATIONS))
        over = asyncio.Event()
        picking = [asyncio.create_task(picker.pick_until(over)) for picker in people]
        first_fact_s = []
        for number in range(failovers):
            await pushed(people, picking, after_s=time.monotonic(), count=10)
            if number + 1 == failovers:
                await asyncio.to_thread(cluster.hold_standbys_back)
                await asyncio.sleep(BEHIND_S)
            died_s = await _one(cluster)
            first_fact_s.append(round(await pushed(people, picking, after_s=died_s, count=1) - died_s, 2))
            await pushed(people, picking, after_s=died_s, count=5)
            if number + 1 < failovers:
                await _whole_again(cluster)
        over.set()
        async with asyncio.timeout(LONGEST_S):
            await asyncio.gather(*picking)
        return Figures(
            failovers=failovers,
            facts=sum(picker.acknowledged_seq for picker in people),
            lost=lost(cluster.url, people),
            doubled=doubled(cluster.url, people),
            first_fact_s=tuple(first_fact_s),
            committed_before=committed_before(cluster.url, people),
            refused=sum(picker.refused for picker in people),
        )


async def _one(cluster: Cluster) -> float:
    """Kill and promote; when it died."""
    await asyncio.to_thread(cluster.nodes[cluster.primary].kill)
    died_s = time.monotonic()
    await asyncio.to_thread(cluster.fail_over)
    return died_s


async def _whole_again(cluster: Cluster) -> None:
    """The dead one follows, and the third has found the new primary."""
    for name, node in cluster.nodes.items():
        if node.process is not None and node.process.poll() is not None:
            await asyncio.to_thread(cluster.take_back, name)
    async with asyncio.timeout(LONGEST_S):
        # The server says so nowhere but in a view.
        while len(await asyncio.to_thread(cluster.following)) < len(cluster.nodes) - 1:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def pushed(
    people: Sequence[Picker], picking: Sequence[asyncio.Task[None]], *, after_s: float, count: int
) -> float:
    """Wait until every picker has had so many pushes answered that it sent after that time; when the first was."""
    async with asyncio.timeout(LONGEST_S):
        while True:
            mine = [[answered_s for sent_s, answered_s in one.answered if sent_s > after_s] for one in people]
            if all(len(answered) >= count for answered in mine):
                return min(answered[0] for answered in mine)
            for task in picking:
                if task.done():
                    task.result()
            await asyncio.sleep(0.02)
