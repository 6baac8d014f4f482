"""Every step of the returns bench in Chromium: three themes, long words, German, and the narrowest windows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.printing import PrinterLamp, PrintState
from tests.browser.gallery import BENCH, NARROW, a_window, pictures, sign_in
from tests.fakes.clock import SHIFT_BEGINS_UTC
from tests.fakes.returning import (
    JAM,
    JAM_EAN,
    LAMP,
    LAMP_EAN,
    QUARANTINE_SHELF,
    RETURNS_SHELF,
    SHIRT,
    SHIRT_EAN,
    VASE,
    VASE_EAN,
    BenchFloor,
    shipped,
)
from tests.fakes.store import FakeStore
from tests.screens.benches import Lamps, returns_bench, with_picture

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


def a_floor() -> BenchFloor:
    """An announced return of three things; five more orders that had a lamp."""
    others = [
        shipped(LAMP, order_id=f"O-{number}", placed_at_utc=SHIFT_BEGINS_UTC - timedelta(days=3 * number))
        for number in range(2, 7)
    ]
    floor = BenchFloor(shipped(VASE, SHIRT, JAM), *others)
    with_picture(
        floor, **{VASE.product_id: "vase#2b7a5f", SHIRT.product_id: "shirt#5b6f95", JAM.product_id: "jar#b8443c"}
    )
    return floor


async def test_a_return_is_readable_at_every_step() -> None:
    floor, lamps = a_floor(), Lamps()
    async with a_window(returns_bench(floor, lamps=lamps).station, "bench") as (robin, seats):

        async def shown(name: str, text: str) -> None:
            await robin.sees(text)
            assert await pictures(robin, seats[-1], f"returns-{name}", BENCH, leaves_min=2) == []

        def printer_does(*states: PrintState) -> None:
            for state in states:
                floor.ledger.mark(floor.job().job_id, state)

        await sign_in(robin)
        await shown("1-find", "Scan RMA, tracking, order or item")
        await robin.scan("SOMETHING-ELSE")
        await shown("1-unknown", "is not known.")
        await robin.scan(LAMP_EAN)
        await shown("1-choose", "Which one is it?")
        await robin.scan("X.A.4")
        await shown("1-choose-page", "Back to page 1")
        await robin.scan("X.UNDO")
        await robin.scan("R.20418")
        await shown("2-parcel", "Scan a unit, or finish")
        await robin.scan(VASE_EAN)
        await shown("2-question", "How is the packaging?")
        await robin.scan("X.A.2")
        await shown("2-second-question", "How is the item itself?")
        for code in ("X.UNDO", "X.A.1"):
            await robin.scan(code)
        await shown("3-put-away", "Back to stock")
        await robin.scan(f"L.{QUARANTINE_SHELF}")
        await shown("4-wrong-shelf", "Go to")
        printer_does(PrintState.SENDING, PrintState.UNCERTAIN)
        await shown("3-uncertain", "Yes, it came out")
        await robin.scan("X.A.2")
        lamps.turn(PrinterLamp.PAPER_OUT)
        await shown("3-no-paper", "Load a roll")
        lamps.turn(PrinterLamp.READY)
        await robin.scan(JAM_EAN)
        await shown("2-date", "Is it still in date?")
        for code in ("X.A.1", "X.A.3"):
            await robin.scan(code)
        await shown("3-scrap", "Not to be sold")
        await robin.scan(f"L.{QUARANTINE_SHELF}")
        await robin.scan(f"L.{RETURNS_SHELF}")
        await shown("5-put-away", "It lies on R-01-01-1")
        await robin.scan(LAMP_EAN)
        await shown("3-wrong-item", "was never in this order")
        await robin.scan(f"L.{QUARANTINE_SHELF}")
        await robin.scan("X.FINISH")
        await shown("6-missing", "Close it anyway?")
        await robin.scan("X.A.1")
        await shown("7-closed", "Closed.")


async def test_a_parcel_that_nobody_announced_is_readable_at_every_step() -> None:
    floor, store = a_floor(), FakeStore()
    async with a_window(replace(returns_bench(floor).station, store=store), "bench") as (robin, seats):

        async def shown(name: str, text: str) -> None:
            await robin.sees(text)
            assert await pictures(robin, seats[-1], f"returns-{name}", BENCH, leaves_min=2) == []

        await sign_in(robin)
        await robin.scan("X.BLINDRETURN")
        await shown("8-nobody-announced-it", "Nobody announced it")
        await robin.scan("SOMETHING-ELSE")
        await shown("8-unknown", "is not known.")
        await robin.scan(SHIRT_EAN)
        await shown("8-clean", "Is it clean?")
        for code in ("X.A.1", "X.A.1"):
            await robin.scan(code)
        await shown("8-put-away", "Quarantine")
        store.away = True
        await robin.scan(f"L.{QUARANTINE_SHELF}")
        await shown("8-offline", "It lies on Q-01-01-1")
        store.away = False
        await robin.scan("X.FINISH")
        await shown("8-closed", "Closed.")


async def test_the_returns_bench_fits_the_narrowest_windows() -> None:
    floor = a_floor()
    async with a_window(returns_bench(floor).station, (320, 480)) as (robin, seats):

        async def shown(name: str, text: str) -> None:
            await robin.sees(text)
            assert await pictures(robin, seats[-1], f"returns-{name}", NARROW, leaves_min=2) == []

        await sign_in(robin)
        await shown("1-find", "Scan RMA, tracking, order or item")
        await robin.scan("R.20418")
        await robin.scan(VASE_EAN)
        await shown("2-question", "How is the packaging?")
        await robin.scan("X.A.1")
        await shown("3-put-away", "Back to stock")
