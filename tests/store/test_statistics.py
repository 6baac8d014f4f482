"""PostgreSQL finds its way in tables that have just grown."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

from store.side_line import SideLine
from store.statistics import look_after_young_tables
from tests.store import engines

TRIES = 600

pytestmark = pytest.mark.skipif(engines.CHOSEN != "postgresql", reason="SQLite plans by the statement alone")


@contextmanager
def a_looked_after_database(folder: Path) -> Iterator[psycopg.Connection[Any]]:
    url = engines.engine.url(folder)
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        young = SideLine("young-tables", url, look_after_young_tables)
        try:
            yield connection
        finally:
            young.close()


def known(connection: psycopg.Connection[Any], table: str) -> float:
    """How many rows PostgreSQL plans for; less than none while it has never looked."""
    [(rows,)] = connection.execute("SELECT reltuples FROM pg_class WHERE relname = %s", (table,)).fetchall()
    return float(rows)


def grows(connection: psycopg.Connection[Any], table: str) -> None:
    """A new table of 5,000 rows, until somebody has looked at it."""
    connection.execute(f"CREATE TABLE {table} AS SELECT generate_series(1, 5000) AS number".encode())
    connection.execute("SELECT pg_stat_force_next_flush()")
    # PostgreSQL tells nobody; it can only be asked.
    for _ in range(TRIES):
        if known(connection, table) == 5000:
            return
        time.sleep(0.05)
    raise AssertionError("nobody has looked")


def test_a_table_that_has_just_grown_is_looked_at_at_once(tmp_path: Path) -> None:
    with a_looked_after_database(tmp_path) as connection:
        grows(connection, "young")


def test_an_old_table_whose_counters_began_anew_is_no_young_one(tmp_path: Path) -> None:
    with a_looked_after_database(tmp_path) as connection:
        connection.execute("CREATE TABLE old AS SELECT generate_series(1, 5000) AS number")
        connection.execute("ANALYZE old")
        connection.execute("SELECT pg_stat_force_next_flush()")
        connection.execute("SELECT pg_stat_reset_single_table_counters('old'::regclass)")
        connection.execute("INSERT INTO old SELECT generate_series(1, 600)")
        connection.execute("SELECT pg_stat_force_next_flush()")

        # Two looks later, of which the second began after the counters were there.
        grows(connection, "young")
        grows(connection, "younger")

        assert known(connection, "old") == 5000
