"""The browser's camera as a scanner: Chromium's own test picture stands in for a code."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import flet as ft
import pytest

from app.domain.scan import Scan, Source, Symbology
from screens.look import Look
from screens.parts.camera_view import CameraScanner, camera_view
from screens.shell import open_shell
from screens.web_host import WebHost
from screens.window import Window
from tests.browser.chromium import FAKE_CAMERA, screen
from tests.screens.small_station import ASSETS, CountingScreen, Shelf, SkippingClock, a_seat

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


class PictureReader:
    """Reads the same code off every picture, as a decoder does when the code is held still."""

    def __init__(self) -> None:
        self.pictures = 0
        self.third = asyncio.Event()

    async def read(
        self, picture: bytes, *, expected: frozenset[Symbology] | None = None, expected_text: str | None = None
    ) -> list[Scan]:
        self.pictures += 1
        if self.pictures == 3:
            self.third.set()
        assert picture[:3] == b"\xff\xd8\xff"
        return [Scan(text="4006381333931", source=Source.CAMERA, symbology=Symbology.EAN13)]


class CameraScreen(CountingScreen):
    """Looks through the camera from the moment it is shown."""

    def __init__(self, shelf: Shelf, reader: PictureReader) -> None:
        super().__init__(shelf)
        self.reader = reader

    def on_open(self) -> None:
        seat = self.seat
        self.scanner = CameraScanner(seat.page, self.reader, seat.clock, on_scan=seat.take, on_state=seat.redraw)
        self.scanner.open()

    def on_close(self) -> None:
        self.scanner.close()

    def build(self, look: Look) -> ft.Control:
        return ft.Column(expand=True, controls=[camera_view(look, self.scanner), super().build(look)])


@asynccontextmanager
async def camera_station() -> AsyncIterator[tuple[str, Shelf, PictureReader]]:
    shelf, reader, clock = Shelf(), PictureReader(), SkippingClock()

    async def main(page: ft.Page, window: Window) -> None:
        seat, _ = a_seat(page, seat_id=window.seat_id, clock=clock)
        open_shell(seat)
        seat.show(CameraScreen(shelf, reader))

    host = WebHost(assets_dir=ASSETS, port=0, monotonic_ms=clock.monotonic_ms)

    host.draw_with(main)
    serving = asyncio.ensure_future(host.serve())
    try:
        await host.listening.wait()
        yield f"http://127.0.0.1:{host.port}/", shelf, reader
    finally:
        host.stop()
        await serving


async def test_a_code_before_the_camera_is_one_scan_however_many_pictures_show_it() -> None:
    async with camera_station() as (url, shelf, reader), screen(url, extra=FAKE_CAMERA) as window:
        await window.sees("count 1")
        await reader.third.wait()
        await window.sees("Hold the code in the frame")
        assert shelf.scans == ["4006381333931"]


async def test_a_camera_that_is_not_there_is_said_and_the_scanner_goes_on() -> None:
    async with camera_station() as (url, shelf, _), screen(url) as window:
        await window.sees("No camera here. Use the scanner.")
        await window.scan("4711")
        await window.sees("count 1")
        assert shelf.scans == ["4711"]
        assert "Exception" not in await window.words()
