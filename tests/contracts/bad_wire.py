"""A server that misbehaves in one way for each first part of a path: what lies between a station and its store.

It keeps no state but which requests came and whose connections are gone, so that it serves another process's tests too.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import struct
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

HTML = b"<html><body>Please sign in to the guest network</body></html>"
LARGE_BYTES = 10_000_000
SSE = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Args:
    wire: where the server is.
    nobody: where nothing listens.
    """

    wire: str
    nobody: str


@dataclass
class BadWire:
    """Attributes:
    heard: by name, set when a request that is never answered has come.
    gone: the same, when its connection is gone.
    """

    heard: dict[str, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))
    gone: dict[str, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head, body = await _request(reader)
            method, target, _ = head[0].split(" ", 2)
            name, _, detail = urlsplit(target).path.split("/")[1].partition("-")
            if name in ("heard", "gone"):  # is answered once it is so
                await getattr(self, name)[detail].wait()
                writer.write(_answer(200, {name: detail}))
            elif name == "silent":
                self.heard[detail].set()
                await reader.read()
                self.gone[detail].set()
            elif name == "said":
                writer.write(_answer(200, _said(method, target, head[1:], body)))
            else:
                await _misbehave(name, detail, reader, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()


async def _misbehave(name: str, detail: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    large = _answer(200, {"rows": "x" * LARGE_BYTES})
    match name:
        case "status":
            headers = ("Retry-After: 7",) if detail in ("429", "503") else ()
            writer.write(_answer(int(detail), {"reason": f"because {detail}"}, *headers))
        case "html":
            writer.write(_answer(200, HTML))
        case "redirect":
            writer.write(_answer(302, HTML, "Location: /html/"))
        case "gzip":
            writer.write(_answer(200, gzip.compress(b'{"packed":true}'), "Content-Encoding: gzip"))
        case "large":
            writer.write(large)
        case "cut":
            writer.write(large[: len(large) // 2])
        case "reset":
            writer.write(large[: len(large) // 2])
            await writer.drain()
            # Closing sends RST and not FIN: what a station sees whose access point was switched off and on.
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        case "stalled":
            writer.write(large[:1_000])
            await writer.drain()
            await reader.read()
        case "pokes":
            writer.write(SSE + b"data: 1\n\n: still here\n\n")
            await writer.drain()
            if detail == "stall":
                await reader.read()


async def _request(reader: asyncio.StreamReader) -> tuple[list[str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")[:-2]
    length = next((int(line[15:]) for line in head if line.lower().startswith("content-length:")), 0)
    return head, await reader.readexactly(length)


def _said(method: str, target: str, headers: list[str], body: bytes) -> dict[str, object]:
    named = {name.lower(): text for name, _, text in (line.partition(": ") for line in headers)}
    parts = urlsplit(target)
    return {
        "method": method,
        "path": parts.path,
        "query": dict(parse_qsl(parts.query)),
        "headers": named,
        "body": body.decode(),
    }


def _answer(status: int, body: object, *headers: str) -> bytes:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = [f"HTTP/1.1 {status} X", f"Content-Length: {len(content)}", "Connection: close", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + content


@asynccontextmanager
async def a_bad_wire() -> AsyncIterator[Addresses]:
    server = await asyncio.start_server(BadWire().serve, "127.0.0.1", 0)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # and never listens
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
        try:
            yield Addresses(wire=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", nobody=nobody)
        finally:
            server.close()
