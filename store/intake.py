"""Facts of all stations that come at about the same time: heard in one go, on what the last go has left in memory.

Alone, a push of ten facts costs some twenty statements. Thirty pushes together cost as many, and most of the rows that
they touch are known from the pushes before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from store.desk import Desk, Seen
from store.hearing import Heard, Hearing, Push

ROWS_REMEMBERED_MAX = 50_000
log = logging.getLogger(__name__)


class Intake:
    """Implements `store.writer.Together`: one outcome a fact, for each push; or why its station is turned away.

    A push that the store cannot apply with the others is heard once more alone, and there fact by fact: one bad fact
    stops no queue. Nothing is remembered of a go that was not committed.
    """

    def __init__(self, now_utc: Callable[[], datetime]) -> None:
        self._now_utc = now_utc
        self._seen: dict[str, Seen] = {}
        self._next: dict[str, Seen] = {}

    def do(self, connection: Connection, pushes: Sequence[Push]) -> list[Heard]:
        self._next, self._seen = self._seen, {}
        now_utc = self._now_utc()
        try:
            with connection.begin_nested():
                return self._together(connection, pushes, now_utc)
        except Exception as error:
            # What was rolled back is true no longer, whatever else of the group is committed.
            self._next = {}
            if isinstance(error, OperationalError):
                # The disk is full or the lock is lost: nothing is wrong with the facts, the stations send them again.
                raise
            log.exception("pushes_not_applied pushes=%d", len(pushes))
        with connection.begin_nested():
            return [self._alone(connection, push, now_utc) for push in pushes]

    def committed(self) -> None:
        self._seen, self._next = self._next, {}

    def _together(self, connection: Connection, pushes: Sequence[Push], now_utc: datetime) -> list[Heard]:
        judged: dict[int, Heard] = {}
        for warehouse_id in dict.fromkeys(push.station.warehouse_id for push in pushes):
            seen = self._next.get(warehouse_id)
            if seen is None or len(seen.rows.rows) > ROWS_REMEMBERED_MAX:
                seen = self._next[warehouse_id] = Seen()
            desk = Desk.at(connection, warehouse_id, now_utc, seen)
            here = [(place, push) for place, push in enumerate(pushes) if push.station.warehouse_id == warehouse_id]
            hearing = Hearing(desk, [push for _, push in here])
            judged.update(zip((place for place, _ in here), hearing.judge(), strict=True))
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
