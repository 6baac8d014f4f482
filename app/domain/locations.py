"""Addressable places. A bin is one kind."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from app.domain.rows import Row


class LocationKind(StrEnum):
    BIN = "bin"
    RETURNS = "returns"
    QUARANTINE = "quarantine"
    PACKING = "packing"
    STAGING = "staging"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location(Row):
    """A place that a person can stand in front of.

    Args:
        location_id: as printed on it, e.g. `A-12-03-2` (zone, aisle, bay, level).
        x_mm, y_mm: where a person stands in front of it, from the warehouse's corner;
            x runs across the aisles, y along them.
        block: which block of aisles; walking between blocks goes through a cross aisle.
        check_digits: two digits on the place's label, spoken or typed instead of a scan.
    """

    row_kind: ClassVar[str] = "location"

    location_id: str
    zone: str
    aisle: int
    bay: int
    level: int
    x_mm: int
    y_mm: int
    block: int = 1
    kind: LocationKind = LocationKind.BIN
    check_digits: str = ""

    @property
    def row_id(self) -> str:
        return self.location_id

    @property
    def parent(self) -> str | None:
        return self.zone
