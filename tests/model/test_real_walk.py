"""The same walk with the real ledger and the real store in the model's place: the same invariants, fewer steps."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import insert

from store.scopes import scopes_of_station
from store.tables import stations
from sync.protocol import GENESIS_HASH
from tests.model.real_book import RealBook
from tests.model.real_office import RealOffice
from tests.model.real_store import RealStore
from tests.model.walk import STATIONS, Parts, Walk
from tests.store.a_store import a_store
from tests.store.engines import engine
from tests.store.w1 import NOW_UTC, PEN, PEN_BIN, SOCKS, SOCKS_BIN, W1


async def a_house(folder: Path) -> None:
    """A database with W1, more units than anybody picks, and the walk's stations."""
    async with a_store(folder) as store:
        lines = [(SOCKS_BIN, SOCKS), (PEN_BIN, PEN)]
        await store.load("stock", [{"location_id": at, "sku": sku, "quantity_each": 100_000} for at, sku in lines])
        enrolled = [
            {
                "warehouse_id": W1,
                "station_id": station_id,
                "name": station_id,
                "station_kind": "handset",
                "scopes": list(scopes_of_station("handset", station_id)),
                "enrolled_at_utc": NOW_UTC,
                "last_hash": GENESIS_HASH,
            }
            for station_id in STATIONS
        ]
        store.room.writer.submit(lambda connection: connection.execute(insert(stations), enrolled)).result()


@contextmanager
def a_real_walk(folder: Path, seed: int) -> Iterator[Walk]:
    folder.mkdir()
    asyncio.run(a_house(folder))
    parts = Parts(book=partial(RealBook, folder), store_book=partial(RealStore, engine.url(folder)), office=RealOffice)
    walk = Walk(seed, parts)
    try:
        yield walk
    finally:
        for station in walk.stations:
            assert isinstance(station.book, RealBook)
            station.book.close()
        assert isinstance(walk.store.book, RealStore)
        walk.store.book.close()
        engine.clear(folder)


@pytest.mark.parametrize("seed", range(4))
def test_the_real_ledger_and_the_real_store_hold_what_the_model_holds(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Ids sort differently by chance, and with them the walk would.
    monkeypatch.setattr("secrets.choice", Random(seed).choice)
    with a_real_walk(tmp_path / "walk", seed) as walk:
        walk.run(1_000)
        assert walk.network.met["accepted"] > 20
