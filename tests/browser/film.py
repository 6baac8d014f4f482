"""What a window showed, frame by frame, as the browser itself painted it."""

from __future__ import annotations

import asyncio
import base64
import io
import time
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any

from PIL import Image, ImageChops, ImageColor, ImageStat
from playwright.async_api import CDPSession, Page

# Of the way from the first picture to the last: what is still missing then is a lamp or a shadow, not a sentence.
NEARLY = 0.05
STILL_S, PAINTED_S = 0.15, 30.0
# A busy Chromium drops a frame, and films no other until something moves again: then it is asked how it looks.
LOST_S = 2.0
# What moves for longer is a lamp that blinks, and part of the picture.
MOVES_S = 5.0
# A film is kept as JPEG, which moves a colour a little.
ALIKE = 12


class Film:
    """Films a page while it is open, through Chromium's own screencast: a frame for each change that was painted."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._frames: list[tuple[float, bytes]] = []
        self._painted = asyncio.Event()
        self._session: CDPSession | None = None

    async def __aenter__(self) -> Film:
        self._session = session = await self._page.context.new_cdp_session(self._page)

        async def keep(frame: dict[str, Any]) -> None:
            self._frames.append((frame["metadata"]["timestamp"], base64.b64decode(frame["data"])))
            self._painted.set()
            await session.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})

        self._keep = keep
        session.on("Page.screencastFrame", keep)
        await session.send("Page.startScreencast", {"format": "jpeg", "quality": 60})
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            self._session.remove_listener("Page.screencastFrame", self._keep)
            await self._session.send("Page.stopScreencast")
            await self._session.detach()

    async def shows(self, colour: str, *, at_px: tuple[int, int]) -> None:
        """Wait until this colour, `#rrggbb`, has been painted there, and then until nothing moves any more.

        Raises:
            TimeoutError: it was not painted within `PAINTED_S`.
        """
        async with asyncio.timeout(PAINTED_S):
            while not self._frames or not _alike(self._colour(at_px), ImageColor.getrgb(colour)):
                try:
                    await asyncio.wait_for(self._next_frame(), LOST_S)
                except TimeoutError:
                    self._frames.append((time.time(), await self._page.screenshot(type="jpeg", quality=60)))
        await self.still()

    async def still(self) -> None:
        """Wait until nothing moves any more, or for `MOVES_S`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(MOVES_S):
                while True:
                    await asyncio.wait_for(self._next_frame(), STILL_S)

    async def _next_frame(self) -> None:
        self._painted.clear()
        await self._painted.wait()

    def _colour(self, at_px: tuple[int, int]) -> tuple[int, ...]:
        found = Image.open(io.BytesIO(self._frames[-1][1])).convert("RGB").getpixel(at_px)
        assert isinstance(found, tuple)
        return tuple(int(part) for part in found)

    def settled_at_epoch_s(self) -> float:
        """When the first frame was painted from which on all look like the last, in seconds since 1970."""
        last = _grey(self._frames[-1][1])
        away = [ImageStat.Stat(ImageChops.difference(_grey(data), last)).mean[0] for _, data in self._frames]
        near = NEARLY * max(away)
        for index in range(len(away) - 1, 0, -1):
            if away[index - 1] > near:
                return self._frames[index][0]
        return self._frames[0][0]


def _alike(one: Sequence[int], other: Sequence[int]) -> bool:
    return all(abs(a - b) <= ALIKE for a, b in zip(one, other, strict=False))


def _grey(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("L")
