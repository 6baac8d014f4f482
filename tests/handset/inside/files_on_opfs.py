"""What Python's files and SQLite do in a folder on OPFS, and what is found there after a start."""

from __future__ import annotations

import errno
import os
import sqlite3
from importlib import import_module
from pathlib import Path

import pytest

from tests.handset.inside.opfs import Folder, disk, run_sync

RECORDS = (0, 4096)
DATA_AT = 8192
SPARE = 4


def is_not_there(path: Path) -> bool:
    return not path.exists() and path.name not in os.listdir(path.parent)


def test_a_file_is_what_was_written_to_it_also_after_a_start(folder: Folder) -> None:
    content = os.urandom(20_000)
    (folder.path / "Bücher.db").write_bytes(content)
    folder.remount()
    assert (folder.path / "Bücher.db").read_bytes() == content
    assert folder.names() == ["Bücher.db"]


def test_a_file_grows_is_cut_and_is_written_in_its_middle(folder: Folder) -> None:
    path = folder.path / "a"
    with path.open("wb+") as file:
        file.write(b"0123456789")
        file.seek(4)
        file.write(b"xx")
        file.truncate(8)
        file.seek(12)
        file.write(b"end")
    with path.open("ab") as file:
        file.write(b"!")
    folder.remount()
    assert path.read_bytes() == b"0123xx67\0\0\0\0end!"
    assert path.stat().st_size == 16
    os.truncate(path, 2)
    assert path.read_bytes() == b"01"


def test_a_file_that_is_opened_to_be_written_anew_is_empty_and_one_that_must_not_be_there_is_refused(
    folder: Folder,
) -> None:
    path = folder.path / "a"
    path.write_bytes(b"long enough")
    path.write_bytes(b"short")
    assert path.read_bytes() == b"short"
    with pytest.raises(FileExistsError):
        path.open("xb")
    with pytest.raises(FileNotFoundError):
        (folder.path / "b").read_bytes()


def test_a_renamed_file_has_its_new_name_alone(folder: Folder) -> None:
    (folder.path / "a").write_bytes(b"1")
    (folder.path / "a").rename(folder.path / "b")
    for _ in range(2):
        assert folder.names() == ["b"]
        assert is_not_there(folder.path / "a")
        assert (folder.path / "b").read_bytes() == b"1"
        folder.remount()


def test_a_file_takes_the_place_of_another(folder: Folder) -> None:
    (folder.path / "a").write_bytes(b"new")
    (folder.path / "b").write_bytes(b"old")
    free = folder.files.freeSlots()
    os.replace(folder.path / "a", folder.path / "b")
    assert folder.files.freeSlots() == free + 1
    for _ in range(2):
        assert folder.names() == ["b"]
        assert (folder.path / "b").read_bytes() == b"new"
        folder.remount()


def test_an_unlinked_file_is_gone_and_its_room_is_used_again(folder: Folder) -> None:
    for number in range(30):
        path = folder.path / f"{number}"
        path.write_bytes(b"x" * 9000)
        path.unlink()
        assert is_not_there(path)
    with pytest.raises(FileNotFoundError):
        (folder.path / "3").unlink()
    folder.remount()
    assert folder.names() == []
    (folder.path / "next").touch()
    assert (folder.path / "next").read_bytes() == b""


def test_who_has_an_unlinked_file_open_keeps_it_until_it_is_closed(folder: Folder) -> None:
    path = folder.path / "a"
    path.write_bytes(b"theirs")
    free = folder.files.freeSlots()
    with path.open("rb") as file:
        path.unlink()
        path.write_bytes(b"another")
        assert file.read() == b"theirs"
        assert folder.files.freeSlots() == free - 1
    assert folder.files.freeSlots() == free
    assert path.read_bytes() == b"another"


def test_names_are_found_by_pattern(folder: Folder) -> None:
    for name in ("book.db", "book.db.damaged-1", "book.db.damaged-1-wal"):
        (folder.path / name).touch()
    assert sorted(each.name for each in folder.path.glob("book.db.damaged-*")) == [
        "book.db.damaged-1",
        "book.db.damaged-1-wal",
    ]
    assert (folder.path / "book.db").is_file()
    assert folder.path.is_dir()


def test_a_folder_in_the_folder_is_refused(folder: Folder) -> None:
    with pytest.raises(PermissionError):
        (folder.path / "more").mkdir()
    folder.path.mkdir(parents=True, exist_ok=True)


def test_a_name_that_is_too_long_is_refused(folder: Folder) -> None:
    with pytest.raises(OSError, match="long") as refused:
        (folder.path / ("ü" * 128)).touch()
    assert refused.value.errno == errno.ENAMETOOLONG
    (folder.path / ("ü" * 127)).touch()
    folder.remount()
    assert folder.names() == ["ü" * 127]


@pytest.mark.parametrize("sync", [os.fsync, os.fdatasync])
def test_a_sync_of_either_kind_reaches_the_disk(folder: Folder, sync: object) -> None:
    with (folder.path / "a").open("wb", buffering=0) as file:
        before = folder.flushes()
        file.write(b"x")
        assert folder.flushes() == before
        assert callable(sync)
        sync(file.fileno())
        assert folder.flushes() == before + 1


def test_each_commit_of_sqlite_is_synced(folder: Folder) -> None:
    conn = sqlite3.connect(folder.path / "plain.db", isolation_level=None)
    conn.execute("PRAGMA locking_mode = EXCLUSIVE")
    assert conn.execute("PRAGMA journal_mode = WAL").fetchone() == ("wal",)
    conn.execute("PRAGMA synchronous = FULL")
    conn.execute("CREATE TABLE t (n)")
    before = folder.flushes()
    for number in range(50):
        conn.execute("INSERT INTO t VALUES (?)", (number,))
    assert folder.flushes() >= before + 50
    conn.close()
    assert folder.names() == ["plain.db"]


