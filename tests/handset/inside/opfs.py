"""Folders on OPFS for tests that run in the browser's Python, and what a test does to them from outside."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

from app.domain.rows import Row
from sync.ledger import SqliteLedger
from sync.web_lock import WebLock
from tests.fakes.clock import FakeClock
from tests.sync.floor import a_ledger

# Both exist in a browser alone: the one is Pyodide's, the other our worker's (`tests/handset/page/worker.mjs`).
run_sync: Callable[[Coroutine[Any, Any, Any]], Any] = import_module("pyodide.ffi").run_sync
disk: Any = import_module("browser_disk")

_numbers = count(1)


class Folder:
    """A mounted folder.

    Args:
        name: the folder's in OPFS; one that no other has when empty.
        slots: how many files it can hold.
        recorded: a folder in memory that writes down what is done to it, in the place of one on OPFS.
    """

    def __init__(self, *, name: str = "", slots: int = 8, recorded: Any = None) -> None:
        self.name = name or f"folder-{next(_numbers)}"
        self.path = Path("/") / self.name
        self.slots = slots
        self.recorded = recorded
        self.files: Any = None
        self.mount()

    def mount(self) -> None:
        where = (str(self.path), self.recorded or self.name, self.slots)
        self.files = run_sync((disk.mount_recorded if self.recorded else disk.mount)(*where))

    def unmount(self) -> None:
        self.files.close()

    def remount(self) -> None:
        """Close every file, and find on the disk what is there, as after a start."""
        self.unmount()
        self.mount()

    def names(self) -> list[str]:
        return sorted(each.name for each in self.path.iterdir())

    def flushes(self) -> int:
        return int(self.files.stats.flushes)

    def slot_of(self, name: str) -> str:
        """The slot whose record gives this name; unmounted."""
        for slot in self.all_slots():
            record = self.peek(slot, 0, 512)
            length = int.from_bytes(record[16:18], "big")
            if record[18 : 18 + length] == name.encode() and length:
                return slot
        raise AssertionError(f"no slot is called {name}")

    def all_slots(self) -> list[str]:
        return list(run_sync(disk.slots(self.name)))

    def peek(self, slot: str, at: int, length: int) -> bytes:
        return bytes(run_sync(disk.peek(self.name, slot, at, length)).to_bytes())

    def poke(self, slot: str, at: int, content: bytes) -> None:
        run_sync(disk.poke(self.name, slot, at, content))

    def ledger(self, *rows: Row, clock: FakeClock | None = None) -> SqliteLedger:
        """The book of an enrolled station in this folder, as a handset opens it."""
        return a_ledger(self.path, *rows, clock=clock, lock=WebLock(lambda: True), flushes=self.flushes)

    def gone(self) -> None:
        self.unmount()
        if not self.recorded:
            run_sync(disk.remove(self.name))
