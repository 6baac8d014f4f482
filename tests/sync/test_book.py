from __future__ import annotations

import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from app.domain.deeds import Deed
from app.domain.picking import PickTask
from app.domain.workers import ScanRefused
from app.errors import DiskFull, LedgerBusy, LedgerDamaged, LedgerReadOnly, LedgerTrouble, SchemaTooNew
from sync import schema
from sync.book import Book, open_book, set_aside
from sync.ledger import SqliteLedger
from sync.protocol import GENESIS_HASH, fact_hash, read_envelope
from tests.fakes.clock import SHIFT_BEGINS_UTC, FakeClock
from tests.sync.floor import PICKER, a_ledger, a_task, at_bin, do, picked

KILLS = 20
REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    ledger = a_ledger(tmp_path, a_task(quantity_each=1_000_000))
    do(ledger, at_bin())
    yield ledger
    ledger.close()


class Scanners:
    """Other processes that scan in a burst; see `tests/sync/burst.py`."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.sync.burst", str(folder)],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout

    def begin(self) -> int:
        """Begin one; gives its process id once its book is open."""
        self._in.write("go\n")
        self._in.flush()
        return int(self._out.readline().removeprefix("pid "))

    def said(self) -> int:
        """The next number that it says."""
        return int(self._out.readline())

    def kill(self, pid: int) -> list[int]:
        """Kill it in whatever it does; gives what else it had said."""
        os.kill(pid, signal.SIGKILL)
        return [int(line) for line in iter(self._out.readline, "dead\n")]

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture
def scanners(tmp_path: Path) -> Iterator[Scanners]:
    scanners = Scanners(tmp_path)
    yield scanners
    scanners.close()


def the_chain_is_whole(ledger: SqliteLedger) -> None:
    prev_hash = GENESIS_HASH
    texts = ledger.owed(1, 1_000_000)
    assert len(texts) == ledger.last_seq
    for seq, text in enumerate(texts, 1):
        envelope = read_envelope(text)
        assert (envelope.seq, envelope.prev_hash) == (seq, prev_hash)
        prev_hash = fact_hash(prev_hash, text)


def test_a_station_killed_between_scans_twenty_times_has_every_scan_that_it_said_was_good(
    tmp_path: Path, scanners: Scanners
) -> None:
    chance = random.Random(7)
    for _ in range(KILLS):
        pid = scanners.begin()
        said = [scanners.said() for _ in range(chance.randrange(1, 60))]
        said += scanners.kill(pid)
        ledger = a_ledger(tmp_path)
        assert ledger.last_seq >= max(said)
        assert ledger.last_seq % 2 == 1  # a deed of two picks is there whole, or not at all
        the_chain_is_whole(ledger)
        task = ledger.get(PickTask, "T1")
        assert task is not None
        assert task.picked_each == ledger.last_seq - 1
        ledger.close()


def test_a_second_process_is_told_that_the_book_is_in_use(tmp_path: Path, scanners: Scanners) -> None:
    pid = scanners.begin()
    with pytest.raises(LedgerBusy):
        open_book(tmp_path / "book.db")
    scanners.kill(pid)
    a_ledger(tmp_path).close()


def test_a_second_opening_in_the_same_process_is_refused_too(ledger: SqliteLedger, tmp_path: Path) -> None:
    with pytest.raises(LedgerBusy):
        open_book(tmp_path / "book.db")
    assert do(ledger, picked()) == (2,)


def test_a_full_disk_is_said_and_nothing_of_the_deed_is_kept(ledger: SqliteLedger) -> None:
    pages = ledger.book.db.execute("PRAGMA page_count").fetchone()[0]
    ledger.book.db.execute(f"PRAGMA max_page_count = {pages + 2}")
    told: list[int] = []
    ledger.on_change(lambda: told.append(ledger.last_seq))
    refused = ScanRefused(step="pick.item", reason="x" * 1000)

    def until_it_fails() -> None:
        for _ in range(200):
            ledger.record(Deed(facts=(refused, refused)), worker_id=PICKER)

    with pytest.raises(DiskFull):
        until_it_fails()
    last = ledger.last_seq
    assert told[-1:] == [last]
    assert last % 2 == 1
    the_chain_is_whole(ledger)

    ledger.book.db.execute(f"PRAGMA max_page_count = {pages + 500}")
    assert do(ledger, picked()) == (last + 1,)  # room was made: it goes on without a restart
    the_chain_is_whole(ledger)


def test_a_book_that_becomes_read_only_refuses_the_scan(ledger: SqliteLedger) -> None:
    ledger.book.db.execute("PRAGMA query_only = ON")
    with pytest.raises(LedgerReadOnly):
        do(ledger, picked())
    ledger.book.db.execute("PRAGMA query_only = OFF")
    assert do(ledger, picked()) == (2,)


def test_a_book_whose_file_may_not_grow_is_not_called_damaged(ledger: SqliteLedger) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(LedgerReadOnly):
            do(ledger, picked())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert do(ledger, picked()) == (2,)


def test_a_book_in_a_folder_that_is_not_there_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(LedgerReadOnly):
        open_book(tmp_path / "missing" / "book.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_book_that_the_file_system_protects_cannot_be_written(tmp_path: Path) -> None:
    a_ledger(tmp_path).close()
    (tmp_path / "book.db").chmod(0o400)
    with pytest.raises(LedgerReadOnly):
        open_book(tmp_path / "book.db")


def test_a_book_of_a_newer_program_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "book.db"
    a_ledger(tmp_path).close()
    raw = sqlite3.connect(path)
    raw.execute(f"PRAGMA user_version = {schema.SCHEMA_VERSION + 1}")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(SchemaTooNew) as refused:
        open_book(path)
    assert (refused.value.book_version, refused.value.program_version) == (2, 1)
    assert path.read_bytes() == before


def test_two_processes_that_make_the_same_book_at_once_make_it_once(tmp_path: Path) -> None:
    path = tmp_path / "book.db"
    command = (
        "import sys; from pathlib import Path; from sqlite_utils import Database; import sqlite3;"
        "from sync.schema import bring_up_to_date; path = Path(sys.argv[1]);"
        "db = Database(sqlite3.connect(path, isolation_level=None, timeout=30));"
        "sys.stdin.readline(); bring_up_to_date(db, path); print('made')"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", command, str(path)],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("now\n")
        process.stdin.flush()
    said = [process.communicate()[0] for process in processes]
    assert said == ["made\n", "made\n"]
    book = open_book(path)
    assert book.db.execute("SELECT count(*) FROM _sqlite_migrations").fetchone() == (1,)
    book.close()


@pytest.mark.parametrize("content", [b"this is a shopping list, and no book at all" * 200, b"SQLite format 3\0" * 500])
def test_a_damaged_book_is_said_and_can_be_set_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "book.db"
    path.write_bytes(content)
    with pytest.raises(LedgerDamaged):
        open_book(path)
    aside = set_aside(path, SHIFT_BEGINS_UTC)
    assert aside.read_bytes() == content
    new = SqliteLedger(open_book(path), FakeClock())
    assert (new.station_id, new.last_seq) == ("", 0)
    new.close()


def test_a_book_with_a_torn_page_is_damaged(tmp_path: Path) -> None:
    a_ledger(tmp_path, *(a_task(task_id=f"T{n}") for n in range(200))).close()
    path = tmp_path / "book.db"
    content = bytearray(path.read_bytes())
    content[4096 * 5 : 4096 * 6] = b"\xff" * 4096
    path.write_bytes(content)
    with pytest.raises(LedgerDamaged):
        open_book(path)


def test_a_trouble_inside_a_deed_undoes_all_of_it(tmp_path: Path) -> None:
    raw = sqlite3.connect(tmp_path / "plain.db", isolation_level=None)
    raw.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
    book = Book(Database(raw))

    def half_a_deed() -> None:
        with book.transaction():
            book.keep("a", "1")
            raise KeyError("in the middle")

    with pytest.raises(KeyError):
        half_a_deed()
    assert book.recall("a") is None
    with pytest.raises(LedgerTrouble), book.transaction() as db:
        db.execute("INSERT INTO nowhere VALUES (1)")
    book.close()
