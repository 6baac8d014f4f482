"""Frames of a USB camera or of a video file, read on a thread of their own: the newest wins, none is queued."""

from __future__ import annotations

import asyncio
import errno
import os
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from app.errors import DeviceBusy, DeviceMissing, DeviceTrouble
from devices.pictures import Grey

# A device that gives no frame for so many reads in a row is gone.
_READS_TO_GONE = 30
_RETRY_S = 0.02
_DEFAULT_FPS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One picture: `bgr` is (height_px, width_px, 3), uint8; `number` counts from 1; `at_ms` is the monotonic clock."""

    bgr: NDArray[np.uint8]
    number: int
    at_ms: int

    def grey(self) -> Grey:
        return np.asarray(cv2.cvtColor(self.bgr, cv2.COLOR_BGR2GRAY), dtype=np.uint8)

    def jpeg(self, *, quality: int = 85) -> bytes:
        """The frame as the `CodeReader` port and a preview take it."""
        return cv2.imencode(".jpg", self.bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000


class Frames:
    """The frames of one source. `async with Frames(0) as frames: async for frame in frames: …`

    A file is played at its own pace and ends; a camera ends only when it is closed or goes away.

    Args:
        source: number of a camera, or the path of a video file.
        width_px, height_px: what the camera is asked for; it may give another size.
        now_ms: the station's monotonic clock.
    """

    def __init__(
        self, source: int | Path, *, width_px: int = 1280, height_px: int = 720, now_ms: Callable[[], int] = _now_ms
    ) -> None:
        self.source = source
        self.device_id = f"camera {source}" if isinstance(source, int) else source.name
        self.width_px = width_px
        self.height_px = height_px
        self._now_ms = now_ms
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._newest: Frame | None = None
        self._trouble: DeviceTrouble | None = None
        self._ended = False
        self._fresh = asyncio.Event()

    async def open(self) -> None:
        """Start the source; returns when its first frame is there.

        Raises:
            DeviceMissing: there is no such camera or file, or it gives no picture.
            DeviceBusy: somebody else uses the camera.
        """
        loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, args=(loop,), name=self.device_id, daemon=True)
        self._thread.start()
        await self._fresh.wait()
        if self._newest is None:
            await self.close()
            raise self._trouble or DeviceMissing(self.device_id, "gives no picture")

    def latest(self) -> Frame | None:
        """The newest frame; None before the first."""
        return self._newest

    async def __aiter__(self) -> AsyncIterator[Frame]:
        """Each time the newest frame that was not given yet; frames that nobody waited for are left out.

        Raises:
            DeviceMissing: the camera went away.
        """
        given = 0
        while True:
            while self._newest is None or self._newest.number == given:
                if self._ended:
                    if self._trouble is not None:
                        raise self._trouble
                    return
                self._fresh.clear()
                await self._fresh.wait()
            given = self._newest.number
            yield self._newest

    async def close(self) -> None:
        """Stop the source and give the camera back."""
        self._stop.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            await asyncio.to_thread(thread.join)

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        capture: cv2.VideoCapture | None = None
        try:
            capture = self._capture()
            self._play(capture, loop)
        except DeviceTrouble as trouble:
            self._trouble = trouble
        finally:
            if capture is not None:
                capture.release()
            self._ended = True
            self._tell(loop)

    def _capture(self) -> cv2.VideoCapture:
        node = Path(f"/dev/video{self.source}") if isinstance(self.source, int) else self.source
        if isinstance(self.source, Path) or sys.platform == "linux":
            _check_node(node, self.device_id)
        capture = cv2.VideoCapture(self.source if isinstance(self.source, int) else str(self.source))
        if isinstance(self.source, int):
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, self.width_px)
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self.height_px)
            capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        if not capture.isOpened():
            capture.release()
            raise DeviceMissing(self.device_id, "cannot be opened as a camera or video")
        return capture

    def _play(self, capture: cv2.VideoCapture, loop: asyncio.AbstractEventLoop) -> None:
        is_file = isinstance(self.source, Path)
        pause_s = 1 / (capture.get(cv2.CAP_PROP_FPS) or _DEFAULT_FPS) if is_file else 0.0
        number = misses = 0
        while not self._stop.is_set():
            got, bgr = capture.read()
            if got:
                number, misses = number + 1, 0
                self._newest = Frame(bgr=np.asarray(bgr, dtype=np.uint8), number=number, at_ms=self._now_ms())
                self._tell(loop)
                self._stop.wait(pause_s)
            elif is_file:
                return
            elif (misses := misses + 1) >= _READS_TO_GONE:
                # A camera that opens and then never streams is held by another program.
                raise DeviceMissing(self.device_id, "went away") if number else DeviceBusy(self.device_id, "in use")
            else:
                self._stop.wait(_RETRY_S)

    def _tell(self, loop: asyncio.AbstractEventLoop) -> None:
        # The loop may have been closed while the camera was still being read.
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._fresh.set)


def _check_node(node: Path, device_id: str) -> None:
    """Tell missing from busy before OpenCV, which says neither."""
    try:
        os.close(os.open(node, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)))
    except OSError as error:
        busy = error.errno in (errno.EBUSY, errno.EAGAIN)
        kind = DeviceBusy if busy else DeviceMissing
        raise kind(device_id, error.strerror or str(error)) from error
