"""Kills the whole browser in bursts of scans, and counts the scans that were acknowledged and are not there any more.

    python -m tests.handset.kills [--kills 200] [--seed 1] [--unpatched]

Each start of Chromium, on the same profile, looks at the book that the kill before it left (`inside/burst.py`), and
scans on until it is killed too. One line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any

import psutil

from tests.browser.chromium import CALM, chromium_path
from tests.handset.site import Site, site

BURST = "tests.handset.inside.burst"
DEEDS_MAX = 150
SAYS_WITHIN_S = 120
EXAMPLES = 3


@dataclass(slots=True)
class Report:
    """Args:
    acknowledged: facts that the page had heard of before a kill.
    lost: of those, the ones that were not there at the next start.
    unseen: facts that were there and had not come to be heard of; no fault, and a sign that kills hit commits.
    broken: starts that found a book that contradicts itself, or none that can be used.
    commits, flushes: of all bursts, as far as they were heard of.
    unsynced: acknowledgements before which the disk had been waited for less often than something was committed.
    """

    kills: int = 0
    acknowledged: int = 0
    lost: int = 0
    unseen: int = 0
    broken: int = 0
    commits: int = 0
    flushes: int = 0
    unsynced: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return self.acknowledged > 0 and not (self.lost or self.broken or self.unsynced)

    def found(self, what: str) -> None:
        if len(self.examples) < EXAMPLES:
            self.examples.append(what)


@contextmanager
def handset(served: Site, profile: Path, *, environment: Mapping[str, str] = MappingProxyType({})) -> Iterator[None]:
    """A Chromium of its own that scans; killed with all its processes when the block ends, in whatever it does.

    Args:
        environment: more of it.
    """
    command = [chromium_path(), "--headless=new", *CALM, "--disable-breakpad", f"--user-data-dir={profile}"]
    command.append(f"{served.url}?ask={BURST}")
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env={**os.environ, **environment})
    try:
        yield
    finally:
        browser = psutil.Process(process.pid)
        family = [browser, *browser.children(recursive=True)]
        for each in family:
            with suppress(psutil.NoSuchProcess):
                each.kill()
        process.wait()
        psutil.wait_procs(family)


def kill(kills: int, *, seed: int = 1, patched: bool = True) -> Report:
    """Let a handset scan, and kill its browser `kills` times.

    Args:
        patched: False plants a fault: a Pyodide whose `fdatasync` does nothing.
    """
    report, chance = Report(), Random(seed)
    heard = 0
    with site(syncs=patched) as served, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for start in range(kills + 1):
            with handset(served, Path(profile)):
                said = _next(served)
                while "seq" in said:  # on its way when the browser was killed
                    heard = max(heard, said["seq"])
                    said = _next(served)
                if (found := said.get("opened")) is None:
                    report.broken += 1
                    report.found(f"start {start}: {said}")
                    return report
                _compare(report, start, found, heard)
                if start == kills:
                    return report
                deeds, burst = chance.randrange(1, DEEDS_MAX), [_next(served)]
                while burst[-1].get("commits", deeds) < deeds:
                    burst.append(_next(served))
            report.kills += 1
            burst += _rest(served)
            if "seq" not in burst[-1]:
                report.broken += 1
                report.found(f"start {start}: {burst[-1]}")
                return report
            heard = max(said["seq"] for said in burst)
            report.acknowledged += heard - found["last_seq"]
            report.commits += max(said["commits"] for said in burst)
            report.flushes += max(said["flushes"] for said in burst)
            report.unsynced += sum(said["flushes"] < said["commits"] for said in burst)
    return report


def _next(served: Site) -> dict[str, Any]:
    return served.said.get(timeout=SAYS_WITHIN_S)


def _rest(served: Site) -> Iterator[dict[str, Any]]:
    with suppress(queue.Empty):
        while True:
            yield served.said.get_nowait()


def _compare(report: Report, start: int, found: dict[str, Any], heard: int) -> None:
    """What a start found, and what had been heard before it."""
    lost = max(0, heard - found["last_seq"])
    report.lost += lost
    report.unseen += max(0, found["last_seq"] - heard)
    if lost:
        report.found(f"start {start}: heard {heard}, the book ends with {found['last_seq']}")
    if wrong := found["contradiction"] or found["torn"]:
        report.broken += 1
        report.found(f"start {start}: {wrong}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--unpatched", action="store_true")
    asked = parser.parse_args()
    report = kill(asked.kills, seed=asked.seed, patched=not asked.unpatched)
    print(json.dumps(asdict(report)))
    return 0 if report.good else 1


if __name__ == "__main__":
    sys.exit(main())
