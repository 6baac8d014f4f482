"""The hand that kills and cuts: what comes after how many facts is drawn from a seed before the shift begins."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

import httpx

from tests.campaign.child import Child
from tests.campaign.databases import Database
from tests.campaign.faulty_wire import FaultyWire
from tests.campaign.handset import Handset
from tests.campaign.progress import Progress

# A trouble is over after so many facts of the floor, or when nobody can scan any more for want of work.
LASTS_FACTS = 25
LASTS_AT_MOST_S = 4.0
# Between a scan and the blow: anywhere in what follows from it.
STRIKES_WITHIN_S = 0.05
# How far the floor may be ahead of a trouble that is due, and waits for the one before it to be over.
AHEAD_FACTS = 10
# A store is killed in the middle of its work: after so many pushes since it came back, unless nobody has any.
PUSHES_MAX = 4
PUSHES_WITHIN_S = 5.0
READY_WITHIN_S = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Troubles:
    """How often each comes."""

    stations: int
    stores: int
    databases: int
    darks: int
    shuts: int


@dataclass
class Trouble:
    """Args:
    progress: the measure of time.
    store, database: what is killed, and started again over the same folder.
    """

    chance: Random
    progress: Progress
    wire: FaultyWire
    store: Child
    store_url: str
    database: Database
    handsets: Sequence[Handset]
    _ends: set[asyncio.Task[None]] = field(default_factory=set)
    _store_moves: asyncio.Lock = field(default_factory=asyncio.Lock)
    _network_moves: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def comes(self, troubles: Troubles, facts: int) -> None:
        """Every one of them, spread over so many facts."""
        databases = troubles.databases if self.database.may_be_killed else 0
        kinds: list[tuple[int, Callable[[], Awaitable[None]]]] = [
            (troubles.stations, self._kill_a_station),
            (troubles.stores, self._kill_the_store),
            (databases, self._kill_the_database),
            (troubles.darks, self._go_dark),
            (troubles.shuts, self._shut),
        ]
        acts = [act for count, act in kinds for _ in range(count)]
        times = sorted(self.chance.randrange(facts // 20, facts) for _ in acts)
        self.chance.shuffle(acts)
        for at, act in zip(times, acts, strict=True):
            self.progress.allow(at + AHEAD_FACTS)
            await self.progress.reach(at)
            await asyncio.sleep(self.chance.uniform(0, STRIKES_WITHIN_S))
            await act()
        self.progress.allow(None)

    async def everything_is_down(self) -> None:
        """The last one: the network, the store and some stations at once; what is scanned now waits for the healing."""
        await self.all_over()
        self.wire.go_dark()
        await self.store.kill()
        if self.database.may_be_killed:
            await self.database.kill()
        for _ in range(len(self.handsets) // 4):
            await self._kill_a_station()

    async def heals(self) -> None:
        """Everything runs again; the network last."""
        await self.all_over()
        if self.database.may_be_killed:
            await self.database.start()
        await self.start_the_store()
        await asyncio.gather(*(handset.stands() for handset in self.handsets))
        self.wire.heal()

    async def all_over(self) -> None:
        """Wait until whatever is down is up again."""
        while self._ends:
            await asyncio.gather(*self._ends)

    async def start_the_store(self) -> None:
        await self.store.start()
        # It listens before its database is up to date, and answers after.
        async with httpx.AsyncClient(timeout=READY_WITHIN_S) as client:
            while True:
                try:
                    (await client.get(f"{self.store_url}/v1/health")).raise_for_status()
                    return
                except httpx.TransportError:
                    assert not self.store.ended, f"the store does not start, see {self.store.log}"
                    await asyncio.sleep(0.1)  # it has not begun to listen: nothing else says so

    def _later(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._ends.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Future[None]) -> None:
        if not task.cancelled() and task.exception() is None:
            self._ends.discard(task)

    async def _lasts(self) -> None:
        over = self.progress.reach(self.progress.count + LASTS_FACTS)
        with suppress(TimeoutError):
            await asyncio.wait_for(over, self.chance.uniform(0.1, LASTS_AT_MOST_S))

    async def _works(self) -> None:
        """Wait until the store has work."""
        pushes = self.wire.pushes
        answered = pushes.reach(pushes.count + self.chance.randint(1, PUSHES_MAX))
        with suppress(TimeoutError):
            await asyncio.wait_for(answered, PUSHES_WITHIN_S)
        await asyncio.sleep(self.chance.uniform(0, STRIKES_WITHIN_S))

    async def _kill_a_station(self) -> None:
        running = [handset for handset in self.handsets if handset.last is not None]
        if not running:
            return
        handset = self.chance.choice(running)
        await handset.kill()
        self._later(handset.start())

    async def _kill_the_store(self) -> None:
        await self._store_moves.acquire()
        await self._works()
        await self.store.kill()

        async def comes_back() -> None:
            try:
                await self._lasts()
                await self.start_the_store()
            finally:
                self._store_moves.release()

        self._later(comes_back())

    async def _kill_the_database(self) -> None:
        await self._store_moves.acquire()
        await self._works()
        await self.database.kill()

        async def comes_back() -> None:
            try:
                await self._lasts()
                await self.database.start()
            finally:
                self._store_moves.release()

        self._later(comes_back())

    async def _go_dark(self) -> None:
        await self._cut(self.wire.go_dark)

    async def _shut(self) -> None:
        await self._cut(self.wire.shut)

    async def _cut(self, cut: Callable[[], None]) -> None:
        await self._network_moves.acquire()
        cut()

        async def comes_back() -> None:
            try:
                await self._lasts()
            finally:
                self.wire.open()
                self._network_moves.release()

        self._later(comes_back())
