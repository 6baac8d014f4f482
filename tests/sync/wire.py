"""A little order store on a real socket, which can be made to answer anything, or nothing, or half of it."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from app.domain.rows import from_image, to_image
from sync.protocol import Cursor, FactsPushed
from tests.fakes.clock import SHIFT_BEGINS_UTC
from tests.store.a_store import accept_nobody
from tests.sync.floor import a_task
from tests.sync.model_store import ModelStore


@dataclass(slots=True)
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


Bytes = bytes | None
"""What is sent back before the connection is closed; None: nothing at all, and the connection stays open."""


def reply(status: int, body: object, *headers: str) -> bytes:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = [f"HTTP/1.1 {status} X", f"Content-Length: {len(content)}", "Connection: close", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + content


@dataclass
class WireStore:
    """Speaks the wire for one station.

    Attributes:
        model: what it knows.
        faults: by path, what the next requests get instead of an answer; the model does not hear them.
        after_hearing: by path, the same, but the model hears the request first.
        asked: every request that came, oldest first.
        tokens: the one of each worker for whom it was asked; nobody's carries facts and rows.
        port: where it listens.
    """

    model: ModelStore = field(default_factory=ModelStore)
    faults: dict[str, deque[Bytes]] = field(default_factory=dict)
    after_hearing: dict[str, deque[Bytes]] = field(default_factory=dict)
    asks: dict[str, Callable[[Any], bytes]] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    port: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await _read(reader)
            answer = await self._answer(request)
            if answer is None:
                await reader.read()  # until the station gives up
            else:
                writer.write(answer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _answer(self, request: Request) -> Bytes:
        self.asked.append(request)
        if faults := self.faults.get(request.path):
            return faults.popleft()
        answer = await self._hear(request)
        if faults := self.after_hearing.get(request.path):
            return faults.popleft()
        return answer

    async def _hear(self, request: Request) -> bytes:
        if request.path == "/v1/stations/token":
            token = f"t{len(self.asked)}"
            self.tokens[request.body.get("worker_id", "")] = token
            given = {"token": token, "expires_in_s": 900, "store_now_utc": SHIFT_BEGINS_UTC.isoformat()}
            return reply(200, given)
        whose = request.body.get("worker_id", "") if request.path in self.asks else ""
        if request.headers.get("authorization") != f"Bearer {self.tokens.get(whose)}":
            return reply(401, {"reason": "the token has ended"})
        if request.path == "/v1/facts":
            judged = self.model.push(from_image(FactsPushed, request.body))
            self.news()
            return reply(200, to_image(judged))
        if request.path == "/v1/pull":
            cursor = Cursor(epoch=request.query.get("epoch", ""), change_seq=int(request.query["change_seq"]))
            pulled = self.model.pull("K3", cursor, int(request.query["limit"]))
            if not pulled.rows and not pulled.must_refetch and float(request.query["wait_s"]):
                self.changed.clear()
                await self.changed.wait()
                pulled = self.model.pull("K3", cursor, int(request.query["limit"]))
            return reply(200, to_image(pulled))
        ask = self.asks.get(request.path)
        return reply(404, {"reason": "no such thing"}) if ask is None else ask(request.body)

    def news(self) -> None:
        """Wake who waits for changes."""
        self.changed.set()


@asynccontextmanager
async def a_wire_store() -> AsyncIterator[WireStore]:
    store = WireStore()
    server = await asyncio.start_server(store.serve, "127.0.0.1", 0)
    store.port = server.sockets[0].getsockname()[1]
    try:
        yield store
    finally:
        await accept_nobody(server)
        server.close()
        store.news()


@asynccontextmanager
async def a_wire_store_with(*task_ids: str) -> AsyncIterator[WireStore]:
    """One that has work for a whole shift."""
    async with a_wire_store() as store:
        for task_id in task_ids:
            store.model.put(a_task(task_id=task_id, quantity_each=1000))
        yield store


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    content = await reader.readexactly(int(headers.get("content-length", "0")))
    split = urlsplit(target)
    query = {name: values[0] for name, values in parse_qs(split.query).items()}
    return Request(method, split.path, query, headers, json.loads(content) if content else None)
