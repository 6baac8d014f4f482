"""Every row and fact that Floorhand knows. Importing this module makes `ROW_TYPES` and `FACT_TYPES` complete."""

from __future__ import annotations

from app.domain import (  # noqa: F401  (imported for what they register)
    cartons,
    discrepancies,
    locations,
    orders,
    packing,
    picking,
    picklists,
    products,
    returns,
    totes,
    workers,
)
from app.domain.facts import FACT_TYPES
from app.domain.rows import ROW_TYPES

__all__ = ["FACT_TYPES", "ROW_TYPES"]
