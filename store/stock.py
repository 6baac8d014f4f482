"""Stock as double entry: every movement has a place it left and a place it reached; the balance is their sum.

Places are locations, and what is not on the map: `hand:<station>`, `tote_load:<id>`, `carton:<id>`, `returns:<id>`,
`customer`, `adjustment`, `regraded`. A balance may be negative: what a hand did is true, and the figure was wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, func, select

from store import many
from store.tables import stock, stock_moves

GOOD = "good"
CUSTOMER = "customer"
ADJUSTMENT = "adjustment"
REGRADED = "regraded"


class Marks(NamedTuple):
    """What units of one product at one place are told apart by."""

    lot: str
    serial: str
    condition: str
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Units that went from one place to another; `quantity_each` is above 0.

    Args:
        lot, serial: '' where the product is not tracked so.
        condition: `good`, or what a return was graded as.
        owner: '' when they are the warehouse's own.
        reason: the fact's wire kind, or the store's own word.
    """

    product_id: str
    quantity_each: int
    from_place: str
    to_place: str
    reason: str
    lot: str = ""
    serial: str = ""
    condition: str = GOOD
    owner: str = ""

    def reversed(self, reason: str) -> Move:
        return replace(self, from_place=self.to_place, to_place=self.from_place, reason=reason)

    @property
    def marks(self) -> Marks:
        return Marks(lot=self.lot, serial=self.serial, condition=self.condition, owner=self.owner)


_Shelf = dict[Marks, int]
Shelf = tuple[str, str]
"""(place, product id)"""
_Key = tuple[str, str, Marks]
_MARKS = [stock.c[name] for name in Marks._fields]
_MOVED = [stock_moves.c[each.name] for each in fields(Move)]
# A case of serials, unit by unit, is far below it.
_MOVES_OF_A_FACT_MAX = 2000
# Far above every quantity that a fact may name, far below what a database loses digits of.
_EACH_MAX = 10**15


@dataclass(slots=True)
class SeenStock:
    """Balances as they stand in the database, as far as somebody has looked.

    Args:
        whole: there is no balance that is not here.
        last_move_id: number of the newest movement; None when nobody has looked.
    """

    shelves: dict[Shelf, _Shelf] = field(default_factory=dict)
    whole: bool = False
    last_move_id: int | None = None

    def clear(self) -> None:
        self.shelves.clear()
        self.whole, self.last_move_id = False, None


