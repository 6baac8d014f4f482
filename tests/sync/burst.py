"""Stations that scan as fast as they can and say each number once it is on disk; the parent kills them.

Each line `go` on standard input begins one, as a fork of this process (which has everything imported, and no book
open); it says `pid N`, then numbers; after its death this process says `dead`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from app.domain.picking import PickTask
from tests.sync.floor import a_change, a_ledger, a_pull, a_task, at_bin, do, picked


def scan(folder: Path) -> None:
    ledger = a_ledger(folder)
    if ledger.get(PickTask, "T1") is None:
        ledger.apply(a_pull(a_change(a_task(quantity_each=1_000_000))))
        do(ledger, at_bin())
    _say(f"pid {os.getpid()}\n")
    while True:
        _say("".join(f"{seq}\n" for seq in do(ledger, picked(), picked())))


def _say(text: str) -> None:
    os.write(1, text.encode())


def main() -> None:
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            scan(Path(sys.argv[1]))
        os.waitpid(pid, 0)
        _say("dead\n")


if __name__ == "__main__":
    main()
