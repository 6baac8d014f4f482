"""The browser gives no more room: it is said, nothing of the deed is kept, and with room the next start goes on."""

from __future__ import annotations

import os
from contextlib import suppress

import pytest

from app.domain.deeds import Deed
from app.domain.workers import ScanRefused
from app.errors import DiskFull
from tests.handset.inside.opfs import Folder
from tests.sync.floor import PICKER, a_task, at_bin, do, picked


def fill(folder: Folder) -> None:
    """Take what room there is, byte by byte at the end."""
    with (folder.path / "photos").open("wb", buffering=0) as file:
        for length in (1 << 20, 1 << 16, 1 << 12, 1):
            block = os.urandom(length)
            with suppress(OSError):
                while file.write(block):
                    pass


def test_a_full_handset_is_said_and_nothing_of_the_deed_is_kept(folder: Folder) -> None:
    ledger = folder.ledger(a_task(quantity_each=1_000))
    do(ledger, at_bin())
    fill(folder)
    refused = ScanRefused(step="pick.item", reason="x" * 1000)

    def until_it_fails() -> None:
        for number in range(1000):
            ledger.remember(f"seat.{number}", "x" * 100_000)
            ledger.record(Deed(facts=(refused, refused)), worker_id=PICKER)

    try:
        with pytest.raises(DiskFull) as said:
            until_it_fails()
        assert str(said.value) == "database or disk is full"
        last = ledger.last_seq
        assert last % 2 == 1
    finally:
        ledger.close()
    (folder.path / "photos").unlink()
    folder.remount()  # Chromium gives an open file's room back when it is closed
    again = folder.ledger()
    assert again.last_seq == last
    assert do(again, picked()) == (last + 1,)
    again.close()
