"""The rows of one warehouse, inside one transaction of the writer: read, put, remove, and the feed moves along."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar, cast

from sqlalchemy import ColumnElement, Connection, Table, and_, insert, select, update

from app.domain import catalogue
from app.domain.rows import Row, from_image, to_image
from store.scopes import Scopes, hangs_on, scopes_of
from store.tables import feeds, row_scopes, rows

R = TypeVar("R", bound=Row)


class RowBook:
    """What the floor knows, and who has to be told.

    Each `put` and `remove` takes the next number of the warehouse's feed: numbers are given in commit order, because
    there is one writer. Reading alone may also be done on a reader's connection.
    """

    def __init__(self, connection: Connection, warehouse_id: str) -> None:
        self.connection = connection
        self.warehouse_id = warehouse_id
        # One scan touches the same few rows again and again, and reading an image costs more than finding it.
        self._seen: dict[tuple[str, str], Row | None] = {}
        self._held_back: dict[tuple[str, str], Row] | None = None

    def get(self, row_type: type[R], row_id: str) -> R | None:
        """The row of that kind and id; None when there is none."""
        subject = (row_type.row_kind, row_id)
        if subject not in self._seen:
            self._seen[subject] = self._read(row_type, row_id)
        return cast(R | None, self._seen[subject])

    @contextmanager
    def holding_back(self) -> Iterator[None]:
        """Write rows once, when the block ends, however often they are put in it: a push changes the same few rows
        again and again. Reading through this book sees what is held back.
        """
        self._held_back = {}
        yield
        self._flush()
        self._held_back = None

    def forget(self) -> None:
        """Read everything anew: rows were written past this book."""
        self._flush()
        self._seen.clear()

    def mark(self) -> dict[tuple[str, str], Row]:
        """What is held back now, for `back_to`."""
        return dict(self._held_back or {})

    def back_to(self, mark: dict[tuple[str, str], Row]) -> None:
        """A savepoint that was begun at `mark` has been rolled back under this book."""
        self._seen.clear()
        if self._held_back is not None:
            self._held_back = dict(mark)
            self._seen.update(mark)

    def all(self, row_type: type[R], parent: str | None = None) -> list[R]:
        """Rows of one kind, by id; only those under `parent` when it is given (see `Row.parent`)."""
        self._flush()
        query = (
            select(rows.c.image)
            .where(rows.c.warehouse_id == self.warehouse_id, rows.c.row_kind == row_type.row_kind)
            .where(rows.c.deleted.is_(False))
            .order_by(rows.c.row_id)
        )
        if parent is not None:
            query = query.where(rows.c.parent == parent)
        return [from_image(row_type, image) for image in self.connection.scalars(query)]

    def in_scope(self, row_type: type[R], scope: str) -> list[R]:
        """Rows of one kind that stand in a scope now, by id: the picklists on the floor, the loads of a picklist."""
        self._flush()
        found = self.connection.scalars(
            select(row_scopes.c.row_id)
            .where(row_scopes.c.warehouse_id == self.warehouse_id, row_scopes.c.scope == scope)
            .where(row_scopes.c.row_kind == row_type.row_kind, row_scopes.c.present.is_(True))
            .order_by(row_scopes.c.row_id)
        )
        rows_there = [self.get(row_type, row_id) for row_id in list(found)]
        return [row for row in rows_there if row is not None]

    def put(self, *changed: Row) -> None:
        """Keep rows as they stand now, and tell every scope they are in, have come into, or have left."""
        for row in changed:
            self._seen[row.row_kind, row.row_id] = row
            if self._held_back is None:
                self._write(row)
            else:
                self._held_back[row.row_kind, row.row_id] = row

    def remove(self, row: Row) -> None:
        """Take a row away everywhere; its tombstone stays."""
        self._flush()
        self._keep(row, deleted=True)
        self._publish(row, frozenset())

    def change_seq(self) -> int:
        """The newest number of the warehouse's feed; 0 before the first."""
        return self.connection.scalar(select(feeds.c.change_seq).where(feeds.c.warehouse_id == self.warehouse_id)) or 0

    def _flush(self) -> None:
        if self._held_back:
            held, self._held_back = self._held_back, {}
            for row in held.values():
                self._write(row)

    def _write(self, row: Row) -> None:
        self._keep(row, deleted=False)
        moved = self._publish(row, scopes_of(row, self.get))
        scope = hangs_on(row)
        if moved and scope is not None:
            self._publish_again(self._in_scope(scope))

    def _read(self, row_type: type[R], row_id: str) -> R | None:
        image = self.connection.scalar(
            select(rows.c.image).where(self._at(rows, row_type.row_kind, row_id), rows.c.deleted.is_(False))
        )
        return None if image is None else from_image(row_type, image)

    def _keep(self, row: Row, *, deleted: bool) -> None:
        self._seen[row.row_kind, row.row_id] = None if deleted else row
        values = {
            "parent": row.parent,
            "image": to_image(row),
            "deleted": deleted,
            "change_seq": self._next_change_seq(),
        }
        here = self._at(rows, row.row_kind, row.row_id)
        done = self.connection.execute(update(rows).where(here).values(version=rows.c.version + 1, **values))
        if not done.rowcount:
            names = {"warehouse_id": self.warehouse_id, "row_kind": row.row_kind, "row_id": row.row_id, "version": 1}
            self.connection.execute(insert(rows).values(**names, **values))

    def _publish(self, row: Row, wanted: Scopes) -> bool:
        """Say `row` in the feed of each scope; True when it has come into one or left one."""
        here = self._at(row_scopes, row.row_kind, row.row_id)
        said = self.connection.execute(select(row_scopes.c.scope, row_scopes.c.present).where(here))
        known: dict[str, bool] = {scope: there for scope, there in said}  # noqa: C416  (rows are no pairs to mypy)
        present = {scope for scope, there in known.items() if there}
        change_seq = self.change_seq()
        if kept := wanted & set(known):
            self.connection.execute(
                update(row_scopes)
                .where(here, row_scopes.c.scope.in_(sorted(kept)))
                .values(change_seq=change_seq, present=True)
            )
        if left := present - wanted:
            self.connection.execute(
                update(row_scopes)
                .where(here, row_scopes.c.scope.in_(sorted(left)))
                .values(change_seq=change_seq, present=False)
            )
        if new := wanted - set(known):
            self.connection.execute(
                insert(row_scopes),
                [
                    {
                        "warehouse_id": self.warehouse_id,
                        "scope": scope,
                        "row_kind": row.row_kind,
                        "row_id": row.row_id,
                        "change_seq": change_seq,
                        "present": True,
                    }
                    for scope in sorted(new)
                ],
            )
        return present != wanted

    def _publish_again(self, subjects: Iterable[tuple[str, str]]) -> None:
        for row_kind, row_id in subjects:
            row = self.get(catalogue.ROW_TYPES[row_kind], row_id)
            if row is not None:
                self._next_change_seq()
                self._publish(row, scopes_of(row, self.get))

    def _in_scope(self, scope: str) -> list[tuple[str, str]]:
        found = self.connection.execute(
            select(row_scopes.c.row_kind, row_scopes.c.row_id)
            .where(row_scopes.c.warehouse_id == self.warehouse_id, row_scopes.c.scope == scope)
            .where(row_scopes.c.present.is_(True))
            .order_by(row_scopes.c.row_kind, row_scopes.c.row_id)
        )
        return [(row_kind, row_id) for row_kind, row_id in found]

    def _next_change_seq(self) -> int:
        taken = self.connection.scalar(
            update(feeds)
            .where(feeds.c.warehouse_id == self.warehouse_id)
            .values(change_seq=feeds.c.change_seq + 1)
            .returning(feeds.c.change_seq)
        )
        if taken is not None:
            return int(taken)
        # The feed of a warehouse begins with its first row.
        values = {"warehouse_id": self.warehouse_id, "epoch": secrets.token_hex(8), "change_seq": 1}
        self.connection.execute(insert(feeds).values(**values))
        return 1

    def _at(self, table: Table, row_kind: str, row_id: str) -> ColumnElement[bool]:
        return and_(table.c.warehouse_id == self.warehouse_id, table.c.row_kind == row_kind, table.c.row_id == row_id)
