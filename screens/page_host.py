"""The one page of a station that lives in a browser: no server, no reconnects; packets come from the page beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import flet as ft

from screens.page_link import PageLink
from screens.window import Main, Window

SEAT = "page"


class PageHost:
    """Draws the page with whatever the station shows now.

    Args:
        send: takes each packet for Flet's client, in order; must not wait.
        ready: called when the page is drawn, and its keys count.
        load_anew: loads the page again, with a station that begins anew.
    """

    def __init__(
        self, *, send: Callable[[bytes], None], ready: Callable[[], None], load_anew: Callable[[], None]
    ) -> None:
        self.window = Window(SEAT)
        self._ready = ready
        self._load_anew = load_anew
        self._main: asyncio.Future[Main] = asyncio.get_running_loop().create_future()
        self._drawn = False
        self._link = PageLink(self._draw, send=send, seat_id=SEAT)

    def take(self, packet: bytes) -> None:
        """Do what a packet of Flet's client says.

        Raises:
            ValueError: as `PageLink.take`.
        """
        self._link.take(packet)

    async def show(self, draw: Main, until: asyncio.Event | None = None) -> None:
        """Draw the page by `draw`: for ever, or until `until` is set.

        A page that was drawn otherwise before is loaded anew, for Flet knows no way to begin a page again; what the
        station knows stands in its book.
        """
        if self._drawn:
            self._load_anew()
            await asyncio.Event().wait()
        self._main.set_result(draw)
        await (until or asyncio.Event()).wait()

    async def _draw(self, page: ft.Page) -> None:
        main = await self._main
        self._drawn = True
        await main(page, self.window)
        self._ready()
