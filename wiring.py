"""Joins the rooms of a station: chooses its adapters, and gives the screens what they may ask."""

from __future__ import annotations

import asyncio
import logging
import random
import tomllib
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import flet as ft

import app.domain.catalogue  # noqa: F401  (rows and facts by their kinds)
from app.errors import FloorError, LedgerDamaged, LedgerTrouble, StoreRefused, StoreTrouble, StoreUnreachable
from app.ports import Clock, CodeReader, LabelDrawer, PinCheck, PrintJobs
from app.settings import SettingRefused, StationSettings
from app.workflows.answers import Sentence
from devices.wedge import Wedge
from screens.door import Door
from screens.enrolment import EnrolmentScreen
from screens.entries import ENTRIES
from screens.opening import OpenSeats, open_trouble, open_window
from screens.screen import Screen
from screens.station import Keeping, Printing, Station
from screens.trouble import TroubleScreen
from screens.window import Main, Window
from screens.wording import load
from sync.book import Book
from sync.courier import Courier
from sync.enrolment import enrol, enrol_with
from sync.grants import SignatureCheck, StoreGrants
from sync.ledger import SqliteLedger
from sync.pin_seal import PIN_SECRET
from sync.salvage import Salvaged, has_been_salvaged, salvage, waits_for_salvage
from sync.signer import Signer, device_secret
from sync.transport import StoreTransport

HOUSE = Path(__file__).parent
WORDS = HOUSE / "assets" / "words"
APP_VERSION = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]["version"]
ENROL_AGAIN_S = 2.0

log = logging.getLogger("floorhand.station")


class Show(Protocol):
    """Draws pages until the station stops or `until` is set; a scan still counts until it returns."""

    async def __call__(self, draw: Main, until: asyncio.Event | None = None) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Printers:
    """What prints at a station, and who draws for it.

    Args:
        printer_id: where labels go; empty for nowhere.
        run: works the queue until it is cancelled.
        close: lets the printers go.
    """

    drawer: LabelDrawer | None = None
    printing: Printing | None = None
    printer_id: str = ""
    run: Callable[[], Coroutine[Any, Any, None]] | None = None
    close: Callable[[], None] = lambda: None


class Platform(Protocol):
    """What a station stands on; `native.py` and `browser.py` are the two there are.

    Attributes:
        book: where its book is.
        engines: what decodes pictures here: version, or empty where it is missing, by name.
        is_signed: judges the store's signatures.
    """

    @property
    def clock(self) -> Clock: ...

    @property
    def book(self) -> Path: ...

    @property
    def desk(self) -> Path | None:
        """Where there is room for a copy of a book while it is read; beside it when None."""

    @property
    def reader(self) -> CodeReader | None: ...

    @property
    def engines(self) -> Mapping[str, str]: ...

    @property
    def is_signed(self) -> SignatureCheck: ...

    def open_book(self) -> Book:
        """Raises:
        LedgerTrouble: as `sync.book.open_book`.
        """

    def set_aside(self) -> None:
        """Make room for a new book in a damaged one's place.

        Raises:
            LedgerTrouble: as `sync.book.set_aside`.
        """

    async def signer(self) -> Signer:
        """Raises:
        LedgerTrouble: the device's key cannot be read or made.
        """

    def asks_for_code(self, *, salvaged: bool) -> bool:
        """Whether somebody at the screen is asked for the code that enrols this station; that of the settings is taken
        when nobody is there.

        Args:
            salvaged: it is to stand in the place of one whose book was damaged.
        """

    def transport(self, store_url: str) -> StoreTransport: ...

    def pins(self, secret: bytes) -> PinCheck: ...

    def printers(self, jobs: PrintJobs, captions: Mapping[str, str]) -> Printers: ...

    def keeping(self) -> Keeping | None:
        """How well the device keeps the book; None where it is a file like any other."""

    def beside(
        self, station: Station, seats: OpenSeats, wake: Callable[[], None]
    ) -> Mapping[str, Coroutine[Any, Any, None]]:
        """What works beside the screens as long as the station does, by its name.

        Args:
            wake: lets the courier try at once, when the network may be back.
        """


