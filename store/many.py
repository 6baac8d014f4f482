"""Many rows in one statement: they travel as one JSON array in one parameter, and the database takes it apart.

A statement costs the same for one row and for five hundred, so a group of facts costs a handful of statements. Both
engines do it in their own words; which, is said here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Table,
    Text,
    and_,
    bindparam,
    column,
    func,
    insert,
    literal_column,
    select,
    text,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite

from store.json_text import write_json
from store.tables import UtcTime

_SAID = bindparam("said", type_=Text())
_INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def add(connection: Connection, table: Table, new: Sequence[dict[str, Any]]) -> None:
    """Insert rows; each names every column of the table."""
    if new:
        connection.execute(_add(connection.dialect.name, table), _told(connection, table, new))


def keep(connection: Connection, table: Table, kept: Sequence[dict[str, Any]], *, count_up: str = "") -> None:
    """Insert rows, or overwrite those of the same key; each names every column of the table, and no key stands twice.

    Args:
        count_up: a column that is raised by one where a row is overwritten.
    """
    if kept:
        connection.execute(_keep(connection.dialect.name, table, count_up), _told(connection, table, kept))


def change(connection: Connection, table: Table, changed: Sequence[dict[str, Any]]) -> None:
    """Set columns of rows that are there; each names its key and the columns to set, all the same ones."""
    if changed:
        statement = _change(connection.dialect.name, table, tuple(changed[0]))
        connection.execute(statement, _told(connection, table, changed))


def asked(dialect: str, table: Table, *names: str) -> tuple[FromClause, ColumnElement[bool]]:
    """What `said` asks for, as a table to join with, and when a row of `table` is asked for: by these columns.

    All columns of the index that is to be used are named, the warehouse too, or SQLite reads the whole warehouse.
    """
    told = _these(dialect, *(table.c[name] for name in names))
    return told, and_(*(table.c[name] == told.c[name] for name in names))


def said(values: Iterable[dict[str, Any]]) -> dict[str, str]:
    """The parameter of a statement with `asked` in it."""
    return {"said": write_json(list(values))}


def _these(dialect: str, *columns: Column[Any]) -> FromClause:
    """A table of the objects in `said`, with these columns."""
    if dialect == "postgresql":
        row = func.json_to_recordset(type_coerce(_SAID, Text()).op("::")(literal_column("json")))
        return row.table_valued(*(column(c.name, c.type) for c in columns), name="said").render_derived(with_types=True)
    each = func.json_each(_SAID).table_valued("value", name="said")
    return select(*(_taken(c) for c in columns)).select_from(each).subquery("these")


def _taken(wanted: Column[Any]) -> ColumnElement[Any]:
    arrow = "->" if isinstance(wanted.type, JSON) else "->>"
    return literal_column(f"said.value {arrow} '{wanted.name}'", wanted.type).label(wanted.name)


def _told(connection: Connection, table: Table, values: Sequence[dict[str, Any]]) -> dict[str, str]:
    times = _times(table) if connection.dialect.name == "sqlite" else ()
    if not times:
        return {"said": write_json(values)}
    return {"said": write_json([row | {name: _text(row[name]) for name in times if name in row} for row in values])}


def _text(time: datetime | None) -> str | None:
    """SQLite keeps times as text of one form, in UTC and without saying so (SQLAlchemy's)."""
    return None if time is None else time.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


@cache
def _times(table: Table) -> tuple[str, ...]:
    return tuple(c.name for c in table.columns if isinstance(c.type, UtcTime))


@cache
def _add(dialect: str, table: Table) -> Any:
    return _filled(insert(table), dialect, table)


@cache
def _keep(dialect: str, table: Table, count_up: str) -> Any:
    statement = _filled(_INSERTS[dialect](table), dialect, table)
    new: dict[str, Any] = {c.name: statement.excluded[c.name] for c in table.columns if not c.primary_key}
    if count_up:
        new[count_up] = table.c[count_up] + 1
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=new)


@cache
def _change(dialect: str, table: Table, names: tuple[str, ...]) -> Any:
    told = _these(dialect, *(table.c[name] for name in names))
    key = [c.name for c in table.primary_key]
    return (
        table.update()
        .where(*(table.c[name] == told.c[name] for name in key))
        .values({name: told.c[name] for name in names if name not in key})
    )


def _filled(statement: Any, dialect: str, table: Table) -> Any:
    told = _these(dialect, *table.columns)
    # SQLite would take ON CONFLICT for a part of a join without a condition in between.
    values = select(*told.c).where(text("true"))
    return statement.from_select([c.name for c in table.columns], values, include_defaults=False)
