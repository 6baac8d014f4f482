"""The label printer fails when a label is due: the carton stays closed, the label stays owed, and prints by itself."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from app.domain.cartons import Carton, CartonState
from app.domain.codes import CodeKind, printed
from app.domain.totes import ToteLoad, ToteLoadState
from app.domain.walk import Walk
from demo.shift import Size
from tests.browser.chromium import Screen, chromium
from tests.journeys.shift_rig import ShiftRig, a_shift

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

# switch on the control page → what the packer is told
FAULTS = {
    "paper_out": "Printer out of labels. Load a roll; it prints by itself.",
    "off": "Printer away. Switch it on; it prints by itself.",
}


async def test_a_label_that_cannot_be_printed_stays_owed_and_comes_out_by_itself(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        rig = await stack.enter_async_context(
            a_shift(tmp_path / "shift", Size(orders=3, shipped=0, returns=0), "handset", "packing")
        )
        browser = await stack.enter_async_context(chromium("bench"))
        handset = await Screen(browser.pages[0]).open(rig.shift.addresses["Handset"])
        loads = await a_walk_is_picked(rig, handset)
        packing = await Screen(await browser.new_page()).open(rig.shift.addresses["Packing station"])
        await rig.sign_in(packing, "Deniz")
        labels = 0
        for (fault, said), load in zip(FAULTS.items(), loads, strict=False):
            await rig.control(f"/printer/{fault}", value="on")
            await packing.scan(printed(CodeKind.TOTE, load.tote_id))
            await packing.sees("Scan each unit")
            carton = await rig.packs(packing, load.order_id)
            await packing.sees(said)
            assert carton.state is CartonState.CLOSED
            assert len(await rig.labels()) == labels

            await rig.control(f"/printer/{fault}", value="off")
            await rig.sticks_the_label_on(packing, carton)
            labels += 1
            assert len(await rig.labels()) == labels
        assert labels == len(FAULTS)
        assert all(carton.state is CartonState.LABELLED for carton in rig.rows("packing", Carton))


async def a_walk_is_picked(rig: ShiftRig, handset: Screen) -> list[ToteLoad]:
    """Returns the loads of a picked list once the packing station knows them."""
    await rig.sign_in(handset, "Ada")
    walk: Walk | None = await rig.gets_work(handset)
    totes: dict[str, str] = {}
    while walk is not None:
        walk = await rig.picks_on(handset, totes)

    def ready() -> list[ToteLoad]:
        loads = rig.rows("packing", ToteLoad)
        return [one for one in loads if one.state is ToteLoadState.READY and one.contents]

    await rig.until(lambda: len(ready()) >= len(FAULTS), "the packing station knows the totes")
    return ready()
