"""Products and the codes on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.domain.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A barcode of a product: on one base unit (factor 1), on a case, on a pallet; or an alias.

    Args:
        code: a GTIN in 14 digits, or the text of another code as printed.
        factor_each: base units in one of these.
    """

    code: str
    factor_each: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Product(Row):
    """A thing that is kept, counted in base units.

    Args:
        product_id: the warehouse's SKU.
        packs: every code that may be on it; the base unit's first.
        category: chooses the questions that a return asks.
        picture: name of a picture the stations can fetch; empty for none.
    """

    row_kind: ClassVar[str] = "product"

    product_id: str
    name: str
    packs: tuple[Pack, ...]
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    tracks_lot: bool = False
    tracks_serial: bool = False
    category: str = "general"
    picture: str = ""

    @property
    def row_id(self) -> str:
        return self.product_id
