"""The walk: how far it is from place to place by the aisles, and in which order to visit the places.

Aisles run along y, cross aisles along x at the ends of every block. Bins of one aisle are reached along it; from one
aisle to another the way leads over a cross aisle.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.domain.locations import Location

Point = tuple[int, int]
"""(x_mm, y_mm) where a person stands."""

# Half the width of a cross aisle: how far beyond the last bay a person turns.
TURN_MM = 1_000
# Held-Karp looks at 2^n × n² steps: 9 places take some 20 ms in plain Python.
EXACT_PLACES = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Where one can change aisles.

    Args:
        cross_aisles_mm: y of each cross aisle, ascending; at least one.
    """

    cross_aisles_mm: tuple[int, ...]

    @classmethod
    def of(cls, locations: Iterable[Location]) -> Floor:
        """The cross aisles that follow from the bins: in front of the first block, behind the last, and halfway
        between two blocks. The more of the warehouse's locations are given, the truer."""
        extents: dict[int, tuple[int, int]] = {}
        for place in locations:
            low, high = extents.get(place.block, (place.y_mm, place.y_mm))
            extents[place.block] = min(low, place.y_mm), max(high, place.y_mm)
        blocks = sorted(extents.values())
        if not blocks:
            return cls(cross_aisles_mm=(0,))
        between = [(below[1] + above[0]) // 2 for below, above in pairwise(blocks)]
        return cls(cross_aisles_mm=(max(0, blocks[0][0] - TURN_MM), *between, blocks[-1][1] + TURN_MM))

    def distance_mm(self, here: Point, there: Point) -> int:
        """Shortest way on foot."""
        (x1, y1), (x2, y2) = here, there
        if x1 == x2:
            return abs(y1 - y2)
        return abs(x1 - x2) + min(abs(y1 - turn) + abs(turn - y2) for turn in self.cross_aisles_mm)


def walk_mm(
    stops: Sequence[Location],
    order: Sequence[int],
    start: Point,
    *,
    end: Point | None = None,
    floor: Floor | None = None,
) -> int:
    """Length of the walk from `start` over the stops in `order` (indices into `stops`), and on to `end` if given."""
    floor = floor or Floor.of(stops)
    points = [start, *(_point(stops[index]) for index in order)]
    return _length_mm(floor, points, end)


def order_stops(
    stops: Sequence[Location], start: Point, *, end: Point | None = None, floor: Floor | None = None
) -> list[int]:
    """A good order to visit the stops: the shortest one up to `EXACT_PLACES` places, else near it.

    Args:
        stops: where the tasks are; several tasks at one place are visited together, in the order given.
        start: where the walk begins.
        end: where it has to end (the packing bench); None ends it at its last stop.
        floor: the warehouse's cross aisles; guessed from the stops alone when None.

    Returns:
        Indices into `stops`; the same for the same arguments, always.
    """
    floor = floor or Floor.of(stops)
    tasks_at: dict[Point, list[int]] = {}
    for index, stop in enumerate(stops):
        tasks_at.setdefault(_point(stop), []).append(index)
    places = sorted(tasks_at)
    solve = _exact if len(places) <= EXACT_PLACES else _improved
    return [index for place in solve(floor, places, start, end) for index in tasks_at[place]]


def _point(place: Location) -> Point:
    return place.x_mm, place.y_mm


def _length_mm(floor: Floor, points: Sequence[Point], end: Point | None) -> int:
    way = list(points) if end is None else [*points, end]
    return sum(floor.distance_mm(here, there) for here, there in pairwise(way))


def _exact(floor: Floor, places: Sequence[Point], start: Point, end: Point | None) -> list[Point]:
    """Shortest path by dynamic programming over subsets (Held and Karp, 1962)."""
    count = len(places)
    if not count:
        return []
    between = [[floor.distance_mm(here, there) for there in places] for here in places]
    # best[visited, last] = (length, the one before last)
    best: dict[tuple[int, int], tuple[int, int]] = {
        (1 << index, index): (floor.distance_mm(start, place), -1) for index, place in enumerate(places)
    }
    for visited in range(1, 1 << count):
        for last in range(count):
            if (visited, last) not in best:
                continue
            so_far_mm = best[visited, last][0]
            for following in range(count):
                if visited >> following & 1:
                    continue
                key = (visited | 1 << following, following)
                length_mm = so_far_mm + between[last][following]
                if key not in best or length_mm < best[key][0]:
                    best[key] = (length_mm, last)
    visited = (1 << count) - 1
    last = min(
        range(count),
        key=lambda index: best[visited, index][0] + (floor.distance_mm(places[index], end) if end else 0),
    )
    backwards: list[Point] = []
    while last >= 0:
        backwards.append(places[last])
        visited, last = visited & ~(1 << last), best[visited, last][1]
    return backwards[::-1]


def _improved(floor: Floor, places: Sequence[Point], start: Point, end: Point | None) -> list[Point]:
    """Nearest neighbour, then 2-opt and Or-opt by turns until neither finds anything shorter."""
    walk = _nearest(floor, places, start)
    length_mm = _length_mm(floor, [start, *walk], end)
    while True:
        shorter = _two_opt(floor, walk, start, end) or _or_opt(floor, walk, start, end)
        if shorter is None:
            return walk
        shorter_mm = _length_mm(floor, [start, *shorter], end)
        if shorter_mm >= length_mm:
            return walk
        walk, length_mm = shorter, shorter_mm


def _nearest(floor: Floor, places: Sequence[Point], start: Point) -> list[Point]:
    left, here, walk = list(places), start, list[Point]()
    while left:
        here = min(left, key=lambda place: (floor.distance_mm(here, place), place))
        left.remove(here)
        walk.append(here)
    return walk


def _hop_mm(floor: Floor, here: Point, there: Point | None) -> int:
    return 0 if there is None else floor.distance_mm(here, there)


def _two_opt(floor: Floor, walk: list[Point], start: Point, end: Point | None) -> list[Point] | None:
    """The first turning round of a stretch that makes the walk shorter; distances are the same both ways."""
    padded: list[Point | None] = [*walk, end]
    for first in range(len(walk) - 1):
        before = walk[first - 1] if first else start
        for last in range(first + 1, len(walk)):
            after = padded[last + 1]
            now_mm = floor.distance_mm(before, walk[first]) + _hop_mm(floor, walk[last], after)
            turned_mm = floor.distance_mm(before, walk[last]) + _hop_mm(floor, walk[first], after)
            if turned_mm < now_mm:
                return [*walk[:first], *reversed(walk[first : last + 1]), *walk[last + 1 :]]
    return None


def _or_opt(floor: Floor, walk: list[Point], start: Point, end: Point | None) -> list[Point] | None:
    """The first moving of one, two or three places elsewhere that makes the walk shorter."""
    length_mm = _length_mm(floor, [start, *walk], end)
    for size in (1, 2, 3):
        for first in range(len(walk) - size + 1):
            moved, rest = walk[first : first + size], [*walk[:first], *walk[first + size :]]
            for into in range(len(rest) + 1):
                candidate = [*rest[:into], *moved, *rest[into:]]
                if _length_mm(floor, [start, *candidate], end) < length_mm:
                    return candidate
    return None
