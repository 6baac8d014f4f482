"""The demo's customers: orders from three channels, and returns. Names and streets are made up from syllables."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

Json = dict[str, Any]

CHANNELS = ("webshop", "bazaar", "trade")
CUT_OFFS_H = (2, 4, 7)

FIRST_NAMES = (
    "Alma",
    "Borja",
    "Céline",
    "Dorota",
    "Emre",
    "Finn",
    "Grażyna",
    "Hüsna",
    "Inés",
    "Jörg",
    "Katarzyna",
    "Łucja",
)
FAMILY_NAMES = (
    "Árbol",
    "Bąk",
    "Çelik",
    "Durand",
    "Eßer",
    "Fuentes",
    "Groß",
    "Hansen",
    "Iglesias",
    "Jäger",
    "Kowal",
    "Öztürk",
)
STREETS = ("Quay Road", "Lindenweg", "Rue du Marché", "Calle Nueva", "Ulica Długa", "Deniz Sokak")
TOWNS = (
    ("DE", "20457", "Hamburg"),
    ("DE", "04109", "Leipzig"),
    ("FR", "69002", "Lyon"),
    ("ES", "46001", "València"),
    ("PL", "80-831", "Gdańsk"),
    ("NL", "3511 AB", "Utrecht"),
    ("GB", "BS1 4DJ", "Bristol"),
)


def orders(rng: random.Random, goods: list[Json], count: int, now_utc: datetime, *, prefix: str = "") -> Iterator[Json]:
    """`count` orders in the form that `POST /v1/orders` takes, due at the next three cut-offs after `now_utc`."""
    hour = now_utc.replace(minute=0, second=0, microsecond=0)
    for number in range(1, count + 1):
        channel = rng.choices(CHANNELS, weights=(5, 3, 1))[0]
        placed_at_utc = now_utc - timedelta(minutes=rng.randint(5, 900))
        yield {
            "channel": channel,
            "external_reference": f"{prefix}{channel[0].upper()}{10_000 + number}",
            "placed_at_utc": placed_at_utc.isoformat(timespec="seconds"),
            "ship_by_utc": (hour + timedelta(hours=rng.choice(CUT_OFFS_H))).isoformat(timespec="seconds"),
            "currency": "EUR",
            "payment_mode": "invoice" if channel == "trade" else "prepaid",
            "ship_policy": rng.choice(("complete", "partial")),
            "ship_to": ship_to(rng),
            "lines": list(_lines(rng, goods, wholesale=channel == "trade")),
            **({"gift_note": "Happy birthday!"} if rng.random() < 0.06 else {}),
        }


def ship_to(rng: random.Random) -> Json:
    country, postcode, city = rng.choice(TOWNS)
    return {
        "name": f"{rng.choice(FIRST_NAMES)} {rng.choice(FAMILY_NAMES)}",
        "street": f"{rng.choice(STREETS)} {rng.randint(1, 180)}",
        "postcode": postcode,
        "city": city,
        "country": country,
    }


def _lines(rng: random.Random, goods: list[Json], *, wholesale: bool) -> Iterator[Json]:
    for number, product in enumerate(rng.sample(goods, rng.choice((1, 1, 2, 2, 3, 4))), start=1):
        case_each = product["packs"][0]["factor_each"]
        yield {
            "external_line": str(number),
            "sku": product["sku"],
            "quantity_each": case_each if wholesale and case_each <= 12 else rng.choice((1, 1, 1, 2, 3)),
            "unit_price_minor": rng.randrange(299, 8_999),
        }


def announced_returns(rng: random.Random, shipped: list[Json], count: int) -> Iterator[Json]:
    """Returns that customers have announced, in the form that `POST /v1/returns` takes.

    Args:
        shipped: orders that have left, as `orders` made them.
    """
    for number, order in enumerate(rng.sample(shipped, min(count, len(shipped))), start=1):
        line = rng.choice(order["lines"])
        yield {
            "rma": f"{7_000 + number}",
            "channel": order["channel"],
            "external_reference": order["external_reference"],
            "tracking": f"952{rng.randrange(10**11):011d}",
            "lines": [
                {
                    "external_line": line["external_line"],
                    "quantity_each": 1,
                    "reason": rng.choice(("too small", "not as shown", "arrived broken", "changed my mind")),
                }
            ],
        }
