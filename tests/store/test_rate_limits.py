"""Who asks too often is told when to come back; who does their work never is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.domain.workers import WorkerSignedIn
from store.buckets import Buckets, Rate
from store.rate_limit import USUAL, RateLimits
from sync.protocol import FACTS_A_PUSH_MAX
from tests.store.a_process import a_process
from tests.store.a_station import AStation
from tests.store.a_store import AStore, a_store, later

FEW = RateLimits(
    station=Rate(per_s=2, burst=5),
    key=Rate(per_s=2, burst=100),
    stranger=Rate(per_s=1, burst=4, lock_max_s=10),
)
NOBODYS_CODE = {"code": "ABCDEFGHJK", "public_key": "A" * 43, "name": "One"}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[AStore]:
    """A store that lets few requests in."""
    async with a_store(tmp_path, rate_limits=FEW) as strict:
        yield strict


async def pull(store: AStore, station: AStation) -> httpx.Response:
    return await store.http.get("/v1/pull", headers=station.headers)


async def guess(store: AStore, **headers: str) -> httpx.Response:
    return await store.http.post("/v1/stations", json=NOBODYS_CODE, headers=headers)


async def statuses(store: AStore, guesses: int) -> list[int]:
    return [(await guess(store)).status_code for _ in range(guesses)]


async def test_a_station_in_too_much_haste_is_told_when_to_come_back_and_nobody_else_is(store: AStore) -> None:
    hasty, other = await store.station(), await store.station(name="Two")
    answers = [await pull(store, hasty) for _ in range(FEW.station.burst + 1)]

    last = answers.pop()

    assert {answer.status_code for answer in answers} == {200}
    assert (last.status_code, last.headers["retry-after"], last.json()) == (429, "1", {"reason": "too many requests"})
    assert (await pull(store, other)).status_code == 200
    later(store, seconds=1)
    assert (await pull(store, hasty)).status_code == 200


async def test_a_push_that_came_too_soon_is_taken_when_it_comes_again(store: AStore) -> None:
    hasty = await store.station()
    hasty.tell(WorkerSignedIn(seat_id="s1"))
    while (await pull(store, hasty)).status_code == 200:
        pass

    assert (await hasty.send(*hasty.owed)).status_code == 429
    later(store, seconds=1)
    assert [outcome.seq for outcome in await hasty.push()] == [1]


async def test_an_api_key_in_too_much_haste_is_told_when_to_come_back(store: AStore) -> None:
    answers = [await store.http.get("/v1/board", headers=store.owner) for _ in range(FEW.key.burst + 1)]

    assert (answers[-1].status_code, answers[-1].headers["retry-after"]) == (429, "1")


async def test_another_way_to_write_bearer_is_no_other_station(store: AStore) -> None:
    hasty = await store.station()
    answers = [
        await store.http.get("/v1/pull", headers={"Authorization": f"{scheme} {hasty.token}"})
        for scheme in ("Bearer", "bearer", "BEARER", "bEaReR", "beArer", "beaRer")
    ]

    assert [answer.status_code for answer in answers] == [200] * FEW.station.burst + [429]


def test_a_station_that_drains_20_000_facts_is_never_held_up() -> None:
    buckets = Buckets(USUAL.station)

    # A push and a pull every ten milliseconds, which is more than the store answers.
    waits = [buckets.take("H", at * 0.01) for at in range(20_000 // FACTS_A_PUSH_MAX) for _ in ("push", "pull")]

    assert set(waits) == {0.0}


async def test_whoever_guesses_codes_is_locked_out_each_time_for_longer(store: AStore) -> None:
    assert await statuses(store, 6) == [401, 401, 401, 401, 401, 429]
    for lock_s in (2, 4, 8, 10, 10):
        held_off = await guess(store)
        assert (held_off.headers["retry-after"], held_off.json()["reason"]) == (
            str(lock_s),
            "too many requests that were refused",
        )
        # Waiting less does not help, and does not make it longer.
        later(store, seconds=lock_s - 1)
        assert (await guess(store)).headers["retry-after"] == "1"
        later(store, seconds=1)
        assert await statuses(store, 3) == [401, 401, 429]
    later(store, seconds=30)
    assert await statuses(store, 6) == [401, 401, 401, 401, 401, 429]
    assert (await guess(store)).headers["retry-after"] == "2"


async def test_while_an_address_is_locked_out_the_stations_behind_it_go_on_with_their_work(store: AStore) -> None:
    known, signed_out = await store.station(), await store.station(name="Two")
    await pull(store, known)
    await statuses(store, 6)

    assert (await pull(store, known)).status_code == 200
    assert (await store.http.get("/v1/health")).status_code == 200
    proof = signed_out.proof("n-1")
    assert (await store.http.post("/v1/stations/token", json=proof)).status_code == 429
    later(store, seconds=2)
    assert (await store.http.post("/v1/stations/token", json=proof)).status_code == 200


async def test_stations_that_sign_in_behind_one_address_are_no_attack(store: AStore) -> None:
    stations = [await store.station(name=f"H{number}") for number in range(3 * FEW.stranger.burst)]

    assert {(await pull(store, station)).status_code for station in stations} == {200}


async def test_a_token_that_ran_out_is_no_guess(store: AStore) -> None:
    stations = [await store.station(name=f"H{number}") for number in range(2 * FEW.stranger.burst)]
    for station in stations:
        await pull(store, station)
    later(store, minutes=15)

    assert {(await pull(store, station)).status_code for station in stations} == {401}


@pytest.mark.parametrize("header", ["Bearer fh_{n}", "Bearer a.b.{n}", "Basic {n}", ""])
async def test_whoever_guesses_keys_is_locked_out(store: AStore, header: str) -> None:
    answers = [
        await store.http.get("/v1/board", headers={"Authorization": header.format(n=number)}) for number in range(6)
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 401, 401, 401, 429]


async def test_a_good_key_does_not_help_to_guess_codes(store: AStore) -> None:
    answers = [await guess(store, **store.owner) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [401, 401, 401, 401, 401, 429]


@pytest.mark.parametrize("path", ["/docs", "/v1/health", "/v1/openapi.json", "/v1/nothing"])
async def test_what_anybody_may_ask_makes_no_key_known(store: AStore, path: str) -> None:
    answers = []
    for number in range(6):
        made_up = {"Authorization": f"Bearer fh_{number}"}
        await store.http.get(path, headers=made_up)
        answers.append(await store.http.get("/v1/board", headers=made_up))

    assert answers[-1].status_code == 429


async def test_neighbours_in_one_network_of_ipv6_are_one_address_and_other_networks_are_not(store: AStore) -> None:
    def from_there(address: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=store.service, client=(address, 1))
        return httpx.AsyncClient(transport=transport, base_url="http://store")

    for number in range(6):
        async with from_there(f"2001:db8::{number:x}") as http:
            store.http = http
            answer = await guess(store)

    assert answer.status_code == 429
    for address, status in (("2001:db8::ffff", 429), ("2001:db8:0:1::1", 401), ("192.0.2.1", 401), ("", 401)):
        async with from_there(address) as http:
            store.http = http
            assert (await guess(store)).status_code == status, address


def test_those_who_have_not_asked_for_longest_are_forgotten_first() -> None:
    buckets = Buckets(Rate(per_s=1, burst=1), count_max=2)
    for who in ("ann", "abe", "ann", "pat"):
        buckets.take(who, 0.0)

    assert len(buckets) == 2
    assert ("abe" in buckets, "ann" in buckets) == (False, True)
    assert buckets.take("abe", 0.0) == 0.0


def test_asking_whether_there_is_one_takes_none_and_keeps_nothing() -> None:
    buckets = Buckets(Rate(per_s=2, burst=1))

    assert (buckets.wait_s("ann", 0.0), len(buckets)) == (0.0, 0)
    buckets.take("ann", 0.0)
    assert (buckets.wait_s("ann", 0.0), buckets.wait_s("ann", 0.25), buckets.wait_s("ann", 0.5)) == (0.5, 0.25, 0.0)
    assert buckets.take("ann", 0.5) == 0.0


@pytest.mark.parametrize(("options", "status"), [((), 429), (("--no-limits",), 401)])
async def test_the_stores_program_has_limits_unless_it_is_measured(
    tmp_path: Path, options: tuple[str, ...], status: int
) -> None:
    async with a_process(tmp_path, *options) as running, httpx.AsyncClient(base_url=running.url) as http:
        guesses = 2 * USUAL.stranger.burst
        answers = [await http.post("/v1/stations", json=NOBODYS_CODE) for _ in range(guesses)]

    assert {answers[0].status_code, answers[-1].status_code} == {401, status}
