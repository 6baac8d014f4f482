"""Walks: by the aisles, never through the racks."""

from __future__ import annotations

from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.locations import Location
from app.domain.routing import EXACT_PLACES, Floor, order_stops, walk_mm

AISLE_MM = 3_000
BAY_MM = 1_000


def a_bin(aisle: int, bay: int, *, block: int = 1, level: int = 1) -> Location:
    """Aisles stand 3 m apart; a block has 20 bays of 1 m, and 3 m lie between two blocks."""
    return Location(
        location_id=f"A-{aisle:02}-{bay:02}-{level}",
        zone="A",
        aisle=aisle,
        bay=bay,
        level=level,
        x_mm=aisle * AISLE_MM,
        y_mm=2_000 + (block - 1) * 23_000 + bay * BAY_MM,
        block=block,
    )


FLOOR = Floor.of([a_bin(aisle, bay, block=block) for aisle in (1, 8) for bay in (1, 20) for block in (1, 2)])


def test_bins_of_one_aisle_are_reached_along_it() -> None:
    assert FLOOR.distance_mm((3_000, 4_000), (3_000, 9_000)) == 5_000


def test_the_next_aisle_is_reached_over_the_nearer_cross_aisle() -> None:
    here, there = a_bin(1, 2), a_bin(2, 3)
    front_mm = FLOOR.cross_aisles_mm[0]
    wanted = (here.y_mm - front_mm) + AISLE_MM + (there.y_mm - front_mm)
    assert FLOOR.distance_mm((here.x_mm, here.y_mm), (there.x_mm, there.y_mm)) == wanted


def test_two_blocks_have_a_cross_aisle_between_them() -> None:
    front_mm, middle_mm, back_mm = FLOOR.cross_aisles_mm
    assert a_bin(1, 20, block=1).y_mm < middle_mm < a_bin(1, 1, block=2).y_mm
    assert front_mm < a_bin(1, 1).y_mm
    assert back_mm > a_bin(1, 20, block=2).y_mm


def test_no_stops_make_no_walk() -> None:
    assert order_stops([], (0, 0)) == []
    assert walk_mm([], [], (0, 0)) == 0


def test_tasks_at_one_place_are_done_together() -> None:
    stops = [a_bin(1, 3), a_bin(5, 3), a_bin(1, 3, level=2), a_bin(5, 4), a_bin(1, 3, level=3)]
    order = order_stops(stops, (0, 1_000), floor=FLOOR)
    assert order[:3] == [0, 2, 4]


def test_name_order_is_longer_than_the_walk_that_is_proposed() -> None:
    stops = [a_bin(1, 2), a_bin(1, 19), a_bin(2, 3), a_bin(2, 18), a_bin(3, 2), a_bin(3, 19)]
    by_name = list(range(len(stops)))
    proposed = order_stops(stops, (0, 1_000), floor=FLOOR)
    assert walk_mm(stops, proposed, (0, 1_000), floor=FLOOR) < walk_mm(stops, by_name, (0, 1_000), floor=FLOOR)


def test_a_walk_that_must_end_at_packing_counts_the_way_back() -> None:
    stops = [a_bin(1, 5), a_bin(4, 5), a_bin(8, 5)]
    packing = (1_000, 1_000)
    order = order_stops(stops, packing, end=packing, floor=FLOOR)
    round_trip_mm = walk_mm(stops, order, packing, end=packing, floor=FLOOR)
    assert round_trip_mm > walk_mm(stops, order, packing, floor=FLOOR)
    assert round_trip_mm == min(
        walk_mm(stops, list(other), packing, end=packing, floor=FLOOR) for other in permutations(range(3))
    )


bins = st.builds(a_bin, st.integers(1, 8), st.integers(1, 20), block=st.integers(1, 2))


@given(st.lists(bins, max_size=5))
def test_few_places_are_walked_in_the_shortest_order_there_is(stops: list[Location]) -> None:
    start = (0, 1_000)
    order = order_stops(stops, start, floor=FLOOR)
    assert sorted(order) == list(range(len(stops)))
    shortest = min(walk_mm(stops, list(other), start, floor=FLOOR) for other in permutations(range(len(stops))))
    assert walk_mm(stops, order, start, floor=FLOOR) == shortest


@given(st.lists(bins, min_size=EXACT_PLACES + 3, max_size=20), st.randoms(use_true_random=False))
def test_many_places_are_each_visited_once_in_an_order_that_does_not_depend_on_the_list(
    stops: list[Location], random: Random
) -> None:
    start = (0, 1_000)
    order = order_stops(stops, start, floor=FLOOR)
    assert sorted(order) == list(range(len(stops)))
    shuffled = random.sample(stops, len(stops))
    again = order_stops(shuffled, start, floor=FLOOR)
    assert walk_mm(shuffled, again, start, floor=FLOOR) == walk_mm(stops, order, start, floor=FLOOR)


@pytest.mark.parametrize("seed", range(5))
def test_an_improved_walk_is_near_the_exact_one(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(seed)
    stops = [a_bin(random.randint(1, 8), random.randint(1, 20), block=random.randint(1, 2)) for _ in range(9)]
    exact_mm = walk_mm(stops, order_stops(stops, (0, 1_000), floor=FLOOR), (0, 1_000), floor=FLOOR)
    monkeypatch.setattr("app.domain.routing.EXACT_PLACES", 0)
    improved_mm = walk_mm(stops, order_stops(stops, (0, 1_000), floor=FLOOR), (0, 1_000), floor=FLOOR)
    assert exact_mm <= improved_mm <= exact_mm * 1.15
