"""A station: reads its settings, opens its door to browsers, and brings in its rooms while they load their client.

    python main.py --kind handset --name K1 --data-dir var/k1 --store-url http://127.0.0.1:8560 --enrolment-code …

Each option may also stand in a TOML file (`--settings station.toml`) or in the environment (`FLOORHAND_DATA_DIR=…`).
What is imported here is what serving files needs; everything else of a station is joined in `wiring.py`.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import FloorError
from app.settings import StationSettings, station_settings
from devices.clock import SystemClock
from screens.window import Main

if TYPE_CHECKING:
    from screens.web_host import WebHost

ASSETS = Path(__file__).parent / "assets"
HEADLESS = "no screens: pick by codes that come in as lines, e.g. < /dev/ttyACM0; print labels and carry owed work"


def read_settings(argv: list[str], environment: Mapping[str, str]) -> tuple[StationSettings, bool]:
    """The station's settings, and whether it runs without screens.

    The environment overrules the file, options overrule both.

    Raises:
        SettingRefused: one of them cannot be used.
    """
    parser = argparse.ArgumentParser(prog="main.py", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--settings", type=Path, help="a TOML file with any of the settings below")
    parser.add_argument("--headless", action="store_true", help=HEADLESS)
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

    Raises:
        OSError: the port is in use.
        FloorError: the station cannot start; says why.
    """
    stop = asyncio.Event()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(wanted, stop.set)
    clock = SystemClock()
    web = None if headless else _door(settings, clock)
    serving = asyncio.create_task(web.serve() if web else stop.wait(), name="web host")
    serving.add_done_callback(lambda _: stop.set())

    async def show(draw: Main, until: asyncio.Event | None = None) -> None:
        """Draw pages until the station stops, and then nobody is at a screen any more; or until something else."""
        if web is not None:
            web.draw_with(draw)
        ends = [asyncio.create_task(event.wait()) for event in (stop, until) if event is not None]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
        if stop.is_set():
            await close()

    async def close() -> None:
        if web is not None:
            web.stop()
        await serving

    try:
        # A thread of its own: the door answers meanwhile, and a browser reads and compiles the client.
        await asyncio.to_thread(_bring_in_the_rooms)
        if not stop.is_set():
            from native import Native
            from wiring import work

            await work(settings, Native(settings, clock, scanner=0 if headless else None), show, stop)
    finally:
        stop.set()
        await close()


def _bring_in_the_rooms() -> None:
    import native  # noqa: F401


def _door(settings: StationSettings, clock: SystemClock) -> WebHost:
    """The station's web server; for this machine only, unless the settings say otherwise."""
    # Here and not above: a browser's Python has none of what serves.
    from screens.web_host import WebHost

    host = settings.host
    hosts: tuple[str, ...] = ()
    certificate = key = None
    if settings.lan:
        # Here and not above: a station that serves nobody else needs no certificate.
        from devices.local_certificate import local_certificate, own_addresses

        host, hosts = "0.0.0.0", own_addresses()
        data_dir = Path(settings.data_dir).absolute()
        data_dir.mkdir(parents=True, exist_ok=True)
        certificate, key = local_certificate(data_dir, hosts, clock.now_utc())
    return WebHost(
        assets_dir=ASSETS,
        host=host,
        port=settings.port,
        hosts=hosts,
        certificate=certificate,
        key=key,
        monotonic_ms=clock.monotonic_ms,
    )


async def in_a_page() -> None:
    """Run the station that lives in a browser; `handset/page/worker.mjs` calls this, and it ends with the page.

    Raises:
        FloorError: the station cannot start; says why.
    """
    from browser import Browser, page_host, settings_of_the_page, take_releases
    from wiring import work

    _log_to_stderr()
    host, settings = page_host(), settings_of_the_page()
    releases = asyncio.create_task(take_releases(host.window))
    await work(settings, Browser(settings, SystemClock()), host.show, asyncio.Event())
    releases.cancel()


def _log_to_stderr() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True)
    for ours in ("floorhand", "devices"):
        logging.getLogger(ours).setLevel(logging.INFO)


def main() -> int:
    _log_to_stderr()
    try:
        settings, headless = read_settings(sys.argv[1:], os.environ)
        asyncio.run(run(settings, headless=headless))
    except (FloorError, ValueError, OSError) as trouble:
        print(f"The station cannot start: {trouble}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
