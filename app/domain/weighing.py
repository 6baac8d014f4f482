"""What a carton should weigh, and how far the scale may be off before somebody looks again."""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.packing import CartonType, PackedUnit
from app.domain.products import Product

# Paper, tape and a product's own spread: never less than this many grams, or this share of what is expected.
TOLERANCE_G_MIN = 30
TOLERANCE_PERCENT = 3
# What a packing scale can carry; more is a slip of the finger.
WEIGHT_G_MAX = 70_000


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
