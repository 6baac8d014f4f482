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
# Changed by half since somebody looked.
_OUT_OF_DATE = """
    SELECT relname FROM pg_stat_user_tables
    WHERE n_mod_since_analyze >= %s AND n_mod_since_analyze * 2 >= n_live_tup AND n_live_tup <= %s
"""


def look_after_young_tables(connection: psycopg.Connection[Any], closed: threading.Event) -> None:
    """The work of a `SideLine`."""
    while not closed.is_set():
        for (name,) in connection.execute(_OUT_OF_DATE, (_CHANGED_MIN, _YOUNG_ROWS_MAX)).fetchall():
            connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(name)))
        closed.wait(_LOOK_EVERY_S)
