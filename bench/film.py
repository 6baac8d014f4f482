"""What a window showed, frame by frame, as the browser itself painted it."""

from __future__ import annotations

import base64
import io
from types import TracebackType
from typing import Any

from PIL import Image, ImageChops, ImageStat
from playwright.async_api import CDPSession, Page

# Of the way from the first picture to the last: what is still missing then is a lamp or a shadow, not a sentence.
NEARLY = 0.05


class Film:
    """Films a page while it is open, through Chromium's own screencast: a frame for each change that was painted."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._frames: list[tuple[float, bytes]] = []
        self._session: CDPSession | None = None

    async def __aenter__(self) -> Film:
        self._session = session = await self._page.context.new_cdp_session(self._page)

        async def keep(frame: dict[str, Any]) -> None:
            self._frames.append((frame["metadata"]["timestamp"], base64.b64decode(frame["data"])))
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

    def settled_at_epoch_s(self) -> float:
        """When the first frame was painted from which on all look like the last, in seconds since 1970."""
        last = _grey(self._frames[-1][1])
        away = [ImageStat.Stat(ImageChops.difference(_grey(data), last)).mean[0] for _, data in self._frames]
        near = NEARLY * max(away)
        for index in range(len(away) - 1, 0, -1):
            if away[index - 1] > near:
                return self._frames[index][0]
        return self._frames[0][0]


def _grey(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("L")
