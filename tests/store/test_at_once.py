"""Everything at once: whoever wins, it was done once, and the books say what the answers said."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from app.domain.discrepancies import Discrepancy, DiscrepancyState
from app.domain.orders import Order, OrderState
from app.domain.picklists import Picklist
from store.tables import allocations, orders, stations
from sync.protocol import HELD_VERDICTS
from tests.store.a_station import AStation
from tests.store.a_store import AStore, a_listening_store
from tests.store.w1 import PICKER, SOCKS, SOCKS_BIN, SUPERVISOR, an_order
from tests.store.walk import a_walk

STATIONS = 8


@pytest.fixture
async def open_store(tmp_path: Path) -> AsyncIterator[AStore]:
    """W1 behind a real socket; `http` goes over it, each request on a connection of its own."""
    async with a_listening_store(tmp_path) as store, httpx.AsyncClient(base_url=store.url, timeout=60) as http:
        store.http = http
        yield store


async def test_one_order_sent_twenty_times_at_once_is_taken_once(open_store: AStore) -> None:
    post = [open_store.http.post("/v1/orders", json=an_order(SOCKS=2), headers=open_store.owner) for _ in range(20)]

    answers = await asyncio.gather(*post)

    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 19}
    with open_store.room.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(orders)) == 1
        assert connection.scalar(select(func.sum(allocations.c.quantity_each))) == 2


async def test_of_twenty_different_orders_under_one_reference_one_is_taken(open_store: AStore) -> None:
    post = [
        open_store.http.post("/v1/orders", json=an_order(PEN=each), headers=open_store.owner) for each in range(1, 21)
    ]

    answers = await asyncio.gather(*post)

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 19}


async def test_changes_a_cancellation_and_picks_of_one_order_leave_books_that_agree(open_store: AStore) -> None:
    order_id = await open_store.order(SOCKS=3)
    await open_store.release()
    handset = await open_store.station()
    picklist_id = await handset.get_work()
    assert picklist_id is not None
    handset.tell(*a_walk(open_store, picklist_id))
    put = [
        open_store.http.put("/v1/orders/web/1001", json=an_order(SOCKS=each), headers=open_store.owner)
        for each in (2, 4)
    ]
    cancel = open_store.http.post("/v1/orders/web/1001/cancel", headers=open_store.owner)

    answers, outcomes = await asyncio.gather(asyncio.gather(*put, cancel), handset.push())

    assert {answer.status_code for answer in answers} <= {200, 202, 409}
    assert answers[-1].status_code in (200, 202)
    assert {outcome.verdict for outcome in outcomes} <= HELD_VERDICTS - {"quarantined"}
    assert open_store.row(Order, order_id).state is OrderState.CANCELLED
    # Three units left the bin, and somebody has been told to put them back.
    assert open_store.stock_each(SOCKS_BIN, SOCKS) == open_store.moved_each(SOCKS_BIN, SOCKS) == 10 - 3
    work = [one for one in open_store.rows(Discrepancy) if one.state is DiscrepancyState.OPEN]
    assert "order_cancelled" in {one.kind for one in work}


async def test_eight_stations_that_ask_for_work_at_once_get_no_list_twice(open_store: AStore) -> None:
    for number in range(20):
        await open_store.order(f"{2000 + number}", PEN=1)
    lists = await open_store.release(max_orders_a_list=1)
    handsets = [await open_store.station(name=f"H{number}") for number in range(STATIONS)]
    workers = [{"worker_id": SUPERVISOR if number % 2 else PICKER} for number in range(STATIONS)]

    answers = await asyncio.gather(
        *(one.ask("get_work", key="k", **who) for one, who in zip(handsets, workers, strict=True))
    )

    given = [picklist_id for answer in answers if answer.is_success for picklist_id in answer.json()["picklist_ids"]]
    assert given
    assert max(Counter(given).values()) == 1
    leased = {one.picklist_id: one.station_id for one in open_store.rows(Picklist) if one.station_id is not None}
    assert set(leased) == set(given) <= set(lists)
    for handset, answer in zip(handsets, answers, strict=True):
        mine = answer.json().get("picklist_ids", ())
        assert {leased[picklist_id] for picklist_id in mine} <= {handset.station_id}


async def test_a_code_that_two_devices_use_at_once_enrols_one(open_store: AStore) -> None:
    code = (await open_store.post("/v1/enrolments", {"station_kind": "handset", "name": "One"}))["code"]
    devices = [AStation(store=open_store, device=Ed25519PrivateKey.generate()) for _ in range(6)]
    enrol = [
        open_store.http.post("/v1/stations", json={"code": code, "public_key": each.public_key, "name": "One"})
        for each in devices
        for _ in range(2)
    ]

    answers = await asyncio.gather(*enrol)

    taken = [answer.json()["station_id"] for answer in answers if answer.status_code == 201]
    # The device that was first, and its own retry.
    assert (len(taken), len(set(taken))) == (2, 1)
    assert {answer.status_code for answer in answers} == {201, 401}
    with open_store.room.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(stations)) == 1


async def test_one_push_sent_eight_times_at_once_counts_once(open_store: AStore) -> None:
    await open_store.order(SOCKS=3)
    await open_store.release()
    handset = await open_store.station()
    picklist_id = await handset.get_work()
    assert picklist_id is not None
    handset.tell(*a_walk(open_store, picklist_id))

    answers = await asyncio.gather(*(handset.send(*handset.owed) for _ in range(8)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert open_store.stock_each(SOCKS_BIN, SOCKS) == open_store.moved_each(SOCKS_BIN, SOCKS) == 10 - 3
