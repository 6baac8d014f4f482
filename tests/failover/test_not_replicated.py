"""A commit whose standby is away, and whose wait somebody ends: nothing is acknowledged before a standby has it."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, insert, select, update

from app.domain.rows import to_image
from app.domain.workers import WorkerSignedIn
from store.engine import open_writer
from store.hearing import Push
from store.intake import Intake
from store.judge import Said
from store.migrate import migrate
from store.station import Station
from store.tables import stations, warehouses
from store.writer import StoreBusy, Writer
from sync.protocol import GENESIS_HASH, Envelope, FactsJudged, Verdict, fact_text
from tests.store.a_postgres import Postgres, a_folder, free_port, plain

NOW_UTC = datetime(2026, 3, 2, 8, tzinfo=UTC)
_W1 = {"warehouse_id": "W1", "time_zone": "Europe/Berlin"}
WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


class House:
    """A server whose standby can be away, and a store's writer on it."""

    def __init__(self, server: Postgres) -> None:
        self._address = plain(server.address())
        self.engine = open_writer(server.address())
        migrate(self.engine)
        self.writer = Writer(self.engine, lambda _: None)
        self.intake = Intake(lambda: NOW_UTC)
        self.writer.submit(lambda connection: connection.execute(insert(warehouses).values(_W1))).result()

    def station(self, station_id: str) -> Station:
        row = {"warehouse_id": "W1", "station_id": station_id, "scopes": ["all"], "last_hash": GENESIS_HASH}
        new = insert(stations).values(**row, enrolled_at_utc=NOW_UTC)
        self.writer.submit(lambda connection: connection.execute(new)).result()
        return Station(warehouse_id="W1", station_id=station_id, kind="handset", scopes=())

    def push(self, station: Station) -> Future[FactsJudged]:
        """The station's first fact, as often as it is sent."""
        said = [Said.of(the_first_fact(station.station_id))]
        return self.writer.submit_to(self.intake, Push(station=station, said=said))

    def names(self) -> list[str]:
        with self.engine.begin() as connection:
            return list(connection.scalars(select(warehouses.c.name)))

    def administer(self, statement: str) -> list[Any]:
        """As a person at psql, who waits for no standby."""
        with psycopg.connect(self._address, autocommit=True, options="-c synchronous_commit=local") as connection:
            done = connection.execute(statement.encode())
            return done.fetchall() if done.description else []

    def standby_is_away(self) -> None:
        self.administer("ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (n2, n3)'")
        self.administer("SELECT pg_reload_conf()")
        self._until(lambda: self.administer("SHOW synchronous_standby_names")[0][0] != "")

    def standby_is_back(self) -> None:
        """Nobody has to be waited for any more."""
        self.administer("ALTER SYSTEM RESET synchronous_standby_names")
        self.administer("SELECT pg_reload_conf()")

    def until_it_waits(self) -> int:
        """The process of the server whose commit waits for a standby."""
        self._until(lambda: self.administer(WAITING))
        return int(self.administer(WAITING)[0][0])

    def _until(self, true: Callable[[], Any]) -> None:
        # The server says so nowhere but in a view.
        for _ in range(600):
            if true():
                return
            time.sleep(0.05)
        raise AssertionError("it does not happen")


def the_first_fact(station_id: str) -> str:
    fact = WorkerSignedIn(seat_id="s1")
    return fact_text(
        Envelope(
            warehouse_id="W1",
            station_id=station_id,
            seq=1,
            kind=fact.kind,
            version=fact.version,
            worker_id="ann",
            occurred_at_utc=NOW_UTC,
            boot_id="boot-1",
            monotonic_ms=1,
            prev_hash=GENESIS_HASH,
            body=to_image(fact),
        )
    )


@contextmanager
def a_house() -> Iterator[House]:
    server = Postgres(home=a_folder(), port=free_port())
    server.init()
    server.start()
    house = House(server)
    try:
        yield house
    finally:
        house.standby_is_back()
        house.writer.close()
        house.engine.dispose()
        server.kill()
        shutil.rmtree(server.home, ignore_errors=True)


@pytest.fixture(scope="module")
def the_house() -> Iterator[House]:
    with a_house() as house:
        yield house


@pytest.fixture
def house(the_house: House) -> Iterator[House]:
    yield the_house
    the_house.standby_is_back()


@pytest.mark.parametrize("how", ["cancel", "terminate"])
def test_a_fact_whose_wait_for_a_standby_was_ended_is_not_acknowledged_before_a_standby_has_it(
    house: House, how: str
) -> None:
    station = house.station(f"H-{how}")
    house.standby_is_away()
    first = house.push(station)
    house.administer(f"SELECT pg_{how}_backend({house.until_it_waits()})")
    with pytest.raises(StoreBusy):
        first.result(30)
    # The station sends it again. It is in the table, for all to see; but should the primary die now, it is nowhere.
    again = house.push(station)
    house.until_it_waits()
    assert not again.done()

    house.standby_is_back()

    assert [outcome.verdict for outcome in again.result(30).outcomes] == [Verdict.ACCEPTED]


def test_a_connection_that_is_lost_in_the_middle_of_a_group_takes_the_group_with_it_and_nothing_else(
    house: House,
) -> None:
    def name(said: str) -> Callable[[Connection], Any]:
        return lambda connection: connection.execute(update(warehouses).values(name=said))

    def die(connection: Connection) -> None:
        connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    # The writer is busy until all are waiting, so that they are one group.
    began, all_there = threading.Event(), threading.Event()
    busy = house.writer.submit(lambda _: began.set() or all_there.wait(30))  # type: ignore[func-returns-value]
    assert began.wait(30)
    group = [house.writer.submit(work) for work in (name("Before"), die, name("After"))]
    all_there.set()
    busy.result(30)
    for each in group:
        with pytest.raises(StoreBusy):
            each.result(30)
    assert house.names() == [""]

    house.writer.submit(name("Later")).result(30)
    assert house.names() == ["Later"]
