"""The store is killed in the middle of pushes: what it has acknowledged is there, and what it has not comes again."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from app.domain.workers import WorkerSignedIn
from store.tables import facts, stations
from tests.store.a_process import HOUSE, Running, a_process
from tests.store.a_station import AStation
from tests.store.a_store import AStore, a_store
from tests.store.w1 import SOCKS, SOCKS_BIN
from tests.store.walk import a_walk


async def a_shift_owed(store: AStore) -> list[AStation]:
    """Two handsets, each with a walk and some more to tell; nothing is sent yet."""
    store.clock[0] = datetime.now(UTC)
    await store.order("1001", SOCKS=4)
    await store.order("1002", PEN=6)
    lists = await store.release(max_orders_a_list=1)
    handsets = [await store.station(name=name) for name in ("One", "Two")]
    for handset, picklist_id in zip(handsets, lists, strict=True):
        handset.tell(*a_walk(store, picklist_id))
        handset.tell(*(WorkerSignedIn(seat_id=f"s{number}") for number in range(20)))
    return handsets


async def push_until_killed(handset: AStation, running: Running, *, facts_a_push: int, kill_after: int) -> None:
    """Push so many facts at a time; the store dies with a push on the wire after so many that it has answered."""
    answered = 0
    while handset.owed:
        pushing = asyncio.create_task(handset.send(*handset.owed[:facts_a_push]))
        if answered == kill_after:
            await asyncio.sleep(0)  # let it go out
            await running.kill()
        try:
            answer = await pushing
        except httpx.TransportError:
            return
        assert answer.status_code == 200, answer.text
        answered += 1
        handset.owed = handset.owed[len(answer.json()["outcomes"]) :]


@pytest.mark.parametrize(("facts_a_push", "kill_after_max"), [(2, 5), (100, 1)])
async def test_a_store_killed_in_the_middle_of_pushes_loses_nothing_and_counts_nothing_twice(
    tmp_path: Path, facts_a_push: int, kill_after_max: int
) -> None:
    chance = random.Random(7)
    async with a_store(tmp_path) as store:
        handsets = await a_shift_owed(store)
    for _ in range(2):
        async with a_process(tmp_path) as running, httpx.AsyncClient(base_url=running.url, timeout=20) as http:
            for handset in handsets:
                handset.store = AStore(service=store.service, http=http, clock=store.clock)
            pushing = (
                push_until_killed(one, running, facts_a_push=facts_a_push, kill_after=chance.randrange(kill_after_max))
                for one in handsets
            )
            await asyncio.gather(*pushing)
    async with a_process(tmp_path) as running, httpx.AsyncClient(base_url=running.url, timeout=20) as http:
        for handset in handsets:
            handset.store = AStore(service=store.service, http=http, clock=store.clock)
            await handset.push()

    async with a_store(tmp_path) as after:
        assert after.stock_each(SOCKS_BIN, SOCKS) == 10 - 4
        assert after.stock_each("A-03", "PEN") == 100 - 6
        with after.room.reading() as connection:
            for handset in handsets:
                mine = facts.c.station_id == handset.station_id
                held = select(stations.c.held_through_seq, stations.c.last_hash)
                row = connection.execute(held.where(stations.c.station_id == handset.station_id)).one()
                assert (row.held_through_seq, row.last_hash) == (handset.seq, handset.head)
                assert connection.scalar(select(func.count()).where(mine)) == handset.seq


async def test_a_store_that_was_killed_while_it_made_its_secret_makes_another(tmp_path: Path) -> None:
    (tmp_path / "token.secret").touch()
    async with a_store(tmp_path) as store:
        await store.station()
        assert len(store.room.secret) == 64


async def test_a_store_that_is_told_to_stop_lets_its_waiting_polls_go_and_ends(tmp_path: Path) -> None:
    async with a_store(tmp_path) as store:
        store.clock[0] = datetime.now(UTC)
        handset = await store.station()
        await handset.pull()
    async with a_process(tmp_path) as running, httpx.AsyncClient(base_url=running.url, timeout=30) as http:
        handset.store = AStore(service=store.service, http=http, clock=store.clock)
        waiting = asyncio.create_task(handset.pull(wait_s=25))
        # A second request is answered after the first has come in on the same loop.
        await http.get("/v1/health")
        running.process.send_signal(signal.SIGTERM)

        await running.process.wait()

        assert (await waiting).rows == ()


async def test_a_port_in_use_is_said_in_one_line(tmp_path: Path) -> None:
    async with a_process(tmp_path) as running:
        port = running.url.rsplit(":", 1)[1]
        arguments = ["-m", "store", "--port", port, "--data", str(tmp_path)]
        second = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, cwd=HOUSE, stderr=asyncio.subprocess.PIPE
        )
        _, said = await second.communicate()

    assert second.returncode == 2
    assert len(said.decode().splitlines()) == 1
    assert port in said.decode()