async def work(settings: StationSettings, platform: Platform, show: Show, stop: asyncio.Event) -> None:
    """Work until `stop` is set, or set it when the station cannot go on.

    A book that cannot be opened is said on the screen, and the station takes no scans; a damaged one can be set aside
    there. In the place of one that was, a new book begins with what could be read of it, once somebody has a code.

    Args:
        show: draws pages until `stop`; a scan still counts until it returns.

    Raises:
        StoreRefused: the enrolment code is wrong, used or too old.
        SettingRefused: it is needed, and there is none.
    """
    try:
        ledger = await _open(settings, platform, show)
        if ledger is None:
            return
        signer = await platform.signer()
    except (LedgerTrouble, OSError) as trouble:
        log.error("book_unusable station=%s reason=%s", settings.name, trouble)
        shown = trouble if isinstance(trouble, LedgerTrouble) else LedgerTrouble(str(trouble))
        await show(_drawn(settings, platform.clock, lambda: TroubleScreen(shown)))
        return
    transport = platform.transport(settings.store_url)
    try:
        if ledger.enrolled is None:
            aside = waits_for_salvage(platform.book)
            salvaged = salvage(aside, desk=platform.desk) if aside is not None else None
            if platform.asks_for_code(salvaged=salvaged is not None):
                await _ask_for_code(salvaged, ledger, transport, signer, settings, platform.clock, show)
            else:
                await _enrol(salvaged, ledger, transport, signer, settings, stop)
        if ledger.enrolled is not None:
            if (aside := waits_for_salvage(platform.book)) is not None and aside.name == ledger.salvaged:
                has_been_salvaged(aside)
            await _work(settings, platform, ledger, transport, signer, show, stop)
    finally:
        await transport.close()
        ledger.book.close()


async def _open(settings: StationSettings, platform: Platform, show: Show) -> SqliteLedger | None:
    """The book, once it can be opened; None when the station is stopped while it cannot.

    Raises:
        LedgerTrouble: it cannot be opened, and is not damaged.
    """
    while True:
        try:
            return SqliteLedger(platform.open_book(), platform.clock)
        except LedgerDamaged as damage:
            log.error("book_damaged station=%s reason=%s", settings.name, damage)
            if not await _is_set_aside(settings, platform, damage, show):
                return None


async def _is_set_aside(settings: StationSettings, platform: Platform, damage: LedgerDamaged, show: Show) -> bool:
    """Say that the book is damaged until somebody sets it aside; False when the station is stopped before."""
    aside = asyncio.Event()

    def set_it_aside() -> None:
        if not aside.is_set():
            platform.set_aside()
            aside.set()

    await show(_drawn(settings, platform.clock, lambda: TroubleScreen(damage, set_aside=set_it_aside)), aside)
    return aside.is_set()


async def _ask_for_code(
    salvaged: Salvaged | None,
    ledger: SqliteLedger,
    transport: StoreTransport,
    signer: Signer,
    settings: StationSettings,
    clock: Clock,
    show: Show,
) -> None:
    """Let the store know this station with a code that somebody brings: for the first time, or in the place of the one
    whose book was damaged, for which that of the settings was used."""
    known = asyncio.Event()

    async def enrol_it(code: str) -> None:
        await _enrol_once(salvaged, ledger, transport, signer, code=code, name=settings.name)
        known.set()

    why = Sentence("enrolment.damaged", {"count": len(salvaged.texts)}) if salvaged else Sentence("enrolment.first")
    code = "" if salvaged else settings.enrolment_code
    await show(_drawn(settings, clock, lambda: EnrolmentScreen(enrol_it, why=why, code=code)), known)


async def _enrol(
    salvaged: Salvaged | None,
    ledger: SqliteLedger,
    transport: StoreTransport,
    signer: Signer,
    settings: StationSettings,
    stop: asyncio.Event,
) -> None:
    """Make the station known to the store; waits for a store that is away.

    Raises:
        StoreRefused: the code is wrong, used or too old.
    """
    code, name = settings.enrolment_code, settings.name
    if not code:
        raise SettingRefused("enrolment_code", "is needed at the first start; an administrator gets one from the store")
    while not stop.is_set():
        try:
            await _enrol_once(salvaged, ledger, transport, signer, code=code, name=name)
            return
        except StoreTrouble as trouble:
            if isinstance(trouble, StoreRefused):
                raise
            log.warning("store_away_at_enrolment station=%s reason=%s", settings.name, trouble)
            await _wait(stop, ENROL_AGAIN_S)