def test_no_free_slot_is_a_full_disk_and_reserve_makes_room(folder: Folder) -> None:
    for number in range(folder.slots):
        (folder.path / f"{number}").write_bytes(b"x")
    with pytest.raises(OSError, match="space") as full:
        (folder.path / "one more").write_bytes(b"x")
    assert full.value.errno == errno.ENOSPC
    run_sync(folder.files.reserve(3))
    assert folder.files.freeSlots() == 3
    (folder.path / "one more").write_bytes(b"x")
    folder.remount()
    assert len(folder.names()) == folder.slots + 1
    assert folder.files.freeSlots() == SPARE


def test_a_folder_that_is_full_at_a_start_gets_room_for_a_book_to_be_opened(folder: Folder) -> None:
    for number in range(folder.slots):
        (folder.path / f"{number}").write_bytes(b"x")
    folder.remount()
    assert folder.files.freeSlots() == SPARE
    folder.ledger().close()


def test_a_folder_that_another_worker_holds_for_a_moment_is_waited_for(folder: Folder) -> None:
    (folder.path / "a").write_bytes(b"1")
    folder.unmount()
    asyncio = import_module("asyncio")

    async def held_for_a_moment() -> None:
        first, last = await disk.hold(folder.name, "slot-00"), await disk.hold(folder.name, "slot-05")
        mounting = asyncio.ensure_future(disk.mount(str(folder.path), folder.name, folder.slots))
        await asyncio.sleep(0)
        last.close()
        await asyncio.sleep(0.2)
        assert not mounting.done()
        first.close()
        folder.files = await mounting

    run_sync(held_for_a_moment())
    assert folder.names() == ["a"]


# What a cut leaves behind.


@pytest.fixture
def cut(folder: Folder) -> Folder:
    """A folder with a file of some length, unmounted."""
    (folder.path / "a").write_bytes(b"x" * 10_000)
    folder.unmount()
    return folder


@pytest.mark.parametrize("at", RECORDS)
@pytest.mark.parametrize("torn", [b"\xff" * 512, b"\0" * 512, b"FHBOOK"], ids=["rubbish", "nothing", "its beginning"])
def test_one_torn_record_of_a_name_is_mended_from_the_other(cut: Folder, at: int, torn: bytes) -> None:
    slot = cut.slot_of("a")
    whole = cut.peek(slot, at, 512)
    cut.poke(slot, at, torn if len(torn) == 512 else torn + b"\xee" * 20)
    cut.mount()
    assert (cut.path / "a").read_bytes() == b"x" * 10_000
    assert list(cut.files.report.torn) == []
    cut.unmount()
    assert cut.peek(slot, at, 512) == whole
    cut.mount()


def test_a_slot_whose_name_is_torn_altogether_is_kept_and_reported(cut: Folder) -> None:
    slot = cut.slot_of("a")
    for at in RECORDS:
        cut.poke(slot, at + 20, b"\xff" * 30)
    cut.mount()
    name = f"{slot}.torn"
    assert list(cut.files.report.torn) == [name]
    assert (cut.names(), cut.files.freeSlots()) == ([name], cut.slots - 1)
    assert (cut.path / name).read_bytes() == b"x" * 10_000
    (cut.path / name).rename(cut.path / "a")
    cut.remount()
    assert (cut.names(), list(cut.files.report.torn)) == (["a"], [])


def test_a_slot_with_a_torn_name_and_no_data_is_free(folder: Folder) -> None:
    (folder.path / "a").touch()
    folder.unmount()
    slot = folder.slot_of("a")
    for at in RECORDS:
        folder.poke(slot, at, b"\xff" * 512)
    folder.mount()
    assert (folder.names(), folder.files.freeSlots()) == ([], folder.slots)


def test_a_rename_over_a_file_that_was_cut_before_the_old_one_was_let_go_is_brought_to_its_end(folder: Folder) -> None:
    (folder.path / "a").write_bytes(b"new")
    (folder.path / "b").write_bytes(b"old")
    folder.unmount()
    old = folder.slot_of("b")
    records = [folder.peek(old, at, 512) for at in RECORDS]
    folder.mount()
    os.replace(folder.path / "a", folder.path / "b")
    folder.unmount()
    for at, record in zip(RECORDS, records, strict=True):
        folder.poke(old, at, record)
    folder.poke(old, DATA_AT, b"old")
    folder.mount()
    assert list(folder.files.report.replaced) == ["b"]
    assert (folder.names(), folder.files.freeSlots()) == (["b"], folder.slots - 1)
    assert (folder.path / "b").read_bytes() == b"new"
    (folder.path / "b").unlink()
    folder.remount()
    assert folder.names() == []


def test_a_rename_of_which_one_record_is_written_has_happened(cut: Folder) -> None:
    slot = cut.slot_of("a")
    before = cut.peek(slot, 4096, 512)
    cut.mount()
    (cut.path / "a").rename(cut.path / "b")
    cut.unmount()
    cut.poke(slot, 4096, before)
    cut.mount()
    assert cut.names() == ["b"]


def test_what_a_cut_left_of_an_unlinked_file_is_no_part_of_the_next(cut: Folder) -> None:
    slot = cut.slot_of("a")
    cut.mount()
    (cut.path / "a").unlink()
    cut.unmount()
    cut.poke(slot, DATA_AT, b"left over" * 1000)
    cut.mount()
    for number in range(cut.slots):
        (cut.path / f"{number}").touch()
        assert (cut.path / f"{number}").read_bytes() == b""
