"""Walks over real things: the real ledger under the model's store, or the real ledger and the real store."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from sqlalchemy import insert

from app.domain.facts import Subject
from app.domain.picking import PickShorted, PickSkipped, PickUndone
from app.domain.rows import to_image
from store.judge import Told
from store.scopes import scopes_of_station
from store.tables import stations
from sync.protocol import GENESIS_HASH
from sync.session import Session
from tests.model.real_book import RealBook
from tests.model.real_office import RealOffice
from tests.model.real_store import RealStore
from tests.model.station import Station
from tests.model.store_book import StoreBook
from tests.model.twin_book import TwinBook
from tests.model.walk import STATIONS, Parts, Walk
from tests.store.a_store import a_store
from tests.store.engines import engine
from tests.store.w1 import NOW_UTC, PEN, PEN_BIN, SOCKS, SOCKS_BIN, W1

NEW_KINDS = (PickShorted.kind, PickUndone.kind, PickSkipped.kind)


class StoreOfImages(StoreBook):
    """The model's store, which says a row by its image, as a real book holds it.

    The real ledger's facts are all of one version, so an older store is one that does not know some kinds of them.
    """

    def read(self, station_id: str, text: str) -> Told | str:
        if self.versions < 2 and any(f'"kind":"{kind}"' in text for kind in NEW_KINDS):
            return "a kind that is not known here yet"
        return super().read(station_id, text)

    def full_read(self, station_id: str) -> Mapping[Subject, Any]:
        return {subject: to_image(row) for subject, row in self.rows_of(station_id).items()}


@contextmanager
def with_real_books(folder: Path, seed: int) -> Iterator[Walk]:
    """The real ledger, three of them, in `folder`, each beside its twin; the rest is the model's."""
    walk = Walk(seed, Parts(book=partial(TwinBook, folder), store_book=StoreOfImages))
    try:
        yield walk
    finally:
        _close(walk)


@contextmanager
def all_real(
    folder: Path, seed: int, *, station: type[Station] = Station, session: type[Session] = Session
) -> Iterator[Walk]:
    """The real ledgers and the real store, on the engine that the tests stand on."""
    asyncio.run(_a_house(folder))
    parts = Parts(
        book=partial(RealBook, folder),
        store_book=partial(RealStore, engine.url(folder)),
        office=RealOffice,
        station=station,
        session=session,
    )
    walk = Walk(seed, parts)
    try:
        # Ids sort differently by chance, and with them the walk would.
        with patch("secrets.choice", Random(seed).choice):
            yield walk
    finally:
        _close(walk)
        assert isinstance(walk.store.book, RealStore)
        walk.store.book.close()
        engine.clear(folder)


def _close(walk: Walk) -> None:
    for station in walk.stations:
        assert isinstance(station.book, RealBook)
        station.book.close()


async def _a_house(folder: Path) -> None:
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
