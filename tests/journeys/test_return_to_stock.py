"""A return that was announced, from its RMA to the shelf and the customer's money."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from app.domain.returns import Disposition, Money, Return, ReturnState
from demo.shift import Size
from tests.browser.chromium import screen
from tests.journeys.shift_rig import a_shift, the

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


async def test_an_announced_unit_is_graded_put_back_to_stock_and_its_money_asked_for_once(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        rig = await stack.enter_async_context(a_shift(tmp_path / "shift", Size(orders=0, shipped=2, returns=1)))
        bench = await stack.enter_async_context(screen(rig.shift.addresses["Returns and supervisor"], "bench"))
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
