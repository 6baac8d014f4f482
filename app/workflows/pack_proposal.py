"""Which carton a packer is shown for what is to be packed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.cartonization import Box, fits, inner_volume_mm3, smallest_fitting
from app.domain.cartons import CartonType
from app.domain.products import Product

Goods = Iterable[tuple[Product, int]]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A carton, and whether it takes everything; when none does it is the largest, and more than one is needed."""

    carton: CartonType
    takes_all: bool


def propose(goods: Goods, cartons: Iterable[CartonType]) -> Proposal | None:
    """The smallest carton that takes all `goods`, (product, units) pairs; None where no cartons are known."""
    known = tuple(cartons)
    if not known:
        return None
    best = smallest_fitting(_boxes(goods), known)
    return Proposal(best, True) if best is not None else Proposal(max(known, key=inner_volume_mm3), False)


def fits_goods(goods: Goods, carton: CartonType) -> bool:
    return fits(_boxes(goods), carton)


def _boxes(goods: Goods) -> tuple[Box, ...]:
    return tuple(
        Box(
            length_mm=product.length_mm,
            width_mm=product.width_mm,
            height_mm=product.height_mm,
            weight_g=product.weight_g,
        )
        for product, each in goods
        for _ in range(each)
    )
