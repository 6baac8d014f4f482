"""Handsets that have walked the lists of a shift at a store, and have sent nothing yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.domain.gtin import check_digit
from app.domain.picklists import Picklist, PicklistState
from app.domain.totes import ToteAssigned
from tests.store.a_station import AStation
from tests.store.a_store import AStore
from tests.store.w1 import PICKER, an_order
from tests.store.walk import a_walk

LINES_AN_ORDER = 7
BINS = 100


async def shift(store: AStore, *, stations: int, orders: int) -> list[AStation]:
    """Handsets that have walked every list of so many orders of seven lines; some 23 facts an order are owed."""
    store.clock[0] = datetime.now(UTC)
    await _fill(store, orders)
    for number in range(orders):
        first = number * LINES_AN_ORDER
        lines: dict[str, Any] = {f"S{line % BINS:03}": 1 for line in range(first, first + LINES_AN_ORDER)}
        await store.post("/v1/orders", an_order(f"{10_000 + number}", **lines))
    walkers = [await store.station(name=f"H{number}") for number in range(stations)]
    totes = (f"B-{number:03}" for number in range(orders))
    for number, picklist_id in enumerate(await store.release()):
        _walked(store, walkers[number % stations], picklist_id, totes)
    return walkers


def _walked(store: AStore, station: AStation, picklist_id: str, totes: Iterator[str]) -> None:
    """Let a station lease a list and walk it."""
    leased = replace(
        store.row(Picklist, picklist_id),
        state=PicklistState.LEASED,
        station_id=station.station_id,
        worker_id=PICKER,
        epoch=1,
    )
    store.put(leased)
    station.lease = leased.lease
    for fact in a_walk(store, picklist_id):
        station.tell(replace(fact, tote_id=next(totes)) if isinstance(fact, ToteAssigned) else fact)


async def _fill(store: AStore, orders: int) -> None:
    """Bins of one product each, and a tote for every order."""
    size = {"weight_g": 100, "length_mm": 100, "width_mm": 80, "height_mm": 30}
    products, locations, stock = [], [], []
    for number in range(BINS):
        sku, bin_id, digits = f"S{number:03}", f"Z-{number:03}", f"40123460{number:04}"
        products.append({"sku": sku, "name": sku, "gtin": digits + check_digit(digits), **size})
        place = {"aisle": number // 20, "bay": number % 20, "x_mm": number // 20 * 3_000, "y_mm": number % 20 * 900}
        locations.append({"location_id": bin_id, "zone": "Z", "level": 1, **place})
        stock.append({"location_id": bin_id, "sku": sku, "quantity_each": 10 * orders})
    for kind, lines in (("products", products), ("locations", locations), ("stock", stock)):
        await store.load(kind, lines)
    await store.load("totes", [{"tote_id": f"B-{number:03}"} for number in range(orders)])
