from __future__ import annotations

import asyncio
import logging
import random
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

import argon2
import pytest

from app.domain.picking import PickTask
from app.domain.workers import Role, ScanRefused, Worker
from app.errors import (
    DiskFull,
    LedgerBusy,
    LedgerReadOnly,
    LedgerTrouble,
    StoreRefused,
    StoreUnreachable,
)
from app.ports import Link
from devices.argon2_thread import argon2id
from devices.pin_check import Argon2PinCheck
from sync.courier import Courier
from sync.ledger import SqliteLedger
from sync.pin_seal import PIN_SECRET
from sync.protocol import SIGNATURE_HEADER, ask_message
from sync.session import LONG_POLL_S, Session
from sync.signer import base64url, device_secret
from sync.signer_file import FileSigner
from sync.transport import StoreTransport, json_bytes
from tests.fakes.clock import SHIFT_BEGINS_UTC, FakeClock
from tests.sync.floor import ENROLLED, a_ledger, a_task, at_bin, do, picked
from tests.sync.wire import Bytes, WireStore, a_wire_store, reply

HTML = b"<html><body>Please sign in to the guest network</body></html>"
BIG = b"x" * 1000
GARBAGE: dict[str, Bytes] = {
    "HTML": reply(200, HTML, "Content-Type: text/html"),
    "a 500": reply(500, HTML),
    "a 500 in JSON": reply(500, {"reason": "out of order"}),
    "a redirect": reply(302, b"", "Location: http://127.0.0.1:1/"),
    "404 of a proxy": reply(404, HTML),
    "another shape": reply(200, {"outcomes": "many", "rows": 7, "cursor": None, "token": 4}),
    "a list": reply(200, [1, 2, 3]),
    "half an answer": reply(200, BIG)[:200],
    "no bytes at all": b"",
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "not UTF-8": reply(200, b"\xff\xfe\xff"),
    "very deep JSON": reply(200, b"[" * 100_000),
    "silence": None,
    "too many requests": reply(429, {"reason": "slowly"}, "Retry-After: 0"),
    "too large": reply(413, {"reason": "too large"}),
    "a refusal": reply(422, {"problems": [{"path": "facts", "reason": "no"}]}),
    "an ended token": reply(401, {"reason": "expired"}),
}


