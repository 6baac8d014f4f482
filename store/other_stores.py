"""Several stores on one PostgreSQL: each tells the others what it has committed, so that their stations are woken too.

A notification goes out with the commit, to whoever listens. One that was missed, because a connection was lost, costs a
station nothing but time: it looks by itself after a while. A pooler that lends connections for a transaction only
(pgbouncer) must be passed by: nobody can listen through it.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable

import psycopg
from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from store.notice import Changed, changed_by

_CHANNEL = "floorhand_changed"
_PAYLOAD_MAX = 7_500
_LOOK_UP_S = 0.2
_AGAIN_S = 2.0
log = logging.getLogger(__name__)


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
        plain = make_url(url).set(drivername="postgresql")
        # A server that is gone without a word is noticed within half a minute.
        alive = {"keepalives_idle": "10", "keepalives_interval": "5", "keepalives_count": "3"}
        self._address = plain.update_query_dict(alive).render_as_string(hide_password=False)
        self._me = me
        self._hear = hear
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="other-stores", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                self._listen()
            except psycopg.Error as reason:
                log.warning("other_stores_not_heard reason=%s", type(reason).__name__)
                self._closed.wait(_AGAIN_S)

    def _listen(self) -> None:
        with psycopg.connect(self._address, autocommit=True) as connection:
            connection.execute(f"LISTEN {_CHANNEL}")
            # Whatever was committed before somebody listened was not heard.
            self._hear(None)
            while not self._closed.is_set():
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
