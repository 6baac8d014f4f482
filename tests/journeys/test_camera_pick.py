"""A picker without a scanner: the handset's own camera reads the bin and the item, and the station counts each once."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from app.domain.codes import CodeKind, printed
from app.domain.walk import Stage
from demo.hands import item_code
from demo.shift import Size
from tests.journeys.handsets import BOTH, Kind, a_handset, a_shift_with
from tests.journeys.view import View

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.mark.parametrize("kind", BOTH)
async def test_the_bin_and_a_unit_are_confirmed_by_the_handsets_camera(kind: Kind, tmp_path: Path) -> None:
    view = View(tmp_path / "view.y4m")
    async with AsyncExitStack() as stack:
        rig = await stack.enter_async_context(a_shift_with(kind, tmp_path, Size(orders=3, shipped=0, returns=0)))
        handset = (await stack.enter_async_context(a_handset(rig, tmp_path, extra=view.options))).screen
        await rig.sign_in(handset, "Ada")
        walk = await rig.gets_work(handset)
        assert walk.here is not None
        task = walk.here
        await handset.sees(task.location_id)

        view.holds(printed(CodeKind.LOCATION, task.location_id), "QRCode")
        await handset.press("Camera")
        await handset.sees("Right bin")
        moved = rig.walk()
        assert moved is not None
        assert moved.stage is Stage.ITEM

        product = rig.product("handset", task.product_id)
        view.holds(item_code(product, task.lot, task.expires_on), "DataMatrix" if task.lot else "EAN13")
        await handset.sees("Scan the item")

        def counted() -> bool:
            now = rig.walk()
            return now is not None and now.here is not None and now.here.picked_each == 1

        await rig.until(counted, "the unit before the camera counts")

        await rig.all_arrived("handset")
        facts = [fact for fact in rig.facts_at_the_store("handset") if fact.body.get("task_id") == task.task_id]
        assert [fact.kind for fact in facts] == ["pick.location_confirmed", "pick.unit_picked"]
