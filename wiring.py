"""Joins the rooms of a station: chooses its adapters, and gives the screens what they may ask."""

from __future__ import annotations

import asyncio
import logging
import random
import tomllib
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import flet as ft

import app.domain.catalogue  # noqa: F401  (rows and facts by their kinds)
from app.errors import FloorError, LedgerDamaged, LedgerTrouble, StoreRefused, StoreTrouble, StoreUnreachable
from app.settings import SettingRefused, StationSettings
from app.workflows.answers import Sentence
from devices.barcodes import Decoder
from devices.clock import SystemClock
from devices.engines import engines
from devices.label_layout import LabelLayout
from devices.pin_check import Argon2PinCheck
from devices.print_queue import PrintQueue
from devices.printer_address import printer_at
from devices.scan_lines import scans
from devices.wedge import Wedge
from screens.door import Door
from screens.enrolment import EnrolmentScreen
from screens.entries import ENTRIES
from screens.opening import OpenSeats, open_trouble, open_window
from screens.scan_line import ScanLine
from screens.screen import Screen
from screens.station import Station
from screens.trouble import TroubleScreen
from screens.web_host import Main
from screens.window import Window
from screens.wording import load
from sync.book import open_book, set_aside
from sync.courier import Courier
from sync.enrolment import enrol, enrol_with
from sync.grants import StoreGrants
from sync.ledger import SqliteLedger
from sync.pin_seal import PIN_SECRET
from sync.salvage import Salvaged, has_been_salvaged, salvage, waits_for_salvage
from sync.signature_check import is_signed
from sync.signer import device_secret
from sync.signer_file import FileSigner
from sync.transport import StoreTransport

HOUSE = Path(__file__).parent
WORDS = HOUSE / "assets" / "words"
APP_VERSION = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]["version"]
LABEL_PRINTER = "label"
ENROL_AGAIN_S = 2.0

log = logging.getLogger("floorhand.station")


class Show(Protocol):
    """Draws pages until the station stops or `until` is set; a scan still counts until it returns."""

    async def __call__(self, draw: Main, until: asyncio.Event | None = None) -> None: ...


async def work(
    settings: StationSettings, clock: SystemClock, show: Show, stop: asyncio.Event, *, scanner: int | None = None
) -> None:
    """Work until `stop` is set, or set it when the station cannot go on.

    A book that cannot be opened is said on the screen, and the station takes no scans; a damaged one can be set aside
    there. In the place of one that was, a new book begins with what could be read of it, once somebody has a code.

    Args:
        show: draws pages until `stop`; a scan still counts until it returns.
        scanner: a descriptor that codes are read from, a line each, with the answers on standard output; None at a
            station that has screens.

    Raises:
        StoreRefused: the enrolment code is wrong, used or too old.
        SettingRefused: it is needed, and there is none.
    """
    data_dir = Path(settings.data_dir).absolute()
    book = data_dir / "book.db"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        ledger = await _open(settings, clock, book, show)
        signer = FileSigner(data_dir / "device.key")
    except (LedgerTrouble, OSError) as trouble:
        log.error("book_unusable station=%s reason=%s", settings.name, trouble)
        shown = trouble if isinstance(trouble, LedgerTrouble) else LedgerTrouble(str(trouble))
        await show(_drawn(settings, clock, lambda: TroubleScreen(shown)))
        return
    if ledger is None:
        return
    transport = StoreTransport(settings.store_url)
    try:
        if ledger.enrolled is None:
            aside = waits_for_salvage(book)
            salvaged = salvage(aside) if aside is not None else None
            if salvaged is not None and scanner is None:
                await _ask_for_code(salvaged, ledger, transport, signer, settings, clock, show)
            else:
                await _enrol(salvaged, ledger, transport, signer, settings, stop)
        if ledger.enrolled is not None:
            if (aside := waits_for_salvage(book)) is not None and aside.name == ledger.salvaged:
                has_been_salvaged(aside)
            await _work(settings, clock, ledger, transport, signer, show, stop, scanner)
    finally:
        await transport.close()
        ledger.book.close()


async def _open(settings: StationSettings, clock: SystemClock, book: Path, show: Show) -> SqliteLedger | None:
    """The book, once it can be opened; None when the station is stopped while it cannot.

    Raises:
        LedgerTrouble: it cannot be opened, and is not damaged.
    """
    while True:
        try:
            return SqliteLedger(open_book(book), clock)
        except LedgerDamaged as damage:
            log.error("book_damaged station=%s reason=%s", settings.name, damage)
            if not await _is_set_aside(settings, clock, book, damage, show):
                return None


