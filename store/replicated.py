"""What PostgreSQL says too early: a commit that is on the primary's disk, and that no standby has.

A commit waits for a synchronous standby. Whoever cancels that wait (`pg_cancel_backend`, a `statement_timeout`) makes
PostgreSQL report a success, with no more than a warning; whoever ends the connection or the primary meanwhile leaves
the transaction to be seen by all who come after. In both cases it is gone when another primary takes over now. So
nobody is told that something is held unless the commit of the telling transaction has waited to its end. On SQLite
nothing of this exists.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

_WAITS_FOR_STANDBYS = "SyncRepWaitForLSN"
_CANCELLED = "floorhand_wait_cancelled"


class NotReplicated(Exception):
    """The commit is on the primary's disk alone, as far as anybody knows."""


def watch(dbapi_connection: Any, info: dict[str, Any]) -> None:
    """Notice, on a new connection of psycopg, that a commit's wait was cancelled. `info` is the connection's own."""

    def noticed(diagnostic: Any) -> None:
        # Not by its words: the server says them in its own language.
        if diagnostic.source_function == _WAITS_FOR_STANDBYS:
            info[_CANCELLED] = True

    dbapi_connection.add_notice_handler(noticed)


def check(connection: Connection) -> None:
    """Pass when the commit that just ended has waited for its standbys, where it has any.

    Raises:
        NotReplicated: nobody may be answered; who asks again is answered by `say_again`.
    """
    if connection.info.pop(_CANCELLED, False):
        raise NotReplicated


def say_again(connection: Connection) -> None:
    """To be called before an answer that an earlier transaction has earned.

    This transaction may write nothing, and would not wait: a word in the log makes it wait, and for all before it too.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_logical_emit_message(true, 'floorhand', '')")
