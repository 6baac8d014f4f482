"""A TCP proxy that is a cable: it can be pulled (refused), or lose everything without a word (black hole)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Cable:
    """Carries bytes between a browser and a station's port.

    What is sent into a black hole is kept and delivered when the hole closes, as TCP does.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._whole = asyncio.Event()
        self._whole.set()
        self._refusing = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/"

    def pull(self) -> None:
        """Every connection is reset, every new one too."""
        self._refusing = True
        for writer in list(self._writers):
            writer.transport.abort()

    def swallow(self) -> None:
        """Nothing passes, and nobody is told."""
        self._whole.clear()

    def mend(self) -> None:
        self._refusing = False
        self._whole.set()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                await self._whole.wait()
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            await self._whole.wait()
            writer.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            writer.transport.abort()
            return
        await self._whole.wait()
        to_station, from_station = writer, writer
        try:
            answers, to_station = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            writer.transport.abort()
            return
        ends = {to_station, from_station}
        self._writers |= ends
        ways = [
            asyncio.ensure_future(self._carry(reader, to_station)),
            asyncio.ensure_future(self._carry(answers, writer)),
        ]
        self._tasks.update(ways)
        try:
            await asyncio.wait(ways)
        finally:
            self._tasks.difference_update(ways)
            self._writers -= ends

    @classmethod
    @asynccontextmanager
    async def to(cls, port: int) -> AsyncIterator[Cable]:
        """A cable to a port of this machine, plugged in."""
        cable = cls(port)
        cable._server = await asyncio.start_server(cable._accept, "127.0.0.1", 0)
        try:
            yield cable
        finally:
            cable._server.close()
            cable.pull()
            cable.mend()
            for task in list(cable._tasks):
                task.cancel()
            await asyncio.gather(*cable._tasks, return_exceptions=True)
