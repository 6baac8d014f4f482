"""A handset whose disk is full, or may not be written: no scan is shown good that is not in the book."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from demo.processes import Child
from demo.shift import Size
from tests.browser.chromium import Screen, chromium
from tests.journeys.shift_rig import ShiftRig, a_shift, standing

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(sys.platform != "linux", reason="disks of our own are mounted as Linux does it"),
]

FULL = "This station is full. Stop, call the supervisor."
NO_WRITING = "This station cannot write. Stop, call the supervisor."
DISK = "64m"
# A mount of the station's own, which nobody else sees and which ends with it; an ordinary user may make one, too.
OWN_MOUNTS = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
ON_A_SMALL_DISK = f'mount -t tmpfs -o size={DISK} tmpfs "$1" && cp -a "$0/." "$1" && shift && exec "$@"'
READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'


def may_mount() -> None:
    """Leave the test out where no disk can be mounted."""
    tried = shutil.which("unshare") and subprocess.run([*OWN_MOUNTS, "true"], check=False, capture_output=True)
    if not tried or tried.returncode:
        pytest.skip("this machine lets nobody mount a disk of their own (unshare)")


@dataclass(frozen=True, slots=True)
class Floor:
    """Ada at her handset, with a list begun; one shift for all of these."""

    rig: ShiftRig
    handset: Screen

    @property
    def station(self) -> Child:
        return self.rig.shift.stations["handset"]

    async def restart(self, argv: list[str], data_dir: Path) -> None:
        """Start the station another way; the open page finds out by itself, and loads anew."""
        await self.handset.page.evaluate("window.beforeTheStart = true")
        await self.station.stop()
        self.station.argv = argv
        self.station.env["FLOORHAND_DATA_DIR"] = str(data_dir)
        await self.station.start()
        await self.handset.page.wait_for_function("window.beforeTheStart === undefined", timeout=60_000)
        await self.handset.readable()

    async def refuses_a_scan(self, sentence: str, look: Callable[[], None] = lambda: None) -> None:
        """What was asked for is scanned; the screen says why it does not count, and the walk stands where it stood.

        Args:
            look: makes the book readable from here.
        """
        look()
        walk, facts = self.rig.walk(), self.rig.facts_in_the_book("handset")
        assert walk is not None
        await self.handset.scan(self.rig.next_code(walk, {}))
        await self.handset.sees(sentence)
        look()
        after = self.rig.walk()
        assert after is not None
        assert standing(after) == standing(walk)
        assert self.rig.facts_in_the_book("handset") == facts

    async def takes_a_scan(self, look: Callable[[], None] = lambda: None) -> None:
        """The scan that was refused counts now."""
        look()
        walk = self.rig.walk()
        assert walk is not None
        await self.handset.scan(self.rig.next_code(walk, {}))

        def moved() -> bool:
            look()
            now = self.rig.walk()
            return now is not None and standing(now) != standing(walk)

        await self.rig.until(moved, f"the scan at {walk.stage} counts")
        await self.handset.sees_not("Stop, call the supervisor.")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def floor(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Floor]:
    size = Size(orders=4, shipped=0, returns=0)
    async with a_shift(tmp_path_factory.mktemp("shift"), size, "handset") as rig, chromium("handset") as browser:
        handset = await Screen(browser.pages[0]).open(rig.shift.addresses["Handset"])
        await rig.sign_in(handset, "Ada")
        await rig.gets_work(handset)
        yield Floor(rig, handset)


@contextmanager
def no_room_left(disk: Path) -> Iterator[None]:
    """Something else has filled the disk to its last byte."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as filling:
        try:
            while True:
                filling.write(bytes(4096))
        except OSError:
            pass
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def no_file_may_grow(pid: int, largest_bytes: int) -> Iterator[None]:
    """The operating system refuses to let this process write beyond so many bytes of a file."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest_bytes, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


async def test_a_disk_that_is_full_takes_no_scan_and_goes_on_when_there_is_room(floor: Floor, tmp_path: Path) -> None:
    may_mount()
    station, data, disk, argv = floor.station, floor.rig.shift.data / "handset", tmp_path / "disk", floor.station.argv
    disk.mkdir()
    await floor.restart([*OWN_MOUNTS, "sh", "-c", ON_A_SMALL_DISK, str(data), str(disk), *argv], disk)
    seen = Path(f"/proc/{station.pid}/root{disk}")

    def look() -> None:
        # SQLite follows the link under /proc to our own root, so that what is read here is a copy.
        for name in ("book.db", "book.db-wal", "book.db-shm"):
            (data / name).unlink(missing_ok=True)
            if (seen / name).exists() and name != "book.db-shm":
                shutil.copy(seen / name, data / name)

    try:
        with no_room_left(seen):
            await floor.refuses_a_scan(FULL, look)
            await floor.handset.page.reload()
            await floor.handset.readable()
            await floor.refuses_a_scan(FULL, look)
        await floor.takes_a_scan(look)
        assert "error=DiskFull" in station.log_path.read_text()
    finally:
        look()
        await floor.restart(argv, data)


async def test_a_book_that_may_not_grow_takes_no_scan_and_goes_on_when_it_may(floor: Floor) -> None:
    assert floor.station.pid is not None
    with no_file_may_grow(floor.station.pid, 4096):
        await floor.refuses_a_scan(NO_WRITING)
    await floor.takes_a_scan()
    assert "error=LedgerReadOnly" in floor.station.log_path.read_text()


async def test_a_station_that_may_not_write_its_book_says_so_at_its_start(floor: Floor) -> None:
    may_mount()
    data, argv = floor.rig.shift.data / "handset", floor.station.argv
    before = standing(floor.rig.walk() or pytest.fail("no walk"))
    await floor.restart([*OWN_MOUNTS, "sh", "-c", READ_ONLY, str(data), *argv], data)
    try:
        await floor.handset.sees(NO_WRITING)
        assert "Traceback" not in await floor.handset.words()
        assert "book_unusable" in floor.station.log_path.read_text()
    finally:
        await floor.restart(argv, data)
    walk = floor.rig.walk()
    assert walk is not None
    assert standing(walk) == before
    await floor.takes_a_scan()
