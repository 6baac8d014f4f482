from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from app.domain.scan import Scan
from devices.barcodes import Decoder
from devices.engines import installed
from devices.station_camera import StationCamera, camera_source
from tests.devices.test_frames import a_video

pytestmark = pytest.mark.skipif(not installed(), reason="left out: no decoding engine is installed")


async def test_each_code_that_is_held_under_the_camera_is_one_scan(tmp_path: Path) -> None:
    film = a_video(tmp_path / "film.avi", ["T.7", "T.8"], frames_each=10)
    heard: asyncio.Queue[Scan] = asyncio.Queue()
    reader = Decoder()
    watching = asyncio.create_task(StationCamera(film, reader, on_scan=heard.put_nowait, look_again_s=60).run())
    try:
        first = await asyncio.wait_for(heard.get(), 20)
        second = await asyncio.wait_for(heard.get(), 20)
        assert [first.text, second.text] == ["T.7", "T.8"]
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        reader.close()
    assert heard.empty()


async def test_a_camera_that_is_plugged_in_later_is_taken_up(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    heard: asyncio.Queue[Scan] = asyncio.Queue()
    reader = Decoder()
    camera = StationCamera(tmp_path / "film.avi", reader, on_scan=heard.put_nowait, look_again_s=0.05)
    with caplog.at_level(logging.INFO):
        watching = asyncio.create_task(camera.run())
        try:
            while not caplog.messages:  # noqa: ASYNC110  (a log line wakes nobody)
                await asyncio.sleep(0.01)
            a_video(tmp_path / "film.part.avi", ["T.9"], frames_each=10).replace(tmp_path / "film.avi")
            assert (await asyncio.wait_for(heard.get(), 20)).text == "T.9"
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            reader.close()
    assert [message.split()[0] for message in caplog.messages][:2] == ["camera_gone", "camera_back"]


def test_a_number_is_a_camera_and_anything_else_a_file() -> None:
    assert camera_source("0") == 0
    assert camera_source("/dev/video2") == Path("/dev/video2")
