"""`python -m demo`: a whole shift on one machine, and the end of it with Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from demo.folder import clear, held, is_ours
from demo.processes import ShiftTrouble
from demo.shift import Ports, RunningShift

PORT_HELP = {
    "store": "the order store",
    "handset": "the handset's screens",
    "packing": "the packing station's screens",
    "bench": "the screens for returns and the supervisor",
    "page": "the printer page and control page",
    "printer": "the label printer's socket",
}


def port_number(text: str, variable: str) -> int:
    """A port that somebody typed, or set in the environment variable that the message names."""
    if not (len(text) <= 5 and text.isascii() and text.isdecimal() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"wanted a port from 1 to 65535, got {text!r} ({variable} sets it too)")
    return int(text)


def options(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command line; each option has an environment variable, which the option overrules."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    for name, what in PORT_HELP.items():
        variable = f"FLOORHAND_{name.upper()}_PORT"
        parser.add_argument(
            f"--{name}-port",
            type=partial(port_number, variable=variable),
            default=os.environ.get(variable) or getattr(Ports(), name),
            help=f"{what}; {variable} (%(default)s)",
        )
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ.get("FLOORHAND_DATA") or "var/shift"),
        help="folder that the shift is kept in; FLOORHAND_DATA (%(default)s)",
    )
    parser.add_argument("--fresh", action="store_true", help="throw that folder away and begin a new shift")
    parser.add_argument(
        "--lan",
        action="store_true",
        default=bool(os.environ.get("FLOORHAND_LAN")),
        help="serve the stations to the local network, over https; FLOORHAND_LAN",
    )
    return parser.parse_args(argv)


async def run(data: Path, ports: Ports, *, lan: bool) -> None:
    """Start the shift, say where it is, wait for Ctrl-C or SIGTERM, end it."""
    stop = asyncio.Event()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(wanted, stop.set)
    shift = RunningShift(data, ports, lan=lan)
    starting = asyncio.ensure_future(shift.start())
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            width = max(len(name) for name in shift.addresses)
            print("\nThe shift is on:", *(f"  {n:<{width}}  {url}" for n, url in shift.addresses.items()), sep="\n")
            print("\nBadges and PINs stand on the printable sheet. Ctrl-C ends the shift; it is kept.", flush=True)
            await stopping
        print("\nEnding the shift …", flush=True)
    finally:
        starting.cancel()
        stopping.cancel()
        await asyncio.gather(starting, stopping, return_exceptions=True)
        await shift.stop()


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the options, work the shift; the process's exit code."""
    chosen = options(arguments)
    data: Path = chosen.data.absolute()
    ports = Ports(**{name: getattr(chosen, f"{name}_port") for name in PORT_HELP})
    if chosen.fresh and not is_ours(data):
        print(f"{chosen.data} holds no shift of ours: nothing was thrown away.", file=sys.stderr)
        return 1
    try:
        with held(data):
            # Before anything is thrown away: what listens there may be this very shift, with facts that are owed.
            ports.claim()
            if chosen.fresh:
                clear(data)
            logging.basicConfig(filename=data / "launcher.log", level=logging.INFO, format="%(asctime)s %(message)s")
            asyncio.run(run(data, ports, lan=chosen.lan))
    except ShiftTrouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    print("The shift has ended; make run goes on with it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