class Station:
    def __init__(self, folder: Path, ledger: SqliteLedger, store: WireStore) -> None:
        self.store = store
        self.ledger = ledger
        self.transport = StoreTransport(store.url, answer_timeout_s=0.3)
        self.signer = signer = FileSigner(folder / "key")
        chance = random.Random(1).random
        session = Session(chance, floor_s=0.01, ceiling_s=0.05)
        self.courier = Courier(
            ledger, self.transport, signer, FakeClock(), random=chance, session=session, numbers_retry_s=0.05
        )

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so, looking whenever the ledger or the link has changed."""
        changed = asyncio.Event()
        leave = self.ledger.on_change(changed.set), self.courier.on_state(changed.set)
        try:
            while not condition():
                changed.clear()
                async with asyncio.timeout(20):
                    await changed.wait()
        finally:
            for end in leave:
                end()


@asynccontextmanager
async def a_station(folder: Path, store: WireStore, *, scopes: tuple[str, ...] = ("all",)) -> AsyncIterator[Station]:
    """A station at work beside its courier."""
    ledger = a_ledger(folder)
    ledger.enrol(replace(ENROLLED, scopes=scopes))
    station = Station(folder, ledger, store)
    running = asyncio.create_task(station.courier.run())
    try:
        yield station
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await station.transport.close()
        ledger.close()


@pytest.fixture
async def store() -> AsyncIterator[WireStore]:
    async with a_wire_store() as store:
        store.model.put(a_task(quantity_each=1000))
        yield store


async def test_rows_come_down_and_facts_go_up(tmp_path: Path, store: WireStore) -> None:
    async with a_station(tmp_path, store) as station:
        await station.until(lambda: station.ledger.get(PickTask, "T1") is not None)
        do(station.ledger, at_bin(), picked())
        await station.until(lambda: station.ledger.included_through_seq == 2)
        assert station.ledger.owed_count() == 0
        assert station.ledger.get(PickTask, "T1") == store.model.rows["pick_task", "T1"]
        assert station.courier.state().link is Link.ONLINE
        assert all(request.headers["floorhand-protocol"] == "1" for request in store.asked)


async def test_what_changes_at_the_store_is_seen_without_asking_again(tmp_path: Path, store: WireStore) -> None:
    async with a_station(tmp_path, store) as station:
        await station.until(lambda: station.ledger.get(PickTask, "T1") is not None)
        known = station.ledger.cursor().change_seq
        store.model.put(a_task(task_id="T2"))
        store.news()
        await station.until(lambda: station.ledger.get(PickTask, "T2") is not None)
        asked = [request.query for request in store.asked if request.path == "/v1/pull"]
        waited = [float(query["wait_s"]) for query in asked if int(query["change_seq"]) == known]
        assert waited == [LONG_POLL_S]


@pytest.mark.parametrize("fault", GARBAGE)
@pytest.mark.parametrize("path", ["/v1/facts", "/v1/pull", "/v1/stations/token"])
async def test_whatever_the_store_answers_every_fact_arrives_once(
    tmp_path: Path, store: WireStore, path: str, fault: str
) -> None:
    store.faults[path] = deque([GARBAGE[fault]] * 2)
    async with a_station(tmp_path, store) as station:
        await station.until(lambda: station.ledger.get(PickTask, "T1") is not None)
        do(station.ledger, at_bin(), picked())
        do(station.ledger, picked())
        await station.until(lambda: station.ledger.included_through_seq == 3)
        assert not store.faults[path]
        row = store.model.rows["pick_task", "T1"]
        assert isinstance(row, PickTask)
        assert row.picked_each == 2
        await station.until(lambda: station.courier.state().link is Link.ONLINE)


@pytest.mark.parametrize("fault", ["half an answer", "silence", "HTML", "no bytes at all"])
async def test_facts_whose_answer_was_lost_are_not_counted_twice(tmp_path: Path, store: WireStore, fault: str) -> None:
    store.after_hearing["/v1/facts"] = deque([GARBAGE[fault]] * 2)
    async with a_station(tmp_path, store) as station:
        await station.until(lambda: station.ledger.get(PickTask, "T1") is not None)
        do(station.ledger, at_bin(), picked())
        await station.until(lambda: station.ledger.owed_count() == 0)
        row = store.model.rows["pick_task", "T1"]
        assert isinstance(row, PickTask)
        assert row.picked_each == 1
        assert station.ledger.outcome(2) is not None


async def test_a_store_that_is_away_is_said_once_and_once_when_it_is_back(
    tmp_path: Path, store: WireStore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="floorhand.sync")
    async with a_station(tmp_path, store) as station:
        await station.until(lambda: station.courier.state().link is Link.ONLINE)
        store.faults["/v1/facts"] = deque([reply(500, HTML)] * 5)
        store.faults["/v1/pull"] = deque([reply(500, HTML)] * 50)
        do(station.ledger, *[])
        store.news()
        await station.until(lambda: station.courier.state().link is Link.OFFLINE)
        assert station.courier.state().reason == "HTTP 500"
        await station.until(lambda: station.courier.state().link is Link.ONLINE)
    said = [record.message.split()[0] for record in caplog.records]
    assert said.count("store_away") == 1
    assert said.count("store_reached") == 2


async def test_a_program_that_is_too_old_goes_on_recording(tmp_path: Path, store: WireStore) -> None:
    async with a_station(tmp_path, store) as station:
        await station.until(lambda: station.ledger.get(PickTask, "T1") is not None)
        store.faults["/v1/facts"] = deque([reply(426, {"reason": "protocol 2 is wanted"})] * 1000)
        do(station.ledger, at_bin())
        await station.until(lambda: station.courier.state().link is Link.TOO_OLD)
        do(station.ledger, picked())
        assert station.ledger.owed_count() == 2


async def test_a_station_that_forked_keeps_its_queue_and_says_so(tmp_path: Path, store: WireStore) -> None:
    forked = {"outcomes": [{"seq": 1, "verdict": "forked"}], "held_through_seq": 1}  # the store's own fact 1
    store.faults["/v1/facts"] = deque([reply(200, forked)])
    async with a_station(tmp_path, store) as station:
        await station.until(lambda: station.ledger.get(PickTask, "T1") is not None)
        do(station.ledger, at_bin())
        await station.until(lambda: station.courier.state().link is Link.REFUSED)
        do(station.ledger, picked())
        await station.courier.pull_now()
        assert station.ledger.owed_count() == 2
        assert [request.path for request in store.asked].count("/v1/facts") == 1


async def test_after_a_restart_a_station_that_forked_still_says_so_and_sends_nothing(
    tmp_path: Path, store: WireStore
) -> None:
    async with a_station(tmp_path, store) as station:
        await station.until(lambda: station.ledger.get(PickTask, "T1") is not None)
        backup = station.ledger.book.db.conn.serialize()
        do(station.ledger, at_bin(), picked())
        await station.until(lambda: station.ledger.included_through_seq == 2)
    for left in ("book.db-wal", "book.db-shm"):
        (tmp_path / left).unlink(missing_ok=True)
    (tmp_path / "book.db").write_bytes(backup)
    async with a_station(tmp_path, store) as station:
        await station.until(lambda: station.courier.state().link is Link.REFUSED)
        assert station.courier.state().reason == "the store holds 2 facts, this book has 0"
    store.asked.clear()
    async with a_station(tmp_path, store) as station:
        for _ in range(3):
            do(station.ledger, ScanRefused(step="pick.item", reason="pick.refused"))
        await station.until(lambda: station.courier.state().link is Link.REFUSED)
        await station.courier.pull_now()
        assert (station.ledger.owed_count(), station.ledger.held_through_seq) == (3, 0)
    assert "/v1/facts" not in [request.path for request in store.asked]


async def test_a_book_holds_no_pin_of_anybody_that_is_good_for_something_without_the_devices_key(
    tmp_path: Path, store: WireStore
) -> None:
    hashed = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("482913")
    ann = Worker(worker_id="ann", name="Ann", badge="a", pin_hash=hashed, roles=frozenset({Role.PICKER}))
    store.model.put(ann)
    async with a_station(tmp_path, store) as station:
        await station.until(lambda: station.ledger.get(Worker, "ann") is not None)
        kept = station.ledger.get(Worker, "ann")
        assert kept is not None
        secret = await device_secret(FileSigner(tmp_path / "key"), PIN_SECRET)
        assert await Argon2PinCheck(secret, argon2id).matches(kept.pin_hash, "482913")
        assert replace(kept, pin_hash="") == replace(ann, pin_hash="")
        book = b"".join(path.read_bytes() for path in tmp_path.glob("book.db*"))
        assert b"argon2id+device" in book
        assert hashed.rpartition("$")[2].encode() not in book


async def test_an_ask_is_answered_refused_or_not_heard(tmp_path: Path, store: WireStore) -> None:
    store.asks["/v1/asks/get_work"] = lambda body: reply(200, {"current": body["worker_id"], "key": body["key"]})
    store.asks["/v1/asks/reassign"] = lambda body: reply(409, {"reason": "not a supervisor"})
    async with a_station(tmp_path, store) as station:
        answer = await station.courier.ask("get_work", {"worker_id": "ann"})
        assert answer["current"] == "ann"
        assert answer["key"]
        [asked] = [request for request in store.asked if request.path == "/v1/asks/get_work"]
        said = ask_message("K3", "get_work", json_bytes(asked.body))
        assert asked.headers[SIGNATURE_HEADER.lower()] == base64url(await station.signer.sign(said))
        assert asked.body["asked_at_utc"] == SHIFT_BEGINS_UTC.isoformat()
        with pytest.raises(StoreRefused, match="not a supervisor"):
            await station.courier.ask("reassign", {"key": "k", "worker_id": "ann"})
        store.faults["/v1/asks/get_work"] = deque([reply(200, HTML)])
        with pytest.raises(StoreUnreachable):
            await station.courier.ask("get_work", {"worker_id": "ann"})
        store.faults["/v1/asks/get_work"] = deque([reply(401, {"reason": "expired"})])
        assert (await station.courier.ask("get_work", {"worker_id": "abe"}))["current"] == "abe"


async def test_each_worker_asks_with_a_token_of_their_own(tmp_path: Path, store: WireStore) -> None:
    store.asks["/v1/asks/get_work"] = lambda body: reply(200, {"current": body["worker_id"]})
    async with a_station(tmp_path, store) as station:
        for worker_id in ("ann", "abe", "ann"):
            answer = await station.courier.ask("get_work", {"worker_id": worker_id})
            assert answer["current"] == worker_id

        await station.until(lambda: "" in store.tokens)
        wanted = [request.body["worker_id"] for request in store.asked if request.path == "/v1/stations/token"]
        assert sorted(wanted) == ["", "abe", "ann"]


async def test_a_pull_on_request_does_not_wait_for_the_long_poll(tmp_path: Path, store: WireStore) -> None:
    async with a_station(tmp_path, store) as station:
        await station.until(lambda: station.ledger.get(PickTask, "T1") is not None)
        store.model.put(a_task(task_id="T2"))  # and nobody wakes the long poll
        await station.courier.pull_now()
        assert station.ledger.get(PickTask, "T2") is not None


async def test_without_a_store_a_pull_returns_and_an_ask_says_so(tmp_path: Path, store: WireStore) -> None:
    store.port = 1
    async with a_station(tmp_path, store) as station:
        await station.courier.pull_now()
        with pytest.raises(StoreUnreachable):
            await station.courier.board()
        assert station.courier.state().link is Link.OFFLINE


async def test_carton_numbers_are_renewed_and_a_lost_answer_is_no_second_range(
    tmp_path: Path, store: WireStore
) -> None:
    keys: list[str] = []

    def lease(body: dict[str, str]) -> bytes:
        keys.append(body["key"])
        return reply(
            200, {"company_prefix": "4012345", "extension_digit": "3", "first_serial": 501, "last_serial": 1000}
        )

    store.asks["/v1/asks/sscc_range"] = lease
    store.after_hearing["/v1/asks/sscc_range"] = deque([GARBAGE["half an answer"]])
    async with a_station(tmp_path, store, scopes=("all", "pack")) as station:
        with station.ledger.book.transaction() as db:
            db.execute("UPDATE number_ranges SET next_serial = 400")
        await station.until(lambda: station.courier.state().link is Link.ONLINE)
        await station.until(lambda: station.ledger.numbers_left_each() > 150)
    assert len(keys) == 2
    assert keys[0] == keys[1]


async def test_a_trouble_in_the_book_does_not_end_the_courier(tmp_path: Path, store: WireStore) -> None:
    async with a_station(tmp_path, store) as station:
        await station.until(lambda: station.ledger.get(PickTask, "T1") is not None)
        station.ledger.book.db.execute("PRAGMA query_only = ON")
        store.model.put(a_task(task_id="T2"))
        store.news()
        await station.until(lambda: station.courier.state().link is Link.OFFLINE)
        assert "LedgerReadOnly" in station.courier.state().reason
        station.ledger.book.db.execute("PRAGMA query_only = OFF")
        await station.until(lambda: station.ledger.get(PickTask, "T2") is not None)


async def test_a_book_that_is_busy_while_carton_numbers_are_counted_does_not_end_the_courier(
    tmp_path: Path, store: WireStore, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_station(tmp_path, store, scopes=("all", "pack")) as station:
        await station.until(lambda: station.ledger.get(PickTask, "T1") is not None)
        await station.until(lambda: station.courier.state().link is Link.ONLINE)
        db = station.ledger.book.db
        db.execute("ALTER TABLE number_ranges RENAME TO away")
        do(station.ledger, at_bin())
        await station.until(lambda: station.ledger.included_through_seq == 1)
        db.execute("ALTER TABLE away RENAME TO number_ranges")
        do(station.ledger, picked())
        await station.until(lambda: station.ledger.included_through_seq == 2)
    assert "numbers_not_counted reason=LedgerDamaged" in caplog.text


@contextmanager
def a_full_disk(station: Station) -> Iterator[type[LedgerTrouble]]:
    db = station.ledger.book.db
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages}")
    yield DiskFull
    db.execute(f"PRAGMA max_page_count = {pages * 100}")


@contextmanager
def a_book_that_somebody_else_writes(station: Station) -> Iterator[type[LedgerTrouble]]:
    station.ledger.book.db.execute("PRAGMA busy_timeout = 0")
    path = station.ledger.book.db.execute("PRAGMA database_list").fetchone()[2]
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield LedgerBusy
    other.close()


@contextmanager
def a_read_only_disk(station: Station) -> Iterator[type[LedgerTrouble]]:
    station.ledger.book.db.execute("PRAGMA query_only = ON")
    yield LedgerReadOnly
    station.ledger.book.db.execute("PRAGMA query_only = OFF")


@pytest.mark.parametrize("trouble", [a_full_disk, a_book_that_somebody_else_writes, a_read_only_disk])
async def test_what_the_store_took_while_the_book_could_not_say_so_is_settled_later_without_a_new_scan(
    tmp_path: Path,
    store: WireStore,
    trouble: Callable[[Station], AbstractContextManager[type[LedgerTrouble]]],
) -> None:
    async with a_station(tmp_path, store) as station:
        await station.until(lambda: station.ledger.get(PickTask, "T1") is not None)
        store.faults["/v1/facts"] = deque([reply(500, HTML)] * 1000)
        do(station.ledger, at_bin())
        for _ in range(90):
            do(station.ledger, picked())
        await station.until(lambda: station.courier.state().link is Link.OFFLINE)
        with trouble(station) as named:
            store.faults["/v1/facts"].clear()
            await station.until(lambda: named.__name__ in station.courier.state().reason)
            assert store.model.facts["K3"]
            assert station.ledger.owed_count() > 0
        await station.until(lambda: station.ledger.owed_count() == 0)
        await station.until(lambda: station.ledger.included_through_seq == 91)
        row = store.model.rows["pick_task", "T1"]
        assert isinstance(row, PickTask)
        assert row.picked_each == 90
        await station.until(lambda: station.courier.state().link is Link.ONLINE)
