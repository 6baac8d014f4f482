"""`python -m store`: run the order store. `python -m store key`: make an API key. `python -m store verify`: check that
nobody changed the facts that it holds. `python -m store backup` and `restore`: a copy of it, and back from one.
"""

from __future__ import annotations

import argparse
import gc
import logging
import os
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

import uvicorn
from sqlalchemy.exc import DBAPIError

from app.settings import SettingRefused
from store.backroom import Backroom, now_utc
from store.backup import BackupTrouble, back_up
from store.engine import open_reader
from store.going_on import CARTON_NUMBERS_SKIPPED
from store.keys import EVERY_WAREHOUSE, KeyRole, make_key
from store.rate_limit import USUAL
from store.restore import restore
from store.service import build
from store.settings import StoreSettings, database_address
from store.verify import Pin, verify, warehouse_ids

# The rows that the intake remembers are many and hold no circles. Python's oldest generation is gone through a hundred
# times as seldom as usual: each time takes a tenth of a second, and every station waits for it.
_GC_THRESHOLDS = (10_000, 20, 100)


class _Server(uvicorn.Server):
    """Lets waiting polls go at once when it is told to stop; uvicorn would wait for each of them."""

    def __init__(self, config: uvicorn.Config, room: Backroom) -> None:
        super().__init__(config)
        self._room = room

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._room.notice.close()
        super().handle_exit(sig, frame)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the options, do the one thing that they ask for; the process's exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command == "verify" and options.pin and not options.warehouse:
        parser.error("--pin is the head of one warehouse: name it by --warehouse")
    try:
        url = database_address(os.environ.get("FLOORHAND_STORE_URL", ""))
    except SettingRefused as refused:
        print(f"the order store cannot start: {refused}", file=sys.stderr)
        return 1
    settings = StoreSettings(
        data=options.data,
        url=url,
        host=getattr(options, "host", ""),
        port=getattr(options, "port", 0),
        admin_key=os.environ.get("FLOORHAND_ADMIN_KEY", ""),
        rate_limits=USUAL if options.limits else None,
        site=Path(site) if (site := os.environ.get("FLOORHAND_STORE_SITE", "")) else None,
    )
    if options.command == "key":
        return _key(settings, KeyRole(options.role), options.warehouse, options.channel)
    if options.command == "verify":
        return _verify(settings, options.warehouse, options.pin)
    if options.command in ("backup", "restore"):
        try:
            return _backup(settings, options.to) if options.command == "backup" else _restore(settings, options)
        except BackupTrouble as trouble:
            print(f"the {options.command} failed: {trouble}", file=sys.stderr)
            return 2
    return _serve(settings)


def _serve(settings: StoreSettings) -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    listening = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        # From now on callers wait instead of being refused, while the database is brought up to date.
        listening.listen()
    except OSError as reason:
        print(f"the order store cannot listen on {settings.host}:{settings.port}: {reason.strerror}", file=sys.stderr)
        return 2
    service = build(settings)
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)
    config = uvicorn.Config(service, log_config=None, access_log=False, timeout_graceful_shutdown=5)
    print(f"order store http://{settings.host}:{listening.getsockname()[1]}", flush=True)
    with suppress(KeyboardInterrupt):
        _Server(config, service.state.backroom).run(sockets=[listening])
    return 0


def _key(settings: StoreSettings, role: KeyRole, warehouse_id: str, channel: str | None) -> int:
    room = Backroom.open(settings)
    try:
        key = room.writer.submit(lambda connection: make_key(connection, role, warehouse_id, channel)).result()
    finally:
        room.close()
    print(key)
    return 0


