"""Several stores on one PostgreSQL: each tells the others what it has committed, so that their stations are woken too.

A notification goes out with the commit, to whoever listens. One that was missed, because a connection was lost, costs a
station nothing but time: it looks by itself after a while. A pooler that lends connections for a transaction only
(pgbouncer) must be passed by: nobody can listen through it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import psycopg
from sqlalchemy import Connection

from store.notice import Changed, changed_by
from store.side_line import SideLine

_CHANNEL = "floorhand_changed"
_PAYLOAD_MAX = 7_500
_LOOK_UP_S = 0.2


def tell(connection: Connection, me: str) -> None:
    """Let the other stores know, with the commit, what this transaction of `me` has changed."""
    changed = changed_by(connection.info)
    if connection.dialect.name != "postgresql" or not changed.scopes:
        return
    said = json.dumps([me, changed.change_seqs, sorted(changed.scopes)], separators=(",", ":"))
    if len(said) > _PAYLOAD_MAX:
        said = json.dumps([me, None, None])
    connection.exec_driver_sql("SELECT pg_notify(%s, %s)", (_CHANNEL, said))


class OtherStores:
    """Listens in a thread of its own until it is closed.

    Args:
        url: the database's address.
        me: this store's name among them; it wakes its own stations by itself.
        hear: called with what another store has changed; with None when that may be anything.
    """

    def __init__(self, url: str, me: str, hear: Callable[[Changed | None], None]) -> None:
        self._me = me
        self._hear = hear
        self._line = SideLine("other-stores", url, self._listen)

    def close(self) -> None:
        self._line.close()

    def _listen(self, connection: psycopg.Connection[Any], closed: threading.Event) -> None:
        connection.execute(f"LISTEN {_CHANNEL}")
        # Whatever was committed before somebody listened was not heard.
        self._hear(None)
        while not closed.is_set():
            for notification in connection.notifies(timeout=_LOOK_UP_S):
                self._take(notification.payload)

    def _take(self, payload: str) -> None:
        try:
            who, change_seqs, scopes = json.loads(payload)
            if who == self._me:
                return
            known = None if scopes is None else Changed(change_seqs, {(one, other) for one, other in scopes})
        except (ValueError, TypeError):
            known = None
        self._hear(known)
