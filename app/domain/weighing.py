"""What a carton should weigh, and how far the scale may be off before somebody looks again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.cartons import CartonType, PackedUnit
from app.domain.packing import WeightSource
from app.domain.products import Product

# Paper, tape and a product's own spread: never less than this many grams, or this share of what is expected.
TOLERANCE_G_MIN = 30
TOLERANCE_PERCENT = 3
# What a packing scale can carry; more is a slip of the finger.
WEIGHT_G_MAX = 70_000


# Digits alone are grams that a person typed; a scale that types says its unit, and may add blanks and a sign.
_TYPED = re.compile(r"[0-9]{1,7}")
_OF_SCALE = re.compile(r"\+? *([0-9]{1,5})(?:[.,]([0-9]{1,3}))? *(g|kg)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """A weight as it came to the station; parts of a gram are cut off."""

    weight_g: int
    source: WeightSource


def read_weight(text: str) -> Reading | None:
    """The weight that a text says: `400`, `400 g`, `0.400 kg`, `0,4kg`; None when it is no weight."""
    if _TYPED.fullmatch(text):
        return Reading(int(text), WeightSource.TYPED)
    found = _OF_SCALE.fullmatch(text.strip())
    if found is None:
        return None
    whole, part, unit = found[1], found[2] or "", found[3].lower()
    weight_g = int(whole) * 1000 + int(part.ljust(3, "0")) if unit == "kg" else int(whole)
    return Reading(weight_g, WeightSource.SCALE)


def goods_weight_g(goods: Iterable[tuple[Product, int]]) -> int:
    """Weight of (product, units) pairs without their carton."""
    return sum(product.weight_g * each for product, each in goods)


def expected_weight_g(units: Iterable[PackedUnit], products: dict[str, Product], carton: CartonType) -> int:
    """Weight of a packed carton; a product that is not in `products` counts nothing."""
    known = ((products[unit.product_id], unit.quantity_each) for unit in units if unit.product_id in products)
    return carton.tare_weight_g + goods_weight_g(known)


def tolerance_g(expected_g: int) -> int:
    """How far a weighed carton may be from `expected_g`, either way."""
    return max(TOLERANCE_G_MIN, expected_g * TOLERANCE_PERCENT // 100)


def is_plausible(weight_g: int, expected_g: int) -> bool:
    return abs(weight_g - expected_g) <= tolerance_g(expected_g)
