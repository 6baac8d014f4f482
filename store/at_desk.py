"""An act at the desk of a warehouse, from the event loop: done by the writer, answered after the commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from store.backroom import Backroom
from store.desk import Desk

T = TypeVar("T")


async def at_desk(room: Backroom, warehouse_id: str, act: Callable[[Desk], T]) -> T:
    """What `act` answers; everything that it wrote is kept, or nothing of it when it raised.

    Raises:
        TurnedAway: 404, there is no such warehouse.
        StoreBusy: the store could not write: ask again.
    """

    def work(connection: Connection) -> T:
        desk = Desk.at(connection, warehouse_id, room.now_utc())
        done = act(desk)
        desk.flush()
        return done

    return await asyncio.wrap_future(room.writer.submit(work))
