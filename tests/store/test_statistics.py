"""PostgreSQL finds its way in tables that have just grown."""

from __future__ import annotations

import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from store.side_line import SideLine
from store.statistics import look_after_young_tables
from tests.store import engines

TRIES = 600


@pytest.mark.skipif(engines.CHOSEN != "postgresql", reason="SQLite plans by the statement alone")
def test_a_table_that_has_just_grown_is_looked_at_at_once(tmp_path: Path) -> None:
    url = engines.engine.url(tmp_path)
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE grown AS SELECT generate_series(1, 5000) AS number")
        connection.execute("SELECT pg_stat_force_next_flush()")
        known = "SELECT reltuples FROM pg_class WHERE relname = 'grown'"
        assert connection.execute(known).fetchall() == [(-1.0,)]

        young = SideLine("young-tables", url, look_after_young_tables)
        try:
            # PostgreSQL tells nobody; it can only be asked.
            for _ in range(TRIES):
                if connection.execute(known).fetchall() == [(5000.0,)]:
                    return
                time.sleep(0.05)
        finally:
            young.close()
    raise AssertionError("nobody has looked")
