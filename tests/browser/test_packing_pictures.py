"""Every step of the packing bench in Chromium: three themes, long words, German, and the narrowest windows."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from app.domain.cartons import Carton
from app.domain.orders import OrderState, ShipPolicy
from app.domain.printing import PrinterLamp, PrintState
from app.domain.totes import Tote
from app.errors import LabelFault
from tests.browser.chromium import Screen
from tests.browser.gallery import BENCH, NARROW, a_window, pictures, sign_in
from tests.fakes.ledger import DEMO_RANGE
from tests.fakes.packing import (
    ADDRESS,
    MUG,
    MUG_EAN,
    PEN,
    PEN_EAN,
    RADIO,
    RADIO_EAN,
    SUE,
    TEA,
    TEA_EAN,
    PackFloor,
    a_line,
    a_load,
    a_product,
    an_order,
)
from tests.fakes.picking import gtin
from tests.fakes.store import FakeStore
from tests.screens.benches import Lamps, packing_station, with_picture

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


def a_floor() -> PackFloor:
    """One order of two lines for the straight way, and one for each thing that may go wrong."""
    things = [a_product(f"88-10{n}", gtin(40 + n), name=f"Storage basket, natural, size {n}") for n in range(1, 7)]
    six_lines = an_order(
        *(a_line(n, thing) for n, thing in enumerate(things, 1)),
        order_id="O-2",
        ship_policy=ShipPolicy.COMPLETE,
        gift_note="Happy birthday, Nora! From all of us at number seven.",
    )
    unpicked = an_order(a_line(1, TEA), a_line(2, RADIO), order_id="O-3", state=OrderState.PICKING)
    undrawn = an_order(a_line(1, things[0]), order_id="O-5")
    elsewhere = an_order(a_line(1, MUG, 2), order_id="O-4", state=OrderState.PACKING)
    floor = PackFloor(
        an_order(a_line(1, MUG, 2), a_line(2, PEN, 3)),
        *things,
        *(six_lines, a_load(six_lines, "T-2")),
        *(unpicked, replace(ADDRESS, order_id="O-3")),
        # Nothing of this address is left on a label.
        *(undrawn, Tote(tote_id="T-5"), a_load(undrawn, "T-5"), replace(ADDRESS, order_id="O-5", lines=("😀",))),
        *(elsewhere, Carton(carton_id="C-other", order_id="O-4", number=1, station_id="P2")),
    )
    with_picture(floor, **{MUG.product_id: "mug#2b4a7f", PEN.product_id: "torch#b8443c"})
    return floor


async def wanted_g(window: Screen) -> str:
    """The weight that the bench expects."""
    found = await window.reads(r"([\d., ]+) g ±")
    return re.sub(r"\D", "", found[1])


async def test_an_order_is_readable_from_two_steps_away_at_every_step() -> None:
    floor, lamps = a_floor(), Lamps()
    bench = packing_station(floor, lamps=lamps)
    store = FakeStore()
    async with a_window(replace(bench.station, store=store), "bench") as (robin, seats):

        async def shown(name: str, text: str) -> None:
            await robin.sees(text)
            assert await pictures(robin, seats[-1], f"pack-{name}", BENCH, leaves_min=3) == []

        def printer_does(*states: PrintState) -> None:
            for state in states:
                floor.ledger.mark(floor.job().job_id, state)

        await sign_in(robin)
        await shown("1-tote", "Scan a tote")
        for code in ("T.T-1", PEN_EAN, PEN_EAN, PEN_EAN):
            await robin.scan(code)
        await shown("2-units", "Scan each unit")
        store.away = True
        await shown("2-offline", "Scan each unit")
        store.away = False
        await robin.scan(PEN_EAN)
        await shown("3-one-too-many", "wanted")
        await robin.scan(TEA_EAN)
        await shown("3-wrong-item", "That is Green tea")
        await robin.scan("X.SHORT.WRONGITEM")
        await shown("3-extra", "Scan the extra unit")
        await robin.scan(TEA_EAN)
        await robin.scan("X.SHORT.DAMAGED")
        await shown("3-damaged", "Scan the damaged unit")
        await robin.scan("X.BACK")
        for code in (MUG_EAN, MUG_EAN):
            await robin.scan(code)
        await shown("4-carton", "Scan carton")
        await robin.scan("C.WEAK")
        await shown("4-carton-too-weak", "Take a stronger one")
        await robin.scan("C.M")
        await shown("5-weight", "Type the weight")
        wanted = await wanted_g(robin)
        for code in ("X.D.9", "X.D.9"):
            await robin.scan(code)
        await shown("5-weight-typed", "99 g")
        for code in ("X.BACK", "X.BACK", "heavy"):
            await robin.scan(code)
        await shown("5-no-weight", "is not a weight")
        await robin.scan("999")
        await shown("5-weigh-again", "weigh again")
        await robin.scan("999")
        await shown("5-supervisor", "A supervisor's badge, please")
        await robin.scan(f"W.{SUE}-badge")
        await shown("5-reason", "Counted again")
        await robin.scan("X.UNDO")
        lamps.turn(PrinterLamp.PAPER_OUT)
        await robin.scan(wanted)
        await shown("6-label-owed", "Load a roll")
        lamps.turn(PrinterLamp.READY)
        await shown("6-label-coming", "The label is printing")
        printer_does(PrintState.SENDING, PrintState.UNCERTAIN)
        await shown("6-uncertain", "Did the label come out?")
        await robin.scan("X.A.1")
        await shown("7-scan-back", "Stick it on, scan it")
        await robin.scan(f"00{DEMO_RANGE.sscc(400)}")
        await shown("7-wrong-label", "another carton")
        await robin.scan("X.REPRINT")
        await shown("7-reprint", "Why print again?")
        await robin.scan("X.UNDO")
        await robin.scan(f"00{floor.carton().sscc}")
        await shown("8-order-done", "is packed. Next tote.")
        for code in ("T.T-5", gtin(41), "C.S"):
            await robin.scan(code)
        await robin.scan(await wanted_g(robin))
        await robin.sees("The label is printing")
        floor.ledger.mark(floor.job().job_id, PrintState.FAILED, reason=LabelFault.ADDRESS_EMPTY)
        await shown("9-no-label", "Try again, or call the supervisor")


async def test_what_may_go_wrong_with_an_order_is_readable_at_every_step() -> None:
    floor, lamps = a_floor(), Lamps()
    async with a_window(packing_station(floor, lamps=lamps).station, "bench") as (robin, seats):

        async def shown(name: str, text: str) -> None:
            await robin.sees(text)
            assert await pictures(robin, seats[-1], f"pack-{name}", BENCH, leaves_min=3) == []

        await sign_in(robin)
        lamps.turn(PrinterLamp.HEAD_OPEN)
        await shown("1-printer-open", "Close the cover")
        lamps.turn(PrinterLamp.READY)
        await robin.scan(PEN_EAN)
        await shown("1-no-single", "No order waits for Pen alone")
        for code in ("T.T-2", "X.SHORT.NONE"):
            await robin.scan(code)
        await shown("3-missing", "What is missing?")
        await robin.scan("X.A.4")
        await shown("3-missing-page", "More: page 3 of 3")
        for code in ("X.A.3", *(gtin(40 + n) for n in (1, 2, 3, 4, 6))):
            await robin.scan(code)
        await shown("3-parked", "must ship complete")
        await robin.scan("X.BACK")
        await shown("1-left-open", "Or go on with what stands open")
        await robin.scan("T.T-3")
        await shown("1-slip", "Scan the order slip")
        await robin.scan("O.O-3")
        await shown("2-blind", "they are compared when they are")
        await robin.scan(TEA_EAN)
        await shown("2-lot", "Scan the lot")
        await robin.scan("X.OK")
        await robin.scan(RADIO_EAN)
        await shown("2-serial", "Scan the serial")
        await robin.scan("SN-1")
        await robin.scan("X.BACK")
        await robin.scan("O.O-4")
        await shown("1-beside", "Pack it here as well?")
        await robin.scan("X.OK")
        await shown("2-beside", "packs this order too")
        for code in (MUG_EAN, MUG_EAN, "C.M"):
            await robin.scan(code)
        await robin.scan(await wanted_g(robin))
        await shown("6-no-address", "Put it by")
        await robin.scan("O.O-2")
        await robin.sees("must ship complete")
        floor.ledger.receive(replace(floor.order("O-2"), state=OrderState.PACKED))
        await shown("9-too-late", "The order is packed without this carton")
        floor.ledger.receive(replace(floor.order("O-2"), state=OrderState.CANCELLED))
        await shown("9-cancelled", "The order was cancelled")


async def test_the_packing_bench_fits_the_narrowest_windows() -> None:
    floor, lamps = a_floor(), Lamps()
    async with a_window(packing_station(floor, lamps=lamps).station, (320, 480)) as (robin, seats):

        async def shown(name: str, text: str) -> None:
            await robin.sees(text)
            assert await pictures(robin, seats[-1], f"pack-{name}", NARROW, leaves_min=3) == []

        await sign_in(robin)
        await shown("1-tote", "Scan a tote")
        await robin.scan("T.T-1")
        await shown("2-units", "Scan each unit")
        await robin.scan("X.SHORT.NONE")
        await shown("3-missing", "What is missing?")
        for code in ("X.UNDO", PEN_EAN, PEN_EAN, PEN_EAN, MUG_EAN, MUG_EAN):
            await robin.scan(code)
        await shown("4-carton", "Scan carton")
        await robin.scan("C.M")
        await shown("5-weight", "Type the weight")
        lamps.turn(PrinterLamp.PAPER_OUT)
        await robin.scan(await wanted_g(robin))
        await shown("6-label-owed", "Load a roll")
