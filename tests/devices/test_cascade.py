"""What is believed when engines contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat

import numpy as np
import pytest

from app.domain.scan import Symbology
from devices import cascade
from devices.cascade import read_codes
from devices.pictures import Grey
from devices.read import Read
from devices.tally import Asked

PAGE: Grey = np.full((100, 100), 255, np.uint8)
RIGHT, WRONG = "4006381333931", "4006381333948"


def a_read(text: str, engine: str, *, symbology: Symbology = Symbology.EAN13, left: int = 20) -> Read:
    corners = ((left, 40), (left + 50, 40), (left + 50, 60), (left, 60))
    return Read(text=text, data=text.encode(), symbology=symbology, aim_id="", corners=corners, engine=engine)


def let_them_say(monkeypatch: pytest.MonkeyPatch, zxing: list[list[Read]], zbar: list[list[Read]]) -> None:
    """Each engine answers its calls with these reads in turn, the last ones for ever."""

    def answers(rows: list[list[Read]]) -> Iterator[list[Read]]:
        return chain(rows, repeat(rows[-1]))

    of_zxing, of_zbar = answers(zxing), answers(zbar)

    def say_zxing(grey: Grey, asked: Asked = None, *, fast: bool = False) -> list[Read]:
        return next(of_zxing)

    def say_zbar(grey: Grey, asked: Asked = None) -> list[Read]:
        return next(of_zbar)

    monkeypatch.setattr(cascade, "zxing", say_zxing)
    monkeypatch.setattr(cascade, "zbar", say_zbar)


def believed(expected_text: str | None = None) -> list[tuple[str, bool]]:
    return [(one.read.text, one.confirmed) for one in read_codes(PAGE, expected_text=expected_text)]


def test_two_engines_that_agree_are_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    let_them_say(monkeypatch, [[a_read(RIGHT, "zxing-cpp")]], [[a_read(RIGHT, "pyzbar")]])
    assert believed() == [(RIGHT, True)]


def test_zxing_that_contradicts_itself_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    let_them_say(monkeypatch, [[a_read(RIGHT, "zxing-cpp")], [a_read(WRONG, "zxing-cpp")]], [[a_read(RIGHT, "pyzbar")]])
    assert believed() == []


def test_zbars_dissent_takes_the_confirmation_and_not_the_read(monkeypatch: pytest.MonkeyPatch) -> None:
    let_them_say(monkeypatch, [[a_read(RIGHT, "zxing-cpp")]], [[a_read(RIGHT, "pyzbar")], [a_read(WRONG, "pyzbar")]])
    assert believed(expected_text="T.7") == [(RIGHT, False)]


def test_zbar_that_contradicts_itself_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    let_them_say(monkeypatch, [[]], [[a_read(RIGHT, "pyzbar")], [a_read(WRONG, "pyzbar")]])
    assert believed() == []


def test_the_expected_item_is_believed_against_dissent(monkeypatch: pytest.MonkeyPatch) -> None:
    let_them_say(monkeypatch, [[a_read(WRONG, "zxing-cpp"), a_read(RIGHT, "zxing-cpp")]], [[]])
    assert believed(expected_text="0" + RIGHT) == [(RIGHT, True)]


def test_two_codes_side_by_side_do_not_contradict_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [a_read(RIGHT, "zxing-cpp", left=0), a_read(WRONG, "zxing-cpp", left=60)]
    let_them_say(monkeypatch, [both], [[]])
    assert believed() == [(RIGHT, False), (WRONG, False)]


def test_a_strong_symbology_needs_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    let_them_say(monkeypatch, [[a_read("T.7", "zxing-cpp", symbology=Symbology.QR)]], [[]])
    assert believed() == [("T.7", True)]


@pytest.mark.parametrize("text", ["0053611912", "10614141000416", "1061414100041"])
def test_an_itf_that_is_no_gtin_is_nothing(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    itf = Symbology.ITF
    let_them_say(monkeypatch, [[a_read(text, "zxing-cpp", symbology=itf)]], [[a_read(text, "pyzbar", symbology=itf)]])
    assert believed() == []
