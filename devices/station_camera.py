"""A camera of the station's own, above the bench: it looks all the time, and gives each code out once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from app.domain.looks import Looks
from app.domain.scan import Scan
from app.errors import DeviceTrouble
from app.ports import CodeReader
from devices.frames import Frames

log = logging.getLogger(__name__)
LOOK_AGAIN_S = 5.0
# Bars lose little at this quality, and the reader takes pictures of any camera in the same way.
JPEG_QUALITY = 92


def camera_source(setting: str) -> int | Path:
    """A camera's number, or the path of a film that stands in for one."""
    return int(setting) if setting.isdigit() else Path(setting)


class StationCamera:
    """Reads codes until it is cancelled. A camera that goes is said once, and once when it is back.

    Args:
        on_scan: gets each scan, in the event loop.
        look_again_s: pause before a camera that is away, or a film that has ended, is opened again.
    """

    def __init__(
        self,
        source: int | Path,
        reader: CodeReader,
        *,
        on_scan: Callable[[Scan], None],
        look_again_s: float = LOOK_AGAIN_S,
    ) -> None:
        self._source = source
        self._reader = reader
        self._on_scan = on_scan
        self._look_again_s = look_again_s
        self._away = ""

    async def run(self) -> None:
        while True:
            try:
                await self._watch()
            except DeviceTrouble as trouble:
                if not self._away:
                    log.warning("camera_gone camera=%s reason=%s", trouble.device_id, trouble.reason)
                self._away = trouble.device_id
            await asyncio.sleep(self._look_again_s)

    async def _watch(self) -> None:
        looks = Looks()
        async with Frames(self._source) as frames:
            if self._away:
                log.info("camera_back camera=%s", self._away)
                self._away = ""
            async for frame in frames:
                scan = looks.frame(await self._reader.read(frame.jpeg(quality=JPEG_QUALITY)), at_ms=frame.at_ms)
                if scan is not None:
                    self._on_scan(scan)
