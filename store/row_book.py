"""The rows of one warehouse, inside one transaction of the writer: read, put, remove, and the feed moves along."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Select, bindparam, insert, select, update

from app.domain import catalogue
from app.domain.facts import Subject
from app.domain.rows import Row, from_image
from store import many
from store.notice import changed_by
from store.scopes import Scopes, hangs_on, is_pulled, scopes_of
from store.tables import feeds, row_scopes, rows

R = TypeVar("R", bound=Row)
_Numbered = tuple[Row, int]
_NOWHERE: Scopes = frozenset()
_HeldBack = defaultdict[str, dict[str, Row]]
"""Rows by kind and id."""


@dataclass(slots=True)
class SeenRows:
    """Rows as they stand in the database, as far as somebody has looked, and the scopes in which they stand.

    One scan touches the same few rows again and again, and reading an image costs more than finding it.

    Args:
        rows: None for one that is not there.
        children: ids of every row of a kind under a parent, and perhaps of some that have left it.
        in_scope: every row that stands in a scope.
        change_seq: the newest number of the feed; None when nobody has looked.
    """

    rows: dict[Subject, Row | None] = field(default_factory=dict)
    scopes: dict[Subject, Scopes] = field(default_factory=dict)
    children: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    in_scope: dict[str, set[Subject]] = field(default_factory=dict)
    change_seq: int | None = None

    def clear(self) -> None:
        self.change_seq = None
        for known in (self.rows, self.scopes, self.children, self.in_scope):
            known.clear()

    def moved(self, subject: Subject, before: Scopes, after: Scopes) -> None:
        """The row stands in other scopes now."""
        self.scopes[subject] = after
        for scope in before ^ after:
            if (there := self.in_scope.get(scope)) is not None:
                (there.add if scope in after else there.discard)(subject)


class RowBook:
    """What the floor knows, and who has to be told.

    Each `put` and `remove` takes the next number of the warehouse's feed: numbers are given in commit order, because
    there is one writer. Reading alone may also be done on a reader's connection.
    """

    def __init__(self, connection: Connection, warehouse_id: str, seen: SeenRows | None = None) -> None:
        self.connection = connection
        self.warehouse_id = warehouse_id
        self._kept = seen or SeenRows()
        self._seen = self._kept.rows
        self._held_back: _HeldBack | None = None

    def get(self, row_type: type[R], row_id: str) -> R | None:
        """The row of that kind and id; None when there is none."""
        subject = (row_type.row_kind, row_id)
        if subject not in self._seen:
            self._seen[subject] = self._read(row_type, row_id)
        return cast("R | None", self._seen[subject])

    @contextmanager
    def holding_back(self) -> Iterator[None]:
        """Write rows once, when the block ends, however often they are put in it: a push changes the same few rows
        again and again. Reading through this book sees what is held back.
        """
        self._held_back = defaultdict(dict)
        yield
        self.flush()
        self._held_back = None

    def drop(self) -> None:
        """A savepoint was rolled back under this book: forget what is held back, and read everything anew."""
        self._kept.clear()
        if self._held_back is not None:
            self._held_back.clear()

    def fetch(self, subjects: Iterable[Subject]) -> None:
        """Read these rows together, because each of them is about to be asked for."""
        wanted = [subject for subject in dict.fromkeys(subjects) if subject not in self._seen]
        if not wanted:
            return
        self._seen.update(dict.fromkeys(wanted))
        for row_kind, row_id, image in self.connection.execute(_these(self._dialect), self._asked(wanted)):
            self._seen[row_kind, row_id] = from_image(catalogue.ROW_TYPES[row_kind], image)

    def fetch_children(self, families: Iterable[tuple[str, str]]) -> None:
        """Read all rows of these kinds under these parents together, because each family is about to be asked for.

        Args:
            families: (row kind, parent).
        """
        wanted = [family for family in dict.fromkeys(families) if family not in self._kept.children]
        if not wanted:
            return
        held = {(kind, row.parent, row_id) for kind, _ in wanted for row_id, row in self._held(kind).items()}
        self._kept.children.update((family, set()) for family in wanted)
        for row_kind, parent, row_id in held:
            if parent is not None and (row_kind, parent) in self._kept.children:
                self._kept.children[row_kind, parent].add(row_id)
        asked = many.said(
            {"warehouse_id": self.warehouse_id, "row_kind": row_kind, "parent": parent} for row_kind, parent in wanted
        )
        for row_kind, parent, row_id, image in self.connection.execute(_families(self._dialect), asked):
            self._kept.children[row_kind, parent].add(row_id)
            if self._seen.get((row_kind, row_id)) is None:
                self._seen[row_kind, row_id] = from_image(catalogue.ROW_TYPES[row_kind], image)

    def fetch_scopes(self, scopes: Iterable[str]) -> None:
        """Read which rows stand in these scopes together, because each of them is about to be asked for."""
        wanted = [scope for scope in dict.fromkeys(scopes) if scope not in self._kept.in_scope]
        if not wanted:
            return
        self._kept.in_scope.update((scope, set()) for scope in wanted)
        asked = many.said({"warehouse_id": self.warehouse_id, "scope": scope} for scope in wanted)
        for scope, row_kind, row_id in self.connection.execute(_in_scopes(self._dialect), asked):
            self._kept.in_scope[scope].add((row_kind, row_id))

    def all(self, row_type: type[R], parent: str | None = None) -> list[R]:
        """Rows of one kind, by id; only those under `parent` when it is given (see `Row.parent`)."""
        row_kind = row_type.row_kind
        if parent is None:
            row_ids = self._find(row_type) | set(self._held(row_kind))
        else:
            self.fetch_children([(row_kind, parent)])
            row_ids = self._kept.children[row_kind, parent]
        found = (self.get(row_type, row_id) for row_id in sorted(row_ids))
        return [row for row in found if row is not None and parent in (None, row.parent)]

    def in_scope(self, row_type: type[R], scope: str) -> list[R]:
        """Rows of one kind that stand in a scope now, by id: the picklists on the floor, the loads of a picklist."""
        row_kind = row_type.row_kind
        self.fetch_scopes([scope])
        there = {row_id for kind, row_id in self._kept.in_scope[scope] if kind == row_kind}
        self.fetch((row_kind, row_id) for row_id in there)
        for row_id, row in self._held(row_kind).items():
            (there.add if scope in scopes_of(row, self.get) else there.discard)(row_id)
        found = (self.get(row_type, row_id) for row_id in sorted(there))
        return [row for row in found if row is not None]

    def put(self, *changed: Row) -> None:
        """Keep rows as they stand now, and tell every scope they are in, have come into, or have left."""
        said = {(row.row_kind, row.row_id): row for row in changed}
        self._seen.update(said)
        for (row_kind, row_id), row in said.items():
            if row.parent is not None and (row_kind, row.parent) in self._kept.children:
                self._kept.children[row_kind, row.parent].add(row_id)
        if self._held_back is None:
            self._write(list(said.values()))
            return
        for (row_kind, row_id), row in said.items():
            self._held_back[row_kind][row_id] = row

    def remove(self, row: Row) -> None:
        """Take a row away everywhere; its tombstone stays."""
        self.flush()
        numbered = self._numbered([row])
        self._seen[row.row_kind, row.row_id] = None
        self._keep(numbered, deleted=True)
        self._publish([(row, change_seq, frozenset()) for row, change_seq in numbered])

    def change_seq(self) -> int:
        """The newest number of the warehouse's feed; 0 before the first."""
        if self._kept.change_seq is None:
            here = feeds.c.warehouse_id == self.warehouse_id
            self._kept.change_seq = self.connection.scalar(select(feeds.c.change_seq).where(here)) or 0
        return self._kept.change_seq

    def flush(self) -> None:
        """Write what is held back."""
        if self._held_back:
            held, self._held_back = self._held_back, defaultdict(dict)
            self._write([row for of_kind in held.values() for row in of_kind.values()])

    @property
    def _dialect(self) -> str:
        return self.connection.dialect.name

    def _write(self, changed: Sequence[Row]) -> None:
        if not changed:
            return
        numbered = self._numbered(changed)
        self._keep(numbered, deleted=False)
        moved = self._publish_where_they_belong(numbered)
        written = {(row.row_kind, row.row_id) for row in changed}
        scopes = sorted(scope for row in moved if (scope := hangs_on(row)) is not None)
        self.fetch_scopes(scopes)
        hanging = [
            subject for scope in scopes for subject in sorted(self._kept.in_scope[scope]) if subject not in written
        ]
        if hanging:
            self.fetch(hanging)
            found = [row for subject in dict.fromkeys(hanging) if (row := self._seen[subject]) is not None]
            self._publish_where_they_belong(self._numbered(found))

    def _held(self, row_kind: str) -> Mapping[str, Row]:
        """Rows of a kind that are held back, by id."""
        return self._held_back.get(row_kind, {}) if self._held_back is not None else {}

    def _find(self, row_type: type[Row]) -> set[str]:
        """The ids of all rows of a kind; all of them are known afterwards."""
        row_kind, row_ids = row_type.row_kind, set()
        for row_id, image in self.connection.execute(
            _OF_KIND, {"warehouse_id": self.warehouse_id, "row_kind": row_kind}
        ):
            row_ids.add(row_id)
            if self._seen.get((row_kind, row_id)) is None:
                self._seen[row_kind, row_id] = from_image(row_type, image)
        return row_ids

    def _read(self, row_type: type[R], row_id: str) -> R | None:
        names = {"warehouse_id": self.warehouse_id, "row_kind": row_type.row_kind, "row_id": row_id}
        image = self.connection.scalar(_ONE, names)
        return None if image is None else from_image(row_type, image)

    def _keep(self, numbered: Sequence[_Numbered], *, deleted: bool) -> None:
        kept = [
            {
                "warehouse_id": self.warehouse_id,
                "row_kind": row.row_kind,
                "row_id": row.row_id,
                "parent": row.parent,
                "version": 1,
                "change_seq": change_seq,
                "image": row,
                "deleted": deleted,
            }
            for row, change_seq in numbered
        ]
        many.keep(self.connection, rows, kept, count_up="version")

    def _publish_where_they_belong(self, numbered: Sequence[_Numbered]) -> list[Row]:
        return self._publish([(row, change_seq, scopes_of(row, self.get)) for row, change_seq in numbered])

    def _publish(self, wanted: Sequence[tuple[Row, int, Scopes]]) -> list[Row]:
        """Say rows in the feed of each of their scopes; those that have come into one or left one."""
        self._find_scopes([(row.row_kind, row.row_id) for row, _, _ in wanted])
        said, moved = [], []
        for row, change_seq, scopes in wanted:
            subject = (row.row_kind, row.row_id)
            there = self._kept.scopes[subject]
            said += [
                {
                    "warehouse_id": self.warehouse_id,
                    "scope": scope,
                    "row_kind": row.row_kind,
                    "row_id": row.row_id,
                    "change_seq": change_seq,
                    "present": scope in scopes,
                }
                for scope in sorted(scopes | there)
                if is_pulled(scope) or scope in scopes ^ there
            ]
            if there != scopes:
                moved.append(row)
                self._kept.moved(subject, there, scopes)
        many.keep(self.connection, row_scopes, said)
        if said:
            scopes_said = {str(each["scope"]) for each in said}
            changed_by(self.connection.info).add(self.warehouse_id, wanted[-1][1], scopes_said)
        return moved

    def _find_scopes(self, subjects: Sequence[Subject]) -> None:
        wanted = [subject for subject in subjects if subject not in self._kept.scopes]
        if not wanted:
            return
        found: dict[Subject, set[str]] = defaultdict(set)
        for row_kind, row_id, scope in self.connection.execute(_their_scopes(self._dialect), self._asked(wanted)):
            found[row_kind, row_id].add(scope)
        self._kept.scopes.update({subject: frozenset(found.get(subject, _NOWHERE)) for subject in wanted})

    def _numbered(self, changed: Sequence[Row]) -> list[_Numbered]:
        """Rows with the next numbers of the feed, in their order."""
        last = self.connection.scalar(_NUMBER, {"at_warehouse_id": self.warehouse_id, "more": len(changed)})
        if last is None:
            # The feed of a warehouse begins with its first row.
            last = len(changed)
            values = {"warehouse_id": self.warehouse_id, "epoch": secrets.token_hex(8), "change_seq": last}
            self.connection.execute(insert(feeds).values(**values))
        self._kept.change_seq = last
        return list(zip(changed, range(last - len(changed) + 1, last + 1), strict=True))

    def _asked(self, subjects: Iterable[Subject]) -> dict[str, str]:
        return many.said(
            {"warehouse_id": self.warehouse_id, "row_kind": row_kind, "row_id": row_id} for row_kind, row_id in subjects
        )


