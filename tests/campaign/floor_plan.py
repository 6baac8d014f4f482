"""The warehouse of a campaign: bins of one product each, pickers, and more orders than they can walk."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from app.domain.gtin import check_digit
from demo.shop import Shop
from tests.store.w1 import W1

BINS = 60
OPENING_EACH = 5_000
UNITS_A_LINE_MAX = 9
ORDERS_A_LIST_MAX = 2
# A station holds its list and two ahead, of some forty facts an order; what it holds nobody else can walk.
HELD_BY_A_STATION_FACTS = 3 * ORDERS_A_LIST_MAX * 40
ORDERS_AT_ONCE = 16
PIN = "482913"
_SIZE = {"weight_g": 100, "length_mm": 100, "width_mm": 80, "height_mm": 30}


def bin_of(number: int) -> str:
    return f"Z-{number:03}"


def sku_of(number: int) -> str:
    return f"S{number:03}"


def gtin_of(sku: str) -> str:
    digits = f"401234{int(sku[1:]):06}"
    return digits + check_digit(digits)


def badge_of(name: str) -> str:
    return f"badge-{name}"


def tote_of(name: str, number: int) -> str:
    return f"{name}-{number:03}"


@dataclass(frozen=True, slots=True)
class FloorPlan:
    """Args:
    pickers: by the names of their stations.
    facts: how many the floor has to be good for.
    """

    pickers: tuple[str, ...]
    facts: int
    seed: int

    @property
    def totes_a_picker(self) -> int:
        """Nobody packs: each order keeps its tote."""
        return 20 + self.facts // len(self.pickers) // 20

    @property
    def references(self) -> list[str]:
        """Of its orders."""
        return [order["external_reference"] for order in self.orders()]

    def orders(self) -> Iterator[dict[str, Any]]:
        """More than the facts need: a line is a bin, its units one by one, and a tote."""
        chance, facts = Random(self.seed), 0
        number = 0
        while facts < self.facts * 1.2 + HELD_BY_A_STATION_FACTS * len(self.pickers):
            number += 1
            skus = chance.sample(range(BINS), chance.randint(3, 7))
            lines = [(sku_of(sku), chance.randint(1, UNITS_A_LINE_MAX)) for sku in skus]
            facts += sum(each + 2 for _, each in lines) + 1
            yield _order(f"{10_000 + number}", lines)

    async def set_up(self, shop: Shop) -> None:
        """Bring everything into an empty store, over its outside contract."""
        house = {"name": "One", "time_zone": "Europe/Berlin", "sscc_company_prefix": "4012345"}
        await shop.post("/v1/warehouses", {"warehouse_id": W1, **house})
        products, places, stock = [], [], []
        for number in range(BINS):
            sku, place = sku_of(number), bin_of(number)
            products.append({"sku": sku, "name": sku, "gtin": gtin_of(sku), **_SIZE})
            where = {"aisle": number // 20, "bay": number % 20, "x_mm": number // 20 * 3_000, "y_mm": number % 20 * 900}
            places.append({"location_id": place, "zone": "Z", "level": 1, **where})
            stock.append({"location_id": place, "sku": sku, "quantity_each": OPENING_EACH})
        workers = [
            {"worker_id": name, "name": name, "badge": badge_of(name), "pin": PIN, "roles": ["picker"]}
            for name in self.pickers
        ]
        totes = [{"tote_id": tote_of(name, one)} for name in self.pickers for one in range(self.totes_a_picker)]
        for kind, rows in (
            ("products", products),
            ("locations", places),
            ("stock", stock),
            ("workers", workers),
            ("totes", totes),
        ):
            await shop.import_rows(kind, rows)
        some = asyncio.Semaphore(ORDERS_AT_ONCE)

        async def send(order: dict[str, Any]) -> None:
            async with some:
                await shop.post("/v1/orders", order)

        await asyncio.gather(*map(send, self.orders()))
        await shop.post("/v1/release", {"max_orders_a_list": ORDERS_A_LIST_MAX})


def _order(reference: str, lines: list[tuple[str, int]]) -> dict[str, Any]:
    return {
        "channel": "web",
        "external_reference": reference,
        "placed_at_utc": "2026-03-02T07:00:00Z",
        "ship_by_utc": "2036-03-02T16:00:00Z",
        "currency": "EUR",
        "payment_mode": "prepaid",
        "ship_policy": "partial",
        "ship_to": {"name": "A. Person", "street": "Street 1", "postcode": "10115", "city": "Berlin", "country": "DE"},
        "lines": [
            {"external_line": str(number), "sku": sku, "quantity_each": each, "unit_price_minor": 499}
            for number, (sku, each) in enumerate(lines, start=1)
        ],
    }
