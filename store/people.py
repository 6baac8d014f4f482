"""Who works on the floor now, on what, and how much has been done: from the facts themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, func, select

from app.domain.packing import CartonClosed
from app.domain.picking import PickShorted, PickUndone, UnitPlaced
from app.domain.picklists import PicklistState
from app.domain.workers import ScanRefused, WorkerSignedOut
from store.tables import facts

Image = Mapping[str, Any]

PACE_HOURS = 12
# The floor's pace is that of the last hours, and nobody knows it before it has worked for a while.
PACE_OF, PACE_AFTER = timedelta(hours=2), timedelta(minutes=30)
# First part of the newest fact's wire kind → what somebody is doing.
_DOING = {
    "picklist": "picking",
    "pick": "picking",
    "tote": "picking",
    "carton": "packing",
    "pack": "packing",
    "label": "packing",
    "return": "returns",
}
# The facts that the pace of picking is counted by.
_COUNTING = (UnitPlaced.kind, PickShorted.kind, PickUndone.kind)
_HELD = {
    PicklistState.IN_PROGRESS: "picking",
    PicklistState.PAUSED: "paused",
    PicklistState.LEASED: "about_to_pick",
}


def people(
    connection: Connection, warehouse_id: str, workers: list[Image], lists: list[Image], day_begins: datetime
) -> list[dict[str, Any]]:
    """One entry a worker; the figures are of the warehouse's day, the last fact is the newest of that day."""
    counted = _counted(connection, warehouse_id, day_begins)
    said = []
    for worker in workers:
        worker_id = worker["worker_id"]
        count = counted.get(worker_id)
        last = _newest(connection, warehouse_id, worker_id, day_begins) if count is not None else None
        held = _list_of(worker_id, lists)
        said.append(
            {
                "worker_id": worker_id,
                "name": worker["name"],
                "roles": worker["roles"],
                "station_id": last.station_id if last is not None else None,
                "picklist_id": held["picklist_id"] if held is not None else None,
                "doing": _doing(last.kind if last is not None else None, held),
                "last_fact_at_utc": last.occurred_at_utc if last is not None else None,
                "lines_today": int(count.lines) if count is not None else 0,
                "cartons_today": int(count.cartons) if count is not None else 0,
                "units_today": int(count.units) if count is not None else 0,
                "near_misses_today": int(count.near_misses) if count is not None else 0,
            }
        )
    return said


def pace(connection: Connection, warehouse_id: str, now_utc: datetime) -> list[dict[str, Any]]:
    """Lines and units by the hour, the last twelve, the running one last; hours without any are there with 0."""
    running = now_utc.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    hours = [running - timedelta(hours=back) for back in range(PACE_HOURS - 1, -1, -1)]
    lines: dict[datetime, int] = defaultdict(int)
    units: dict[datetime, int] = defaultdict(int)
    done = connection.execute(
        select(facts.c.occurred_at_utc, facts.c.lines, facts.c.units).where(
            facts.c.warehouse_id == warehouse_id,
            facts.c.occurred_at_utc >= hours[0],
            facts.c.kind.in_(_COUNTING),
            (facts.c.lines != 0) | (facts.c.units != 0),
        )
    )
    for fact in done:
        hour = fact.occurred_at_utc.replace(minute=0, second=0, microsecond=0)
        lines[hour] += fact.lines
        units[hour] += fact.units
    return [{"hour_utc": hour, "lines": lines[hour], "units": units[hour]} for hour in hours]


def lines_an_hour(connection: Connection, warehouse_id: str, now_utc: datetime) -> float | None:
    """How fast the floor is now: the lines of `PACE_OF` by the time since the first of them; None when nobody knows."""
    lines, first_at_utc = connection.execute(
        select(func.sum(facts.c.lines), func.min(facts.c.occurred_at_utc)).where(
            facts.c.warehouse_id == warehouse_id,
            facts.c.occurred_at_utc > now_utc - PACE_OF,
            facts.c.kind.in_(_COUNTING),
            facts.c.lines != 0,
        )
    ).one()
    if first_at_utc is None or now_utc - first_at_utc < PACE_AFTER:
        return None
    worked_h: float = (now_utc - first_at_utc) / timedelta(hours=1)
    return float(lines) / worked_h


def _counted(connection: Connection, warehouse_id: str, day_begins: datetime) -> dict[str, Any]:
    found = connection.execute(
        select(
            facts.c.worker_id,
            func.sum(facts.c.lines).label("lines"),
            func.sum(case((facts.c.kind == CartonClosed.kind, 1), else_=0)).label("cartons"),
            func.sum(facts.c.units).label("units"),
            func.sum(case((facts.c.kind == ScanRefused.kind, 1), else_=0)).label("near_misses"),
        )
        .where(facts.c.warehouse_id == warehouse_id, facts.c.occurred_at_utc >= day_begins)
        .group_by(facts.c.worker_id)
    )
    return {count.worker_id: count for count in found}


def _newest(connection: Connection, warehouse_id: str, worker_id: str, day_begins: datetime) -> Any:
    return connection.execute(
        select(facts.c.station_id, facts.c.kind, facts.c.occurred_at_utc)
        .where(facts.c.warehouse_id == warehouse_id, facts.c.worker_id == worker_id)
        .where(facts.c.occurred_at_utc >= day_begins)
        .order_by(facts.c.occurred_at_utc.desc(), facts.c.station_id, facts.c.seq.desc())
        .limit(1)
    ).one_or_none()


def _list_of(worker_id: str, lists: list[Image]) -> Image | None:
    """The list that somebody walks, or holds and has not begun."""
    order = list(_HELD)
    mine = [one for one in lists if one["worker_id"] == worker_id and one["state"] in _HELD]
    return min(mine, key=lambda one: (order.index(PicklistState(one["state"])), one["picklist_id"]), default=None)


def _doing(last_kind: str | None, held: Image | None) -> str:
    """`away`, `idle`, `picking`, `paused`, `about_to_pick`, `packing` or `returns`."""
    if last_kind is None or last_kind == WorkerSignedOut.kind:
        return "away"
    if held is not None and held["state"] != PicklistState.LEASED:
        return _HELD[PicklistState(held["state"])]
    doing = _DOING.get(last_kind.partition(".")[0])
    if doing in (None, "picking"):
        # Whoever picked last and has no list under way is between two.
        return "about_to_pick" if held is not None else "idle"
    return doing
