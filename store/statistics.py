"""What PostgreSQL knows of a table that has just grown, so that it finds rows by the right index.

It plans a statement by what it knew of the table when the statement was first asked, and looks at tables anew once a
minute. Until then a new warehouse's facts, or rows that were just imported, count as a handful: any index seems good
enough, and each push reads the whole warehouse. So tables that are young are looked at every few seconds. Of those that
have grown old a minute is nothing, and PostgreSQL's own housekeeping sees to them.
"""

from __future__ import annotations

import logging
import threading

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

_LOOK_EVERY_S = 2.0
# Whoever closes it waits for it.
_CONNECT_S = 5
_YOUNG_ROWS_MAX = 500_000
_CHANGED_MIN = 500
# Changed by half since somebody looked.
_OUT_OF_DATE = """
    SELECT relname FROM pg_stat_user_tables
    WHERE n_mod_since_analyze >= %s AND n_mod_since_analyze * 2 >= n_live_tup AND n_live_tup <= %s
"""
log = logging.getLogger(__name__)


class YoungTables:
    """Looks after them in a thread of its own until it is closed.

    Args:
        url: the database's address.
    """

    def __init__(self, url: str) -> None:
        plain = make_url(url).set(drivername="postgresql").update_query_dict({"connect_timeout": str(_CONNECT_S)})
        self._address = plain.render_as_string(hide_password=False)
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="young-tables", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                self._look_after()
            except psycopg.Error as reason:
                log.warning("young_tables_not_seen reason=%s", type(reason).__name__)
                self._closed.wait(_LOOK_EVERY_S)

    def _look_after(self) -> None:
        with psycopg.connect(self._address, autocommit=True) as connection:
            while not self._closed.is_set():
                for (name,) in connection.execute(_OUT_OF_DATE, (_CHANGED_MIN, _YOUNG_ROWS_MAX)).fetchall():
                    connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(name)))
                self._closed.wait(_LOOK_EVERY_S)