class StockBook:
    """The balances of one warehouse inside one transaction, and the movements that change them.

    Movements are held back until `flush` writes them together; balances read through this book contain them. Whoever
    looks at the table itself flushes first. Reading alone may also be done on a reader's connection.
    """

    def __init__(self, connection: Connection, warehouse_id: str, seen: SeenStock | None = None) -> None:
        self._connection = connection
        self._warehouse_id = warehouse_id
        self._seen = seen or SeenStock()
        self._changed: dict[_Key, None] = {}
        self._moves: list[dict[str, Any]] = []

    def move(self, moved: Move, *, at_utc: datetime, station_id: str = "", seq: int = 0) -> int:
        """Book one movement; the balance that it leaves behind at `from_place`.

        Args:
            station_id, seq: the fact that it follows from; empty when the store moved the units itself.
        """
        self._moves.append(
            {
                "warehouse_id": self._warehouse_id,
                "product_id": moved.product_id,
                "from_place": moved.from_place,
                "to_place": moved.to_place,
                "quantity_each": moved.quantity_each,
                "reason": moved.reason,
                "station_id": station_id,
                "seq": seq,
                "at_utc": at_utc,
                **moved.marks._asdict(),
            }
        )
        self._add(moved.to_place, moved, moved.quantity_each)
        return self._add(moved.from_place, moved, -moved.quantity_each)

    def held_at(self, place: str, product_id: str) -> Mapping[Marks, int]:
        """Units of a product at a place, by what they are told apart by; 0 and less are among them."""
        return self._shelf(place, product_id)

    def balance_each(self, place: str, product_id: str, *, lot: str | None = None, condition: str | None = None) -> int:
        """Units of a product at a place; over all lots and conditions where none is named."""
        return sum(
            each
            for marks, each in self._shelf(place, product_id).items()
            if lot in (None, marks.lot) and condition in (None, marks.condition)
        )

    def booked_for(self, station_id: str, seq: int) -> list[Move]:
        """The movements that followed from one fact, the last one first; none when it moved nothing.

        They stand together, and whoever undoes something does so soon: the newest movements are looked through first.
        """
        self.flush()
        moves = stock_moves.c
        here = moves.warehouse_id == self._warehouse_id
        backwards = moves.move_id.desc()
        of_fact = (here, moves.station_id == station_id, moves.seq == seq)
        last = self._connection.scalar(select(moves.move_id).where(*of_fact).order_by(backwards).limit(1))
        if last is None:
            return []
        near = (*of_fact, moves.move_id <= last, moves.move_id > last - _MOVES_OF_A_FACT_MAX)
        found = self._connection.execute(select(*_MOVED).where(*near).order_by(backwards))
        return [Move(**row) for row in found.mappings()]

    def fetch_all(self) -> None:
        """Read every balance at once, because most of them are about to be asked for."""
        self.flush()
        self._seen.clear()
        columns = select(stock.c.place, stock.c.product_id, *_MARKS, stock.c.quantity_each)
        found = self._connection.execute(columns.where(stock.c.warehouse_id == self._warehouse_id))
        for place, product_id, *marks, each in found:
            self._seen.shelves.setdefault((place, product_id), {})[Marks(*marks)] = each
        self._seen.whole = True

    def fetch(self, shelves: Iterable[Shelf]) -> None:
        """Read these balances together, because they are about to be asked for."""
        wanted = [shelf for shelf in dict.fromkeys(shelves) if shelf not in self._seen.shelves]
        self._seen.shelves.update((shelf, {}) for shelf in wanted)
        if not wanted or self._seen.whole:
            return
        here = {"warehouse_id": self._warehouse_id}
        asked = many.said(here | {"place": place, "product_id": product_id} for place, product_id in wanted)
        for place, product_id, *marks, each in self._connection.execute(_shelves(self._connection.dialect.name), asked):
            self._seen.shelves[place, product_id][Marks(*marks)] = each

    def last_move_id(self) -> int:
        """Number of the newest movement that is written; 0 before the first."""
        if self._seen.last_move_id is None:
            self._seen.last_move_id = self._connection.scalar(LAST_MOVE, {"warehouse_id": self._warehouse_id}) or 0
        return self._seen.last_move_id

    def drop(self) -> None:
        """A savepoint was rolled back under this book: forget what is held back, and read everything anew."""
        self._seen.clear()
        self._changed, self._moves = {}, []

    def flush(self) -> None:
        """Write what is held back."""
        if not self._moves:
            return
        moves, changed = self._moves, self._changed
        self._moves, self._changed = [], {}
        first = self.last_move_id() + 1
        self._seen.last_move_id = self.last_move_id() + len(moves)
        many.add(self._connection, stock_moves, [move | {"move_id": n} for n, move in enumerate(moves, start=first)])
        many.keep(self._connection, stock, list(self._balances(changed)))

    def _add(self, place: str, moved: Move, quantity_each: int) -> int:
        marks, shelf = moved.marks, self._shelf(place, moved.product_id)
        shelf[marks] = shelf.get(marks, 0) + quantity_each
        if abs(shelf[marks]) > _EACH_MAX:
            raise OverflowError(f"{place} would hold {shelf[marks]} units")
        self._changed[place, moved.product_id, marks] = None
        return shelf[marks]

    def _shelf(self, place: str, product_id: str) -> _Shelf:
        shelf = self._seen.shelves.get((place, product_id))
        if shelf is None:
            self.fetch([(place, product_id)])
            shelf = self._seen.shelves[place, product_id]
        return shelf

    def _balances(self, keys: Iterable[_Key]) -> Iterator[dict[str, Any]]:
        for place, product_id, marks in keys:
            yield {
                "warehouse_id": self._warehouse_id,
                "place": place,
                "product_id": product_id,
                **marks._asdict(),
                "quantity_each": self._seen.shelves[place, product_id][marks],
            }


# Built once: making a statement costs more than running it.
LAST_MOVE = select(func.max(stock_moves.c.move_id)).where(stock_moves.c.warehouse_id == bindparam("warehouse_id"))


@cache
def _shelves(dialect: str) -> Select[Any]:
    """The balances of the shelves that are asked for."""
    asked, same = many.asked(dialect, stock, "warehouse_id", "place", "product_id")
    columns = select(stock.c.place, stock.c.product_id, *_MARKS, stock.c.quantity_each).join_from(asked, stock, same)
    return columns.order_by(stock.c.lot, stock.c.serial)
