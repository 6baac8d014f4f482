"""The rows of one warehouse, inside one transaction of the writer: read, put, remove, and the feed moves along."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, Connection, Table, and_, bindparam, insert, select, update

from app.domain import catalogue
from app.domain.facts import Subject
from app.domain.rows import Row, from_image, to_image
from store.scopes import Scopes, hangs_on, scopes_of
from store.tables import feeds, row_scopes, rows

R = TypeVar("R", bound=Row)
_Numbered = tuple[Row, int]
_IDS_A_QUERY_MAX = 400


class RowBook:
    """What the floor knows, and who has to be told.

    Each `put` and `remove` takes the next number of the warehouse's feed: numbers are given in commit order, because
    there is one writer. Reading alone may also be done on a reader's connection.
    """

    def __init__(self, connection: Connection, warehouse_id: str) -> None:
        self.connection = connection
        self.warehouse_id = warehouse_id
        # One scan touches the same few rows again and again, and reading an image costs more than finding it.
        self._seen: dict[Subject, Row | None] = {}
        self._held_back: dict[Subject, Row] | None = None

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
        self.flush()
        self._held_back = None

    def drop(self) -> None:
        """A savepoint was rolled back under this book: forget what is held back, and read everything anew."""
        self._seen.clear()
        if self._held_back is not None:
            self._held_back = {}

    def fetch(self, subjects: Iterable[Subject]) -> None:
        """Read these rows together, because each of them is about to be asked for."""
        wanted: dict[str, list[str]] = defaultdict(list)
        for row_kind, row_id in dict.fromkeys(subjects):
            if (row_kind, row_id) not in self._seen:
                wanted[row_kind].append(row_id)
        for row_kind, row_ids in wanted.items():
            row_type = catalogue.ROW_TYPES[row_kind]
            self._seen.update(dict.fromkeys((row_kind, row_id) for row_id in row_ids))
            for here in self._these(rows, row_kind, row_ids):
                found = self.connection.execute(select(rows.c.row_id, rows.c.image).where(here, ~rows.c.deleted))
                self._seen.update({(row_kind, row_id): from_image(row_type, image) for row_id, image in found})

    def all(self, row_type: type[R], parent: str | None = None) -> list[R]:
        """Rows of one kind, by id; only those under `parent` when it is given (see `Row.parent`)."""
        row_kind = row_type.row_kind
        query = select(rows.c.row_id, rows.c.image).where(
            rows.c.warehouse_id == self.warehouse_id, rows.c.row_kind == row_kind, ~rows.c.deleted
        )
        if parent is not None:
            query = query.where(rows.c.parent == parent)
        found: dict[str, Row] = {}
        for row_id, image in self.connection.execute(query):
            seen = self._seen.get((row_kind, row_id)) or from_image(row_type, image)
            found[row_id] = self._seen[row_kind, row_id] = seen
        found |= {row_id: row for (kind, row_id), row in (self._held_back or {}).items() if kind == row_kind}
        listed = [found[row_id] for row_id in sorted(found) if parent is None or found[row_id].parent == parent]
        return cast(list[R], listed)

    def in_scope(self, row_type: type[R], scope: str) -> list[R]:
        """Rows of one kind that stand in a scope now, by id: the picklists on the floor, the loads of a picklist."""
        self.flush()
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
        said = {(row.row_kind, row.row_id): row for row in changed}
        self._seen.update(said)
        if self._held_back is None:
            self._write(list(said.values()))
        else:
            self._held_back.update(said)

    def remove(self, row: Row) -> None:
        """Take a row away everywhere; its tombstone stays."""
        self.flush()
        numbered = self._numbered([row])
        self._seen[row.row_kind, row.row_id] = None
        self._keep(numbered, deleted=True)
        self._publish([(row, change_seq, frozenset()) for row, change_seq in numbered])

    def change_seq(self) -> int:
        """The newest number of the warehouse's feed; 0 before the first."""
        return self.connection.scalar(select(feeds.c.change_seq).where(feeds.c.warehouse_id == self.warehouse_id)) or 0

    def flush(self) -> None:
        """Write what is held back."""
        if self._held_back:
            held, self._held_back = self._held_back, {}
            self._write(list(held.values()))

    def _write(self, changed: Sequence[Row]) -> None:
        if not changed:
            return
        numbered = self._numbered(changed)
        self._keep(numbered, deleted=False)
        moved = self._publish_where_they_belong(numbered)
        written = {(row.row_kind, row.row_id) for row in changed}
        scopes = sorted(scope for row in moved if (scope := hangs_on(row)) is not None)
        hanging = [subject for scope in scopes for subject in self._in_scope(scope) if subject not in written]
        if hanging:
            self.fetch(hanging)
            found = [row for subject in dict.fromkeys(hanging) if (row := self._seen[subject]) is not None]
            self._publish_where_they_belong(self._numbered(found))

    def _read(self, row_type: type[R], row_id: str) -> R | None:
        image = self.connection.scalar(
            select(rows.c.image).where(
                rows.c.warehouse_id == self.warehouse_id,
                rows.c.row_kind == row_type.row_kind,
                rows.c.row_id == row_id,
                ~rows.c.deleted,
            )
        )
        return None if image is None else from_image(row_type, image)

    def _keep(self, numbered: Sequence[_Numbered], *, deleted: bool) -> None:
        kept = {
            (row_kind, row_id)
            for row_kind, row_ids in _ids_by_kind(row for row, _ in numbered).items()
            for here in self._these(rows, row_kind, row_ids)
            for row_id in self.connection.scalars(select(rows.c.row_id).where(here))
        }
        again, new = [], []
        for row, change_seq in numbered:
            values = {"parent": row.parent, "image": to_image(row), "deleted": deleted, "change_seq": change_seq}
            if (row.row_kind, row.row_id) in kept:
                again.append(self._names(row, "at_") | values)
            else:
                new.append(self._names(row) | values | {"version": 1})
        if again:
            self.connection.execute(_KEEP_AGAIN, again)
        if new:
            self.connection.execute(insert(rows), new)

    def _publish_where_they_belong(self, numbered: Sequence[_Numbered]) -> list[Row]:
        return self._publish([(row, change_seq, scopes_of(row, self.get)) for row, change_seq in numbered])

    def _publish(self, wanted: Sequence[tuple[Row, int, Scopes]]) -> list[Row]:
        """Say rows in the feed of each of their scopes; those that have come into one or left one."""
        known: dict[Subject, dict[str, bool]] = defaultdict(dict)
        for row_kind, row_ids in _ids_by_kind(row for row, _, _ in wanted).items():
            for here in self._these(row_scopes, row_kind, row_ids):
                columns = select(row_scopes.c.row_id, row_scopes.c.scope, row_scopes.c.present)
                for row_id, scope, present in self.connection.execute(columns.where(here)):
                    known[row_kind, row_id][scope] = present
        again, new, moved = [], [], []
        for row, change_seq, scopes in wanted:
            was = known[row.row_kind, row.row_id]
            there = {scope for scope, present in was.items() if present}
            for scope in sorted(scopes | there):
                said = {"change_seq": change_seq, "present": scope in scopes}
                if scope in was:
                    again.append(self._names(row, "at_") | said | {"at_scope": scope})
                else:
                    new.append(self._names(row) | said | {"scope": scope})
            if there != scopes:
                moved.append(row)
        if again:
            self.connection.execute(_PUBLISH_AGAIN, again)
        if new:
            self.connection.execute(insert(row_scopes), new)
        return moved

    def _in_scope(self, scope: str) -> list[Subject]:
        found = self.connection.execute(
            select(row_scopes.c.row_kind, row_scopes.c.row_id)
            .where(row_scopes.c.warehouse_id == self.warehouse_id, row_scopes.c.scope == scope)
            .where(row_scopes.c.present)
            .order_by(row_scopes.c.row_kind, row_scopes.c.row_id)
        )
        return [(row_kind, row_id) for row_kind, row_id in found]

    def _numbered(self, changed: Sequence[Row]) -> list[_Numbered]:
        """Rows with the next numbers of the feed, in their order."""
        last = self.connection.scalar(
            update(feeds)
            .where(feeds.c.warehouse_id == self.warehouse_id)
            .values(change_seq=feeds.c.change_seq + len(changed))
            .returning(feeds.c.change_seq)
        )
        if last is None:
            # The feed of a warehouse begins with its first row.
            last = len(changed)
            values = {"warehouse_id": self.warehouse_id, "epoch": secrets.token_hex(8), "change_seq": last}
            self.connection.execute(insert(feeds).values(**values))
        return list(zip(changed, range(last - len(changed) + 1, last + 1), strict=True))

    def _names(self, row: Row, prefix: str = "") -> dict[str, Any]:
        names = {"warehouse_id": self.warehouse_id, "row_kind": row.row_kind, "row_id": row.row_id}
        return {prefix + name: value for name, value in names.items()}

    def _these(self, table: Table, row_kind: str, row_ids: Sequence[str]) -> Iterator[ColumnElement[bool]]:
        """Conditions that find rows by their ids, as many at a time as every engine takes."""
        for first in range(0, len(row_ids), _IDS_A_QUERY_MAX):
            these = table.c.row_id.in_(row_ids[first : first + _IDS_A_QUERY_MAX])
            yield and_(table.c.warehouse_id == self.warehouse_id, table.c.row_kind == row_kind, these)


def _ids_by_kind(said: Iterable[Row]) -> dict[str, list[str]]:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for row in said:
        by_kind[row.row_kind].append(row.row_id)
    return by_kind


def _at(table: Table, *names: str) -> ColumnElement[bool]:
    return and_(*(table.c[name] == bindparam(f"at_{name}") for name in names))


# Built once: making a statement costs more than running it. The columns to set are those of the values given.
_KEY = ("warehouse_id", "row_kind", "row_id")
_KEEP_AGAIN = update(rows).where(_at(rows, *_KEY)).values(version=rows.c.version + 1)
_PUBLISH_AGAIN = update(row_scopes).where(_at(row_scopes, *_KEY, "scope"))
