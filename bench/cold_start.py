"""How long after `main.py` somebody can sign in, and how much memory one station takes.

A demo warehouse is loaded into a store of its own and three stations are enrolled, once; that start also compiles the
program, as any first start on a machine does. Then the handset and the packing station (which has a printer) are each
started anew, in turns, with Chromium already running and the store there. Time runs from the start of the process until
the sign-in is painted (the browser's own record of its frames, `Film`) and keys count; when a screen reader can read
it, which Flutter does some tenths of a second later, is given too. The browser knows the station's files from before,
as after any restart; the very first visit, with an empty cache, is given as well. Memory is that of the process with
its one window open and the feed of the store taken in: what it alone uses (USS), and with shared pages (RSS).
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.async_api import BrowserContext

from bench.books import report
from bench.folder import a_folder
from demo.processes import Child
from demo.shift import STATIONS, RunningShift, Size
from tests.browser.chromium import SIZES, Screen, chromium
from tests.browser.film import Film
from tests.journeys.shift_rig import free_ports

KINDS = ("handset", "packing")
ROUNDS = 3
PAINTED_S_MAX = 3.0
MEMORY_MIB_MAX = 150.0
SIGN_IN = "Scan your badge"
LISTENS_WITHIN_S = 60.0
MIB = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One start of one station."""

    listening_s: float
    painted_s: float
    readable_s: float
    cpu_s: float
    uss_mib: float
    rss_mib: float


async def start(child: Child, address: str, browser: BrowserContext) -> Start:
    """Start a station, open a window on it, and look at both."""
    began_s, began_epoch_s = time.monotonic(), time.time()
    process = await asyncio.create_subprocess_exec(
        *child.argv,
        env={**os.environ, **child.env},
        stdin=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        host, port = address.removeprefix("http://").split(":")
        while True:
            try:
                _, writer = await asyncio.open_connection(host, int(port))
                break
            except OSError:
                if time.monotonic() - began_s > LISTENS_WITHIN_S or process.returncode is not None:
                    raise
                await asyncio.sleep(0.01)
        writer.close()
        listening_s = time.monotonic() - began_s
        page = browser.pages[0]
        async with Film(page) as film:
            await page.goto(address, wait_until="commit")
            screen = Screen(page)
            await screen.keys_count()
            ready_s = time.monotonic() - began_s
            await screen.readable()
            await screen.sees(SIGN_IN)
            readable_s = time.monotonic() - began_s
        painted_s = max(ready_s, film.settled_at_epoch_s() - began_epoch_s)
        seen = psutil.Process(process.pid)
        cpu = seen.cpu_times()
        await asyncio.sleep(1.0)
        memory = seen.memory_full_info()
    finally:
        process.terminate()
        await process.wait()
    await page.goto("about:blank")
    return Start(
        listening_s=listening_s,
        painted_s=painted_s,
        readable_s=readable_s,
        cpu_s=cpu.user + cpu.system,
        uss_mib=memory.uss / MIB,
        rss_mib=memory.rss / MIB,
    )


async def measure(folder: Path) -> tuple[dict[str, list[Start]], dict[str, Start]]:
    """Starts of each kind of station, and the first one of each, which met an empty browser."""
    # Written where it is thrown away, and written at all: a machine of a shop keeps what Python compiles.
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    shift = RunningShift(folder / "shift", free_ports(), size=Size(orders=8, shipped=0, returns=0))
    starts: dict[str, list[Start]] = {kind: [] for kind in KINDS}
    first: dict[str, Start] = {}
    try:
        await shift.start()
        for station in shift.stations.values():
            await station.stop()
        async with chromium(still=False) as browser:
            for turn in range(ROUNDS + 1):
                for kind in KINDS:
                    _, title = STATIONS[kind]
                    width, height = SIZES["handset" if kind == "handset" else "bench"]
                    await browser.pages[0].set_viewport_size({"width": width, "height": height})
                    one = await start(shift.stations[kind], shift.addresses[title], browser)
                    if turn:
                        starts[kind].append(one)
                    else:
                        first[kind] = one
    finally:
        await shift.stop()
    return starts, first


def main() -> int:
    with a_folder() as folder, open(os.devnull, "w") as quiet:
        said, sys.stdout = sys.stdout, quiet
        try:
            starts, first = asyncio.run(measure(folder))
        finally:
            sys.stdout = said
    figures: dict[str, float] = {}
    for kind, each in starts.items():
        for name in ("painted_s", "readable_s", "listening_s", "cpu_s", "uss_mib", "rss_mib"):
            figures[f"{kind}_{name}"] = round(statistics.median(getattr(one, name) for one in each), 2)
        figures[f"{kind}_painted_first_time_s"] = round(first[kind].painted_s, 2)
    wanted = {f"{kind}_painted_s": PAINTED_S_MAX for kind in KINDS} | {
        f"{kind}_rss_mib": MEMORY_MIB_MAX for kind in KINDS
    }
    return report("cold_start", figures, wanted, ok=all(figures[name] <= most for name, most in wanted.items()))


if __name__ == "__main__":
    sys.exit(main())
