"""Which carton a set of units goes into: the smallest in which they fit, turned any way, and which holds their weight.

Few units are tried exactly (every order, every turn, every corner, up to a budget of steps), some are placed greedily,
many are judged by volume. A proposal errs towards the larger carton; the packer's eye has the last word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

from app.domain.cartons import CartonType

# Up to so many units every order is tried; above, only the greedy one; above that, volume decides.
EXACT_UNITS_MAX = 6
GREEDY_UNITS_MAX = 24
STEPS_MAX = 4_000
# Share of a carton's volume that many mixed units may take: measured fill of hand-packed mixed boxes lies near it.
FILL_PERCENT_MAX = 72

Size = tuple[int, int, int]
Corner = tuple[int, int, int]
Placed = tuple[Corner, Size]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Outer sizes and weight of one unit."""

    length_mm: int
    width_mm: int
    height_mm: int
    weight_g: int

    @property
    def size_mm(self) -> Size:
        return (self.length_mm, self.width_mm, self.height_mm)

    @property
    def volume_mm3(self) -> int:
        return self.length_mm * self.width_mm * self.height_mm


def inner_volume_mm3(carton: CartonType) -> int:
    return carton.length_mm * carton.width_mm * carton.height_mm


@lru_cache(maxsize=256)
def smallest_fitting(units: tuple[Box, ...], cartons: tuple[CartonType, ...]) -> CartonType | None:
    """The carton of least inner volume that takes all `units`; None when they need more than one carton."""
    by_volume = sorted(cartons, key=lambda carton: (inner_volume_mm3(carton), carton.carton_type_id))
    return next((carton for carton in by_volume if fits(units, carton)), None)


def fits(units: Sequence[Box], carton: CartonType) -> bool:
    """Whether `units`, each turned as it likes, lie in `carton` and weigh no more than it holds."""
    if carton.tare_weight_g + sum(unit.weight_g for unit in units) > carton.max_weight_g:
        return False
    room = (carton.length_mm, carton.width_mm, carton.height_mm)
    if any(not _lies_in(unit.size_mm, room) for unit in units):
        return False
    volume_mm3 = sum(unit.volume_mm3 for unit in units)
    if volume_mm3 > inner_volume_mm3(carton):
        return False
    if len(units) > GREEDY_UNITS_MAX:
        return volume_mm3 * 100 <= inner_volume_mm3(carton) * FILL_PERCENT_MAX
    sizes = sorted((unit.size_mm for unit in units), key=lambda size: (-size[0] * size[1] * size[2], size))
    if _place_greedily(sizes, room):
        return True
    return len(units) <= EXACT_UNITS_MAX and _Search(room).place(sizes, [], {(0, 0, 0)})


def _lies_in(size: Size, room: Size) -> bool:
    return all(side <= inner for side, inner in zip(sorted(size), sorted(room), strict=True))


def _turns(size: Size) -> list[Size]:
    """The ways to lay a box down: flat ones first."""
    return sorted({(a, b, c) for a, b, c in permutations(size)}, key=lambda turned: (turned[2], turned))


def _is_free(corner: Corner, size: Size, room: Size, placed: Iterable[Placed]) -> bool:
    if any(at + side > inner for at, side, inner in zip(corner, size, room, strict=True)):
        return False
    return not any(_overlap(corner, size, other_corner, other_size) for other_corner, other_size in placed)


def _overlap(corner: Corner, size: Size, other_corner: Corner, other_size: Size) -> bool:
    return all(
        at < other + other_side and other < at + side
        for at, side, other, other_side in zip(corner, size, other_corner, other_size, strict=True)
    )


def _corners_after(corners: set[Corner], corner: Corner, size: Size) -> set[Corner]:
    """Where the next box may stand once one lies at `corner`: beside it, behind it, on top of it."""
    x, y, z = corner
    return (corners - {corner}) | {(x + size[0], y, z), (x, y + size[1], z), (x, y, z + size[2])}


def _place_greedily(sizes: Sequence[Size], room: Size) -> bool:
    """Largest first, each as low as it goes."""
    placed: list[Placed] = []
    corners: set[Corner] = {(0, 0, 0)}
    for size in sizes:
        spots = (
            (corner, turned)
            for corner in sorted(corners, key=lambda at: (at[2], at[1], at[0]))
            for turned in _turns(size)
            if _is_free(corner, turned, room, placed)
        )
        spot = next(spots, None)
        if spot is None:
            return False
        placed.append(spot)
        corners = _corners_after(corners, *spot)
    return True


class _Search:
    """Tries every order, turn and corner until the steps are used up."""

    def __init__(self, room: Size) -> None:
        self._room = room
        self._steps_left = STEPS_MAX

    def place(self, sizes: Sequence[Size], placed: list[Placed], corners: set[Corner]) -> bool:
        if not sizes:
            return True
        for index, size in enumerate(sizes):
            if size in sizes[:index]:
                continue
            rest = [*sizes[:index], *sizes[index + 1 :]]
            for corner in sorted(corners):
                for turned in _turns(size):
                    self._steps_left -= 1
                    if self._steps_left < 0:
                        return False
                    spot = (corner, turned)
                    if _is_free(corner, turned, self._room, placed) and self.place(
                        rest, [*placed, spot], _corners_after(corners, corner, turned)
                    ):
                        return True
        return False
