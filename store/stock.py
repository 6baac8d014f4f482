"""Stock as double entry: every movement has a place it left and a place it reached; the balance is their sum.

Places are locations, and what is not on the map: `hand:<station>`, `tote_load:<id>`, `carton:<id>`, `returns:<id>`,
`customer`, `adjustment`, `regraded`. A balance may be negative: what a hand did is true, and the figure was wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, select, update

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
_Key = tuple[str, str, Marks]
_MARKS = [stock.c[name] for name in Marks._fields]
_MOVED = [stock_moves.c[field.name] for field in fields(Move)]
# A case of serials, unit by unit, is far below it.
_MOVES_OF_A_FACT_MAX = 2000


class StockBook:
    """The balances of one warehouse inside one transaction, and the movements that change them.

    Movements are held back until `flush` writes them together; balances read through this book contain them. Whoever
    looks at the table itself flushes first. Reading alone may also be done on a reader's connection.
    """

    def __init__(self, connection: Connection, warehouse_id: str) -> None:
        self._connection = connection
        self._warehouse_id = warehouse_id
        self._shelves: dict[tuple[str, str], _Shelf] = {}
        self._kept: set[_Key] = set()
        self._changed: dict[_Key, None] = {}
        self._moves: list[dict[str, Any]] = []
        self._has_all = False

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
        self._shelves.clear()
        columns = select(stock.c.place, stock.c.product_id, *_MARKS, stock.c.quantity_each)
        found = self._connection.execute(columns.where(stock.c.warehouse_id == self._warehouse_id))
        for place, product_id, *marks, each in found:
            self._found(place, product_id, Marks(*marks), each)
        self._has_all = True

    def drop(self) -> None:
        """A savepoint was rolled back under this book: forget what is held back, and read everything anew."""
        self._shelves, self._kept, self._changed, self._moves = {}, set(), {}, []
        self._has_all = False

    def flush(self) -> None:
        """Write what is held back."""
        if not self._moves:
            return
        moves, changed = self._moves, self._changed
        self._moves, self._changed = [], {}
        last = self._connection.scalar(
            select(func.max(stock_moves.c.move_id)).where(stock_moves.c.warehouse_id == self._warehouse_id)
        )
        numbered = [move | {"move_id": move_id} for move_id, move in enumerate(moves, start=(last or 0) + 1)]
        self._connection.execute(insert(stock_moves), numbered)
        if again := list(self._balances(changed.keys() & self._kept, "at_")):
            self._connection.execute(_KEEP_AGAIN, again)
        if new := list(self._balances(changed.keys() - self._kept)):
            self._connection.execute(insert(stock), new)
            self._kept |= changed.keys()

    def _add(self, place: str, moved: Move, quantity_each: int) -> int:
        marks, shelf = moved.marks, self._shelf(place, moved.product_id)
        shelf[marks] = shelf.get(marks, 0) + quantity_each
        self._changed[place, moved.product_id, marks] = None
        return shelf[marks]

    def _shelf(self, place: str, product_id: str) -> _Shelf:
        shelf = self._shelves.get((place, product_id))
        if shelf is None:
            shelf = self._shelves[place, product_id] = {}
            if self._has_all:
                return shelf
            names = {"at_warehouse_id": self._warehouse_id, "at_place": place, "at_product_id": product_id}
            for *marks, each in self._connection.execute(_SHELF, names):
                self._found(place, product_id, Marks(*marks), each)
        return shelf

    def _found(self, place: str, product_id: str, marks: Marks, each: int) -> None:
        self._shelves.setdefault((place, product_id), {})[marks] = each
        self._kept.add((place, product_id, marks))

    def _balances(self, keys: set[_Key], prefix: str = "") -> Iterator[dict[str, Any]]:
        for place, product_id, marks in sorted(keys):
            key = {"warehouse_id": self._warehouse_id, "place": place, "product_id": product_id, **marks._asdict()}
            each = self._shelves[place, product_id][marks]
            yield {prefix + name: value for name, value in key.items()} | {"quantity_each": each}


# Built once: making a statement costs more than running it.
def _at(*names: str) -> list[Any]:
    return [stock.c[name] == bindparam(f"at_{name}") for name in names]


_SHELF_KEY = ("warehouse_id", "place", "product_id")
_SHELF = select(*_MARKS, stock.c.quantity_each).where(*_at(*_SHELF_KEY)).order_by(stock.c.lot, stock.c.serial)
_KEEP_AGAIN = update(stock).where(*_at(*_SHELF_KEY, *Marks._fields))
