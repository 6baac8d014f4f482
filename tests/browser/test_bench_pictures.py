"""The benches' screens in Chromium at their size, in three themes and in long words."""

from __future__ import annotations

import re

import pytest

from app.domain.printing import PrinterLamp
from tests.browser.chromium import Screen
from tests.browser.gallery import a_window, pictures
from tests.fakes.packing import MUG, MUG_EAN, PEN, PEN_EAN, PackFloor, a_line, an_order
from tests.fakes.returning import QUARANTINE_SHELF, VASE_EAN, BenchFloor
from tests.screens.benches import Lamps, packing_station, returns_bench, with_picture

pytestmark = pytest.mark.browser

BENCH = ((1280, 800),)


async def _sign_in(window: Screen) -> None:
    await window.sees("Scan your badge")
    await window.scan("W.robin")
    await window.sees("Type your PIN")
    await window.scan("1234")


async def test_packing_is_readable_from_two_steps_away_in_every_theme_and_in_long_words() -> None:
    floor = PackFloor(an_order(a_line(1, MUG, 2), a_line(2, PEN, 3)))
    with_picture(floor, **{MUG.product_id: "mug#2b4a7f", PEN.product_id: "torch#b8443c"})
    lamps = Lamps()
    async with a_window(packing_station(floor, lamps=lamps).station, "bench") as (robin, seats):

        async def shown(name: str, text: str) -> None:
            await robin.sees(text)
            await pictures(robin, seats[-1], f"pack-{name}", BENCH, leaves_min=3)

        await _sign_in(robin)
        await shown("1-tote", "Scan a tote")
        await robin.scan("T.T-1")
        for code in (PEN_EAN, PEN_EAN, PEN_EAN):
            await robin.scan(code)
        await shown("2-units", "Scan each unit")
        await robin.scan(PEN_EAN)
        await shown("3-one-too-many", "wanted")
        for code in (MUG_EAN, MUG_EAN):
            await robin.scan(code)
        await shown("4-carton", "Scan carton")
        await robin.scan("C.S")
        await shown("5-weight", "Type the weight")
        lamps.now = PrinterLamp.PAPER_OUT
        wanted = re.search(r"([\d., ]+) g ±", await robin.words())
        assert wanted is not None
        await robin.scan(re.sub(r"\D", "", wanted[1]))
        await shown("6-label-owed", "Load a roll")


async def test_a_return_is_readable_in_every_theme_and_in_long_words() -> None:
    floor = BenchFloor()
    async with a_window(returns_bench(floor).station, "bench") as (robin, seats):

        async def shown(name: str, text: str) -> None:
            await robin.sees(text)
            await pictures(robin, seats[-1], f"returns-{name}", BENCH, leaves_min=2)

        await _sign_in(robin)
        await shown("1-find", "Scan RMA, tracking, order or item")
        await robin.scan("R.20418")
        await robin.scan(VASE_EAN)
        await shown("2-question", "Is")
        await robin.scan("X.A.1")
        await shown("3-put-away", "Back to stock")
        await robin.scan(f"L.{QUARANTINE_SHELF}")
        await shown("4-wrong-shelf", "Go to")
