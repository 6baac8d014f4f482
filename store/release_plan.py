"""How allocated orders become walks: by cut-off, by zone, few aisles a list, in walking order. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from app.domain.locations import Location
from app.domain.picklists import Slot
from app.domain.routing import Floor, Point, order_stops

SLOT_NAMES = ("A1", "A2", "A3", "B1", "B2", "B3")
ORDERS_A_LIST_MAX = len(SLOT_NAMES)
TASKS_A_LIST = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Units to fetch for one line of an order from one place; `allocation_id` is the promise that they are there."""

    allocation_id: str
    order_id: str
    line_id: str
    product_id: str
    location: Location
    lot: str
    expires_on: date | None
    quantity_each: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An order that is ready to be walked for."""

    order_id: str
    ship_by_utc: datetime
    stops: tuple[Stop, ...]

    @property
    def zone(self) -> str:
        """Where most of its stops are; of equals the first by name."""
        count = Counter(stop.location.zone for stop in self.stops)
        return min(count, key=lambda zone: (-count[zone], zone))

    @property
    def aisles(self) -> frozenset[tuple[str, int]]:
        return frozenset((stop.location.zone, stop.location.aisle) for stop in self.stops)


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """One picklist to be: its slots, and its stops in walking order."""

    zone: str
    ship_by_utc: datetime
    slots: tuple[Slot, ...]
    stops: tuple[Stop, ...]


def plan(
    orders: Sequence[Due],
    *,
    start: Point,
    floor: Floor | None = None,
    orders_a_list_max: int = ORDERS_A_LIST_MAX,
    tasks_a_list: int = TASKS_A_LIST,
) -> Iterator[Walk]:
    """Walks for all of `orders`, the earliest cut-off first, each made when it is asked for. An order is never split
    over two walks.

    Each walk begins with the order that has the fewest aisles left, and takes in whichever order adds the fewest
    aisles while there are slots and about `tasks_a_list` stops; an order with more stops than that walks alone.

    Args:
        start: where walks begin.
        floor: the warehouse's cross aisles; guessed from each walk's own stops when None.
        orders_a_list_max: slots to fill, at most `ORDERS_A_LIST_MAX`.
    """
    for (ship_by_utc, zone), group in groupby(sorted(orders, key=_cut), key=lambda due: (due.ship_by_utc, due.zone)):
        waiting = list(group)
        while waiting:
            batch = _batch(waiting, min(orders_a_list_max, ORDERS_A_LIST_MAX), tasks_a_list)
            slots = tuple(Slot(name=name, order_id=due.order_id) for name, due in zip(SLOT_NAMES, batch, strict=False))
            stops = [stop for due in batch for stop in due.stops]
            way = order_stops([stop.location for stop in stops], start, floor=floor)
            yield Walk(zone=zone, ship_by_utc=ship_by_utc, slots=slots, stops=tuple(stops[index] for index in way))


def _batch(waiting: list[Due], orders_max: int, tasks_max: int) -> list[Due]:
    """The orders of one walk, taken out of `waiting`."""
    first = min(waiting, key=lambda due: (len(due.aisles), sorted(due.aisles), due.order_id))
    waiting.remove(first)
    batch, aisles, tasks = [first], first.aisles, len(first.stops)
    while len(batch) < orders_max:
        fitting = [due for due in waiting if tasks + len(due.stops) <= tasks_max]
        if not fitting:
            break
        nearest = min(fitting, key=lambda due: (len(due.aisles - aisles), -len(due.aisles & aisles), due.order_id))
        waiting.remove(nearest)
        batch.append(nearest)
        aisles |= nearest.aisles
        tasks += len(nearest.stops)
    return batch


def _cut(due: Due) -> tuple[datetime, str, str]:
    return due.ship_by_utc, due.zone, due.order_id
