"""A shop that cancels orders, whoever is walking for them: what was picked of them becomes somebody's work."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from random import Random

import httpx

from demo.processes import ShiftTrouble
from demo.shop import Shop
from tests.campaign.progress import Progress

AGAIN_S = 0.2


async def cancels(shop: Shop, references: Sequence[str], chance: Random, progress: Progress, facts: int) -> None:
    """Cancel these orders, spread over so many facts. Asked again until the store has answered: it may be down."""
    times = sorted(chance.randrange(facts) for _ in references)
    for at, reference in zip(times, references, strict=True):
        await progress.reach(at)
        await _cancel(shop, reference)


async def _cancel(shop: Shop, reference: str) -> None:
    while True:
        try:
            await shop.post(f"/v1/orders/web/{reference}/cancel", {})
            return
        except (httpx.TransportError, ShiftTrouble):
            await asyncio.sleep(AGAIN_S)
