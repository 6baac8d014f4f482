"""A handset whose screens are pictured, with things that are called as long as a warehouse calls them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from app.domain.rows import Row
from app.domain.totes import Tote
from screens.seat import DOUBLE_TAP_MS, Seat
from tests.browser.chromium import Screen
from tests.browser.gallery import NARROW, a_window, pictures
from tests.fakes.picking import GLOVES, MILK, PHONE, SOCKS
from tests.screens.picker import Handset

HANDSET = ((360, 640),)
THINGS: tuple[Row, ...] = (
    replace(SOCKS, picture="socks#5b6f95"),
    replace(GLOVES, name="Fieldbook notebook yellow A5 plain", picture="notebook#d6a021"),
    replace(MILK, name="Harbour hand cream yellow 75 ml", picture="tube#3c7d56"),
    replace(PHONE, name="Sonora headphones black over-ear", picture="headphones#3a3d42"),
)
TOTES = tuple(Tote(tote_id=f"{number:03}") for number in range(1, 41))


@dataclass
class Album:
    """A handset in Chromium, the pictures that are made of it, and what sticks out of any of them."""

    handset: Handset
    window: Screen
    seats: list[Seat]
    outside: list[Any] = field(default_factory=list)

    async def shown(self, name: str, text: str, *, narrow: bool = False, scrolls: bool = False) -> None:
        """Pictures of the screen that shows this text, also in the narrowest window where that is the fullest.

        Args:
            scrolls: whether there may be more of it than the window holds.
        """
        await self.window.sees(text)
        sizes = NARROW if narrow else HANDSET
        outside = await pictures(self.window, self.seats[-1], f"pick-{name}", sizes, whole=not scrolls)
        self.outside += [(name, one) for one in outside]

    async def scan(self, *codes: str) -> None:
        for code in codes:
            await self.window.scan(code)

    async def press(self, name: str | re.Pattern[str]) -> None:
        """A tap that is meant: the handset's clock stands still but for this."""
        self.handset.clock.advance(ms=DOUBLE_TAP_MS)
        await self.window.press(name)


@asynccontextmanager
async def an_album(handset: Handset, *, extra: Sequence[str] = ()) -> AsyncIterator[Album]:
    async with a_window(handset.station, extra=extra) as (window, seats):
        yield Album(handset, window, seats)
