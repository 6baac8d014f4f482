"""Pickers who go on picking while the database under the store dies.

Each station picks its list unit by unit and sends what it owes until it is answered, as a courier does. What was
acknowledged is written down here, and compared with the books afterwards (`tests.failover.books`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
from fastapi import FastAPI

from app.domain.picking import LocationConfirmed, PickTask, UnitPicked
from app.domain.picklists import Picklist, PicklistStarted
from app.domain.rows import from_image
from store.assignment import AHEAD_EACH
from sync.protocol import FactsJudged, Verdict
from tests.store.a_station import AStation
from tests.store.a_store import AStore, open_w1
from tests.store.w1 import PEN, PEN_BIN, PIN_HASH

# More than anybody picks in a run, so that every pick is one that its task has room for.
UNITS_A_LIST = 50_000
FACTS_A_PUSH = 5
RETRY_S = 0.1
ANSWER_TIMEOUT_S = 5.0


@dataclass(slots=True)
class Picker:
    """One station, and what it was told.

    Args:
        acknowledged_seq: through which fact the store has said that it holds them.
        lost: facts that it had acknowledged and asked for again.
        retried: first fact and time of each push that was answered only after one of its like was not.
        refused: answers "ask again".
        answered: when each acknowledged push was sent, and when it was answered.
    """

    station: AStation
    worker_id: str
    task: PickTask
    acknowledged_seq: int = 0
    lost: int = 0
    retried: list[tuple[int, datetime]] = field(default_factory=list)
    refused: int = 0
    answered: list[tuple[float, float]] = field(default_factory=list)

    async def pick_until(self, over: asyncio.Event) -> None:
        """Pick and send; when it is over, send what is owed still."""
        while not over.is_set() or self.station.owed:
            if not self.station.owed:
                pick = UnitPicked(task_id=self.task.task_id, product_id=PEN, quantity_each=1)
                self.station.store.clock[0] = datetime.now(UTC)
                self.station.tell(*[pick] * FACTS_A_PUSH, worker_id=self.worker_id)
            await self._send()

    async def _send(self) -> None:
        first_seq = self.station.seq - len(self.station.owed) + 1
        failed = False
        while True:
            sent_at_utc, sent_s = datetime.now(UTC), time.monotonic()
            judged = await self._answer(self.station.owed[:100])
            if judged is not None:
                break
            failed = True
            await asyncio.sleep(RETRY_S)
        if failed:
            self.retried.append((first_seq, sent_at_utc))
        last = judged.outcomes[-1]
        if last.verdict is Verdict.GAP and last.expected_seq is not None:
            # What a courier does, too: the store has lost facts, and they are owed again.
            self.lost += self.acknowledged_seq - last.expected_seq + 1
            self.acknowledged_seq = last.expected_seq - 1
            self.station.owed = self.station.told[last.expected_seq - 1 :]
            return
        assert {outcome.verdict for outcome in judged.outcomes} == {Verdict.ACCEPTED}, judged
        self.station.owed = self.station.owed[len(judged.outcomes) :]
        self.acknowledged_seq = judged.held_through_seq
        self.answered.append((sent_s, time.monotonic()))

    async def _answer(self, texts: Sequence[str]) -> FactsJudged | None:
        try:
            answer = await self.station.send(*texts)
        except httpx.TransportError:
            return None
        if answer.status_code == 503 and "Retry-After" in answer.headers:
            self.refused += 1
            return None
        # Whatever becomes of the database, the store has no other answer.
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return from_image(FactsJudged, answer.json())


@asynccontextmanager
async def pickers(urls: Sequence[str], count: int) -> AsyncIterator[list[Picker]]:
    """The warehouse W1 through the first of the stores, and stations that share all of them, each with its list."""
    clock = [datetime.now(UTC)]
    async with AsyncHomes(urls, clock) as homes:
        first = homes[0]
        lists = count * (1 + AHEAD_EACH)
        await open_w1(first)
        await first.load("stock", [{"location_id": PEN_BIN, "sku": PEN, "quantity_each": UNITS_A_LIST * lists}])
        names = [f"p{number}" for number in range(count)]
        people = [{"name": name, "badge": f"b-{name}", "pin_hash": PIN_HASH, "roles": ["picker"]} for name in names]
        await first.load("workers", [{"worker_id": each["name"], **each} for each in people])
        for number in range(lists):
            await first.order(f"{number}", PEN=UNITS_A_LIST)
        await first.release(max_orders_a_list=1)
        yield [await _picker(homes[number % len(homes)], name) for number, name in enumerate(names)]


class AsyncHomes:
    """Clients of running stores, as tests know them; there is no store in this process."""

    def __init__(self, urls: Sequence[str], clock: list[datetime]) -> None:
        clients = [httpx.AsyncClient(base_url=url, timeout=ANSWER_TIMEOUT_S) for url in urls]
        self._stores = [AStore(service=FastAPI(), http=client, clock=clock) for client in clients]

    async def __aenter__(self) -> list[AStore]:
        return self._stores

    async def __aexit__(self, *_: object) -> None:
        for store in self._stores:
            await store.http.aclose()


async def _picker(store: AStore, worker_id: str) -> Picker:
    """A handset whose worker stands at the bin of his list."""
    station = await store.station(name=worker_id)
    answer = await station.ask("get_work", key="w1", worker_id=worker_id)
    picklist_id = str(answer.json()["current"])
    while (await station.pull()).more:
        pass
    picklist = from_image(Picklist, station.view[Picklist.row_kind, picklist_id])
    station.lease = picklist.lease
    tasks = [from_image(PickTask, image) for (kind, _), image in station.view.items() if kind == PickTask.row_kind]
    task = next(task for task in tasks if task.picklist_id == picklist_id)
    start = [
        PicklistStarted(picklist_id=picklist_id),
        LocationConfirmed(task_id=task.task_id, location_id=task.location_id),
    ]
    await station.do(*start, worker_id=worker_id)
    return Picker(station=station, worker_id=worker_id, task=task, acknowledged_seq=station.seq)
