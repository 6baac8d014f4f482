"""Lots and serials at the packing bench."""

from __future__ import annotations

import pytest

from app.errors import LotExpired, WrongLot
from tests.fakes.packing import (
    RADIO,
    RADIO_EAN,
    TEA,
    TEA_EAN,
    PackFloor,
    a_line,
    an_order,
    tea_floor,
)
from tests.fakes.picking import GS
from tests.fakes.said import said


def lots_in(floor: PackFloor) -> list[str | None]:
    return [unit.lot for unit in floor.carton().units]


def test_the_only_lot_in_the_tote_need_not_be_scanned() -> None:
    floor = tea_floor(L1=1)
    floor.scan("T.T-1", TEA_EAN)
    assert lots_in(floor) == ["L1"]


def test_of_several_lots_one_is_asked_for_and_never_guessed() -> None:
    floor = tea_floor(L1=1, L2=1)
    assert said(floor.scan("T.T-1", TEA_EAN)) == "pack.which_lot"
    assert not floor.carton().units
    floor.scan("X.A.2")
    floor.scan(TEA_EAN)
    assert lots_in(floor) == ["L2", "L1"]


@pytest.mark.parametrize("second", ["X.D.2", "2"])
def test_the_second_lot_is_chosen_by_its_digit(second: str) -> None:
    floor = tea_floor(L1=1, L2=1)
    floor.scan("T.T-1", TEA_EAN, second)
    assert lots_in(floor) == ["L2"]


def test_a_lot_that_is_one_digit_long_is_typed_as_it_stands_on_the_unit() -> None:
    floor = tea_floor(**{"3": 1, "2": 1})
    floor.scan("T.T-1", TEA_EAN, "3")
    assert lots_in(floor) == ["3"]
    blind = PackFloor(an_order(a_line(1, TEA)), bare=True)
    blind.scan("O.O-1", TEA_EAN, "1")
    assert lots_in(blind) == ["1"]


def test_a_lot_in_a_code_of_its_own_counts() -> None:
    floor = tea_floor(L1=1, L2=1)
    floor.scan("T.T-1", TEA_EAN, "(10)L1")
    assert lots_in(floor) == ["L1"]


def test_a_lot_that_was_not_picked_is_refused() -> None:
    floor = tea_floor(L1=1)
    floor.scan("T.T-1")
    with pytest.raises(WrongLot) as refused:
        floor.scan(f"010{TEA_EAN}10L9")
    assert (refused.value.expected, refused.value.scanned) == ("L1", "L9")


def test_an_expired_lot_is_refused() -> None:
    floor = tea_floor(L1=1)
    floor.scan("T.T-1")
    with pytest.raises(LotExpired):
        floor.scan(f"010{TEA_EAN}17260301" + "10L1")


def test_each_serial_goes_in_once() -> None:
    floor = PackFloor(an_order(a_line(1, RADIO, 2)))
    floor.scan("T.T-1", f"010{RADIO_EAN}21SN1")
    assert said(floor.scan(f"010{RADIO_EAN}21SN1")) == "pack.serial_twice"
    assert said(floor.scan(RADIO_EAN)) == "pack.which_serial"
    floor.scan("SN2")
    assert [unit.serial for unit in floor.carton().units] == ["SN1", "SN2"]


def test_gs_between_serial_and_lot_is_kept_apart() -> None:
    floor = tea_floor(L1=1)
    floor.scan("T.T-1", f"010{TEA_EAN}10L1{GS}21X9")
    assert lots_in(floor) == ["L1"]


def test_blind_a_lot_may_stay_unknown_but_only_at_the_packers_word() -> None:
    floor = PackFloor(an_order(a_line(1, TEA)), bare=True)
    floor.scan("O.O-1")
    assert said(floor.scan(TEA_EAN)) == "pack.which_lot"
    floor.scan("X.OK")
    assert lots_in(floor) == [None]


def test_of_five_lots_the_fifth_is_chosen_on_the_second_page() -> None:
    floor = tea_floor(L1=1, L2=1, L3=1, L4=1, L5=1)
    floor.scan("T.T-1", TEA_EAN, "X.A.4", "X.A.2")
    assert lots_in(floor) == ["L5"]
