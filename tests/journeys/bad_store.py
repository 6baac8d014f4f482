"""A store that answers everything badly: it stands before the true one and is told which trouble to be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum

PAGE = b"<html><body><h1>It works!</h1></body></html>"


class Trouble(StrEnum):
    """What a station gets instead of the store's answer."""

    NONE = "none"
    SERVER_ERROR = "server_error"
    HTML = "html"
    SLOW = "slow"
    LATE = "late"


LATE_S = 5.0


REPLIES = {
    Trouble.SERVER_ERROR: b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\nConnection: close\r\n\r\noops",
    Trouble.HTML: b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
    % (len(PAGE), PAGE),
}


class BadStore:
    """Passes everything on to the true store until it is told otherwise.

    A slow store takes all and answers never; a late one answers truly, `LATE_S` after it was connected.
    """

    def __init__(self, store_port: int) -> None:
        self._store_port = store_port
        self._trouble = Trouble.NONE
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.asked = 0

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def turn(self, trouble: Trouble) -> None:
        """From now on; connections that are open end, because each would go on as it began."""
        self._trouble = trouble
        self.asked = 0
        for writer in list(self._writers):
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        try:
            if self._trouble is Trouble.NONE:
                await self._pass_on(reader, writer)
            elif self._trouble is Trouble.LATE:
                await asyncio.sleep(LATE_S)
                await self._pass_on(reader, writer)
            else:
                await self._answer(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            writer.transport.abort()
        finally:
            self._writers.discard(writer)
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        if self._trouble is Trouble.SLOW:
            await reader.read()
            return
        writer.write(REPLIES[self._trouble])
        await writer.drain()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, to_store = await asyncio.open_connection("127.0.0.1", self._store_port)
        self._writers.add(to_store)
        try:
            async with asyncio.TaskGroup() as ways:
                ways.create_task(_carry(reader, to_store))
                ways.create_task(_carry(answers, writer))
        finally:
            self._writers.discard(to_store)
            to_store.close()

    @classmethod
    @asynccontextmanager
    async def before(cls, store_port: int) -> AsyncIterator[BadStore]:
        """Stand before the store that listens on a port of this machine."""
        bad = cls(store_port)
        bad._server = await asyncio.start_server(bad._accept, "127.0.0.1", 0)
        try:
            yield bad
        finally:
            bad._server.close()
            bad.turn(Trouble.NONE)
            for task in list(bad._tasks):
                task.cancel()
            await asyncio.gather(*bad._tasks, return_exceptions=True)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()
