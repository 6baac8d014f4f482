"""A text on one screen, and the moment at which it came there, by the machine's own clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.browser.chromium import APPEARS_MS, Screen

# Read as a screen reader does: words, or the label of what has parts. Twenty looks a second is as fine as it has to be.
LOOK_EVERY_MS = 50
SAYS = """wanted => [...document.querySelectorAll('flt-semantics')].some(
    node => node.innerText === wanted || node.getAttribute('aria-label') === wanted) && Date.now()"""
CHANGED = """before => {
    const now = document.querySelector('flt-semantics-host')?.innerText;
    return now !== undefined && now !== before && Date.now();
}"""


@dataclass(slots=True)
class Moment:
    """When it was there, in ms of the machine's clock; 0 until then."""

    at_ms: int = 0


@asynccontextmanager
async def says(screen: Screen, text: str) -> AsyncIterator[Moment]:
    """Look for a text, exactly this, from the beginning of the block on; the block ends when it is there."""
    async with _seen(screen, SAYS, text) as moment:
        yield moment


@asynccontextmanager
async def answers(screen: Screen) -> AsyncIterator[Moment]:
    """As `says`, for whatever else is there than before the block: what a scan is answered with."""
    async with _seen(screen, CHANGED, await screen.words()) as moment:
        yield moment


@asynccontextmanager
async def _seen(screen: Screen, look: str, argument: str) -> AsyncIterator[Moment]:
    moment = Moment()
    waiting = asyncio.ensure_future(
        screen.page.wait_for_function(look, arg=argument, polling=LOOK_EVERY_MS, timeout=APPEARS_MS)
    )
    try:
        yield moment
        moment.at_ms = int(await (await waiting).json_value())
    finally:
        waiting.cancel()
