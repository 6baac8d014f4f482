"""A stretch of wire between a station and the store that can be cut: a TCP proxy on a port of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.store.a_store import accept_nobody


@dataclass
class Gate:
    """Attributes:
    shut: connections are closed as soon as they come.
    answers_to_cut: so many requests pass, and of their answers only the first bytes.
    """

    host: str
    port: int
    url: str = ""
    shut: bool = False
    answers_to_cut: int = 0
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    def cut(self) -> None:
        """Cut every connection there is, and let none through."""
        self.shut = True
        for task in self._running:
            task.cancel()

    def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A connection is closed when its task ends, also one that is cancelled before it could begin."""
        task = asyncio.create_task(self._pass_on(reader, writer))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        task.add_done_callback(lambda _: writer.close())

    async def emptied(self) -> None:
        """Wait until no connection is left, not even one that was accepted in this moment."""
        for _ in range(5):
            await asyncio.gather(*self._running, return_exceptions=True)
            await asyncio.sleep(0)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.shut:
            return
        try:
            up_reader, up_writer = await asyncio.open_connection(self.host, self.port)
            try:
                async with asyncio.TaskGroup() as both:
                    both.create_task(_pump(reader, up_writer))
                    both.create_task(self._answer(up_reader, writer))
            finally:
                up_writer.close()
        except (OSError, ExceptionGroup, asyncio.CancelledError):
            return

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.answers_to_cut:
            self.answers_to_cut -= 1
            content = await reader.read(65_536)
            writer.write(content[:40])
            await writer.drain()
            raise ConnectionResetError("cut in mid-answer")
        await _pump(reader, writer)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while content := await reader.read(65_536):
        writer.write(content)
        await writer.drain()
    raise ConnectionResetError("one side is through")


@asynccontextmanager
async def a_gate(url: str) -> AsyncIterator[Gate]:
    split = urlsplit(url)
    assert split.hostname is not None
    assert split.port is not None
    gate = Gate(host=split.hostname, port=split.port)
    server = await asyncio.start_server(gate.connected, "127.0.0.1", 0)
    gate.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield gate
    finally:
        gate.cut()
        await accept_nobody(server)
        server.close()
        await gate.emptied()
