"""What a station's web server gives: files and pages. Real sockets, no browser."""

from __future__ import annotations

import asyncio
import json
import posixpath
from collections.abc import AsyncIterator

import httpx
import pytest

from screens.link_book import Standing
from screens.theme import FONT_FILES
from screens.web_host import WebHost
from screens.window import Window
from tests.screens.by_hand import LIFE, Browser, register
from tests.screens.small_station import ASSETS, SmallStation, small_station


@pytest.fixture
async def station() -> AsyncIterator[SmallStation]:
    async with small_station() as station:
        yield station


@pytest.mark.parametrize(("client", "squeezed"), [("192.0.2.7", True), ("127.0.0.1", False)])
async def test_files_are_squeezed_for_the_network_kept_and_asked_after(
    station: SmallStation, client: str, squeezed: bool
) -> None:
    asking = httpx.ASGITransport(station.host.app, client=(client, 4711))
    async with httpx.AsyncClient(transport=asking, base_url="http://localhost") as browser:
        reply = await browser.get("/link.js")
        assert reply.content == (ASSETS / "link.js").read_bytes()
        assert (reply.headers.get("content-encoding") == "gzip") is squeezed
        assert reply.headers["cache-control"] == "no-cache"
        again = await browser.get("/link.js", headers={"If-None-Match": reply.headers["etag"]})
        assert again.status_code == 304


async def test_the_page_is_ours_and_lets_nothing_in_from_elsewhere(station: SmallStation) -> None:
    reply = await Browser(station.host.port).ask("GET", "/pick/7")
    assert b"<title>Floorhand</title>" in reply.body
    assert "default-src 'self'" in reply.headers["content-security-policy"]
    assert "access-control-allow-origin" not in reply.headers


async def test_every_font_that_the_page_draws_with_is_there_before_the_first_frame(station: SmallStation) -> None:
    browser = Browser(station.host.port)
    reply = await browser.ask("GET", "/assets/FontManifest.json")
    fonts = {font["family"]: font["fonts"][0]["asset"] for font in json.loads(reply.body)}
    assert set(FONT_FILES) | {"MaterialIcons"} <= set(fonts)
    for file in fonts.values():
        path = posixpath.normpath(f"/assets/{file}")
        assert (await browser.ask("GET", path)).status == 200, path


async def test_no_way_leads_out_of_the_assets(station: SmallStation) -> None:
    for path in ("/../pyproject.toml", "/%2e%2e/pyproject.toml", "/assets/../../pyproject.toml"):
        reply = await Browser(station.host.port).ask("GET", path)
        assert b"floorhand" not in reply.body


async def test_a_port_in_use_is_an_error_and_not_the_end(station: SmallStation) -> None:
    host = WebHost(assets_dir=ASSETS, port=station.host.port)
    with pytest.raises(OSError, match=str(station.host.port)):
        await host.serve()


async def test_a_page_waits_at_the_door_until_it_is_known_how_to_draw_it(caplog: pytest.LogCaptureFixture) -> None:
    drawn = asyncio.Event()

    async def draw(page: object, window: Window) -> None:
        drawn.set()

    host = WebHost(assets_dir=ASSETS, port=0)
    serving = asyncio.ensure_future(host.serve())
    try:
        await host.listening.wait()
        browser = await Browser(host.port).sit_down()
        assert (await browser.ask("GET", "/link.js")).status == 200
        _, one_who_leaves = await browser.knocks(f"/link/ws/2/{LIFE}")
        await browser.stands(Standing.ABSENT)
        waits = asyncio.ensure_future(register(browser, ""))
        await browser.stands(Standing.WAITING)
        one_who_leaves.close()
        assert not waits.done()
        host.draw_with(draw)
        await waits
        await drawn.wait()
    finally:
        host.stop()
        await serving
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_page_that_waits_is_let_go_when_the_station_stops(caplog: pytest.LogCaptureFixture) -> None:
    host = WebHost(assets_dir=ASSETS, port=0)
    serving = asyncio.ensure_future(host.serve())
    await host.listening.wait()
    browser = await Browser(host.port).sit_down()
    waits = asyncio.ensure_future(browser.socket(f"/link/ws/1/{LIFE}"))
    await browser.stands(Standing.WAITING)
    host.stop()
    reply, _, writer = await waits
    writer.close()
    await serving
    assert reply.status == 403
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
