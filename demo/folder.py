"""The folder of a shift: one launcher at a time works in it, and it is emptied only while nobody else does."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.processes import ShiftTrouble

LOCK = "launcher.lock"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep every other launcher out of the folder while the block lasts; it is made when missing.

    Raises:
        ShiftTrouble: another launcher runs the shift in it, maybe on other ports.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # The kernel lets go of it when the launcher dies, however it dies.
    with (folder / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ShiftTrouble(
                f"A shift runs in {folder} already: end that one by Ctrl-C, or choose another folder: --data"
            ) from None
        yield


def is_ours(folder: Path) -> bool:
    """Whether nothing but a shift can be lost with the folder: it holds one, it is empty, or it is not there."""
    if not folder.exists():
        return True
    return (folder / "shift.json").exists() or all(there.name == LOCK for there in folder.iterdir())


def clear(folder: Path) -> None:
    """Throw away what is in the folder. The lock stays: whoever waited for a new one would hold another file."""
    for there in folder.iterdir():
        if there.is_dir() and not there.is_symlink():
            shutil.rmtree(there)
        elif there.name != LOCK:
            there.unlink()
