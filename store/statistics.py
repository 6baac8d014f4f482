"""What PostgreSQL knows of a table that has just grown, so that it finds rows by the right index.

It plans a statement by what it knew of the table when the statement was first asked, and looks at tables anew once a
minute. Until then a new warehouse's facts, or rows that were just imported, count as a handful: any index seems good
enough, and each push reads the whole warehouse. So tables that are young are looked at every few seconds. Of those that
have grown old a minute is nothing, and PostgreSQL's own housekeeping sees to them.
"""

from __future__ import annotations

import threading
from typing import Any

import psycopg
from psycopg import sql

_LOOK_EVERY_S = 2.0
_YOUNG_ROWS_MAX = 500_000
_CHANGED_MIN = 500
# Changed by half since somebody looked. How many rows there were then stands in the catalogue: the counters alone begin
# anew after a crash and in a database that was copied, and an old table would be taken for an empty one.
_OUT_OF_DATE = """
    SELECT counted.relname FROM pg_stat_user_tables counted JOIN pg_class known ON known.oid = counted.relid
    WHERE n_mod_since_analyze >= %s AND n_mod_since_analyze * 2 >= greatest(n_live_tup, known.reltuples)
    AND greatest(n_live_tup, known.reltuples) <= %s
"""


def look_after_young_tables(connection: psycopg.Connection[Any], closed: threading.Event) -> None:
    """The work of a `SideLine`."""
    while not closed.is_set():
        for (name,) in connection.execute(_OUT_OF_DATE, (_CHANGED_MIN, _YOUNG_ROWS_MAX)).fetchall():
            connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(name)))
        closed.wait(_LOOK_EVERY_S)
