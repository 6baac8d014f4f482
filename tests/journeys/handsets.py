"""The two handsets there are: one whose station is a process that serves a browser, and one that lives in a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

from handset.build import build
from tests.browser.chromium import Screen, chromium, screen
from tests.journeys.shift_rig import ShiftRig, a_shift

HOUSE = Path(__file__).parents[2]


class Handset(StrEnum):
    SERVED = "served"
    IN_A_PAGE = "in_a_page"


BOTH = tuple(Handset)


@asynccontextmanager
async def a_shift_with(kind: Handset, folder: Path, size: Any, *stations: str) -> AsyncIterator[ShiftRig]:
    """A shift whose handset is of this kind: one in a page has no process, but the site that it comes from.

    Args:
        stations: those that are processes beside the handset; all where none is named.
    """
    if kind is Handset.SERVED:
        async with a_shift(folder / "shift", size, *(("handset", *stations) if stations else ())) as rig:
            yield rig
        return
    site = HOUSE / "var" / "test-site"
    build(site, quality=None)
    async with a_shift(folder / "shift", size, *(stations or ("packing", "bench")), site=site) as rig:
        rig.profiles["handset"] = folder / "profile"
        yield rig


@asynccontextmanager
async def opened(rig: ShiftRig, **options: Any) -> AsyncIterator[Screen]:
    """The handset's window, as whoever has scanned the sheet sees it."""
    profile = rig.profiles.get("handset")
    if profile is None:
        async with screen(rig.shift.addresses["Handset"], "handset", **options) as handset:
            yield handset
        return
    [card] = await rig.shift.handset_cards()
    async with chromium("handset", profile=profile, **options) as browser:
        handset = await Screen(browser.pages[0]).open(card.text)
        await handset.sees("Scan your badge")
        yield handset
