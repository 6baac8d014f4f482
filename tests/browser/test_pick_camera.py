"""A list walked by the browser's camera alone: the picture stands in for a hand that holds the right code up."""

from __future__ import annotations

import asyncio
from datetime import UTC

import flet as ft
import pytest

from app.domain.codes import CodeKind, printed
from app.domain.picklists import Picklist, PicklistState
from app.domain.scan import Scan, Source, Symbology
from app.domain.walk import Stage
from app.workflows.pick import Pick
from screens.door import Door
from screens.entries import ENTRIES
from screens.shell import open_shell
from screens.web_host import WebHost
from screens.window import Window
from tests.browser.chromium import FAKE_CAMERA, screen
from tests.fakes.picking import ANNA, LIST, SOCKS_EAN, a_task
from tests.screens.picker import Handset, a_handset
from tests.screens.small_station import ASSETS, SkippingClock, a_seat

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


class WhatIsWanted:
    """Reads in each picture whatever the walk asks for now; nothing once every stop is settled."""

    def __init__(self) -> None:
        self.handset: Handset | None = None
        self.expected: list[str | None] = []

    async def read(
        self, picture: bytes, *, expected: frozenset[Symbology] | None = None, expected_text: str | None = None
    ) -> list[Scan]:
        assert self.handset is not None
        assert picture[:3] == b"\xff\xd8\xff"
        self.expected.append(expected_text)
        ledger, clock = self.handset.ledger, self.handset.clock
        walk = Pick(ledger=ledger, clock=clock, worker_id=ANNA, picklist_id=LIST, zone=UTC).walk()
        if walk.here is None:
            return []
        texts = {
            Stage.BIN: printed(CodeKind.LOCATION, walk.here.location_id),
            Stage.ITEM: SOCKS_EAN,
            Stage.TOTE: printed(CodeKind.TOTE, "T-1"),
        }
        return [Scan(text=texts[walk.stage], source=Source.CAMERA, symbology=Symbology.QR)]


async def test_a_stop_is_picked_by_the_camera_alone() -> None:
    reader = WhatIsWanted()
    handset = reader.handset = a_handset(a_task(), reader=reader)
    clock = SkippingClock()

    async def draw(page: ft.Page, window: Window) -> None:
        seat, _ = a_seat(page, seat_id=window.seat_id, clock=clock)
        open_shell(seat)
        seat.show(Door(seat=seat, station=handset.station, entries=ENTRIES).open())

    host = WebHost(assets_dir=ASSETS, port=0, monotonic_ms=clock.monotonic_ms)

    host.draw_with(draw)
    serving = asyncio.ensure_future(host.serve())
    while not host.port:
        assert not serving.done(), serving.exception()
        await asyncio.sleep(0.01)
    try:
        async with screen(f"http://127.0.0.1:{host.port}/", extra=FAKE_CAMERA) as window:
            for code in ("W.anna", "1234", "X.GETWORK"):
                await window.scan(code)
            await window.sees("Scan the bin")
            await window.press("Camera")
            await window.sees("All stops done")
            await window.scan("X.FINISH")
            await window.sees("Scan GET WORK")
    finally:
        host.stop()
        await serving
    picklist = handset.ledger.get(Picklist, LIST)
    assert picklist is not None
    assert picklist.state is PicklistState.PICKED
    assert reader.expected[0] == "L.A-12-03-2"
