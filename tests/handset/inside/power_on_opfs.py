"""The power goes while a handset writes: of what its browser was asked to flush everything is there, of the rest some.

The folder is one in memory that writes down what is done to its files (`tests/handset/page/recorded_disk.mjs`); what a
disk makes of that is said by `tests/power/disk.py`, as for a station's process. What Chromium does below its files is
not looked at here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import pytest

from tests.handset.inside.opfs import Folder, disk
from tests.handset.inside.power_cuts import after_cuts, cuts
from tests.power.disk import ACKNOWLEDGED, Op
from tests.sync.floor import a_task, at_bin, do, picked

CUTS = 40
DEEDS = 60
# Far less than SQLite's own thousand pages, so that what was written ahead is carried over in mid-shift.
CHECKPOINT_PAGES = 40


def journal_of(recorded: Any) -> list[Op]:
    ops = recorded.journal.to_py()
    return [Op(kind.encode(), inode, offset, bytes(data)) for kind, inode, offset, data in ops]


def a_shift(recorded: Any) -> None:
    """Scans and starts, each scan acknowledged; a copy of the book is made in between."""
    folder = Folder(recorded=recorded)
    for life in range(3):
        ledger = folder.ledger() if life else folder.ledger(a_task(quantity_each=1_000_000))
        ledger.book.db.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        if not life:
            do(ledger, at_bin())
        for _ in range(DEEDS):
            do(ledger, picked(), picked())
            recorded.acknowledge(json.dumps({"station": ledger.station_id, "seq": ledger.last_seq}))
        if life == 1:
            ledger.book.copy("bak")
        ledger.close()
        folder.remount()
    folder.gone()


def test_every_scan_that_was_acknowledged_is_there_when_the_power_is_back() -> None:
    recorded = disk.new_disk()
    a_shift(recorded)
    found = after_cuts(journal_of(recorded), CUTS, seed=3)
    assert (found.lost, found.broken) == (0, 0), found.examples
    assert found.acknowledged > 1_000


def test_a_disk_that_says_it_has_flushed_and_has_not_is_found_out() -> None:
    recorded = disk.new_disk()
    recorded.isDeaf = True
    a_shift(recorded)
    found = after_cuts(journal_of(recorded), CUTS, seed=3)
    assert found.lost > 0


def replaced(folder: Folder) -> None:
    (folder.path / "new").rename(folder.path / "b")


def renamed(folder: Folder) -> None:
    (folder.path / "b").rename(folder.path / "c")


def unlinked(folder: Folder) -> None:
    (folder.path / "b").unlink()


@pytest.mark.parametrize(
    ("act", "before", "after"),
    [
        (replaced, {"b": b"old", "new": b"new"}, {"b": b"new"}),
        (renamed, {"b": b"old", "new": b"new"}, {"c": b"old", "new": b"new"}),
        (unlinked, {"b": b"old", "new": b"new"}, {"new": b"new"}),
    ],
)
def test_a_name_that_is_given_away_when_the_power_goes_is_given_away_or_not(
    act: Callable[[Folder], None], before: dict[str, bytes], after: dict[str, bytes]
) -> None:
    recorded = disk.new_disk()
    folder = Folder(recorded=recorded, slots=4)
    for name, content in before.items():
        with (folder.path / name).open("wb", buffering=0) as file:
            file.write(content)
            os.fsync(file.fileno())
    recorded.acknowledge(json.dumps({"begun": True}))
    act(folder)
    recorded.acknowledge(json.dumps({"done": True}))
    ops = journal_of(recorded)
    seen = []
    begun = next(at for at, op in enumerate(ops) if op.kind == ACKNOWLEDGED)
    for seed in range(4):
        for found, said, where in cuts(ops, len(ops) - begun, seed):
            names = {name: (found.path / name).read_bytes() for name in found.names()}
            assert names in (before, after), where
            if "done" in said:
                assert names == after, where
            seen.append(names == after)
    assert set(seen) == {True, False}
    folder.gone()
