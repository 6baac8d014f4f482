"""One act from outside in one transaction of the writer: the books of a warehouse, the moment, and new ids."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, func, select

from app.domain.discrepancies import ADDRESSEES, Discrepancy, DiscrepancyKind, DiscrepancyState
from app.domain.facts import Subject
from app.domain.picklists import Picklist
from store.chain import SeenChain, StoreChain
from store.claims import TaskClaims
from store.counts import HeardCounts, SeenCounts
from store.history import OrderHistory
from store.row_book import RowBook, SeenRows
from store.stock import SeenStock, StockBook
from store.tables import facts, feeds, rows, stock_moves, warehouses
from store.turned_away import TurnedAway

# No I, L, O and U: an id may be read out.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# What has a number on the supervisor's board, and how many there are: as many as three digits say.
_CALLED_BY_NUMBER = (Picklist.row_kind, Discrepancy.row_kind)
NUMBERS = 999
# Where a warehouse's books are: nobody has written to them while this is the same.
_STANDS = (
    select(
        warehouses.c.time_zone,
        feeds.c.epoch,
        feeds.c.change_seq,
        select(func.max(stock_moves.c.move_id))
        .where(stock_moves.c.warehouse_id == bindparam("warehouse_id"))
        .scalar_subquery()
        .label("last_move_id"),
        select(func.max(facts.c.store_seq))
        .where(facts.c.warehouse_id == bindparam("warehouse_id"))
        .scalar_subquery()
        .label("store_seq"),
    )
    .join_from(warehouses, feeds, feeds.c.warehouse_id == warehouses.c.warehouse_id, isouter=True)
    .where(warehouses.c.warehouse_id == bindparam("warehouse_id"))
)


def new_id(prefix: str) -> str:
    """A fresh id such as `T-7K3M9Q2A5X`: 50 bits of chance behind the prefix."""
    return f"{prefix}-{''.join(secrets.choice(_LETTERS) for _ in range(10))}"


@dataclass(slots=True)
class Seen:
    """What has been read of a warehouse, as it stands in the database.

    Args:
        epoch: of the feed that `rows.change_seq` counts in; None when nobody has looked, or it has not begun.
    """

    rows: SeenRows = field(default_factory=SeenRows)
    stock: SeenStock = field(default_factory=SeenStock)
    counts: SeenCounts = field(default_factory=SeenCounts)
    chain: SeenChain = field(default_factory=SeenChain)
    epoch: str | None = None

    def keep_if_at(self, epoch: str | None, change_seq: int, last_move_id: int, store_seq: int) -> None:
        """Forget everything, unless the books are where they were when it was read."""
        now = (epoch, change_seq, last_move_id, store_seq)
        if now != (self.epoch, self.rows.change_seq, self.stock.last_move_id, self.chain.store_seq):
            for known in (self.rows, self.stock, self.counts, self.chain):
                known.clear()
            self.epoch, self.rows.change_seq, self.stock.last_move_id, self.chain.store_seq = now


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the books hold back is written by `flush`, at the latest when the act is done.

    Args:
    time_zone: the warehouse's; its days and cut-offs are said in it.
    new_id: makes an id out of a prefix.
    """

    book: RowBook
    stock: StockBook
    claims: TaskClaims
    history: OrderHistory
    counts: HeardCounts
    chain: StoreChain
    now_utc: datetime
    time_zone: ZoneInfo
    new_id: Callable[[str], str] = new_id

    @classmethod
    def at(cls, connection: Connection, warehouse_id: str, now_utc: datetime, seen: Seen | None = None) -> Desk:
        """The desk of a warehouse.

        Args:
            seen: what earlier desks have read; what is true no longer is forgotten here.

        Raises:
            TurnedAway: 404, there is no such warehouse.
        """
        seen = seen or Seen()
        stands = connection.execute(_STANDS, {"warehouse_id": warehouse_id}).one_or_none()
        if stands is None:
            raise TurnedAway(HTTPStatus.NOT_FOUND, "there is no such warehouse")
        seen.keep_if_at(stands.epoch, stands.change_seq or 0, stands.last_move_id or 0, stands.store_seq or 0)
        return cls(
            book=RowBook(connection, warehouse_id, seen.rows),
            stock=StockBook(connection, warehouse_id, seen.stock),
            claims=TaskClaims(connection, warehouse_id),
            history=OrderHistory(connection, warehouse_id),
            counts=HeardCounts(connection, warehouse_id, seen.counts),
            chain=StoreChain(connection, warehouse_id, seen.chain),
            now_utc=now_utc,
            time_zone=ZoneInfo(stands.time_zone),
        )

    @property
    def connection(self) -> Connection:
        return self.book.connection

    @property
    def warehouse_id(self) -> str:
        return self.book.warehouse_id

    @property
    def today(self) -> date:
        """The day that it is in the warehouse."""
        return self.now_utc.astimezone(self.time_zone).date()

    def flush(self) -> None:
        """Write whatever the books hold back."""
        self.book.flush()
        self.stock.flush()
        self.claims.flush()
        self.history.flush()

    def forget(self) -> None:
        """A savepoint was rolled back under the books: drop what they hold back, and read everything anew."""
        self.book.drop()
        self.stock.drop()
        self.claims.drop()
        self.history.drop()
        self.counts.drop()
        self.chain.drop()

    def next_number(self) -> int:
        """What the next picklist or discrepancy is called: 1, 2, 3 … and, when all are given, from 1 again."""
        self.book.flush()
        here = (rows.c.warehouse_id == self.warehouse_id, rows.c.row_kind.in_(_CALLED_BY_NUMBER))
        # Those that are over are counted too: their rows, or their tombstones, stay.
        given = self.connection.scalar(select(func.count()).select_from(rows).where(*here)) or 0
        return given % NUMBERS + 1

    def note(self, order_id: str, what: str, **facts: str | int | None) -> None:
        """Write a step of an order into its history."""
        self.history.note(order_id, what, self.now_utc, **facts)

    def work_under(self, name: str) -> tuple[str, Discrepancy | None]:
        """The id of the work under a name, and the work as far as it is open: what was settled leaves the name to the
        next, which comes with a number behind it.
        """
        work_id, number = name, 1
        while (found := self.book.get(Discrepancy, work_id)) is not None and found.state is not DiscrepancyState.OPEN:
            number += 1
            work_id = f"{name}#{number}"
        return work_id, found

    def raise_discrepancy(
        self,
        discrepancy_id: str,
        kind: DiscrepancyKind,
        about: Subject,
        facts: Mapping[str, str | int],
        *,
        station_id: str | None = None,
    ) -> bool:
        """Make work for somebody, once: False when this very discrepancy was raised before.

        Args:
            station_id: whose hand the units are in that it is about.
        """
        if self.book.get(Discrepancy, discrepancy_id) is not None:
            return False
        addressee, remedy = ADDRESSEES[kind]
        self.book.put(
            Discrepancy(
                discrepancy_id=discrepancy_id,
                kind=kind,
                about=about,
                raised_at_utc=self.now_utc,
                addressee=addressee,
                remedy=remedy,
                station_id=station_id,
                facts={name: str(fact) for name, fact in facts.items()},
                number=self.next_number(),
            )
        )
        return True
