"""The real store on a walk: `store.hearing`, `store.feed`, `store.asks` over a real database, in groups that may die.

Its door is the model's (`tests.model.store`): what a socket does to it is `tests/store` and `tests/sync`'s matter.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, func, select

from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancyState
from app.domain.facts import Subject
from app.domain.picking import PickTask
from app.domain.picklists import Picklist
from app.domain.rows import ROW_TYPES, Row, from_image
from store.asks import WorkWanted, ask_get_work
from store.backroom import Backroom
from store.engine import open_reader, open_writer
from store.feed import changes
from store.hearing import Push
from store.intake import Intake
from store.judge import Said, Told, read
from store.places import tote_place
from store.row_book import RowBook
from store.scopes import scopes_of_station
from store.station import Station
from store.tables import feeds, stock
from sync.protocol import Cursor, FactsJudged, Pulled, Verdict
from tests.model.disk import Crashed, Fate
from tests.model.movements import Place, bin_of, moves_of
from tests.model.station import WORKERS
from tests.model.written import Held, Written
from tests.store.w1 import LOCATIONS, NOW_UTC, W1

R = TypeVar("R", bound=Row)
T = TypeVar("T")
ALL = 1_000_000
PAGE = 12
OF_UNITS = (DiscrepancyKind.ORDER_CANCELLED, DiscrepancyKind.DOUBLE_PICK)
BINS = [str(location["location_id"]) for location in LOCATIONS]


class RealStore:
    """Its own disk too: `fate` and `transaction`.

    Args:
        url: of a database with the warehouse W1 and the stations in it.
    """

    def __init__(self, url: str, station_ids: list[str], *, versions: int) -> None:
        self._writer, self._reader = open_writer(url), open_reader(url)
        self._stations = {
            station_id: Station(
                warehouse_id=W1, station_id=station_id, kind="handset", scopes=scopes_of_station("handset", station_id)
            )
            for station_id in station_ids
        }
        self.fate: Fate | None = None
        self.written = Written()
        self._now_utc = NOW_UTC
        self._intake = Intake(lambda: self._now_utc)
        self._heads = dict.fromkeys(station_ids, 0)
        self._group: Connection | None = None
        self._group_heads: dict[str, int] = {}
        with self._reader.begin() as connection:
            self._opening = {product: _in_bins(connection, product) for product in ("SOCKS", "PEN")}

    def close(self) -> None:
        self._writer.dispose()
        self._reader.dispose()

    @property
    def disk(self) -> RealStore:
        return self

    def begin(self) -> None:
        self.written = Written()
        self._group_heads = dict(self._heads)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        fate, self.fate = self.fate, None
        with self._writer.begin() as connection:
            self._group = connection
            yield
            for one in RowBook(connection, W1).all(Picklist):
                self.written.promised[one.picklist_id] = (one.lease, one.epoch, one.station_id)
            if fate is Fate.BEFORE:
                raise Crashed(self, kept=False)
        self._heads = self._group_heads
        self._intake.committed()
        if fate is Fate.AFTER:
            raise Crashed(self, kept=True)

    @property
    def group(self) -> Connection:
        """The connection of the group that is being written."""
        assert self._group is not None
        return self._group

    def hear(self, station_id: str, texts: Sequence[str], now_utc: datetime) -> FactsJudged:
        said = [Said.of(text) for text in texts]
        self._now_utc = now_utc
        with self.group.begin_nested():
            (judged,) = self._intake.do(self.group, [Push(station=self._stations[station_id], said=said)])
        assert isinstance(judged, FactsJudged)
        for text, outcome in zip(texts, judged.outcomes, strict=False):
            if outcome.seq > self._group_heads[station_id]:
                self.written.held.append(Held(station_id, outcome.seq, text, outcome))
                if outcome.verdict is not Verdict.QUARANTINED:
                    fits = outcome.exception in (None, DiscrepancyKind.NEGATIVE_STOCK)
                    self.written.happened.append((station_id, outcome.seq, fits))
        self._group_heads[station_id] = judged.held_through_seq
        return judged

    def answer(self, station_id: str, name: str, key: str, now_utc: datetime) -> Mapping[str, Any]:
        assert name == "get_work"
        wanted = WorkWanted(key=key, worker_id=WORKERS[station_id], asked_at_utc=now_utc)
        room = cast(Backroom, _RoomOfTheGroup(self.group, now_utc))
        asking = replace(self._stations[station_id], worker_id=wanted.worker_id)
        return asyncio.run(ask_get_work(wanted, asking, room)).model_dump()

    def news(self, station_id: str, cursor: Cursor) -> bool:
        with self._reader.begin() as connection:
            pulled = changes(connection, self._stations[station_id], cursor, 1).pulled()
        return bool(pulled.rows or pulled.must_refetch)

    def pull(self, station_id: str, cursor: Cursor) -> Pulled:
        with self._reader.begin() as connection:
            return changes(connection, self._stations[station_id], cursor, PAGE).pulled()

    def held_through(self, station_id: str) -> int:
        return self._heads[station_id]

    # What the witness looks at.

    def read(self, station_id: str, text: str) -> Told | str:
        return read(Said.of(text), warehouse_id=W1, station_id=station_id)

    def row(self, row_type: type[R], row_id: str) -> R | None:
        with self._reader.begin() as connection:
            return RowBook(connection, W1).get(row_type, row_id)

    def is_work(self, held: Held) -> bool:
        with self._reader.begin() as connection:
            works = RowBook(connection, W1).all(Discrepancy)
        if held.outcome.verdict is Verdict.QUARANTINED:
            return any(_tells_of(work, held) for work in works)
        told = self.read(held.station_id, held.text)
        assert isinstance(told, Told)
        if held.outcome.exception in OF_UNITS and not moves_of(told.fact, held.station_id, self.product_of):
            # A bin that was scanned in vain, a list without orders: nothing was taken, and nothing is to be put back.
            return True
        return any(work.kind == held.outcome.exception for work in works)

    def product_of(self, task_id: str) -> str:
        task = self.row(PickTask, task_id)
        assert task is not None
        return task.product_id

    def stock_each(self, place: Place) -> int:
        name, product = place
        with self._reader.begin() as connection:
            if name == bin_of(product):
                return _in_bins(connection, product) - self._opening[product]
            return _sum(connection, product, [name if name.startswith("hand:") else tote_place(name)])

    def is_at_head(self, cursor: Cursor) -> bool:
        with self._reader.begin() as connection:
            now = connection.execute(select(feeds).where(feeds.c.warehouse_id == W1)).one()
        return cursor == Cursor(epoch=now.epoch, change_seq=now.change_seq)

    def full_read(self, station_id: str) -> Mapping[Subject, Any]:
        with self._reader.begin() as connection:
            pulled = changes(connection, self._stations[station_id], Cursor(), ALL).pulled()
        return {(change.row_kind, change.row_id): change.image for change in pulled.rows}

    def rows_of(self, station_id: str) -> Mapping[Subject, Row]:
        return {
            subject: from_image(ROW_TYPES[subject[0]], image) for subject, image in self.full_read(station_id).items()
        }

    @property
    def aside(self) -> int:
        return 0


class _RoomOfTheGroup:
    """A backroom whose writer is the group that is being written already."""

    def __init__(self, connection: Connection, now_utc: datetime) -> None:
        self._connection = connection
        self._now_utc = now_utc
        self.writer = self

    def now_utc(self) -> datetime:
        return self._now_utc

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        done: Future[T] = Future()
        with self._connection.begin_nested():
            done.set_result(work(self._connection))
        return done


def _tells_of(work: Discrepancy, held: Held) -> bool:
    """Whether it is open work for a supervisor to look into a fact that was set aside."""
    facts = work.facts
    same = (work.kind, work.state) == (DiscrepancyKind.QUARANTINED_FACT, DiscrepancyState.OPEN)
    if not same or (facts["station_id"], facts["reason"]) != (held.station_id, held.outcome.reason):
        return False
    return int(facts["seq"]) <= held.seq <= int(facts.get("last_seq", facts["seq"]))


def _in_bins(connection: Connection, product_id: str) -> int:
    return _sum(connection, product_id, BINS)


def _sum(connection: Connection, product_id: str, places: list[str]) -> int:
    here = (stock.c.warehouse_id == W1, stock.c.product_id == product_id, stock.c.place.in_(places))
    return int(connection.scalar(select(func.coalesce(func.sum(stock.c.quantity_each), 0)).where(*here)) or 0)