# Built once: making a statement costs more than running it.
_ONE = select(rows.c.image).where(
    *(rows.c[name] == bindparam(name) for name in ("warehouse_id", "row_kind", "row_id")), ~rows.c.deleted
)
_OF_KIND = select(rows.c.row_id, rows.c.image).where(
    rows.c.warehouse_id == bindparam("warehouse_id"), rows.c.row_kind == bindparam("row_kind"), ~rows.c.deleted
)
_NUMBER = (
    update(feeds)
    .where(feeds.c.warehouse_id == bindparam("at_warehouse_id"))
    .values(change_seq=feeds.c.change_seq + bindparam("more"))
    .returning(feeds.c.change_seq)
)


@cache
def _these(dialect: str) -> Select[Any]:
    """The images of the rows that are asked for."""
    asked, same = many.asked(dialect, rows, "warehouse_id", "row_kind", "row_id")
    columns = select(rows.c.row_kind, rows.c.row_id, rows.c.image).join_from(asked, rows, same)
    return columns.where(~rows.c.deleted)


@cache
def _families(dialect: str) -> Select[Any]:
    """The rows of the families that are asked for."""
    asked, same = many.asked(dialect, rows, "warehouse_id", "row_kind", "parent")
    columns = select(rows.c.row_kind, rows.c.parent, rows.c.row_id, rows.c.image).join_from(asked, rows, same)
    return columns.where(~rows.c.deleted)


@cache
def _their_scopes(dialect: str) -> Select[Any]:
    """The scopes in which the rows that are asked for stand."""
    asked, same = many.asked(dialect, row_scopes, "warehouse_id", "row_kind", "row_id")
    columns = select(row_scopes.c.row_kind, row_scopes.c.row_id, row_scopes.c.scope).join_from(asked, row_scopes, same)
    return columns.where(row_scopes.c.present)


@cache
def _in_scopes(dialect: str) -> Select[Any]:
    """The rows that stand in the scopes that are asked for."""
    asked, same = many.asked(dialect, row_scopes, "warehouse_id", "scope")
    columns = select(row_scopes.c.scope, row_scopes.c.row_kind, row_scopes.c.row_id).join_from(asked, row_scopes, same)
    return columns.where(row_scopes.c.present)
