"""What people were allowed to do, and until when: a fact is judged by the roles of its own time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from app.domain.workers import Role, Worker
from store.desk import Desk
from store.tables import past_roles
from store.tokens import CLOCK_MAY_DIFFER

_EVER, _FOR_EVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def roles_change(desk: Desk, worker_id: str, before: Worker | None, roles: frozenset[Role]) -> datetime | None:
    """Write down what somebody's roles were until now; since when they are `roles`, for the worker's row.

    The first roles of a person hold from ever: a slow clock must not make a new hand's first facts wrong.

    Args:
        before: the row until now; None for somebody who is new, or who comes back after having left.
        roles: none when somebody leaves.
    """
    if before is not None and before.roles == roles:
        return before.roles_since_utc
    known = [until_utc for until_utc, _ in _had(desk.connection, desk.warehouse_id, worker_id)]
    if before is None and not known:
        return None
    if desk.now_utc not in known:
        had = sorted(before.roles) if before is not None else []
        names = {"warehouse_id": desk.warehouse_id, "worker_id": worker_id, "until_utc": desk.now_utc}
        desk.connection.execute(insert(past_roles).values(**names, roles=had))
    return desk.now_utc


def roles_about(
    connection: Connection, warehouse_id: str, worker_id: str, worker: Worker | None, at_utc: datetime
) -> frozenset[str]:
    """Every role that somebody had around a time: a device's clock may differ by as much as its token allows.

    Args:
        worker: their row now; None when they have left, or were never here.
    """
    first_utc, last_utc = at_utc - CLOCK_MAY_DIFFER, at_utc + CLOCK_MAY_DIFFER
    if worker is not None and (worker.roles_since_utc or _EVER) <= first_utc:
        return frozenset(worker.roles)
    roles: set[str] = set()
    began_utc = _EVER
    now = (_FOR_EVER, sorted(worker.roles) if worker is not None else [])
    for until_utc, had in [*_had(connection, warehouse_id, worker_id), now]:
        if began_utc <= last_utc and first_utc < until_utc:
            roles.update(had)
        began_utc = until_utc
    return frozenset(roles)


def _had(connection: Connection, warehouse_id: str, worker_id: str) -> list[tuple[datetime, Sequence[str]]]:
    found = connection.execute(
        select(past_roles.c.until_utc, past_roles.c.roles)
        .where(past_roles.c.warehouse_id == warehouse_id, past_roles.c.worker_id == worker_id)
        .order_by(past_roles.c.until_utc)
    )
    return [(row.until_utc, row.roles) for row in found]
