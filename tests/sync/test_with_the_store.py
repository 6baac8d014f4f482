"""Real stations, a real wire, the real store: what is done on the floor arrives, whatever happens in between."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from app.domain.facts import Fact
from app.domain.locations import Location
from app.domain.orders import Order, OrderState
from app.domain.picking import PickState, PickTask
from app.domain.picklists import Picklist, PicklistState
from app.domain.products import Product
from app.domain.rows import Row
from app.domain.totes import ToteLoad
from app.domain.workers import Role, ScanRefused, Worker
from app.errors import StoreRefused
from app.ports import Link
from sync.book import open_book
from sync.courier import Courier
from sync.enrolment import enrol
from sync.grants import StoreGrants
from sync.ledger import SqliteLedger
from sync.session import Session
from sync.signature_check import is_signed
from sync.signer_file import FileSigner
from sync.transport import StoreTransport
from tests.fakes.clock import FakeClock
from tests.store.a_store import AStore, a_listening_store, a_store, listening
from tests.store.w1 import NOW_UTC, PICKER, SOCKS, WORKERS
from tests.store.walk import a_walk
from tests.sync.floor import do
from tests.sync.gate import Gate, a_gate

_STARTS = count(1)


class _ItsOwnClock(FakeClock):
    """No two moments and no two identifiers are the same, also when the program is started again."""

    def new_id(self) -> str:
        return f"{self.boot_id}-{super().new_id()}"


class Station:
    def __init__(self, ledger: SqliteLedger, courier: Courier, gate: Gate, grants: StoreGrants) -> None:
        self.ledger = ledger
        self.courier = courier
        self.gate = gate
        self.grants = grants

    async def until_settled(self, *, link: Link = Link.ONLINE) -> None:
        """Wait until nothing is owed and the rows contain all that was done here."""
        ledger, courier = self.ledger, self.courier
        await self._until(lambda: ledger.included_through_seq == ledger.last_seq and courier.state().link is link)

    async def until_held(self) -> None:
        """Wait until nothing is owed; what moves no row is included in them only after a while."""
        await self._until(lambda: not self.ledger.owed_count())

    async def until(self, link: Link) -> None:
        await self._until(lambda: self.courier.state().link is link)

    async def _until(self, condition: Callable[[], bool]) -> None:
        changed = asyncio.Event()
        leave = self.ledger.on_change(changed.set), self.courier.on_state(changed.set)
        while not condition():
            changed.clear()
            async with asyncio.timeout(30):
                await changed.wait()
        for end in leave:
            end()

    async def get_work(self) -> str:
        answer = await self.courier.ask("get_work", {"worker_id": PICKER})
        await self.courier.pull_now()
        return str(answer["current"])

    def walk(self, *facts: Fact) -> None:
        for fact in facts:
            do(self.ledger, fact)


@asynccontextmanager
async def a_station(folder: Path, store: AStore, kind: str = "handset") -> AsyncIterator[Station]:
    """A station that was enrolled with a code, at work beside its courier, behind a wire of its own."""
    folder.mkdir(exist_ok=True)
    async with AsyncExitStack() as stack:
        gate = await stack.enter_async_context(a_gate(store.url))
        clock = _ItsOwnClock(NOW_UTC, boot_id=f"boot-{next(_STARTS)}")
        ledger = SqliteLedger(open_book(folder / "book.db"), clock)
        stack.callback(ledger.close)
        transport = StoreTransport(gate.url, answer_timeout_s=5)
        stack.push_async_callback(transport.close)
        signer = FileSigner(folder / "key")
        if not ledger.station_id:
            code = await store.post("/v1/enrolments", {"station_kind": kind, "name": kind})
            await enrol(ledger, transport, signer, code=code["code"], name=kind)
        session = Session(random.Random(1).random, floor_s=0.01, ceiling_s=0.1)
        enrolled = ledger.enrolled
        assert enrolled is not None
        grants = StoreGrants(ledger, is_signed, store_key=enrolled.store_key)
        courier = Courier(
            ledger,
            transport,
            signer,
            clock,
            random=random.random,
            session=session,
            numbers_retry_s=0.1,
            grants=grants,
        )
        running = asyncio.create_task(courier.run())
        try:
            yield Station(ledger, courier, gate, grants)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[AStore]:
    async with a_listening_store(tmp_path) as store:
        yield store


def agree(store: AStore, ledger: SqliteLedger, *row_types: type[Row]) -> None:
    for row_type in row_types:
        assert ledger.all(row_type) == sorted(store.rows(row_type), key=lambda row: row.row_id)


async def test_a_list_is_leased_walked_and_held(tmp_path: Path, store: AStore) -> None:
    order_id = await store.order(SOCKS=2, PEN=1)
    await store.release()
    async with a_station(tmp_path / "K", store) as station:
        await station.courier.pull_now()
        agree(store, station.ledger, Product, Location)
        assert station.ledger.find_code("04006381333931") is not None
        picklist_id = await station.get_work()
        picklist = station.ledger.get(Picklist, picklist_id)
        assert picklist is not None
        assert (picklist.state, picklist.station_id) == (PicklistState.LEASED, station.ledger.station_id)
        *walk, finished = a_walk(store, picklist_id)
        station.walk(*walk)
        await station.until_settled()
        agree(store, station.ledger, PickTask, ToteLoad)
        station.walk(finished)
        await station.until_settled()
        assert store.row(Order, order_id).state is OrderState.PICKED
        assert station.ledger.get(Picklist, picklist_id) is None  # it is packing's now


async def test_a_list_that_was_walked_while_the_wire_was_cut_arrives_once(tmp_path: Path, store: AStore) -> None:
    order_id = await store.order(SOCKS=2, PEN=1)
    await store.release()
    async with a_station(tmp_path / "K", store) as station:
        picklist_id = await station.get_work()
        walk = a_walk(store, picklist_id)
        station.walk(*walk[:3])
        station.gate.cut()
        station.walk(*walk[3:5])
        await station.until(Link.OFFLINE)
        station.walk(*walk[5:-1])
        done = station.ledger.all(PickTask)
        station.gate.shut, station.gate.answers_to_cut = False, 4
        await station.until_settled()
        assert station.gate.answers_to_cut == 0
        assert station.ledger.all(PickTask) == done
        agree(store, station.ledger, PickTask, ToteLoad)
        station.walk(walk[-1])
        await station.until_settled()
        assert store.row(Order, order_id).state is OrderState.PICKED
        assert store.moved_each("A-01", SOCKS) == 8


async def test_a_store_that_was_stopped_and_started_again_gets_everything(tmp_path: Path) -> None:
    async with AsyncExitStack() as shift:
        first = await shift.enter_async_context(a_store(tmp_path))
        async with AsyncExitStack() as serving:
            first.url = await serving.enter_async_context(listening(first.service))
            await first.order(SOCKS=2)
            await first.release()
            station = await shift.enter_async_context(a_station(tmp_path / "K", first))
            picklist_id = await station.get_work()
            walk = a_walk(first, picklist_id)
            station.walk(*walk[:2])
        await station.until(Link.OFFLINE)
        station.walk(*walk[2:-1])
        assert station.ledger.owed_count() > 0
        async with a_listening_store(tmp_path) as second:
            station.gate.port = int(second.url.rsplit(":", 1)[1])
            await station.until_settled()
            agree(second, station.ledger, PickTask, ToteLoad)
            station.walk(walk[-1])
            await station.until_settled()
            assert second.row(Picklist, picklist_id).state is PicklistState.PICKED


async def test_a_station_that_was_stopped_goes_on_with_the_same_list(tmp_path: Path, store: AStore) -> None:
    await store.order(SOCKS=2)
    await store.release()
    async with a_station(tmp_path / "K", store) as station:
        picklist_id = await station.get_work()
        walk = a_walk(store, picklist_id)
        station.gate.cut()
        station.walk(*walk[:4])
        assert station.ledger.owed_count() == 4
    async with a_station(tmp_path / "K", store) as station:
        (begun,) = station.ledger.all(PickTask)
        assert (begun.picklist_id, begun.picked_each) == (picklist_id, 2)
        station.walk(*walk[4:-1])
        await station.until_settled()
        agree(store, station.ledger, PickTask, ToteLoad)
        (done,) = store.rows(PickTask, picklist_id)
        assert (done.state, done.placed_each) == (PickState.PLACED, 2)


async def test_a_list_that_a_supervisor_gave_away_is_gone_and_what_was_picked_is_kept(
    tmp_path: Path, store: AStore
) -> None:
    await store.order(SOCKS=2)
    await store.release()
    async with a_station(tmp_path / "K", store) as station:
        picklist_id = await station.get_work()
        walk = a_walk(store, picklist_id)
        station.walk(*walk[:4])
        await station.until_settled()
        body = {"picklist_id": picklist_id, "to_worker_id": None, "reason": "shift ends", "worker_id": "sue"}
        bench = await store.station("bench")
        assert (await bench.ask("reassign", **body)).status_code == 200
        await station.courier.pull_now()
        assert station.ledger.all(PickTask) == []
        task = store.rows(PickTask, picklist_id)[0]
        assert task.picked_each == 2
        with pytest.raises(StoreRefused, match="bench"):
            await station.courier.ask("reassign", body)


async def test_a_packing_station_leases_carton_numbers_by_itself(tmp_path: Path, store: AStore) -> None:
    async with a_station(tmp_path / "P", store, "packing") as station:
        changed = asyncio.Event()
        station.ledger.on_change(changed.set)
        while not station.ledger.numbers_left_each():
            changed.clear()
            async with asyncio.timeout(30):
                await changed.wait()
        sscc = station.ledger.take_sscc()
        assert sscc is not None
        assert len(sscc) == 18
        assert sscc[1:8] == "4012345"


async def test_somebody_new_may_sign_in_at_once_and_offline_for_a_shift(tmp_path: Path, store: AStore) -> None:
    async with a_station(tmp_path / "K", store) as station:
        await station.until(Link.ONLINE)
        await store.load("workers", [{**WORKERS[0], "worker_id": "new", "badge": "badge-new"}])
        async with asyncio.timeout(30):
            while (new := station.ledger.get(Worker, "new")) is None or not station.grants.allows(new, NOW_UTC):
                await station.courier.pull_now()
        assert not station.grants.allows(replace(new, roles=frozenset({Role.SUPERVISOR})), NOW_UTC)
    shift_ends = NOW_UTC + timedelta(hours=14)
    ledger = SqliteLedger(open_book(tmp_path / "K" / "book.db"), FakeClock(NOW_UTC))
    assert ledger.enrolled is not None
    kept = StoreGrants(ledger, is_signed, store_key=ledger.enrolled.store_key)
    assert kept.allows(new, shift_ends - timedelta(seconds=1))
    assert not kept.allows(new, shift_ends)
    ledger.close()


async def test_a_station_that_was_revoked_says_so_keeps_what_it_owes_and_lets_nobody_sit_down(
    tmp_path: Path, store: AStore
) -> None:
    async with a_station(tmp_path / "K", store) as station:
        await station.until(Link.ONLINE)
        await station.courier.pull_now()
        ann = station.ledger.get(Worker, PICKER)
        assert ann is not None
        assert station.grants.allows(ann, NOW_UTC)
        await store.post(f"/v1/stations/{station.ledger.station_id}/revoke", {"reason": "Lost"})
        do(station.ledger, ScanRefused(step="pick.item", reason="WrongItem"))
        await station.until(Link.REFUSED)
        assert station.courier.state().reason == "this station was revoked: Lost"
        assert station.ledger.owed_count() == 1
        assert not station.grants.allows(ann, NOW_UTC)
        enrolled = station.ledger.enrolled
        assert enrolled is not None
        assert not StoreGrants(station.ledger, is_signed, store_key=enrolled.store_key).allows(ann, NOW_UTC)
