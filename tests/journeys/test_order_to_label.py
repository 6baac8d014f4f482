"""From a customer's order to a labelled carton, with real input at every edge."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from app.domain.cartons import Carton
from app.domain.codes import CodeKind, Command, printed
from app.domain.orders import Order
from app.domain.picking import PickState
from app.domain.totes import ToteLoad, ToteLoadState
from app.domain.walk import Stage
from demo.shift import Size
from tests.browser.chromium import Screen, screen
from tests.journeys.handsets import BOTH, Kind, a_handset, a_shift_with
from tests.journeys.shift_books import eventually
from tests.journeys.shift_rig import ShiftRig

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.mark.parametrize("kind", BOTH)
async def test_an_order_is_picked_packed_and_labelled_and_the_supervisor_sees_it(kind: Kind, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        size = Size(orders=6, shipped=0, returns=0)
        rig = await stack.enter_async_context(a_shift_with(kind, tmp_path, size, "packing", "bench"))
        handset = (await stack.enter_async_context(a_handset(rig, tmp_path))).screen
        bench = await stack.enter_async_context(screen(rig.shift.addresses["Returns and supervisor"], (1920, 1080)))
        await rig.sign_in(bench, "Hanna")
        await rig.command(bench, Command.ANSWER_1)
        await bench.sees("Lines an hour")

        load = await picks_a_list_with_one_wrong_scan_and_one_short(rig, handset, bench)

        packing = await stack.enter_async_context(screen(rig.shift.addresses["Packing station"], "bench", still=False))
        await rig.sign_in(packing, "Deniz")
        order = await packs_the_tote(rig, packing, load)
        await the_label_says_what_the_carton_is_and_is_scanned_back(rig, packing, order)

        await rig.all_arrived("packing")
        async with rig.shop() as shop:
            seen = await shop.get(f"/v1/orders/{order.channel}/{order.external_reference}")
        assert seen["state"] == "awaiting_collection"
        assert [carton["state"] for carton in seen["cartons"]] == ["labelled"]


async def picks_a_list_with_one_wrong_scan_and_one_short(rig: ShiftRig, handset: Screen, bench: Screen) -> ToteLoad:
    """Returns a load that goes to packing with something in it."""
    await rig.sign_in(handset, "Ada")
    await rig.command(handset, Command.GET_WORK)

    async def begun() -> bool:
        return rig.walk() is not None

    await eventually(begun, "the list is leased and begun")
    walk = rig.walk()
    assert walk is not None
    assert walk.here is not None
    await handset.sees(walk.here.location_id)
    await handset.scan(printed(CodeKind.LOCATION, "B-06-25-4"))
    await handset.sees(f"That is B-06-25-4. Go to {walk.here.location_id}.")

    totes: dict[str, str] = {}
    shorted = False
    while (walk := rig.walk()) is not None:
        before = walk
        if walk.stage is Stage.ITEM and not shorted and walk.here is not None and walk.here.picked_each == 0:
            shorted = True
            await rig.command(handset, Command.SHORT_NONE)
        else:
            await handset.scan(rig.next_code(walk, totes))

        async def moved(before: object = before) -> bool:
            return rig.walk() != before

        await eventually(moved, f"the scan at {walk.stage} counts")
        if any(task.state is PickState.PLACED for task in walk.tasks):
            await bench.sees("Picking")
    await handset.sees("to packing")

    async def arrived() -> bool:
        return any(load.state is ToteLoadState.READY and load.contents for load in rig.rows("packing", ToteLoad))

    await eventually(arrived, "the packing station knows the tote")
    return next(load for load in rig.rows("packing", ToteLoad) if load.state is ToteLoadState.READY and load.contents)


async def packs_the_tote(rig: ShiftRig, packing: Screen, load: ToteLoad) -> Order:
    await packing.scan(printed(CodeKind.TOTE, load.tote_id))
    await packing.sees("Scan each unit")
    await rig.packs(packing, load.order_id)
    return rig.order("packing", load.order_id)


async def the_label_says_what_the_carton_is_and_is_scanned_back(rig: ShiftRig, packing: Screen, order: Order) -> None:
    await packing.sees("Stick it on, scan it")
    carton = next(one for one in rig.rows("packing", Carton) if one.order_id == order.order_id)
    assert carton.sscc is not None
    (label,) = await rig.labels()
    assert f"00{carton.sscc}" in [code["text"].replace("(00)", "00") for code in label["decoded"]]
    await packing.scan(f"]C100{carton.sscc}")
    await packing.sees("is packed. Next tote.")
