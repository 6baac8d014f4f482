"""The demo warehouse, made from a seed: the same seed gives the same places, products, stock and people everywhere."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from demo.products import products

Json = dict[str, Any]

AISLES, BAYS, LEVELS = 6, 25, 4
AISLE_PITCH_MM, BAY_PITCH_MM, CROSS_AISLE_MM = 4_000, 1_200, 3_000
BLOCK_DEPTH_MM = BAYS * BAY_PITCH_MM + CROSS_AISLE_MM

CARTON_TYPES: tuple[Json, ...] = tuple(
    {
        "carton_type_id": carton_type_id,
        "name": name,
        "length_mm": length_mm,
        "width_mm": width_mm,
        "height_mm": height_mm,
        "tare_weight_g": tare_weight_g,
        "max_weight_g": max_weight_g,
    }
    for carton_type_id, name, length_mm, width_mm, height_mm, tare_weight_g, max_weight_g in (
        ("C1", "Flat 1", 250, 200, 40, 60, 1_000),
        ("C2", "Small 2", 250, 200, 120, 110, 5_000),
        ("C3", "Shoe 3", 340, 240, 140, 170, 8_000),
        ("C4", "Medium 4", 400, 300, 220, 290, 15_000),
        ("C5", "Large 5", 500, 400, 320, 480, 25_000),
        ("C6", "Huge 6", 600, 500, 450, 790, 30_000),
    )
)

# (name, roles): eight people; the PINs stand on the demo's printable sheet and nowhere in a real warehouse.
PEOPLE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Ada", ("picker",)),
    ("Bruno", ("picker",)),
    ("Chiara", ("picker", "packer")),
    ("Deniz", ("packer",)),
    ("Emil", ("packer",)),
    ("Fatou", ("receiver",)),
    ("Goran", ("receiver", "picker")),
    ("Hanna", ("supervisor", "picker", "packer", "receiver")),
)
BADGE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Warehouse:
    """Everything to import, each list in the form that `POST /v1/import/{name}` takes."""

    warehouse: Json
    products: list[Json]
    locations: list[Json]
    stock: list[Json]
    workers: list[Json]
    cartons: list[Json]
    totes: list[Json]


def demo_warehouse(seed: int, today: date) -> Warehouse:
    """The big one: about 600 products in 1,200 bins.

    Args:
        today: expiry dates are set around it.
    """
    rng = random.Random(seed)
    goods = list(products(rng, 600))
    places = [*_bins(rng), *_special_places()]
    return Warehouse(
        warehouse={
            "warehouse_id": "W1",
            "name": "Harbour Street",
            "time_zone": "Europe/Berlin",
            "sscc_company_prefix": "9521234",
        },
        products=goods,
        locations=places,
        stock=list(_stock(rng, goods, [place for place in places if place["kind"] == "bin"], today)),
        workers=list(_workers(rng)),
        cartons=list(CARTON_TYPES),
        totes=[{"tote_id": f"{number:03d}"} for number in range(1, 41)],
    )


def nearly_empty_warehouse(seed: int, today: date) -> Warehouse:
    """The second one, which shows that nothing of the first leaks over: one aisle, five products, one person."""
    rng = random.Random(seed + 1)
    goods = list(products(rng, 5))
    places = list(_bins(rng))[: BAYS * LEVELS]
    return Warehouse(
        warehouse={
            "warehouse_id": "W2",
            "name": "Canal Yard",
            "time_zone": "America/New_York",
            "sscc_company_prefix": "9521235",
        },
        products=goods,
        locations=places,
        stock=list(_stock(rng, goods, places, today)),
        workers=list(_workers(rng))[7:],
        cartons=list(CARTON_TYPES[:2]),
        totes=[{"tote_id": "901"}, {"tote_id": "902"}],
    )


def _bins(rng: random.Random) -> Iterator[Json]:
    for block, zone in enumerate("AB", start=1):
        for aisle in range(1, AISLES + 1):
            for bay in range(1, BAYS + 1):
                for level in range(1, LEVELS + 1):
                    yield {
                        "location_id": f"{zone}-{aisle:02d}-{bay:02d}-{level}",
                        "zone": zone,
                        "aisle": aisle,
                        "bay": bay,
                        "level": level,
                        "x_mm": aisle * AISLE_PITCH_MM,
                        "y_mm": (block - 1) * BLOCK_DEPTH_MM + bay * BAY_PITCH_MM,
                        "block": block,
                        "kind": "bin",
                        "check_digits": f"{rng.randrange(100):02d}",
                    }


def _special_places() -> Iterator[Json]:
    for number, (location_id, kind) in enumerate(
        (("R-01-01-1", "returns"), ("Q-01-01-1", "quarantine"), ("P-01-01-1", "packing"), ("S-01-01-1", "staging"))
    ):
        zone = location_id[0]
        yield {
            "location_id": location_id,
            "zone": zone,
            "aisle": 1,
            "bay": 1,
            "level": 1,
            "x_mm": (number + 1) * AISLE_PITCH_MM,
            "y_mm": -3_000,
            "block": 1,
            "kind": kind,
            "check_digits": f"{number * 17 + 11:02d}",
        }


def _stock(rng: random.Random, goods: list[Json], bins: list[Json], today: date) -> Iterator[Json]:
    """One product a bin, one lot a bin: one to three bins a product while bins last."""
    free = [place["location_id"] for place in bins]
    rng.shuffle(free)
    for product in goods:
        for _ in range(min(rng.choice((1, 1, 2, 2, 3)), len(free))):
            line: Json = {
                "location_id": free.pop(),
                "sku": product["sku"],
                "quantity_each": rng.randint(6, 60),
            }
            if product["tracks_lot"]:
                expires_on = today + timedelta(days=rng.choice((5, 40, 120, 240, 400, 700)))
                line["lot"] = f"L{expires_on:%y%m}{rng.randrange(100):02d}"
                line["expires_on"] = expires_on.isoformat()
            yield line


def _workers(rng: random.Random) -> Iterator[Json]:
    for number, (name, roles) in enumerate(PEOPLE, start=1):
        yield {
            "worker_id": f"E{number:02d}",
            "name": name,
            "badge": "".join(rng.choices(BADGE_LETTERS, k=10)),
            "pin": f"{rng.randrange(1_000_000):06d}",
            "roles": list(roles),
            "language": "en",
            "left_handed": name == "Bruno",
        }
