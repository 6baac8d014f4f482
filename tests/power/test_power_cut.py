"""The power goes while a station works.

Needs a C compiler: without one it is left out, and says so; where `CI=true` that is a failure.
"""

from __future__ import annotations

import os
from random import Random

import pytest

from tests.power.cuts import compiler, cut
from tests.power.disk import Disk, Op

CUTS = 25


@pytest.fixture
def shim() -> None:
    if compiler() is not None:
        return
    if os.environ.get("CI") == "true":
        pytest.fail("no C compiler on this machine, and CI must not leave the power cuts out")
    pytest.skip("NO POWER CUTS WERE TRIED: no C compiler on this machine; install gcc and libc6-dev")


@pytest.mark.usefixtures("shim")
def test_every_scan_that_was_said_to_be_good_is_there_when_the_power_is_back() -> None:
    report = cut(CUTS, seed=3, scans=90)
    assert (report.lost, report.broken) == (0, 0), report.examples
    assert report.cuts == CUTS
    assert report.acknowledged > 1_000


@pytest.mark.usefixtures("shim")
@pytest.mark.parametrize("synchronous", ["NORMAL", "OFF"])
def test_a_book_that_does_not_wait_for_the_disk_is_found_out(synchronous: str) -> None:
    assert cut(8, seed=3, synchronous=synchronous, scans=30).lost > 0


def wrote(data: bytes, at: int = 0) -> Op:
    return Op(b"W", 7, at, data)


def synced(kind: bytes = b"S") -> Op:
    return Op(kind, 7, 0, b"")


def created(name: str) -> Op:
    return Op(b"C", 7, 0, name.encode())


def test_what_was_not_synced_is_not_there_and_a_name_needs_its_folder_synced() -> None:
    disk = Disk()
    for op in (created("a"), wrote(b"one"), synced()):
        disk.take(op)
    assert disk.after_the_cut() == {}
    for op in (synced(b"D"), wrote(b"two", 3)):
        disk.take(op)
    assert disk.after_the_cut() == {"a": b"one"}
    disk.take(synced())
    assert disk.after_the_cut() == {"a": b"onetwo"}


def test_of_what_was_not_synced_some_sectors_may_be_there_and_others_not() -> None:
    disk = Disk()
    for op in (created("a"), synced(b"D"), wrote(b"x" * 1024), synced(), wrote(b"y" * 1024)):
        disk.take(op)
    seen = {disk.after_the_cut(Random(seed))["a"] for seed in range(50)}
    halves = {b"x" * 512, b"y" * 512}
    assert seen == {one + other for one in halves for other in halves}


def test_a_name_that_was_given_away_is_the_old_ones_until_the_folder_is_synced() -> None:
    disk = Disk()
    for op in (created("a.part"), wrote(b"key"), synced(), synced(b"D"), Op(b"R", 0, 0, b"a.part\0a")):
        disk.take(op)
    assert disk.after_the_cut() == {"a.part": b"key"}
    disk.take(synced(b"D"))
    assert disk.after_the_cut() == {"a": b"key"}
    disk.take(Op(b"U", 0, 0, b"a"))
    assert disk.after_the_cut() == {"a": b"key"}
