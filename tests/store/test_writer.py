"""The one writer: groups, savepoints, and nobody answered before the disk."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, insert, select

from store.engine import open_reader, open_writer
from store.migrate import migrate
from store.tables import feeds, metadata
from store.writer import StoreBusy, Writer
from tests.store import engines
from tests.store.engines import engine as test_engine


@pytest.fixture
def url(tmp_path: Path) -> str:
    return test_engine.url(tmp_path)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_writer(url)
    migrate(engine)
    yield engine
    engine.dispose()


def a_row(name: str, connection: Connection) -> str:
    connection.execute(insert(feeds).values(warehouse_id=name, epoch="e", change_seq=0))
    return name


def names(url: str) -> set[str]:
    reader = open_reader(url)
    try:
        with reader.begin() as connection:
            return set(connection.scalars(select(feeds.c.warehouse_id)))
    finally:
        reader.dispose()


def test_a_reply_comes_when_the_work_is_on_the_disk(engine: Engine, url: str) -> None:
    seen: list[set[str]] = []
    writer = Writer(engine, lambda _: seen.append(names(url)))

    assert writer.submit(lambda connection: a_row("W1", connection)).result() == "W1"
    writer.close()

    assert seen == [{"W1"}]


def test_one_bad_work_fails_alone_in_its_group(engine: Engine, url: str) -> None:
    commits: list[None] = []
    writer = Writer(engine, lambda _: commits.append(None))
    gate = threading.Event()
    held = writer.submit(lambda _connection: gate.wait(10))
    good = [writer.submit(partial(a_row, name)) for name in ("W1", "W2")]

    def bad(connection: Connection) -> None:
        a_row("W3", connection)
        raise ValueError("no")

    broken = writer.submit(bad)
    last = writer.submit(lambda connection: a_row("W4", connection))
    gate.set()

    assert held.result()
    assert [one.result() for one in (*good, last)] == ["W1", "W2", "W4"]
    with pytest.raises(ValueError, match="no"):
        broken.result()
    writer.close()
    assert names(url) == {"W1", "W2", "W4"}
    # The first, and everything that waited behind it; or all of it at once.
    assert len(commits) <= 2


def test_a_later_work_of_a_group_sees_what_the_earlier_has_written(engine: Engine) -> None:
    writer = Writer(engine, lambda _: None)
    gate = threading.Event()
    writer.submit(lambda _connection: gate.wait(10))
    writer.submit(lambda connection: a_row("W1", connection))
    seen = writer.submit(lambda connection: set(connection.scalars(select(feeds.c.warehouse_id))))
    gate.set()

    assert seen.result() == {"W1"}
    writer.close()


def test_a_group_that_cannot_be_committed_is_told_to_ask_again(engine: Engine, url: str) -> None:
    writer = Writer(engine, lambda _: None)

    def loses_the_connection(connection: Connection) -> None:
        a_row("W1", connection)
        connection.connection.dbapi_connection.close()  # type: ignore[union-attr]

    with pytest.raises(StoreBusy):
        writer.submit(loses_the_connection).result()

    assert names(url) == set()
    assert writer.submit(lambda connection: a_row("W2", connection)).result() == "W2"
    writer.close()


@pytest.mark.skipif(engines.CHOSEN != "postgresql", reason="SQLite's connection is a file: nobody can cut it")
def test_a_connection_that_was_cut_while_nobody_wrote_costs_no_work(engine: Engine, url: str) -> None:
    writer = Writer(engine, lambda _: None)
    backend = writer.submit(lambda connection: connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()).result()
    other = open_reader(url)
    with other.begin() as connection:
        # Waits until it is gone.
        assert connection.exec_driver_sql("SELECT pg_terminate_backend(%s, 10000)", (backend,)).scalar()
    other.dispose()

    assert writer.submit(lambda connection: a_row("W1", connection)).result() == "W1"
    writer.close()

    assert names(url) == {"W1"}


def test_a_writer_that_is_closed_finishes_what_waits_and_takes_nothing_more(engine: Engine, url: str) -> None:
    writer = Writer(engine, lambda _: None)
    gate = threading.Event()
    writer.submit(lambda _connection: gate.wait(10))
    waiting = writer.submit(lambda connection: a_row("W1", connection))
    gate.set()
    writer.close()

    assert waiting.result() == "W1"
    with pytest.raises(StoreBusy):
        writer.submit(lambda connection: a_row("W2", connection)).result()


def test_the_migrations_make_the_tables_that_the_store_uses(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []


def test_two_stores_that_start_at_once_migrate_one_after_the_other(url: str) -> None:
    failures: list[BaseException] = []
    begin = threading.Barrier(4)

    def start() -> None:
        engine = open_writer(url)
        begin.wait()
        try:
            migrate(engine)
        except Exception as failure:
            failures.append(failure)
        finally:
            engine.dispose()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
