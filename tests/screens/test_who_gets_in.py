"""Who gets in at a station's web server: its own pages, by its own name, with their cookie. Real sockets."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from app.settings import SettingRefused
from devices.local_certificate import local_certificate
from screens.web_host import WebHost
from screens.window import Window
from tests.screens.by_hand import LIFE, Browser, packet_of_a_client, register
from tests.screens.small_station import ASSETS, SmallStation, small_station


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
    "origin",
    [
        *(None, "", "null", "http://[", "http://evil.example", "https://127.0.0.1", "http://127.0.0.1:1"),
        *("https://127.0.0.1:PORT", "http://127.0.0.1:PORT.evil.example", "http://x@127.0.0.1:PORT"),
    ],
)
async def test_a_websocket_of_another_site_or_of_no_site_is_refused(station: SmallStation, origin: str | None) -> None:
    browser = await Browser(station.host.port).sit_down()
    said = origin and origin.replace("PORT", str(station.host.port))
    reply, _, writer = await browser.socket(f"/link/ws/1/{LIFE}", Origin=said)
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


async def test_a_name_that_somebody_made_lead_here_opens_no_websocket_either(station: SmallStation) -> None:
    browser = await Browser(station.host.port).sit_down()
    rebound = f"rebound.example:{station.host.port}"
    reply, _, writer = await browser.socket(f"/link/ws/1/{LIFE}", Host=rebound, Origin=f"http://{rebound}")
    writer.close()
    assert reply.status == 403
    assert station.shelf.seats == []


async def test_a_websocket_client_that_knows_all_but_the_cookie_is_refused_and_one_that_has_it_gets_its_page(
    station: SmallStation,
) -> None:
    browser = await Browser(station.host.port).sit_down()
    [(name, secret)] = browser.cookies.items()
    url, ours = f"ws://127.0.0.1:{station.host.port}/link/ws/1/{LIFE}", f"http://127.0.0.1:{station.host.port}"
    for cookie in ("", f"{name}={'A' * 31}", f"other={secret}"):
        with pytest.raises(InvalidStatus, match="403"):
            await connect(url, origin=Origin(ours), additional_headers={"Cookie": cookie}, proxy=None)
    headers = {"Cookie": f"{name}={secret}"}
    with pytest.raises(InvalidStatus, match="403"):
        await connect(url, origin=Origin("http://evil.example"), additional_headers=headers, proxy=None)
    assert station.shelf.seats == []

    async with connect(url, origin=Origin(ours), additional_headers=headers, proxy=None) as websocket:
        await websocket.send(packet_of_a_client())
        assert await websocket.recv()
    with pytest.raises(InvalidStatus, match="403"):
        # The life of a page that is known to somebody is used up.
        await connect(url, origin=Origin(ours), additional_headers=headers, proxy=None)


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("path", ["/upload", "/upload/x.txt?e=2030&s=ab", "/assets/x.txt", "/"])
async def test_nothing_can_be_uploaded(station: SmallStation, method: str, path: str) -> None:
    browser = await Browser(station.host.port).sit_down()
    reply = await browser.ask(method, path, "x" * 2000)
    assert reply.status == 405
    assert not (ASSETS / "x.txt").exists()


async def test_a_body_whose_end_nobody_knows_is_not_waited_for(station: SmallStation) -> None:
    browser = await Browser(station.host.port).sit_down()
    reader, writer = await asyncio.open_connection("127.0.0.1", station.host.port)
    writer.write(browser.head("POST", "/link/beat", {"Transfer-Encoding": "chunked"}) + b"2000\r\n" + b"x" * 0x2000)
    reply = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    writer.close()
    assert b" 400 " in reply


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


async def test_a_stolen_session_id_opens_nothing(station: SmallStation) -> None:
    worker = await Browser(station.host.port).sit_down()
    thief = await Browser(station.host.port).sit_down()
    stolen = await register(worker, "")
    assert await register(thief, stolen) != stolen
    assert await register(worker, stolen, life="fedcba987654321001") != stolen


async def test_to_the_network_a_station_speaks_https_alone(tmp_path: Path) -> None:
    certificate, key = local_certificate(tmp_path, ("127.0.0.1", "localhost"), datetime.now(UTC))
    host = WebHost(assets_dir=ASSETS, host="0.0.0.0", port=0, certificate=certificate, key=key)
    drawn = asyncio.Event()

    async def draw(page: object, window: Window) -> None:
        drawn.set()

    host.draw_with(draw)
    trusting = ssl.create_default_context(cafile=str(certificate))
    serving = asyncio.ensure_future(host.serve())
    try:
        await host.listening.wait()
        async with httpx.AsyncClient(verify=trusting, base_url=f"https://127.0.0.1:{host.port}") as browser:
            cookie = (await browser.post("/link/seat", json={})).headers["set-cookie"]
        # No other program on this machine's name, and nobody on the way, can set a cookie of such a name.
        assert cookie.startswith("__Host-floorhand_")
        assert {"Secure", "Path=/", "HttpOnly"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
        async with httpx.AsyncClient() as plain:
            with pytest.raises(httpx.TransportError):
                await plain.get(f"http://127.0.0.1:{host.port}/")
        headers = {"Cookie": cookie.partition(";")[0]}
        url = f"wss://127.0.0.1:{host.port}/link/ws/1/{LIFE}"
        # A page that somebody on the way made, and that calls itself by this station's name.
        origin = Origin(f"http://127.0.0.1:{host.port}")
        with pytest.raises(InvalidStatus, match="403"):
            await connect(url, origin=origin, additional_headers=headers, ssl=trusting, proxy=None)
        origin = Origin(f"https://127.0.0.1:{host.port}")
        async with connect(url, origin=origin, additional_headers=headers, ssl=trusting, proxy=None) as websocket:
            await websocket.send(packet_of_a_client())
            await drawn.wait()
    finally:
        host.stop()
        await serving


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::", "station.example"])
def test_a_station_does_not_speak_plain_http_to_the_network(host: str) -> None:
    with pytest.raises(SettingRefused, match="lan"):
        WebHost(assets_dir=ASSETS, host=host)
