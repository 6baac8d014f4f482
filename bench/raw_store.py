"""The order store with its writes done by the database's own driver: the rival of `bench.intake`.

    python -m bench.raw_store --port 0 --data folder      (as `python -m store`)

HTTP, sign-in, judgement and reads are the store's. Only `store.many`, which is every write of a push, is another: the
same statements as plain SQL on a cursor of sqlite3 or psycopg, with nothing of SQLAlchemy in between.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from store import many
from store.__main__ import main

_DIALECTS: dict[str, Any] = {
    "sqlite": sqlite.dialect(paramstyle="qmark"),
    "postgresql": postgresql.dialect(paramstyle="format"),  # type: ignore[no-untyped-call]
}
Rows = Sequence[dict[str, Any]]


def _add(connection: Connection, table: Table, new: Rows) -> None:
    _execute(connection, table, new, many._add, table)


def _keep(connection: Connection, table: Table, kept: Rows, *, count_up: str = "") -> None:
    _execute(connection, table, kept, many._keep, table, count_up)


def _change(connection: Connection, table: Table, changed: Rows) -> None:
    if changed:
        _execute(connection, table, changed, many._change, table, tuple(changed[0]))


def _execute(connection: Connection, table: Table, rows: Rows, make: Callable[..., Any], *how: Any) -> None:
    if not rows:
        return
    dialect = connection.dialect.name
    statement, ones = _sql(dialect, make, *how)
    told = many._told(connection, table, rows)["said"]
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    cursor.execute(statement, [told if one is None else one for one in ones])
    cursor.close()


@cache
def _sql(dialect: str, make: Callable[..., Any], *how: Any) -> tuple[str, list[Any]]:
    """A statement's text, and its parameters in their order; None stands for the rows."""
    compiled = make(dialect, *how).compile(dialect=_DIALECTS[dialect])
    names = compiled.positiontup or ()
    return str(compiled), [None if name == "said" else compiled.params[name] for name in names]


if __name__ == "__main__":
    many.add, many.keep, many.change = _add, _keep, _change
    sys.exit(main())
