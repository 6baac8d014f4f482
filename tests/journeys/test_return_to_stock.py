"""Parcels that come back: an announced one to stock and the money, one that nobody knows to quarantine."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from app.domain.codes import Command
from app.domain.discrepancies import Discrepancy, DiscrepancyKind
from app.domain.products import Product
from app.domain.returns import Disposition, Money, Return, ReturnState
from demo.hands import item_code
from demo.shift import Size
from tests.browser.chromium import Screen, screen
from tests.journeys.shift_books import the
from tests.journeys.shift_rig import ShiftRig, a_shift

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


async def test_a_unit_comes_back_to_stock_and_its_money_is_asked_for_once_and_a_nameless_parcel_is_worked_too(
    tmp_path: Path,
) -> None:
    async with AsyncExitStack() as stack:
        rig = await stack.enter_async_context(
            a_shift(tmp_path / "shift", Size(orders=0, shipped=2, returns=1), "bench")
        )
        bench = await stack.enter_async_context(
            screen(rig.shift.addresses["Returns and supervisor"], "bench", still=False)
        )
        (parcel,) = rig.shift.parcels
        await rig.sign_in(bench, "Fatou")
        await bench.sees("Scan RMA, tracking, order or item")

        place = await rig.works_return(bench, parcel["rma"])

        await rig.all_arrived("bench")
        came_back = the(rig.rows_at_the_store(Return), lambda one: one.rma == parcel["rma"])
        (unit,) = came_back.items
        assert came_back.state in (ReturnState.SETTLED, ReturnState.CLOSED)
        assert came_back.money is Money.REFUND
        assert unit.disposition is Disposition.RESTOCK
        assert unit.location_id == place
        assert rig.stock_each(unit.product_id, place) == 1

        async with rig.shop() as shop:
            order = await shop.get(f"/v1/orders/{parcel['channel']}/{parcel['external_reference']}")
        line = next(one for one in order["lines"] if one["external_line"] == parcel["lines"][0]["external_line"])
        assert line["returned_each"] == 1
        money = [entry for entry in order["history"] if entry["what"] == "return.money_requested"]
        assert [entry["facts"]["money"] for entry in money] == ["refund"]
        await a_parcel_that_nobody_announced(rig, bench)


async def a_parcel_that_nobody_announced(rig: ShiftRig, bench: Screen) -> None:
    """Nothing is on it: begun by its command, its unit graded and quarantined, and somebody finds out whose it is."""
    await rig.command(bench, Command.BLIND_RETURN)
    await bench.sees("Nobody announced it. Scan each unit.")
    product = next(one for one in rig.rows("bench", Product) if not (one.tracks_lot or one.tracks_serial))

    def nameless() -> Return:
        return the(rig.rows("bench", Return), lambda one: not one.rma and not one.order_id)

    shelf = await rig.returns_unit(bench, item_code(product), nameless)
    return_id = nameless().return_id
    await rig.command(bench, Command.FINISH)
    await bench.sees("Closed. No refund is asked for.")

    await rig.all_arrived("bench")
    held = the(rig.rows_at_the_store(Return), lambda one: one.return_id == return_id)
    (unit,) = held.items
    assert unit.disposition is Disposition.QUARANTINE
    assert held.money is Money.NONE
    assert rig.stock_each(product.product_id, shelf) == 1
    whose = the(rig.rows_at_the_store(Discrepancy), lambda one: one.facts.get("return_id") == return_id)
    assert whose.kind is DiscrepancyKind.UNANNOUNCED_RETURN
