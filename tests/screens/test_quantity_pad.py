"""The keypad by finger, by keys and by the printed card."""

from __future__ import annotations

import flet as ft
import pytest

from screens.parts.bin_badge import groups, hero_size
from screens.parts.quantity_pad import DELETE, OK, Kind, Pad
from tests.fakes.picking import SOCKS_EAN, a_task
from tests.screens.picker import a_picker


def a_pad(*, longest: int = 6, kind: Kind = Kind.QUANTITY) -> tuple[Pad, list[str]]:
    entered: list[str] = []
    return Pad(on_ok=entered.append, longest=longest, kind=kind), entered


def test_digits_then_ok_is_an_entry() -> None:
    pad, entered = a_pad()
    for key in ("1", "2", DELETE, "5", OK):
        pad.press(key)
    assert entered == ["15"]
    assert pad.digits == ""


def test_ok_on_nothing_is_nothing() -> None:
    pad, entered = a_pad()
    pad.press(OK)
    assert entered == []


def test_the_card_of_commands_presses_the_keys() -> None:
    pad, entered = a_pad()
    assert all(pad.take(code) for code in ("X.D.1", "X.D.4", "X.BACK", "x.d.2", "X.OK"))
    assert entered == ["12"]


def test_digits_with_their_enter_are_a_whole_entry() -> None:
    pad, entered = a_pad(kind=Kind.PIN)
    assert pad.take("4711")
    assert entered == ["4711"]


@pytest.mark.parametrize("text", ["4006381333931", "L.A-12", "X.SKIP", "", "٣", "1.5"])
def test_what_is_no_entry_is_left_to_the_screen(text: str) -> None:
    pad, entered = a_pad()
    assert not pad.take(text)
    assert (pad.digits, entered) == ("", [])


def test_more_digits_than_make_sense_are_not_taken() -> None:
    pad, _ = a_pad(longest=2)
    for key in "123":
        pad.press(key)
    assert pad.digits == "12"


async def test_the_keypad_refuses_a_digit_before_one_is_scanned_and_is_away_once_all_are_in_the_hand() -> None:
    _, picker = await a_picker(a_task(quantity_each=2))
    await picker.tap("pick.keys")
    assert picker.sees("Digits of the bin")
    await picker.scan("L.A-12-03-2")
    await picker.tap("pick.keys")
    await picker.tap("pad-2")
    assert picker.sees("Scan one of them first.")
    assert picker.strip() == "wrong"
    await picker.scan(SOCKS_EAN, SOCKS_EAN)
    assert picker.window.find(ft.Button, key="pick.keys").disabled


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("A-12-03-2", ("A-12", "03", "2")),
        ("A12-03-2", ("A12", "03", "2")),
        ("DOCK-1", ("DOCK", "1")),
        ("R7", ("R7",)),
        ("A-12 · 03 · 2", ("A-12", "03", "2")),
    ],
)
def test_a_place_is_grouped_as_it_is_said(code: str, said: tuple[str, ...]) -> None:
    assert groups(code) == said


def test_a_long_place_shrinks_until_it_fits() -> None:
    assert hero_size("A-12-03-2", 1000) == 60
    assert hero_size("A-12-03-2", 300) < 60
    assert hero_size("COLD-ROOM-12-03-2", 300) < hero_size("A-12-03-2", 300)
