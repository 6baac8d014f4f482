"""New orders reach the floor by themselves: a moment after the last of them came in, so that they can share walks."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import select

from store.at_desk import at_desk
from store.backroom import Backroom
from store.desk import new_id
from store.promise import promise_waiting
from store.release import Released, release
from store.release_plan import ORDERS_A_LIST_MAX
from store.tables import warehouses

log = logging.getLogger(__name__)

PATIENCE_S = 10.0
# A release that failed is tried again after this: a full disk or a lost lock takes a person some time.
RETRY_S = 10.0


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
        self._going: set[asyncio.Task[Released]] = set()
        self._closed = False

    def ask(self, warehouse_id: str) -> None:
        """There are orders to release, or stock for those that wait."""
        if self._quiet_s is None or self._closed:
            return
        loop = asyncio.get_running_loop()
        latest = self._asked_at.setdefault(warehouse_id, loop.time()) + self._patience_s
        self._plan(warehouse_id, min(loop.time() + self._quiet_s, latest))

    def ask_all(self) -> None:
        """Ask for every warehouse: the store may have gone down between taking orders and releasing them."""
        with self._room.reading() as connection:
            warehouse_ids = list(connection.scalars(select(warehouses.c.warehouse_id)))
        for warehouse_id in warehouse_ids:
            self.ask(warehouse_id)

    def close(self) -> None:
        """Nothing is begun any more; what is allocated is released when the store is asked again."""
        self._closed = True
        for handle in self._planned.values():
            handle.cancel()
        self._planned.clear()
        for going in self._going:
            going.cancel()

    def _plan(self, warehouse_id: str, at_s: float) -> None:
        if warehouse_id in self._planned:
            self._planned[warehouse_id].cancel()
        self._planned[warehouse_id] = asyncio.get_running_loop().call_at(at_s, self._begin, warehouse_id)

    def _begin(self, warehouse_id: str) -> None:
        del self._planned[warehouse_id]
        self._asked_at.pop(warehouse_id, None)
        going = asyncio.create_task(release_all(self._room, warehouse_id))
        self._going.add(going)
        going.add_done_callback(partial(self._done, warehouse_id))

    def _done(self, warehouse_id: str, going: asyncio.Task[Released]) -> None:
        self._going.discard(going)
        if going.cancelled() or (error := going.exception()) is None:
            return
        log.error("release_failed warehouse=%s again_in_s=%g", warehouse_id, RETRY_S, exc_info=error)
        # The orders are still allocated, and maybe no other comes that would ask for them.
        if not self._closed and warehouse_id not in self._planned:
            self._plan(warehouse_id, asyncio.get_running_loop().time() + RETRY_S)


async def release_all(
    room: Backroom, warehouse_id: str, *, orders_a_list_max: int = ORDERS_A_LIST_MAX, zone: str | None = None
) -> Released:
    """Release everything that is allocated, go by go; orders that waited for stock are tried first.

    Raises:
        TurnedAway: 404, there is no such warehouse.
    """
    await at_desk(room, warehouse_id, promise_waiting)
    wave_id = new_id("W")
    picklist_ids: list[str] = []
    order_count = 0
    more = True
    while more:
        go = await at_desk(
            room,
            warehouse_id,
            lambda desk: release(desk, wave_id, orders_a_list_max=orders_a_list_max, zone=zone),
        )
        picklist_ids += go.picklist_ids
        order_count += go.order_count
        more = go.more
    if picklist_ids:
        log.info("released warehouse=%s lists=%d orders=%d", warehouse_id, len(picklist_ids), order_count)
    return Released(wave_id=wave_id, picklist_ids=tuple(picklist_ids), order_count=order_count, more=False)


def release_soon(request: Request) -> ReleaseSoon:
    soon: Any = request.app.state.release_soon
    assert isinstance(soon, ReleaseSoon)
    return soon


async def _release_soon(request: Request) -> ReleaseSoon:
    return release_soon(request)


Soon = Annotated[ReleaseSoon, Depends(_release_soon)]
