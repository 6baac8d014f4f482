"""Who gets in: real sockets, no browser."""

from __future__ import annotations

import asyncio
import base64
import json
import posixpath
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import msgpack
import pytest
from flet.messaging.protocol import MessageAction

from screens.link_book import Standing
from screens.theme import FONT_FILES
from screens.web_host import WebHost
from screens.window import Window
from tests.screens.small_station import ASSETS, SmallStation, small_station

LIFE = "0123456789abcdef01"


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Browser:
    """Speaks HTTP and websockets by hand, so that it may send what no browser would."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    async def ask(self, method: str, path: str, body: str = "", **headers: str) -> Reply:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(self._head(method, path, {"Content-Length": str(len(body)), "Connection": "close", **headers}))
        writer.write(body.encode())
        reply = await self._reply(reader)
        writer.close()
        return reply

    async def socket(self, path: str, **headers: str) -> tuple[Reply, asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await self.knocks(path, **headers)
        return await self._reply(reader, upgrade=True), reader, writer

    async def stands(self, wanted: Standing) -> None:
        """Ask until its page is told that its life stands so."""
        async with asyncio.timeout(10):
            while True:
                beat = await self.ask("POST", "/link/beat", json.dumps({"window": 1, "life": LIFE}))
                if json.loads(beat.body)["standing"] == wanted:
                    return

    async def knocks(self, path: str, **headers: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Ask for a websocket, without waiting for the answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        key = base64.b64encode(b"0123456789abcdef").decode()
        upgrade = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": key,
            "Origin": f"http://127.0.0.1:{self.port}",
        }
        writer.write(self._head("GET", path, {**upgrade, **headers}))
        return reader, writer

    async def sit_down(self) -> Browser:
        await self.ask("POST", "/link/seat", "{}")
        return self

    def _head(self, method: str, path: str, headers: dict[str, str]) -> bytes:
        all_headers = {"Host": f"127.0.0.1:{self.port}", **headers}
        if self.cookies:
            all_headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = [f"{method} {path} HTTP/1.1", *(f"{name.replace('_', '-')}: {v}" for name, v in all_headers.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    async def _reply(self, reader: asyncio.StreamReader, *, upgrade: bool = False) -> Reply:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        lines = [line.split(": ", 1) for line in head[1:] if ": " in line]
        headers = {name.lower(): value for name, value in lines}
        if "set-cookie" in headers:
            name, value = headers["set-cookie"].split(";")[0].split("=", 1)
            self.cookies[name] = value
        status = int(head[0].split()[1])
        body = b"" if upgrade and status == 101 else await reader.read()
        return Reply(status, headers, body)


@pytest.fixture
async def station() -> AsyncIterator[SmallStation]:
    async with small_station() as station:
        yield station


async def test_a_browser_gets_one_cookie_that_no_script_and_no_other_site_can_use(station: SmallStation) -> None:
    browser = Browser(station.host.port)
    first = await browser.ask("POST", "/link/seat", "{}")
    cookie = first.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    again = await browser.ask("POST", "/link/seat", "{}")
    assert "set-cookie" not in again.headers


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "https://127.0.0.1", "null", "http://127.0.0.1:1", "http://["]
)
async def test_a_websocket_of_another_site_is_refused(station: SmallStation, origin: str) -> None:
    browser = await Browser(station.host.port).sit_down()
    reply, _, writer = await browser.socket(f"/link/ws/1/{LIFE}", Origin=origin)
    writer.close()
    assert reply.status == 403
    assert station.shelf.seats == []


async def test_a_websocket_without_the_cookie_is_refused(station: SmallStation) -> None:
    reply, _, writer = await Browser(station.host.port).socket(f"/link/ws/1/{LIFE}")
    writer.close()
    assert reply.status == 403


async def test_flets_own_websocket_is_not_there(station: SmallStation) -> None:
    browser = await Browser(station.host.port).sit_down()
    reply, _, writer = await browser.socket("/ws")
    writer.close()
    assert reply.status == 403
    assert station.shelf.seats == []


async def test_a_name_that_is_not_ours_is_refused(station: SmallStation) -> None:
    reply = await Browser(station.host.port).ask("GET", "/", Host="rebound.example")
    assert reply.status == 403
    assert b"<html" not in reply.body


async def test_a_post_of_another_site_is_refused(station: SmallStation) -> None:
    browser = await Browser(station.host.port).sit_down()
    reply = await browser.ask("POST", "/link/beat", "{}", Origin="http://evil.example")
    assert reply.status == 403


@pytest.mark.parametrize("body", ["", "[]", "{", '{"window": "x", "life": 7}', '{"lives": 3}', "x" * 5000, "[" * 4000])
async def test_rubbish_to_the_links_routes_is_no_trouble(station: SmallStation, body: str) -> None:
    browser = await Browser(station.host.port).sit_down()
    for path in ("/link/beat", "/link/lost"):
        reply = await browser.ask("POST", path, body)
        assert reply.status in (200, 400)


async def register(browser: Browser, session_id: str, life: str = LIFE) -> str:
    """Connect as Flet's client does, asking for a session; the id of the one that was given."""
    reply, reader, writer = await browser.socket(f"/link/ws/1/{life}")
    assert reply.status == 101
    page = {"route": "/", "platform": "linux", "web": True, "width": 360, "height": 640}
    body = {"session_id": session_id, "page_name": "", "page": page}
    data = b"\0" + msgpack.packb([MessageAction.REGISTER_CLIENT.value, body])
    writer.write(bytes([0x82, 0xFE]) + len(data).to_bytes(2, "big") + bytes(4) + data)
    head = await reader.readexactly(2)
    length = head[1] & 127
    if length > 125:
        length = int.from_bytes(await reader.readexactly(2 if length == 126 else 8), "big")
    answer = msgpack.unpackb((await reader.readexactly(length))[1:], strict_map_key=False)
    writer.close()
    return str(answer[1]["session_id"])


async def test_a_stolen_session_id_opens_nothing(station: SmallStation) -> None:
    worker = await Browser(station.host.port).sit_down()
    thief = await Browser(station.host.port).sit_down()
    stolen = await register(worker, "")
    assert await register(thief, stolen) != stolen
    assert await register(worker, stolen, life="fedcba987654321001") != stolen


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
