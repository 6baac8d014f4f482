"""One page's websocket: packets both ways in order, until one side ends or the page's life has."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from starlette.websockets import WebSocket

from screens.link_book import Life, LinkBook
from screens.page_link import MESSAGE

log = logging.getLogger("floorhand.web")


class PageSocket:
    """A page's websocket: stops when its life has ended, and counts the keys that came through."""

    def __init__(self, websocket: WebSocket, book: LinkBook, life: Life) -> None:
        self._websocket = websocket
        self._book = book
        self._life = life
        self._packets: asyncio.Queue[bytes | None] = asyncio.Queue()

    def send(self, packet: bytes) -> None:
        self._packets.put_nowait(packet)

    def end(self) -> None:
        """Close from our side: the page finds its life ended and begins anew."""
        self._packets.put_nowait(None)

    async def carry(self, take: Callable[[bytes], None]) -> None:
        """Hand each packet of the page to `take`, and ours to the page, until one side ends."""
        await self._websocket.accept()
        both = [asyncio.ensure_future(self._give()), asyncio.ensure_future(self._hear(take))]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in both:
                one.cancel()
            await asyncio.gather(*both, return_exceptions=True)

    async def _give(self) -> None:
        while (packet := await self._packets.get()) is not None:
            await self._websocket.send_bytes(packet)
        await self._websocket.close(1000)

    async def _hear(self, take: Callable[[bytes], None]) -> None:
        while True:
            message = await self._websocket.receive()
            packet = message.get("bytes")
            if message["type"] == "websocket.disconnect" or not self._book.alive(self._life):
                return
            if not packet:
                continue
            if packet[0] == MESSAGE and b"keyboard_event" in packet[:64]:
                self._life.keys_heard += 1
            try:
                take(packet)
            except ValueError as error:
                log.warning("packet_refused seat=%s reason=%s", self._life.window.seat_id, error)
                return
