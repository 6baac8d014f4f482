"""Which units an order gets: first what expires first, then what is nearest.

Pure; the reserving itself is `store/reservations.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.domain.orders import ShipPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeStock:
    """Units in one place that nobody has a claim on.

    Args:
        lot: empty when the product is not tracked by lot.
        walk_mm: how far the place is from where walks begin.
    """

    place: str
    product_id: str
    lot: str = ""
    expires_on: date | None = None
    free_each: int
    walk_mm: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    line_id: str
    product_id: str
    quantity_each: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Allotted:
    """Units of one place promised to one line of an order."""

    line_id: str
    place: str
    product_id: str
    lot: str
    expires_on: date | None
    quantity_each: int


def allot(wanted: Sequence[Wanted], stock: Iterable[FreeStock], *, today: date) -> tuple[Allotted, ...]:
    """What each line gets, line by line in the order given.

    The rules, in order: a lot whose day has passed is never given; the lot that expires first goes first, one without
    a day last; then a place that holds all that is still wanted, so that one stop does; then the nearest; then the
    place's name. A line is split over places when one does not hold enough, and gets less when all together do not.

    Args:
        today: in the warehouse's own calendar. A lot may still be given on the day that it expires.
    """
    left: dict[str, list[FreeStock]] = {}
    for shelf in stock:
        if shelf.free_each > 0 and (shelf.expires_on is None or shelf.expires_on >= today):
            left.setdefault(shelf.product_id, []).append(shelf)
    allotted = []
    for line in wanted:
        shelves = left.get(line.product_id, [])
        missing_each = line.quantity_each
        while missing_each > 0 and shelves:
            shelf = min(shelves, key=lambda shelf: _before(shelf, missing_each))
            each = min(missing_each, shelf.free_each)
            missing_each -= each
            shelves.remove(shelf)
            if each < shelf.free_each:
                shelves.append(replace(shelf, free_each=shelf.free_each - each))
            allotted.append(
                Allotted(
                    line_id=line.line_id,
                    place=shelf.place,
                    product_id=shelf.product_id,
                    lot=shelf.lot,
                    expires_on=shelf.expires_on,
                    quantity_each=each,
                )
            )
    return tuple(allotted)


def kept(policy: ShipPolicy, wanted: Sequence[Wanted], allotted: tuple[Allotted, ...]) -> tuple[Allotted, ...]:
    """What of `allotted` is worth reserving: an order that must go complete leaves everything for others until then."""
    enough = sum(each.quantity_each for each in allotted) == sum(line.quantity_each for line in wanted)
    return allotted if enough or policy is ShipPolicy.PARTIAL else ()


def _before(shelf: FreeStock, missing_each: int) -> tuple[date, bool, int, str, str]:
    return shelf.expires_on or date.max, shelf.free_each < missing_each, shelf.walk_mm, shelf.place, shelf.lot
