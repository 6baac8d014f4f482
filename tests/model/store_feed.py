"""The model store's rows and their feed: whole images behind numbers in commit order, scopes, tombstones, epochs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from app.domain.facts import Subject
from app.domain.picklists import Picklist
from app.domain.rows import Row, to_image
from store.scopes import hangs_on, scopes_of, scopes_of_station
from sync.protocol import Cursor, Pulled, RowChange
from tests.model.disk import Disk

R = TypeVar("R", bound=Row)


class StoreFeed:
    """Which scope a row is in says `store.scopes`, as for the real store."""

    def __init__(self, disk: Disk, station_ids: list[str]) -> None:
        self.disk = disk
        self.rows: dict[Subject, Row] = {}
        self._rows_at: dict[Subject, int] = {}
        self._where: dict[Subject, frozenset[str]] = {}
        self._scopes: dict[str, dict[Subject, tuple[int, bool]]] = {}
        self._newest: dict[str, int] = {}
        self.meta: dict[str, Any] = {"change_seq": 0, "epoch": 1, "swept": 0}
        self._pulled = {station_id: scopes_of_station("handset", station_id) for station_id in station_ids}

    @property
    def change_seq(self) -> int:
        return int(self.meta["change_seq"])

    @property
    def epoch(self) -> str:
        return f"e{self.meta['epoch']}"

    def get(self, row_type: type[R], row_id: str) -> R | None:
        row = self.rows.get((row_type.row_kind, row_id))
        return row if isinstance(row, row_type) else None

    def all(self, row_type: type[R]) -> list[R]:
        return [row for row in self.rows.values() if isinstance(row, row_type)]

    def put(self, row: Row) -> None:
        subject = (row.row_kind, row.row_id)
        self.disk.put(self.rows, subject, row)
        if self._publish(subject, row) and hangs_on(row) is not None:
            for hanging in self._hanging(row):
                self._publish((hanging.row_kind, hanging.row_id), hanging)

    def remove(self, row: Row) -> None:
        subject = (row.row_kind, row.row_id)
        self.disk.drop(self.rows, subject)
        self._publish(subject, None)

    def next_number(self) -> int:
        self.disk.put(self.meta, "change_seq", self.change_seq + 1)
        return self.change_seq

    def _publish(self, subject: Subject, row: Row | None) -> bool:
        """Say a row in each of its scopes, and in those that it has left; whether any of them changed."""
        wanted = frozenset() if row is None else scopes_of(row, self.get)
        there = self._where.get(subject, frozenset())
        number = self.next_number()
        for scope in wanted:
            self._say(scope, subject, number)
        for scope in there - wanted:
            self._leave(scope, subject, number)
        self.disk.put(self._rows_at, subject, number)
        if wanted != there:
            self.disk.put(self._where, subject, wanted)
        return wanted != there

    def _say(self, scope: str, subject: Subject, number: int, *, present: bool = True) -> None:
        if scope not in self._scopes:
            self.disk.put(self._scopes, scope, {})
        self.disk.put(self._scopes[scope], subject, (number, present))
        self.disk.put(self._newest, scope, max(number, self._newest.get(scope, 0)))

    def _leave(self, scope: str, subject: Subject, number: int) -> None:
        self._say(scope, subject, number, present=False)

    def _hanging(self, row: Row) -> Iterator[Row]:
        if isinstance(row, Picklist):
            for other in tuple(self.rows.values()):
                if other is not row and getattr(other, "picklist_id", None) == row.picklist_id:
                    yield other

    def sweep(self) -> None:
        """Forget old tombstones: cursors from before them are too old.

        No row may stand below them, or the page of a snapshot that ends at such a row could not be told from a cursor
        that is too old: so the oldest rows are numbered anew first.
        """
        oldest_first = sorted(self.rows, key=lambda subject: self._rows_at[subject])
        for subject in oldest_first[: (len(oldest_first) + 1) // 2]:
            self._publish(subject, self.rows[subject])
        swept = min((self._rows_at[subject] for subject in self.rows), default=self.change_seq + 1) - 1
        for scope, said in self._scopes.items():
            left = {subject: place for subject, place in said.items() if place[1] or place[0] > swept}
            self.disk.put(self._scopes, scope, left)
        self.disk.put(self.meta, "swept", swept)

    def begin_anew(self) -> None:
        """Number everything again, from 1: every cursor is worthless."""
        self.disk.put(self.meta, "epoch", self.meta["epoch"] + 1)
        self.disk.put(self.meta, "change_seq", 0)
        self.disk.put(self.meta, "swept", 0)
        for scope in tuple(self._scopes):
            self.disk.put(self._scopes, scope, {})
            self.disk.put(self._newest, scope, 0)
        for subject, row in tuple(self.rows.items()):
            self.disk.put(self._where, subject, frozenset())
            self._publish(subject, row)

    def news(self, station_id: str, cursor: Cursor) -> bool:
        """Whether a pull would bring anything."""
        if cursor.epoch != self.epoch or cursor.change_seq < self.meta["swept"]:
            return True
        return any(self._newest.get(scope, 0) > cursor.change_seq for scope in self._pulled[station_id])

    def pull(self, station_id: str, cursor: Cursor, limit: int, included_through_seq: int) -> Pulled:
        since = cursor.change_seq
        if (cursor.epoch or since) and (
            cursor.epoch != self.epoch or since > self.change_seq or 0 < since < self.meta["swept"]
        ):
            return Pulled(cursor=Cursor(), must_refetch=True)
        changed: dict[Subject, int] = {}
        for scope in self._pulled[station_id]:
            if self._newest.get(scope, 0) > since:
                for subject, (number, present) in self._scopes[scope].items():
                    if number > since and (since or present):
                        changed[subject] = max(number, changed.get(subject, 0))
        found = sorted(changed.items(), key=lambda change: change[1])
        more = len(found) > limit
        return Pulled(
            cursor=Cursor(epoch=self.epoch, change_seq=found[limit - 1][1] if more else self.change_seq),
            rows=tuple(self._change(station_id, subject, number) for subject, number in found[:limit]),
            included_through_seq=included_through_seq,
            more=more,
        )

    def _change(self, station_id: str, subject: Subject, number: int) -> RowChange:
        row = self.rows.get(subject)
        there = row is not None and not self._where[subject].isdisjoint(self._pulled[station_id])
        return RowChange(
            row_kind=subject[0],
            row_id=subject[1],
            change_seq=number,
            parent=row.parent if row is not None and there else None,
            image=to_image(row) if there else None,
        )

    def full_read(self, station_id: str) -> dict[Subject, int]:
        """Every row in a station's scopes, with its number: what snapshot + deltas must come to."""
        scopes = self._pulled[station_id]
        return {subject: self._rows_at[subject] for subject in self.rows if not self._where[subject].isdisjoint(scopes)}
