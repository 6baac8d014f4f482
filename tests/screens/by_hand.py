"""A browser of the tests that speaks by hand, and what Flet's client says first."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgpack
from flet.messaging.protocol import MessageAction

from screens.link_book import Standing

LIFE = "0123456789abcdef01"


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Browser:
    """Speaks HTTP and websockets by hand, so that it may send what no browser would. None leaves a header out."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    async def ask(self, method: str, path: str, body: str = "", **headers: str | None) -> Reply:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(self.head(method, path, {"Content-Length": str(len(body)), "Connection": "close", **headers}))
        writer.write(body.encode())
        reply = await self._reply(reader)
        writer.close()
        return reply

    async def socket(
        self, path: str, **headers: str | None
    ) -> tuple[Reply, asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await self.knocks(path, **headers)
        return await self._reply(reader, upgrade=True), reader, writer

    async def stands(self, wanted: Standing) -> None:
        """Ask until its page is told that its life stands so."""
        async with asyncio.timeout(10):
            while True:
                beat = await self.ask("POST", "/link/beat", json.dumps({"window": 1, "life": LIFE}))
                if json.loads(beat.body)["standing"] == wanted:
                    return

    async def knocks(self, path: str, **headers: str | None) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
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
        writer.write(self.head("GET", path, {**upgrade, **headers}))
        return reader, writer

    async def sit_down(self) -> Browser:
        await self.ask("POST", "/link/seat", "{}")
        return self

    def head(self, method: str, path: str, headers: Mapping[str, str | None]) -> bytes:
        said = {"Host": f"127.0.0.1:{self.port}", **headers}
        all_headers = {name: value for name, value in said.items() if value is not None}
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


def packet_of_a_client(session_id: str = "") -> bytes:
    """What Flet's client says first."""
    page = {"route": "/", "platform": "linux", "web": True, "width": 360, "height": 640}
    body = {"session_id": session_id, "page_name": "", "page": page}
    return b"\0" + bytes(msgpack.packb([MessageAction.REGISTER_CLIENT.value, body]))


async def register(browser: Browser, session_id: str, life: str = LIFE) -> str:
    """Connect as Flet's client does, asking for a session; the id of the one that was given."""
    reply, reader, writer = await browser.socket(f"/link/ws/1/{life}")
    assert reply.status == 101
    data = packet_of_a_client(session_id)
    writer.write(bytes([0x82, 0xFE]) + len(data).to_bytes(2, "big") + bytes(4) + data)
    head = await reader.readexactly(2)
    length = head[1] & 127
    if length > 125:
        length = int.from_bytes(await reader.readexactly(2 if length == 126 else 8), "big")
    answer = msgpack.unpackb((await reader.readexactly(length))[1:], strict_map_key=False)
    writer.close()
    return str(answer[1]["session_id"])
