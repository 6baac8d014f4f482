"""Yesterday's shift: a few orders that are picked and packed for real, so that there is something to come back."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.totes import ToteLoad, ToteLoadState
from demo.desk import Desk, desk
from demo.hands import free_totes, pack_order, pick_all
from demo.shop import Shop
from devices.clock import SystemClock

PICKER, PACKER = "E03", "E05"
A_DAY = timedelta(days=1)


class YesterdaysClock(SystemClock):
    """What is done by it counts for yesterday: today's shift begins with nobody's work and with no pace."""

    def now_utc(self) -> datetime:
        return super().now_utc() - A_DAY


async def work_yesterday(shop: Shop, store_url: str, folder: Path, orders: list[dict[str, Any]]) -> None:
    """Place `orders`, pick and pack them at two stations without screens.

    Args:
        folder: where those stations keep their books.
    """
    for order in orders:
        await shop.post("/v1/orders", order)
    await shop.post("/v1/release", {})
    clock = YesterdaysClock()
    async with (
        desk(
            folder / "handset",
            store_url=store_url,
            enrolment_code=await shop.enrolment_code("handset", "Y1"),
            name="Y1",
            clock=clock,
        ) as handset,
        desk(
            folder / "packing",
            store_url=store_url,
            enrolment_code=await shop.enrolment_code("packing", "Y2"),
            name="Y2",
            clock=clock,
        ) as packing,
    ):
        await pick_all(handset, PICKER, free_totes(handset.ledger), _zone_at(handset))
        await _pack_all(packing)


async def _pack_all(packing: Desk) -> None:
    zone = _zone_at(packing)
    await packing.courier.pull_now()
    # Carton numbers are leased by the courier on its own; wait for them rather than leave cartons open.
    await packing.until(lambda: packing.ledger.take_sscc() is not None)
    for load in packing.ledger.all(ToteLoad):
        if load.state is ToteLoadState.READY:
            pack_order(packing, PACKER, load.tote_id, zone)
    await packing.quiet()


def _zone_at(desk: Desk) -> ZoneInfo:
    return ZoneInfo(desk.ledger.enrolled.time_zone if desk.ledger.enrolled else "UTC")
