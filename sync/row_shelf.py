"""The rows that a station knows: as the store sent them, and as its own facts leave them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from app.domain.cartons import Carton
from app.domain.catalogue import ROW_TYPES
from app.domain.facts import Fact, Subject
from app.domain.picklists import Picklist
from app.domain.products import Pack, Product
from app.domain.rows import Row, from_image, to_image
from app.ports import CodeHit
from sync.book import Book
from sync.protocol import RowChange
from sync.rebase import replay

log = logging.getLogger("floorhand.sync")
R = TypeVar("R", bound=Row)
CACHE_ROWS_MAX = 4096
_text = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False).encode

_PUT_VIEW = (
    "INSERT INTO rows (row_kind, row_id, parent, view) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (row_kind, row_id) DO UPDATE SET parent = excluded.parent, view = excluded.view"
)
_PUT_HELD = (
    "INSERT INTO rows (row_kind, row_id, parent, held) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (row_kind, row_id) DO UPDATE SET parent = excluded.parent, held = excluded.held, view = NULL"
)
_DROP = "DELETE FROM rows WHERE row_kind = ? AND row_id = ?"
_PUT_FETCHED = "INSERT OR REPLACE INTO fetched (row_kind, row_id, parent, held) VALUES (?, ?, ?, ?)"
_DROP_FETCHED = "DELETE FROM fetched WHERE row_kind = ? AND row_id = ?"
# What a snapshot that is whole makes of `rows`, in this order: these are no more, and these are other than they were.
_GONE = (
    " FROM rows WHERE held IS NOT NULL AND NOT EXISTS (SELECT 1 FROM fetched f"
    " WHERE f.row_kind = rows.row_kind AND f.row_id = rows.row_id)"
)
_DIFFERING = (
    " FROM fetched f LEFT JOIN rows r ON r.row_kind = f.row_kind AND r.row_id = f.row_id WHERE r.held IS NOT f.held"
)


class RowShelf:
    """Reads and writes `rows`, `fetched` and `codes`; whoever writes stands in a transaction of the book."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._db = book.db
        self._cache: dict[Subject, Row] = {}

    def get(self, row_type: type[R], row_id: str) -> R | None:
        subject = (row_type.row_kind, row_id)
        cached = self._cache.get(subject)
        if cached is None:
            found = self._db.execute(
                "SELECT coalesce(view, held) FROM rows WHERE row_kind = ? AND row_id = ?", subject
            ).fetchone()
            if found is None:
                return None
            cached = _read(row_type, row_id, found[0])
            if cached is None:
                return None
            if len(self._cache) >= CACHE_ROWS_MAX:
                self._cache.clear()
            self._cache[subject] = cached
        return cached if isinstance(cached, row_type) else None

    def all(self, row_type: type[R], *, parent: str | None = None) -> list[R]:
        under, at = ("", ()) if parent is None else (" AND parent = ?", (parent,))
        found = self._db.execute(
            f"SELECT row_id, coalesce(view, held) FROM rows WHERE row_kind = ?{under} ORDER BY row_id",
            (row_type.row_kind, *at),
        )
        rows = (_read(row_type, row_id, text) for row_id, text in found)
        return [row for row in rows if row is not None]

    def find_code(self, code: str) -> CodeHit | None:
        found = self._db.execute("SELECT product_id, factor_each FROM codes WHERE code = ?", (code,)).fetchone()
        return None if found is None else CodeHit(product_id=found[0], factor_each=found[1])

    def put_view(self, row: Row) -> None:
        """The station's own facts left this row so."""
        subject = (row.row_kind, row.row_id)
        self._db.execute(_PUT_VIEW, (*subject, row.parent, _text(to_image(row))))
        self._cache.pop(subject, None)

    def put_held(self, changes: Iterable[RowChange]) -> None:
        """The store sent these rows, or took them away; what the station's facts made of them must be played anew."""
        newest = _newest(changes)
        for subject, change in newest.items():
            self._cache.pop(subject, None)
            if change.row_kind == Product.row_kind:
                self._put_codes(change.row_id, change.image)
        self._write(newest, put=_PUT_HELD, drop=_DROP)

    def _write(self, newest: Mapping[Subject, RowChange], *, put: str, drop: str) -> None:
        """Many rows in one call: it is most of what a snapshot costs."""
        there = [
            (*subject, change.parent, _text(change.image))
            for subject, change in newest.items()
            if change.image is not None
        ]
        self._db.conn.executemany(put, there)
        if len(there) < len(newest):
            self._db.conn.executemany(drop, [subject for subject, change in newest.items() if change.image is None])

    def rebase(self, subject: Subject, facts: Iterable[Fact]) -> None:
        """Let people see the row as the store sent it with `facts` played over it; none where neither makes one."""
        self._cache.pop(subject, None)
        row_type = ROW_TYPES.get(subject[0])
        if row_type is None:
            return
        found = self._db.execute("SELECT held FROM rows WHERE row_kind = ? AND row_id = ?", subject).fetchone()
        held = _read(row_type, subject[1], found[0]) if found is not None else None
        row = replay(row_type, held, facts)
        if row is not None and row != held:
            self.put_view(row)
        elif held is not None:
            self._db.execute(
                "UPDATE rows SET view = NULL, parent = ? WHERE row_kind = ? AND row_id = ?", (held.parent, *subject)
            )
        elif found is not None and found[0] is None:
            self._db.execute("DELETE FROM rows WHERE row_kind = ? AND row_id = ?", subject)

    def change_station(self, old_id: str, new_id: str) -> None:
        """This station goes on under a new id: what is leased to it and open at it is so still."""
        self._cache.clear()
        for image in ("held", "view"):
            self._db.execute(
                f"UPDATE rows SET {image} = json_set({image}, '$.station_id', ?)"
                f" WHERE row_kind IN (?, ?) AND json_extract({image}, '$.station_id') = ?",
                (new_id, Picklist.row_kind, Carton.row_kind, old_id),
            )

    def begin_fetch(self) -> None:
        """A snapshot will come in parts; what people see stays until it is whole."""
        self._db.execute("DELETE FROM fetched")

    def put_fetched(self, changes: Iterable[RowChange]) -> None:
        self._write(_newest(changes), put=_PUT_FETCHED, drop=_DROP_FETCHED)

    def swap_in_fetched(self) -> set[Subject]:
        """Make the snapshot, which is whole now, the store's word.

        Returns:
            What facts had changed, and must be played anew.
        """
        self._cache.clear()
        execute = self._db.execute
        seen_otherwise = execute("SELECT row_kind, row_id FROM rows WHERE view IS NOT NULL").fetchall()
        for (product_id,) in execute(f"SELECT row_id{_GONE} AND row_kind = ?", (Product.row_kind,)).fetchall():
            self._put_codes(product_id, None)
        differing = execute(f"SELECT f.row_id, f.held{_DIFFERING} AND f.row_kind = ?", (Product.row_kind,)).fetchall()
        for product_id, held in differing:
            self._put_codes(product_id, json.loads(held))
        execute(f"DELETE{_GONE}")
        columns = "f.row_kind, f.row_id, f.parent, f.held"
        execute(f"INSERT OR REPLACE INTO rows (row_kind, row_id, parent, held) SELECT {columns}{_DIFFERING}")
        execute("DELETE FROM fetched")
        return {(kind, row_id) for kind, row_id in seen_otherwise}

    def _put_codes(self, product_id: str, image: Any) -> None:
        found = self._db.execute(
            "SELECT held FROM rows WHERE row_kind = ? AND row_id = ?", (Product.row_kind, product_id)
        ).fetchone()
        before = _packs(None if found is None or found[0] is None else json.loads(found[0]))
        after = _packs(image)
        if before == after:
            return
        self._db.conn.executemany(
            "DELETE FROM codes WHERE code = ? AND product_id = ?", [(pack.code, product_id) for pack in before]
        )
        self._db.conn.executemany(
            "INSERT OR REPLACE INTO codes (code, product_id, factor_each) VALUES (?, ?, ?)",
            [(pack.code, product_id, pack.factor_each) for pack in after],
        )


def _newest(changes: Iterable[RowChange]) -> dict[Subject, RowChange]:
    """The last word on each row."""
    return {(change.row_kind, change.row_id): change for change in changes}


@dataclass(frozen=True, slots=True)
class _Coded:
    """The part of a product's image that `codes` is kept from."""

    packs: tuple[Pack, ...] = ()


def _packs(image: Any) -> tuple[Pack, ...]:
    try:
        return () if image is None else from_image(_Coded, image).packs
    except ValueError:
        return ()  # `_of` says so when somebody looks for the product


def _read(row_type: type[R], row_id: str, text: str | None) -> R | None:
    return None if text is None else _of(row_type, row_id, json.loads(text))


def _of(row_type: type[R], row_id: str, image: Any) -> R | None:
    """The row, or None where the image is none: one bad row of the store must not stop the others."""
    try:
        return from_image(row_type, image)
    except ValueError as reason:
        log.warning("row_unreadable kind=%s id=%s reason=%s", row_type.row_kind, row_id, reason)
        return None