async def _is_set_aside(
    settings: StationSettings, clock: SystemClock, book: Path, damage: LedgerDamaged, show: Show
) -> bool:
    """Say that the book is damaged until somebody sets it aside; False when the station is stopped before."""
    aside = asyncio.Event()

    def set_it_aside() -> None:
        if not aside.is_set():
            set_aside(book, clock.now_utc())
            aside.set()

    await show(_drawn(settings, clock, lambda: TroubleScreen(damage, set_aside=set_it_aside)), aside)
    return aside.is_set()


async def _ask_for_code(
    salvaged: Salvaged,
    ledger: SqliteLedger,
    transport: StoreTransport,
    signer: FileSigner,
    settings: StationSettings,
    clock: SystemClock,
    show: Show,
) -> None:
    """Let the store know this station in the place of the one whose book was damaged, with a code that somebody brings:
    that of the settings was used for it."""
    known = asyncio.Event()

    async def enrol_it(code: str) -> None:
        await enrol_with(salvaged, ledger, transport, signer, code=code, name=settings.name)
        known.set()

    why = Sentence("enrolment.damaged", {"count": len(salvaged.texts)})
    await show(_drawn(settings, clock, lambda: EnrolmentScreen(enrol_it, why=why)), known)


async def _enrol(
    salvaged: Salvaged | None,
    ledger: SqliteLedger,
    transport: StoreTransport,
    signer: FileSigner,
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
            if salvaged is not None:
                await enrol_with(salvaged, ledger, transport, signer, code=code, name=name)
            else:
                await enrol(ledger, transport, signer, code=code, name=name)
            return
        except StoreTrouble as trouble:
            if isinstance(trouble, StoreRefused):
                raise
            log.warning("store_away_at_enrolment station=%s reason=%s", settings.name, trouble)
            await _wait(stop, ENROL_AGAIN_S)


async def _work(
    settings: StationSettings,
    clock: SystemClock,
    ledger: SqliteLedger,
    transport: StoreTransport,
    signer: FileSigner,
    show: Show,
    stop: asyncio.Event,
    scanner: int | None,
) -> None:
    enrolled = ledger.enrolled
    assert enrolled is not None
    grants = StoreGrants(ledger, is_signed, store_key=enrolled.store_key)
    courier = Courier(
        ledger,
        transport,
        signer,
        clock,
        random=random.random,
        app_version=APP_VERSION,
        grants=grants,
        listens=True,
    )
    words = load(WORDS)
    captions = words[settings.language].under("label")
    printer, drawer = (
        printer_at(LABEL_PRINTER, settings.printer, dpi=settings.printer_dpi, captions=captions)
        if settings.printer
        else (None, LabelLayout(dpi=settings.printer_dpi, captions=captions))
    )
    queue = PrintQueue(ledger, {LABEL_PRINTER: printer}, {LABEL_PRINTER: drawer}) if printer else None
    reader, seats = Decoder(), OpenSeats()
    station = Station(
        settings=settings,
        warehouse_name=enrolled.warehouse_name,
        zone=ZoneInfo(enrolled.time_zone),
        ledger=ledger,
        store=courier,
        clock=clock,
        pins=Argon2PinCheck(await device_secret(signer, PIN_SECRET)),
        grants=grants,
        jobs=ledger,
        drawer=drawer,
        printing=queue,
        printer_id=LABEL_PRINTER if queue else "",
        reader=reader,
        engines=engines(),
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
    if queue is not None:
        tasks.append(_start(queue.run(), "print queue", stop))
    if settings.camera:
        # Here and not above: OpenCV is a tenth of a start, and most stations have no camera of their own.
        from devices.station_camera import StationCamera, camera_source

        watch = StationCamera(camera_source(settings.camera), reader, on_scan=seats.take)
        tasks.append(_start(watch.run(), "camera", stop))
    if scanner is not None:
        tasks.append(_start(_take_lines(station, scanner, stop), "scan line", stop))
    try:
        await show(draw)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if printer is not None:
            printer.close()
        log.info("station_stopped station=%s owed=%d", settings.name, ledger.owed_count())


async def _take_lines(station: Station, scanner: int, stop: asyncio.Event) -> None:
    """Pick by lines. A scanner that is gone, or was never there, is no reason to stop: what is owed is carried on."""
    line = ScanLine(station, lambda said: print(said, flush=True))
    await line.run(scans(scanner, station.clock.monotonic_ms))
    await stop.wait()


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


def _drawn(settings: StationSettings, clock: SystemClock, screen: Callable[[], Screen]) -> Main:
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
