"""New orders reach the floor by themselves: a moment after the last of them came in, so that they can share walks."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Future
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import Connection, select

from store.backroom import Backroom
from store.desk import Desk
from store.release import Released, release
from store.tables import warehouses

log = logging.getLogger(__name__)

PATIENCE_S = 10.0


class ReleaseSoon:
    """Releases a warehouse's orders once it has been quiet for a while; asked on the event loop, done by the writer.

    Args:
        quiet_s: how long no order may come in before the release; None leaves releasing to `POST /v1/release`.
        patience_s: how long orders may keep it waiting at most.
    """

    def __init__(self, room: Backroom, *, quiet_s: float | None, patience_s: float = PATIENCE_S) -> None:
        self._room = room
        self._quiet_s = quiet_s
        self._patience_s = patience_s
        self._planned: dict[str, asyncio.TimerHandle] = {}
        self._asked_at: dict[str, float] = {}

    def ask(self, warehouse_id: str) -> None:
        """There are orders to release, or stock for those that wait."""
        if self._quiet_s is None:
            return
        loop = asyncio.get_running_loop()
        latest = self._asked_at.setdefault(warehouse_id, loop.time()) + self._patience_s
        if warehouse_id in self._planned:
            self._planned[warehouse_id].cancel()
        at = min(loop.time() + self._quiet_s, latest)
        self._planned[warehouse_id] = loop.call_at(at, self._begin, warehouse_id)

    def ask_all(self) -> None:
        """Ask for every warehouse: the store may have gone down between taking orders and releasing them."""
        with self._room.reading() as connection:
            warehouse_ids = list(connection.scalars(select(warehouses.c.warehouse_id)))
        for warehouse_id in warehouse_ids:
            self.ask(warehouse_id)

    def close(self) -> None:
        """Nothing is begun any more; what is allocated is released when the store is asked again."""
        for handle in self._planned.values():
            handle.cancel()
        self._planned.clear()

    def _begin(self, warehouse_id: str) -> None:
        del self._planned[warehouse_id], self._asked_at[warehouse_id]

        def work(connection: Connection) -> Released:
            return release(Desk.at(connection, warehouse_id, self._room.now_utc()))

        def done(reply: Future[Released]) -> None:
            if error := reply.exception():
                log.error("release_failed warehouse=%s", warehouse_id, exc_info=error)
            elif lists := len(reply.result().picklist_ids):
                log.info("released warehouse=%s lists=%d orders=%d", warehouse_id, lists, reply.result().order_count)

        self._room.writer.submit(work).add_done_callback(done)


def _release_soon(request: Request) -> ReleaseSoon:
    soon: Any = request.app.state.release_soon
    assert isinstance(soon, ReleaseSoon)
    return soon


Soon = Annotated[ReleaseSoon, Depends(_release_soon)]
