"""A station: reads its settings, chooses the adapters, runs the screens. The only file that knows all its rooms.

    python main.py --kind handset --name K1 --data-dir var/k1 --store-url http://127.0.0.1:8560 --enrolment-code …

Each option may also stand in a TOML file (`--settings station.toml`) or in the environment (`FLOORHAND_DATA_DIR=…`).
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import random
import signal
import sys
import tomllib
from collections.abc import Coroutine, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import flet as ft

import app.domain.catalogue  # noqa: F401  (rows and facts by their kinds)
from app.errors import FloorError, LedgerTrouble, StoreRefused, StoreTrouble
from app.settings import SettingRefused, StationSettings, station_settings
from devices.barcodes import Decoder
from devices.clock import SystemClock
from devices.engines import engines
from devices.label_layout import LabelLayout
from devices.pin_check import Argon2PinCheck
from devices.print_queue import PrintQueue
from devices.printer_address import printer_at
from devices.wedge import Wedge
from screens.door import Door
from screens.entries import ENTRIES
from screens.opening import OpenSeats, open_trouble, open_window
from screens.station import Station
from screens.trouble import TroubleScreen
from screens.web_host import Main, WebHost
from screens.window import Window
from screens.wording import load
from sync.book import open_book
from sync.courier import Courier, enrol
from sync.ledger import SqliteLedger
from sync.signer_file import FileSigner
from sync.transport import StoreTransport

HOUSE = Path(__file__).parent
ASSETS = HOUSE / "assets"
APP_VERSION = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]["version"]
LABEL_PRINTER = "label"
ENROL_AGAIN_S = 2.0

log = logging.getLogger("floorhand.station")


def read_settings(argv: list[str], environment: Mapping[str, str]) -> tuple[StationSettings, bool]:
    """The station's settings, and whether it runs without screens.

    The environment overrules the file, options overrule both.

    Raises:
        SettingRefused: one of them cannot be used.
    """
    parser = argparse.ArgumentParser(prog="main.py", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--settings", type=Path, help="a TOML file with any of the settings below")
    parser.add_argument("--headless", action="store_true", help="no screens: carry owed work and print labels only")
    names = [field.name for field in fields(StationSettings)]
    for name in names:
        parser.add_argument(f"--{name.replace('_', '-')}", dest=name, help=f"FLOORHAND_{name.upper()}")
    chosen = vars(parser.parse_args(argv))
    values: dict[str, str | int | bool] = {}
    if chosen["settings"]:
        values.update(tomllib.loads(chosen["settings"].read_text()))
    values.update({name: value for name in names if (value := environment.get(f"FLOORHAND_{name.upper()}"))})
    values.update({name: chosen[name] for name in names if chosen[name] is not None})
    return station_settings(values), bool(chosen["headless"])


async def run(settings: StationSettings, *, headless: bool = False) -> None:
    """Run the station until SIGTERM or Ctrl-C.

    A book that cannot be opened is said on the screen; the station then takes no scans.
    """
    stop = asyncio.Event()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(wanted, stop.set)
    clock = SystemClock()
    data_dir = Path(settings.data_dir).absolute()
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        ledger = SqliteLedger(open_book(data_dir / "book.db"), clock)
        signer = FileSigner(data_dir / "device.key")
    except (LedgerTrouble, OSError) as trouble:
        log.error("book_unusable station=%s reason=%s", settings.name, trouble)
        shown = trouble if isinstance(trouble, LedgerTrouble) else LedgerTrouble(str(trouble))
        await _serve(settings, data_dir, clock, _show_trouble(settings, clock, shown), stop)
        return
    transport = StoreTransport(settings.store_url)
    try:
        if ledger.enrolled is None:
            await _enrol(ledger, transport, signer, settings, stop)
        if ledger.enrolled is not None:
            await _work(settings, data_dir, clock, ledger, transport, signer, stop, headless=headless)
    finally:
        await transport.close()
        ledger.book.close()


async def _enrol(
    ledger: SqliteLedger, transport: StoreTransport, signer: FileSigner, settings: StationSettings, stop: asyncio.Event
) -> None:
    """Make the station known to the store; waits for a store that is away.

    Raises:
        StoreRefused: the code is wrong, used or too old.
    """
    if not settings.enrolment_code:
        raise SettingRefused("enrolment_code", "is needed at the first start; an administrator gets one from the store")
    while not stop.is_set():
        try:
            await enrol(ledger, transport, signer, code=settings.enrolment_code, name=settings.name)
            return
        except StoreTrouble as trouble:
            if isinstance(trouble, StoreRefused):
                raise
            log.warning("store_away_at_enrolment station=%s reason=%s", settings.name, trouble)
            await _wait(stop, ENROL_AGAIN_S)


async def _work(
    settings: StationSettings,
    data_dir: Path,
    clock: SystemClock,
    ledger: SqliteLedger,
    transport: StoreTransport,
    signer: FileSigner,
    stop: asyncio.Event,
    *,
    headless: bool,
) -> None:
    enrolled = ledger.enrolled
    assert enrolled is not None
    courier = Courier(ledger, transport, signer, clock, random=random.random, app_version=APP_VERSION)
    printer, drawer = (
        printer_at(LABEL_PRINTER, settings.printer, dpi=settings.printer_dpi)
        if settings.printer
        else (None, LabelLayout(dpi=settings.printer_dpi))
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
        pins=Argon2PinCheck(),
        jobs=ledger,
        drawer=drawer,
        printing=queue,
        printer_id=LABEL_PRINTER if queue else "",
        reader=reader,
        engines=engines(),
        words=load(ASSETS / "words"),
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
    tasks = [_start(courier.run(), "courier", stop)]
    if queue is not None:
        tasks.append(_start(queue.run(), "print queue", stop))
    if settings.camera:
        # Here and not above: OpenCV is a tenth of a start, and most stations have no camera of their own.
        from devices.station_camera import StationCamera, camera_source

        watch = StationCamera(camera_source(settings.camera), reader, on_scan=seats.take)
        tasks.append(_start(watch.run(), "camera", stop))
    try:
        await (stop.wait() if headless else _serve(settings, data_dir, clock, draw, stop))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if printer is not None:
            printer.close()
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


def _show_trouble(settings: StationSettings, clock: SystemClock, trouble: FloorError) -> Main:
    words = load(ASSETS / "words")[settings.language]

    async def draw(page: ft.Page, window: Window) -> None:
        open_trouble(page, window, words=words, wedge=Wedge(), clock=clock, screen=TroubleScreen(trouble))

    return draw


async def _serve(
    settings: StationSettings, data_dir: Path, clock: SystemClock, draw: Main, stop: asyncio.Event
) -> None:
    """Serve the screens until `stop`; to this machine only, unless the settings say otherwise."""
    host = settings.host
    hosts: tuple[str, ...] = ()
    certificate = key = None
    if settings.lan:
        # Here and not above: a station that serves nobody else needs no certificate.
        from devices.local_certificate import local_certificate, own_addresses

        host, hosts = "0.0.0.0", own_addresses()
        certificate, key = local_certificate(data_dir, hosts, clock.now_utc())
    web = WebHost(
        draw,
        assets_dir=ASSETS,
        host=host,
        port=settings.port,
        hosts=hosts,
        certificate=certificate,
        key=key,
        monotonic_ms=clock.monotonic_ms,
    )
    serving = asyncio.create_task(web.serve(), name="web host")
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    web.stop()
    stopping.cancel()
    await serving


async def _wait(stop: asyncio.Event, at_most_s: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), at_most_s)
    except TimeoutError:
        return


def main() -> int:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True)
    for ours in ("floorhand", "devices"):
        logging.getLogger(ours).setLevel(logging.INFO)
    try:
        settings, headless = read_settings(sys.argv[1:], os.environ)
        asyncio.run(run(settings, headless=headless))
    except (FloorError, ValueError, OSError) as trouble:
        print(f"The station cannot start: {trouble}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
