"""A station that lives in a browser's page: its book on the device's own files, its key in the browser's keeping, the
order store by fetch. What it asks of the browser is `handset_host`, which `handset/page/worker.mjs` makes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

import handset_host
from pyodide.ffi import create_proxy, to_js

from app.ports import Clock, CodeReader, Link, PinCheck, PrintJobs
from app.settings import StationKind, StationSettings
from devices.argon2_wasm import web_argon2id
from devices.pin_check import Argon2PinCheck
from devices.zxing_wasm import ZxingWasm, engines
from screens.opening import OpenSeats
from screens.page_host import PageHost
from screens.station import Keeping, Station
from screens.window import Window
from sync.book import Book, open_book, set_aside
from sync.fetch_transport import FetchTransport
from sync.signer import Signer
from sync.transport import StoreTransport
from sync.web_lock import WebLock
from sync.web_signature_check import web_signature_check
from sync.web_signer import WebSigner
from wiring import Printers

LOOK_EVERY_S = 1.0
STORAGE_EVERY_S = 60.0

log = logging.getLogger("floorhand.station")


def settings_of_the_page() -> StationSettings:
    """What the page was told by its address, and has kept."""
    told = handset_host.settings
    return StationSettings(
        kind=StationKind.HANDSET,
        name=getattr(told, "name", ""),
        data_dir=handset_host.book_folder,
        store_url=told.store_url,
        enrolment_code=told.enrolment_code,
        language=getattr(told, "language", "en"),
    )


def page_host() -> PageHost:
    """The page beside this worker; its packets are taken from now on."""
    host = PageHost(
        send=lambda packet: handset_host.send(to_js(packet)),
        ready=lambda: handset_host.say("ready"),
        load_anew=lambda: handset_host.say("reload"),
    )
    handset_host.on_packet = create_proxy(lambda packet: host.take(packet.to_bytes()))
    handset_host.on_keys_dropped = create_proxy(host.window.keys_dropped)
    handset_host.on_text = create_proxy(lambda text: host.window.text_typed(text))
    handset_host.say("begun")
    return host


class Browser:
    """Implements `wiring.Platform`."""

    def __init__(self, settings: StationSettings, clock: Clock) -> None:
        self.clock = clock
        # In memory: the book's own folder takes no folders.
        self.desk = Path("/tmp")
        self.book = Path(settings.data_dir) / "book.db"
        self.reader: CodeReader | None = ZxingWasm(handset_host.read_codes, now_ms=clock.monotonic_ms)
        self.engines: Mapping[str, str] = engines(handset_host.codes_version)
        self._keeping: Keeping | None = None
        self.is_signed = web_signature_check(handset_host.is_signed)
        # The page starts its worker when it holds the Web Lock, and holds it until it ends.
        self._lock = WebLock(lambda: bool(handset_host.holds_the_device))

    def open_book(self) -> Book:
        return open_book(self.book, lock=self._lock, flushes=handset_host.flushes)

    def set_aside(self) -> None:
        set_aside(self.book, self.clock.now_utc(), lock=self._lock)

    async def signer(self) -> Signer:
        return await WebSigner.opened(handset_host.device_key)

    def asks_for_code(self, *, salvaged: bool) -> bool:
        return True

    def transport(self, store_url: str) -> StoreTransport:
        return StoreTransport(store_url, transport=FetchTransport())

    def pins(self, secret: bytes) -> PinCheck:
        return Argon2PinCheck(secret, web_argon2id(handset_host.argon2id_hash))

    def printers(self, jobs: PrintJobs, captions: Mapping[str, str]) -> Printers:
        """None: what a handset has printed comes out at a packing station."""
        return Printers()

    def beside(
        self, station: Station, seats: OpenSeats, wake: Callable[[], None]
    ) -> Mapping[str, Coroutine[Any, Any, None]]:
        handset_host.on_wake = create_proxy(wake)

        def look_if_too_old() -> None:
            if station.store.state().link is Link.TOO_OLD:
                handset_host.say("look_for_release")

        station.store.on_state(look_if_too_old)
        return {"storage": self._look_at_storage()}

    def keeping(self) -> Keeping | None:
        return self._keeping

    async def _look_at_storage(self) -> None:
        while True:
            said = await handset_host.storage()
            self._keeping = Keeping(for_good=bool(said.for_good), left_bytes=int(said.left_bytes))
            await asyncio.sleep(STORAGE_EVERY_S)


async def take_releases(window: Window) -> None:
    """Take the next release of the program once it is here and nobody is in the middle of anything."""
    come = asyncio.Event()
    handset_host.on_release = create_proxy(come.set)
    if not handset_host.release_waits:
        await come.wait()
    while not window.at_rest():  # noqa: ASYNC110 - that nothing was touched for a while is no event
        await asyncio.sleep(LOOK_EVERY_S)
    log.info("release_taken")
    handset_host.say("take_release")
