"""Which carton is proposed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.cartonization import Box, fits, inner_volume_mm3, smallest_fitting
from app.domain.cartons import CartonType


def a_carton(
    name: str = "M", *, length_mm: int = 300, width_mm: int = 200, height_mm: int = 100, max_weight_g: int = 10_000
) -> CartonType:
    return CartonType(
        carton_type_id=name,
        name=name,
        length_mm=length_mm,
        width_mm=width_mm,
        height_mm=height_mm,
        tare_weight_g=100,
        max_weight_g=max_weight_g,
    )


def a_box(length_mm: int, width_mm: int, height_mm: int, *, weight_g: int = 100) -> Box:
    return Box(length_mm=length_mm, width_mm=width_mm, height_mm=height_mm, weight_g=weight_g)


def test_the_smallest_of_those_that_fit_is_proposed() -> None:
    small, large = a_carton("S", length_mm=100, width_mm=100), a_carton("L", length_mm=400)
    assert smallest_fitting((a_box(90, 90, 90),), (large, a_carton(), small)) == small
    assert smallest_fitting((a_box(390, 90, 90),), (large, a_carton(), small)) == large


def test_a_long_unit_that_stands_up_is_laid_down() -> None:
    assert fits([a_box(90, 190, 290)], a_carton())


def test_a_unit_longer_than_every_side_does_not_fit_though_its_volume_does() -> None:
    assert not fits([a_box(310, 10, 10)], a_carton())


def test_what_fits_but_is_too_heavy_needs_another_carton() -> None:
    strong = a_carton("strong", length_mm=350, max_weight_g=20_000)
    assert smallest_fitting((a_box(100, 100, 50, weight_g=12_000),), (a_carton(), strong)) == strong


def test_units_that_need_more_than_one_carton_have_no_proposal() -> None:
    assert smallest_fitting((a_box(300, 200, 100),) * 2, (a_carton(),)) is None


def test_four_units_that_only_fit_as_a_pinwheel_are_found() -> None:
    assert fits([a_box(2, 1, 1)] * 4, a_carton(length_mm=3, width_mm=3, height_mm=1))


def test_two_flat_units_lie_on_each_other() -> None:
    assert fits([a_box(300, 200, 50), a_box(200, 300, 50)], a_carton())


def test_many_units_are_judged_by_volume_with_room_for_air() -> None:
    pebbles = [a_box(20, 20, 20, weight_g=1)]
    assert fits(pebbles * 500, a_carton())
    assert not fits(pebbles * 700, a_carton())


@pytest.mark.parametrize("count", [1, 3, 6, 12, 24])
def test_no_units_take_more_room_than_the_carton_has(count: int) -> None:
    cube = a_box(100, 100, 100)
    assert fits([cube] * count, a_carton()) is (count <= 6)


side_mm = st.integers(10, 320)


@given(st.lists(st.builds(a_box, side_mm, side_mm, side_mm), min_size=1, max_size=5))
def test_what_is_said_to_fit_lies_in_by_volume_and_by_every_side(units: list[Box]) -> None:
    carton = a_carton()
    if fits(units, carton):
        assert sum(unit.volume_mm3 for unit in units) <= inner_volume_mm3(carton)
        assert all(sorted(unit.size_mm)[2] <= 300 for unit in units)


@given(side_mm, side_mm, side_mm)
def test_how_a_unit_is_measured_changes_nothing(one_mm: int, other_mm: int, third_mm: int) -> None:
    assert fits([a_box(one_mm, other_mm, third_mm)], a_carton()) is fits(
        [a_box(third_mm, one_mm, other_mm)], a_carton()
    )
