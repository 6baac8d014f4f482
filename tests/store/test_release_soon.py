"""Orders reach the floor though a release failed, and when stock for them comes back by facts."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from app.domain.facts import Fact
from app.domain.picklists import Picklist
from app.domain.returns import (
    Disposition,
    FoundBy,
    Grade,
    ReturnItemDisposed,
    ReturnItemGraded,
    ReturnItemIdentified,
    ReturnItemPutAway,
    ReturnReceived,
)
from store import release_soon
from store.release import Released
from store.writer import StoreBusy
from tests.store.a_store import AStore, a_store
from tests.store.shop import a_shop, a_stock, an_order, stocked
from tests.store.w1 import RECEIVER, SOCKS, SOCKS_BIN

SOCKS_HELD_EACH = 14


def test_orders_reach_the_floor_though_the_disk_was_full_when_they_were_to_be_released(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    releases = release_soon.release_all

    async def fails_at_first(room: Any, warehouse_id: str) -> Released:
        tried.append(warehouse_id)
        if len(tried) == 1:
            raise StoreBusy("the store could not write")
        return await releases(room, warehouse_id)

    monkeypatch.setattr(release_soon, "release_all", fails_at_first)
    monkeypatch.setattr(release_soon, "RETRY_S", 0.01)
    with a_shop(tmp_path) as shop:
        stocked(shop, a_stock(10)).post("/v1/orders", an_order())
    with a_shop(tmp_path, release_quiet_s=0.01, opened_before=True) as shop:
        assert len(shop.wait_for(lambda desk: desk.book.all(Picklist))) == 1
    assert tried[:2] == ["W1", "W1"]


def a_sock_that_came_back() -> list[Fact]:
    """From the parcel to the shelf."""
    return [
        ReturnReceived(return_id="R1", found_by=FoundBy.ORDER),
        ReturnItemIdentified(return_id="R1", item_id="I1", product_id=SOCKS),
        ReturnItemGraded(return_id="R1", item_id="I1", grade=Grade.NEW),
        ReturnItemDisposed(return_id="R1", item_id="I1", disposition=Disposition.RESTOCK, licence_plate="LP1"),
        ReturnItemPutAway(return_id="R1", item_id="I1", location_id=SOCKS_BIN),
    ]


async def test_an_order_that_waits_for_one_sock_is_released_when_a_return_is_put_on_its_shelf(tmp_path: Path) -> None:
    async with a_store(tmp_path) as store:
        await store.order(SOCKS=SOCKS_HELD_EACH + 1, ship_policy="complete")
        assert await store.release() == []
    async with a_store(tmp_path, release_quiet_s=0.01) as store:
        bench = await store.station("bench")
        *on_the_bench, put_away = a_sock_that_came_back()
        await bench.do(*on_the_bench, worker_id=RECEIVER)
        assert store.rows(Picklist) == []

        await bench.do(put_away, worker_id=RECEIVER)

        assert len(await lists_on_the_floor(store)) == 1


async def lists_on_the_floor(store: AStore) -> list[Picklist]:
    """The lists, once there are any."""
    async with asyncio.timeout(20):
        while True:
            with store.room.notice.listening() as written:
                if lists := store.rows(Picklist):
                    return lists
                await written.wait()
