"""What stands before Chromium's camera: a film that the test writes anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import zxingcpp
from numpy.typing import NDArray

WIDTH_PX, HEIGHT_PX = 1280, 720
FRAMES = 3


class View:
    """What stands before the camera: a film of still frames that Chromium plays again and again.

    Chromium reads each frame from the file when it is due, so that the view changes when the file is written anew.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_empty()

    @property
    def options(self) -> tuple[str, ...]:
        return (
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={self.path}",
        )

    def is_empty(self) -> None:
        """Nothing stands in it."""
        self._show(np.full((HEIGHT_PX, WIDTH_PX), 128, np.uint8))

    def holds(self, text: str, kind: str) -> None:
        """Hold one code into the middle of the view."""
        symbol = np.asarray(
            zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind)).to_image(scale=6), np.uint8
        )
        picture = np.full((HEIGHT_PX, WIDTH_PX), 235, np.uint8)
        top, left = (HEIGHT_PX - symbol.shape[0]) // 2, (WIDTH_PX - symbol.shape[1]) // 2
        picture[top : top + symbol.shape[0], left : left + symbol.shape[1]] = symbol
        self._show(picture)

    def _show(self, luma: NDArray[np.uint8]) -> None:
        frame = b"FRAME\n" + luma.tobytes() + b"\x80" * (WIDTH_PX * HEIGHT_PX // 2)
        film = f"YUV4MPEG2 W{WIDTH_PX} H{HEIGHT_PX} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * FRAMES
        with self.path.open("r+b" if self.path.exists() else "wb") as file:
            file.write(film)
