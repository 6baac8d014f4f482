"""The stream of hints, on a real socket; and two stores that share a database."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from app.domain.picklists import Picklist
from tests.store import engines
from tests.store.a_station import AStation
from tests.store.a_store import AStore, a_listening_store, a_store, listening

SOON_S = 20


class Stream:
    """What a station hears."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def next(self) -> int:
        """The number in the next hint."""
        async with asyncio.timeout(SOON_S):
            async for line in self._lines:
                if line.startswith("data:"):
                    return int(json.loads(line.removeprefix("data:"))["change_seq"])
        raise AssertionError("the stream has ended")


@asynccontextmanager
async def a_stream(url: str, station: AStation, **query: float) -> AsyncIterator[Stream]:
    async with (
        httpx.AsyncClient(base_url=url, timeout=SOON_S) as http,
        http.stream("GET", "/v1/pokes", params=query, headers=station.headers) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Stream(answer.aiter_lines())


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[AStore]:
    async with a_listening_store(tmp_path) as store:
        yield store


async def test_whoever_listens_is_told_at_once_that_the_stream_is_open(shop: AStore) -> None:
    station = await shop.station()
    async with a_stream(shop.url, station) as stream:
        assert await stream.next() >= 0


async def test_a_list_on_the_floor_is_a_hint_for_the_bench_and_a_pull_has_it(shop: AStore) -> None:
    bench = await shop.station("bench")
    await bench.pull()
    async with a_stream(shop.url, bench) as stream:
        await stream.next()
        await shop.order()
        (picklist_id,) = await shop.release()

        hinted = await stream.next()

        await bench.pull()
        assert picklist_id in bench.sees(Picklist.row_kind)
        assert 0 < hinted <= bench.cursor.change_seq


async def test_what_is_nothing_to_a_station_does_not_poke_it(shop: AStore) -> None:
    one, other = await shop.station(), await shop.station(name="Two")
    await shop.order()
    await shop.release()
    async with a_stream(shop.url, other) as heard, a_stream(shop.url, one) as poked:
        await heard.next()
        await poked.next()
        await one.get_work()
        first = await poked.next()
        # A worker is everybody's: the next hint that the other hears is of that one, and later.
        await shop.load(
            "workers", [{"worker_id": "new", "name": "New", "badge": "new", "pin": "246810", "roles": ["picker"]}]
        )

        assert await heard.next() > first


async def test_a_stream_that_was_asked_for_a_moment_ends_by_itself(shop: AStore) -> None:
    station = await shop.station()
    async with a_stream(shop.url, station, at_most_s=0.01) as stream:
        await stream.next()
        with pytest.raises(AssertionError, match="has ended"):
            await stream.next()


async def test_the_store_lets_listeners_go_when_it_goes_down(shop: AStore) -> None:
    station = await shop.station()
    async with a_stream(shop.url, station) as stream:
        await stream.next()
        shop.room.notice.close()
        with pytest.raises(AssertionError, match="has ended"):
            await stream.next()


async def test_who_listens_was_seen_though_it_asks_for_nothing(shop: AStore) -> None:
    station = await shop.station()
    async with a_stream(shop.url, station) as stream:
        await stream.next()
        with shop.room.notice.listening() as written:
            shop.room.presence.write_down()
            await asyncio.wait_for(written.wait(), SOON_S)

    board = await shop.http.get("/v1/board", headers=shop.owner)
    seen = {one["station_id"]: one["last_seen_utc"] for one in board.json()["stations"]}
    assert seen[station.station_id] is not None


async def test_a_stranger_hears_nothing(shop: AStore) -> None:
    async with httpx.AsyncClient(base_url=shop.url) as http:
        assert (await http.get("/v1/pokes", headers={"Authorization": "Bearer no.such.token"})).status_code == 401


@pytest.mark.skipif(engines.CHOSEN != "postgresql", reason="SQLite has one store a file: this is PostgreSQL's matter")
async def test_what_one_store_commits_the_stations_of_another_hear(tmp_path: Path) -> None:
    async with a_store(tmp_path) as one, a_store(tmp_path) as other, listening(other.service) as url:
        bench = await one.station("bench")
        async with a_stream(url, bench) as stream:
            await stream.next()
            await one.order()
            await one.release()

            assert await stream.next() > 0
