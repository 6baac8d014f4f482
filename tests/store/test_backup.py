"""The store is put back to a backup: what happened since comes again from the stations, no promise is made twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sqlalchemy import select, update

import tests.store.a_store
from app.domain.orders import Order, OrderState
from app.domain.picking import PickTask
from app.domain.picklists import Picklist
from app.domain.totes import ToteLoad
from app.domain.workers import WorkerSignedIn
from app.ports import Link
from store.__main__ import main
from store.backup import PG_TOOLS
from store.going_on import CARTON_NUMBERS_SKIPPED
from store.tables import facts, feeds, stations
from tests.store import a_postgres
from tests.store.a_store import AStore, a_listening_store, a_store
from tests.store.engines import ENGINES
from tests.store.w1 import SOCKS, SOCKS_BIN, W1
from tests.store.walk import a_walk
from tests.sync.test_with_the_store import Station, a_station


class House:
    """A store's folder, and the commands that are typed at it."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "store"
        self.file = folder / "copy.backup"

    def back_up(self) -> int:
        return main(["backup", "--to", str(self.file), "--data", str(self.data)])

    def restore(self, *how: str) -> int:
        return main(["restore", "--from", str(self.file), "--data", str(self.data), *how])


@pytest.fixture(params=sorted(ENGINES))
async def house(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """W1 on each engine, whichever this run of the tests is for."""
    engine = ENGINES[request.param]()
    monkeypatch.setattr(tests.store.a_store, "engine", engine)
    house = House(tmp_path)
    house.data.mkdir()
    async with a_store(house.data):
        pass
    monkeypatch.setenv("FLOORHAND_STORE_URL", engine.url(house.data))
    monkeypatch.setenv(PG_TOOLS, str(a_postgres.tools()))
    yield house
    engine.clear(tmp_path)


async def until_held(store: AStore, station: Station) -> None:
    """Wait until the store holds everything that the station has done."""
    mine = select(stations.c.held_through_seq).where(stations.c.station_id == station.ledger.station_id)
    async with asyncio.timeout(30):
        while True:
            with store.room.notice.listening() as written, store.room.reading() as connection:
                if connection.scalar(mine) == station.ledger.last_seq:
                    return
                await written.wait()


def epoch(store: AStore) -> str:
    with store.room.reading() as connection:
        return str(connection.scalar(select(feeds.c.epoch).where(feeds.c.warehouse_id == W1)))


async def test_what_happened_after_the_backup_comes_again_from_the_stations_once(tmp_path: Path, house: House) -> None:
    async with AsyncExitStack() as shift:
        async with a_listening_store(house.data) as store:
            order_id = await store.order(SOCKS=2, PEN=1)
            await store.release()
            station = await shift.enter_async_context(a_station(tmp_path / "K", store))
            picklist_id = await station.get_work()
            walk = a_walk(store, picklist_id)
            station.walk(*walk[:3])
            await station.until_settled()
            assert await asyncio.to_thread(house.back_up) == 0
            station.walk(*walk[3:])
            await station.until_settled()
            before = (epoch(store), store.row(Order, order_id), store.rows(PickTask), store.rows(ToteLoad))
            assert store.row(Order, order_id).state is OrderState.PICKED
        await station.until(Link.OFFLINE)
        assert house.restore("--replace") == 0

        async with a_listening_store(house.data) as store:
            # It owes nothing, as far as it knows: it hears that the store has gone back by what it pulls.
            station.gate.port = int(store.url.rsplit(":", 1)[1])
            await until_held(store, station)

            assert (store.row(Order, order_id), store.rows(PickTask), store.rows(ToteLoad)) == before[1:]
            assert epoch(store) != before[0]
            assert store.moved_each(SOCKS_BIN, SOCKS) == store.stock_each(SOCKS_BIN, SOCKS) == 10 - 2
            await station.until_settled()


async def test_no_carton_number_and_no_lease_is_given_a_second_time(house: House) -> None:
    async with a_store(house.data) as store:
        bench = await store.station("packing")
        handset = await store.station("handset", name="Two")
        await store.order(SOCKS=1)
        await store.release()
        assert await asyncio.to_thread(house.back_up) == 0
        given = (await bench.ask("sscc_range", key="n1")).json()
        picklist_id = await handset.get_work()
        assert picklist_id is not None
        lease = store.row(Picklist, picklist_id).lease
    assert house.restore("--replace") == 0

    async with a_store(house.data) as store:
        bench.store = handset.store = store
        again = (await bench.ask("sscc_range", key="n2")).json()
        assert again["first_serial"] == given["first_serial"] + CARTON_NUMBERS_SKIPPED > given["last_serial"]
        assert await handset.get_work() == picklist_id
        assert store.row(Picklist, picklist_id).lease != lease


async def test_a_store_is_replaced_when_that_is_said_and_is_still_there(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    assert house.back_up() == 0
    assert house.file.stat().st_mode & 0o777 == 0o600
    async with a_store(house.data) as store:
        await store.order("1001")
        assert await asyncio.to_thread(house.restore, "--replace") == 2
        assert "stop the store" in capsys.readouterr().err
    assert house.restore() == 2
    assert "--replace" in capsys.readouterr().err
    async with a_store(house.data) as store:
        assert await store.history("1001")

    assert house.restore("--replace") == 0
    assert "set aside" in capsys.readouterr().out
    async with a_store(house.data) as store:
        assert (await store.http.get("/v1/orders/web/1001", headers=store.owner)).status_code == 404


@pytest.mark.parametrize("spoilt", [b"", b"SQLite format 3\0nothing of the kind", b"PGDMPnothing of the kind"])
async def test_what_is_no_backup_changes_nothing(
    house: House, capsys: pytest.CaptureFixture[str], spoilt: bytes
) -> None:
    async with a_store(house.data) as store:
        await store.order("1001")
    house.file.write_bytes(spoilt)

    assert house.restore("--replace") == 2

    assert capsys.readouterr().err.startswith("the restore failed: ")
    async with a_store(house.data) as store:
        assert await store.history("1001")


async def test_a_backup_whose_facts_somebody_has_changed_is_not_taken(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    async with a_store(house.data) as store:
        handset = await store.station()
        await handset.do(WorkerSignedIn(seat_id="s1"))
        store.room.writer.submit(lambda connection: connection.execute(update(facts).values(text="{}"))).result()
    assert house.back_up() == 0

    assert house.restore("--replace") == 2

    assert "another text" in capsys.readouterr().err