def _verify(settings: StoreSettings, warehouse_id: str | None, pin: Pin | None) -> int:
    """Walk the chains of every warehouse, or of one; the store may run meanwhile, and nothing is written."""
    reader = open_reader(settings.database_url)
    try:
        known = warehouse_ids(reader)
        if warehouse_id is not None and warehouse_id not in known:
            print(f"there is no warehouse {warehouse_id}", file=sys.stderr)
            return 2
        whole = True
        for each in known if warehouse_id is None else [warehouse_id]:
            verified = verify(reader, each, pin)
            print(verified, flush=True)
            whole = whole and not verified.broken
    except DBAPIError as reason:
        print(f"the facts cannot be read: {reason.orig}; has the store run here?", file=sys.stderr)
        return 2
    finally:
        reader.dispose()
    return 0 if whole else 1


def _backup(settings: StoreSettings, to: Path) -> int:
    size = back_up(settings.database_url, to)
    print(f"{to} {size} bytes")
    return 0


def _restore(settings: StoreSettings, options: argparse.Namespace) -> int:
    """Say what has become of the old store, and what nobody can know any more."""
    restored = restore(
        settings.database_url,
        options.backup,
        replace=options.replace,
        skip_numbers=options.carton_numbers,
        now_utc=now_utc(),
    )
    if restored.aside:
        print(f"the store that was here is set aside: {restored.aside}")
    for house in restored.warehouses:
        print(f"{house.warehouse_id} goes on; carton numbers from {house.next_serial}")
    print(
        "What was revoked since the backup is trusted again: revoke it anew. Keys, people and stations that came since "
        "then are not known. Stations send again what they did since then."
    )
    return 0


def _pin(text: str) -> Pin:
    """A head as `verify` printed it."""
    place, _, said = text.partition(":")
    if not (place.isascii() and place.isdecimal() and len(place) <= 18 and said):
        raise argparse.ArgumentTypeError(f"wanted a head as it was printed, like 812:9f…, got {text!r}")
    return Pin(place=int(place), hash=said)


def _port_number(text: str) -> int:
    """A port that somebody typed or set in the environment; 0 takes one that is free."""
    if not (len(text) <= 5 and text.isascii() and text.isdecimal() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"wanted 0 to 65535, got {text!r} (FLOORHAND_STORE_PORT sets it too)")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m store", description=__doc__)
    parser.add_argument("--data", type=Path, default=StoreSettings().data, help="folder of the database and the secret")
    parser.add_argument("--host", default=os.environ.get("FLOORHAND_STORE_HOST") or StoreSettings().host)
    parser.add_argument(
        "--port", type=_port_number, default=os.environ.get("FLOORHAND_STORE_PORT") or StoreSettings().port
    )
    parser.add_argument(
        "--no-limits", dest="limits", action="store_false", help="let everybody ask as often as they like: to measure"
    )
    commands = parser.add_subparsers(dest="command")
    key = commands.add_parser("key", help="make an API key and print it, this once")
    key.add_argument("--role", choices=[str(role) for role in KeyRole], required=True)
    key.add_argument("--warehouse", default=EVERY_WAREHOUSE, help="the warehouse it is good for; every one by default")
    key.add_argument("--channel", help="the sales channel that a shop's key speaks for")
    check = commands.add_parser("verify", help="walk all chains of facts; exits 1 and names the first that is broken")
    check.add_argument("--warehouse", help="the one to walk; every one by default")
    check.add_argument("--pin", type=_pin, help="a head of that warehouse that was printed before: facts:hash")
    copy = commands.add_parser("backup", help="write everything to a file, while the store works")
    copy.add_argument("--to", type=Path, required=True, help="the file; it is replaced when the new one is whole")
    back = commands.add_parser("restore", help="put the store back to a backup; it must not be running")
    back.add_argument("--from", type=Path, required=True, dest="backup", help="what `backup` wrote")
    back.add_argument("--replace", action="store_true", help="also when there is a store: it is set aside, not deleted")
    back.add_argument(
        "--carton-numbers",
        type=int,
        default=CARTON_NUMBERS_SKIPPED,
        help="how many may have been leased since the backup; they are left out (default: %(default)s)",
    )
    # After the command as well as before it.
    for command in (key, check, copy, back):
        command.add_argument("--data", type=Path, default=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
