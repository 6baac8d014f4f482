"""A connection to PostgreSQL beside those of requests and of the writer, in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

_AGAIN_S = 2.0
# Whoever closes the line waits so long for one that is being made. A server that is gone without a word is noticed
# within half a minute.
_PATIENCE = {"connect_timeout": "5", "keepalives_idle": "10", "keepalives_interval": "5", "keepalives_count": "3"}
log = logging.getLogger(__name__)


class SideLine:
    """Does its work until it is closed; a connection that was lost is made anew after a while.

    Args:
        name: of the thread, and in the log.
        url: the database's address.
        work: goes on until the event that it is given is set.
    """

    def __init__(self, name: str, url: str, work: Callable[[psycopg.Connection[Any], threading.Event], None]) -> None:
        plain = make_url(url).set(drivername="postgresql").update_query_dict(_PATIENCE)
        self._address = plain.render_as_string(hide_password=False)
        self._work = work
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                with psycopg.connect(self._address, autocommit=True) as connection:
                    self._work(connection, self._closed)
            except psycopg.Error as reason:
                log.warning("side_line_lost name=%s reason=%s", self._thread.name, type(reason).__name__)
                self._closed.wait(_AGAIN_S)
