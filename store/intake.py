"""Facts of all stations that come at about the same time: heard in one go, on what the last go has left in memory.

Alone, a push of ten facts costs some twenty statements. Thirty pushes together cost as many, and most of the rows that
they touch are known from the pushes before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import OperationalError

from store.desk import Desk, Seen
from store.hearing import Heard, Hearing, Push
from store.tables import feeds

ROWS_REMEMBERED_MAX = 50_000
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Stand:
    """Where a warehouse's books are: nobody else has written while this is the same."""

    epoch: str
    change_seq: int
    last_move_id: int


@dataclass(slots=True)
class _Memory:
    """What is known of a warehouse, and at which stand of its books."""

    seen: Seen = field(default_factory=Seen)
    stand: _Stand | None = None


class Intake:
    """Implements `store.writer.Together`: one outcome a fact, for each push; or why its station is turned away.

    A push that the store cannot apply with the others is heard once more alone, and there fact by fact: one bad fact
    stops no queue. Nothing is remembered of a go that was not committed.
    """

    def __init__(self, now_utc: Callable[[], datetime]) -> None:
        self._now_utc = now_utc
        self._memories: dict[str, _Memory] = {}
        self._next: dict[str, _Memory] = {}

    def do(self, connection: Connection, pushes: Sequence[Push]) -> list[Heard]:
        self._next, self._memories = self._memories, {}
        now_utc = self._now_utc()
        try:
            with connection.begin_nested():
                return self._together(connection, pushes, now_utc)
        except OperationalError:
            # The disk is full or the lock is lost: nothing is wrong with the facts, the stations send them again.
            raise
        except Exception:
            log.exception("pushes_not_applied pushes=%d", len(pushes))
            self._next = {}
            return [self._alone(connection, push, now_utc) for push in pushes]

    def committed(self) -> None:
        self._memories, self._next = self._next, {}

    def _together(self, connection: Connection, pushes: Sequence[Push], now_utc: datetime) -> list[Heard]:
        judged: dict[int, Heard] = {}
        for warehouse_id in dict.fromkeys(push.station.warehouse_id for push in pushes):
            memory = self._next.setdefault(warehouse_id, _Memory())
            desk = self._desk(connection, warehouse_id, now_utc, memory)
            here = [(place, push) for place, push in enumerate(pushes) if push.station.warehouse_id == warehouse_id]
            hearing = Hearing(desk, [push for _, push in here])
            judged.update(zip((place for place, _ in here), hearing.judge(), strict=True))
            memory.stand = _stand(desk)
        return [judged[place] for place in range(len(pushes))]

    def _alone(self, connection: Connection, push: Push, now_utc: datetime) -> Heard:
        desk = Desk.at(connection, push.station.warehouse_id, now_utc)
        try:
            with connection.begin_nested():
                return Hearing(desk, [push]).judge()[0]
        except OperationalError:
            raise
        except Exception:
            log.exception("push_not_applied station=%s facts=%d", push.station.station_id, len(push.said))
            return Hearing(Desk.at(connection, push.station.warehouse_id, now_utc), [push], one_by_one=True).judge()[0]

    def _desk(self, connection: Connection, warehouse_id: str, now_utc: datetime, memory: _Memory) -> Desk:
        desk = Desk.at(connection, warehouse_id, now_utc, memory.seen)
        if memory.stand != _stand(desk) or len(memory.seen.rows.rows) > ROWS_REMEMBERED_MAX:
            desk.forget()
        return desk


def _stand(desk: Desk) -> _Stand | None:
    found = desk.connection.execute(_FEED, {"warehouse_id": desk.warehouse_id}).one_or_none()
    return _Stand(found.epoch, found.change_seq, desk.stock.last_move_id()) if found is not None else None


_FEED = select(feeds.c.epoch, feeds.c.change_seq).where(feeds.c.warehouse_id == bindparam("warehouse_id"))
