"""Frames of a video file, as a camera gives them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from app.errors import DeviceMissing
from devices.barcodes import Decoder
from devices.engines import installed
from devices.frames import Frames

zxingcpp = pytest.importorskip("zxingcpp")


def a_video(path: Path, texts: list[str], *, frames_each: int = 3) -> Path:
    """A film that shows each text as a QR code for a few frames."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30, (320, 240))
    for text in texts:
        page = np.full((240, 320, 3), 255, np.uint8)
        symbol = np.array(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_image(scale=5))
        page[20 : 20 + symbol.shape[0], 20 : 20 + symbol.shape[1]] = symbol[:, :, None]
        for _ in range(frames_each):
            writer.write(page)
    writer.release()
    return path


async def test_a_film_is_played_to_its_end(tmp_path: Path) -> None:
    async with Frames(a_video(tmp_path / "film.avi", ["T.7"], frames_each=5)) as frames:
        numbers = [frame.number async for frame in frames]
        assert numbers == sorted(set(numbers))
        assert numbers[-1] == 5
        newest = frames.latest()
    assert newest is not None
    assert newest.bgr.shape == (240, 320, 3)


async def test_who_comes_late_gets_the_newest_frame_and_no_queue(tmp_path: Path) -> None:
    async with Frames(a_video(tmp_path / "film.avi", ["T.7"], frames_each=6)) as frames:
        async for frame in frames:
            last = frame.number
        assert last == 6
        assert [frame.number async for frame in frames] == [6]


@pytest.mark.skipif(not installed(), reason="left out: no decoding engine is installed")
async def test_what_the_camera_shows_is_read(tmp_path: Path) -> None:
    decoder = Decoder()
    seen: set[str] = set()
    async with Frames(a_video(tmp_path / "film.avi", ["L.A-01", "T.7"], frames_each=10)) as frames:
        async for frame in frames:
            seen.update(scan.text for scan in await decoder.read(frame.jpeg()))
    decoder.close()
    assert seen == {"L.A-01", "T.7"}


async def test_a_camera_that_is_not_there_is_missing() -> None:
    with pytest.raises(DeviceMissing):
        await Frames(97).open()


async def test_a_film_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(DeviceMissing):
        await Frames(tmp_path / "none.avi").open()


async def test_a_film_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "text.avi").write_text("no film at all")
    with pytest.raises(DeviceMissing):
        await Frames(tmp_path / "text.avi").open()
