"""The network between stations and store, at its worst: a TCP proxy that cuts, loses, holds up and drips by a seed."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from tests.campaign.progress import Progress

READ_BYTES = 65_536
_REQUEST = re.compile(rb"[A-Z]+ /")
_PUSH = b"POST /v1/facts "
_RESET = struct.pack("ii", 1, 0)


class Fault(StrEnum):
    """What becomes of one request and its answer."""

    NONE = "none"
    LATE = "late"
    """Both take their time, each another one."""
    DRIP = "drip"
    """Both come a few bytes at a time."""
    HOLE = "hole"
    """Nothing passes for a while, either way; then everything goes on, if anybody still waits for it."""
    RESET = "reset"
    """The connection is torn before the request is passed on."""
    REQUEST_CUT = "request_cut"
    """Half of the request is passed on."""
    APPLIED_AND_CUT = "applied_and_cut"
    """The request is passed on and applied, and of its answer nothing comes back."""
    ANSWER_CUT = "answer_cut"
    """Half of the answer comes back."""


USUAL: Mapping[Fault, int] = {
    Fault.NONE: 70,
    Fault.LATE: 12,
    Fault.DRIP: 2,
    Fault.HOLE: 1,
    Fault.RESET: 3,
    Fault.REQUEST_CUT: 4,
    Fault.APPLIED_AND_CUT: 5,
    Fault.ANSWER_CUT: 3,
}
_TEARS = frozenset({Fault.RESET, Fault.REQUEST_CUT})


class Cut(Exception):
    """This connection is over."""


@dataclass
class FaultyWire:
    """Args:
    port: where the store listens.
    chance: what becomes of which request.
    hole_s: how long a hole lasts at most.

    Attributes:
        done: how often each fault has befallen a request.
        pushes: how many pushes the store has answered, whatever became of the answers.
    """

    port: int
    chance: Random
    hole_s: float
    weights: Mapping[Fault, int] = field(default_factory=lambda: USUAL)
    url: str = ""
    done: Counter[str] = field(default_factory=Counter)
    pushes: Progress = field(default_factory=Progress)
    _lit: asyncio.Event = field(default_factory=asyncio.Event)
    _healed: asyncio.Event = field(default_factory=asyncio.Event)
    _shut: bool = False
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    # -- the whole network --------------------------------------------------------------------------------------------

    def go_dark(self) -> None:
        """From now on nothing passes, and nobody is told: a black hole for everybody."""
        self.done["dark"] += 1
        self._lit.clear()

    def shut(self) -> None:
        """Tear every connection there is, and every new one."""
        self.done["shut"] += 1
        self._shut = True
        for task in self._running:
            task.cancel()

    def open(self) -> None:
        """The network is there again, as bad as it is: what was held up goes on."""
        self._shut = False
        self._lit.set()

    def heal(self) -> None:
        """From now on it is a perfect one."""
        self.weights = {Fault.NONE: 1}
        self._healed.set()
        self.open()

    async def through(self) -> None:
        """Wait while it is dark."""
        await self._lit.wait()

    async def hole(self) -> None:
        """Wait as long as a hole lasts."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._healed.wait(), self.chance.uniform(0.1, self.hole_s))

    async def pause(self, at_most_s: float) -> None:
        await asyncio.sleep(0 if self._healed.is_set() else self.chance.uniform(0, at_most_s))

    def draw(self) -> Fault:
        (fault,) = self.chance.choices(list(self.weights), list(self.weights.values()))
        if fault is not Fault.NONE:
            self.done[fault] += 1
        return fault

    # -- one connection -----------------------------------------------------------------------------------------------

    def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A connection is closed when its task ends, also one that is cancelled before it could begin."""
        task = asyncio.create_task(self._carry(reader, writer))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        task.add_done_callback(lambda _: writer.close())

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._shut:
            _tear(writer)
            return
        try:
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:  # the store is down
            _tear(writer)
            return
        line = _Line(wire=self, station=writer, store=up_writer)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(line.requests(reader))
                both.create_task(line.answers(up_reader))
        except* (OSError, Cut):
            pass
        finally:
            up_writer.close()

    async def close(self) -> None:
        """Tear everything, and wait until no connection is left, not even one that was accepted in this moment."""
        self.shut()
        for _ in range(5):
            await asyncio.gather(*self._running, return_exceptions=True)
            await asyncio.sleep(0)


@dataclass
class _Line:
    """One connection of a station through to the store, and what becomes of the request that is on it."""

    wire: FaultyWire
    station: asyncio.StreamWriter
    store: asyncio.StreamWriter
    fault: Fault = Fault.NONE
    is_push: bool = False
    hole: asyncio.Task[None] | None = None

    async def requests(self, reader: asyncio.StreamReader) -> None:
        while content := await reader.read(READ_BYTES):
            if _REQUEST.match(content):
                self.fault, self.is_push = self.wire.draw(), content.startswith(_PUSH)
                if self.fault is Fault.HOLE:
                    self.hole = asyncio.create_task(self.wire.hole())
            await self._through()
            if self.fault in _TEARS:
                if self.fault is Fault.REQUEST_CUT:
                    self.store.write(content[: len(content) // 2])
                    await self.store.drain()
                else:
                    _tear(self.station)
                    _tear(self.store)
                raise Cut
            await self._pass_on(content, self.store)
        raise Cut

    async def answers(self, reader: asyncio.StreamReader) -> None:
        while content := await reader.read(READ_BYTES):
            self.wire.pushes.add(int(self.is_push))
            await self._through()
            if self.fault is Fault.APPLIED_AND_CUT:
                raise Cut
            if self.fault is Fault.ANSWER_CUT:
                self.station.write(content[: len(content) // 2])
                await self.station.drain()
                raise Cut
            await self._pass_on(content, self.station)
        # A store that dies in the dark tells nobody.
        await self._through()
        raise Cut

    async def _through(self) -> None:
        await self.wire.through()
        if self.hole is not None:
            await asyncio.wait({self.hole})

    async def _pass_on(self, content: bytes, writer: asyncio.StreamWriter) -> None:
        if self.fault is Fault.LATE:
            await self.wire.pause(0.2)
        drops = 8 if self.fault is Fault.DRIP else 1
        size = -(-len(content) // drops)
        for at in range(0, len(content), size):
            writer.write(content[at : at + size])
            await writer.drain()
            if drops > 1:
                await self.wire.pause(0.02)


def _tear(writer: asyncio.StreamWriter) -> None:
    """Close with a reset, as a firewall does; what is on its way is lost."""
    sock = writer.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()


@asynccontextmanager
async def a_faulty_wire(port: int, chance: Random, *, hole_s: float) -> AsyncIterator[FaultyWire]:
    """The wire to the store at `port`, on a port of its own."""
    wire = FaultyWire(port=port, chance=chance, hole_s=hole_s)
    wire.open()
    server = await asyncio.start_server(wire.connected, "127.0.0.1", 0)
    wire.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield wire
    finally:
        server.close()
        await wire.close()