async def _enrol_once(
    salvaged: Salvaged | None,
    ledger: SqliteLedger,
    transport: StoreTransport,
    signer: Signer,
    *,
    code: str,
    name: str,
) -> None:
    if salvaged is not None:
        await enrol_with(salvaged, ledger, transport, signer, code=code, name=name)
    else:
        await enrol(ledger, transport, signer, code=code, name=name)


async def _work(
    settings: StationSettings,
    platform: Platform,
    ledger: SqliteLedger,
    transport: StoreTransport,
    signer: Signer,
    show: Show,
    stop: asyncio.Event,
) -> None:
    enrolled = ledger.enrolled
    assert enrolled is not None
    # A device that only scanned a code is called as the code was meant.
    settings = replace(settings, name=settings.name or enrolled.settings.get("name") or enrolled.station_id)
    grants = StoreGrants(ledger, platform.is_signed, store_key=enrolled.store_key)
    courier = Courier(
        ledger,
        transport,
        signer,
        platform.clock,
        random=random.random,
        app_version=APP_VERSION,
        grants=grants,
        listens=True,
    )
    words, seats = load(WORDS), OpenSeats()
    printers = platform.printers(ledger, words[settings.language].under("label"))
    station = Station(
        settings=settings,
        warehouse_name=enrolled.warehouse_name,
        zone=ZoneInfo(enrolled.time_zone),
        ledger=ledger,
        store=courier,
        clock=platform.clock,
        pins=platform.pins(await device_secret(signer, PIN_SECRET)),
        grants=grants,
        jobs=ledger,
        drawer=printers.drawer,
        printing=printers.printing,
        printer_id=printers.printer_id,
        reader=platform.reader,
        keeping=platform.keeping,
        engines=platform.engines,
        words=words,
        enrol_anew=lambda code: courier.enrol_anew(code, settings.name),
    )

    async def draw(page: ft.Page, window: Window) -> None:
        seat = open_window(
            page,
            window,
            station=station,
            wedge=Wedge(),
            first_screen=lambda seat: Door(seat=seat, station=station, entries=ENTRIES).open(),
        )
        seats.add(seat)

    log.info("station_started station=%s id=%s kind=%s", settings.name, ledger.station_id, settings.kind)
    tasks = [_start(courier.run(), "courier", stop), asyncio.create_task(_enrol_anew(courier, ledger, settings, stop))]
    if printers.run is not None:
        tasks.append(_start(printers.run(), "print queue", stop))
    tasks += [_start(beside, name, stop) for name, beside in platform.beside(station, seats, courier.wake).items()]
    try:
        await show(draw)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        printers.close()
        log.info("station_stopped station=%s owed=%d", settings.name, ledger.owed_count())


def _start(work: Coroutine[Any, Any, None], name: str, stop: asyncio.Event) -> asyncio.Task[None]:
    """Start what goes on as long as the station. When it ends by itself the station stops, for the launcher to start
    it again: one that seems to work and carries nothing is worse than one that is gone for a second."""

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            log.critical("station_gives_up ended=%s", name.replace(" ", "_"), exc_info=task.exception())
            stop.set()

    task = asyncio.create_task(work, name=name)
    task.add_done_callback(ended)
    return task


async def _enrol_anew(courier: Courier, ledger: SqliteLedger, settings: StationSettings, stop: asyncio.Event) -> None:
    """Use the settings' code if book and store contradict each other, if it is a new one; or somebody brings one."""
    if not settings.enrolment_code:
        return
    changed = asyncio.Event()
    courier.on_state(changed.set)
    while True:
        while not ledger.fork:
            changed.clear()
            await changed.wait()
        try:
            await courier.enrol_anew(settings.enrolment_code, settings.name)
        except StoreUnreachable:
            await _wait(stop, ENROL_AGAIN_S)
        except FloorError as trouble:
            log.warning("not_enrolled_anew station=%s reason=%s", settings.name, trouble)
            return


def _drawn(settings: StationSettings, clock: Clock, screen: Callable[[], Screen]) -> Main:
    """A station that is not at work yet: one screen, and no seat that comes back to where it was."""
    words = load(WORDS)[settings.language]

    async def draw(page: ft.Page, window: Window) -> None:
        open_trouble(page, window, words=words, wedge=Wedge(), clock=clock, screen=screen())

    return draw


async def _wait(stop: asyncio.Event, at_most_s: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), at_most_s)
    except TimeoutError:
        return
