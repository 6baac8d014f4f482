"""The supervisor's board: how far the floor is, who does what, what went wrong, which station is behind.

Reads images as they lie, without making rows of them: it is looked at all day long.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from app.domain.discrepancies import Discrepancy
from app.domain.orders import Order, OrderState
from app.domain.picking import SETTLED, PickTask
from app.domain.picklists import Picklist, PicklistState
from app.domain.workers import Worker
from store.people import lines_an_hour, pace, people
from store.station import is_over
from store.tables import row_scopes, rows, stations, warehouses
from store.turned_away import TurnedAway

Image = Mapping[str, Any]

TIGHT = timedelta(minutes=30)
_DONE = frozenset({OrderState.PACKED, OrderState.HANDED_OVER})
_NOT_DUE = frozenset({OrderState.CANCELLED, OrderState.BACKORDERED, OrderState.RECEIVED, OrderState.HELD})
_GONE = frozenset({PicklistState.CLOSED, PicklistState.CANCELLED})


def board(connection: Connection, warehouse_id: str, now_utc: datetime) -> dict[str, Any]:
    """Everything that the supervisor's screen shows, as one answer (see `store.board_view` for its fields)."""
    house = connection.execute(select(warehouses).where(warehouses.c.warehouse_id == warehouse_id)).one_or_none()
    if house is None:
        raise TurnedAway(HTTPStatus.NOT_FOUND, "there is no such warehouse")
    day_begins = _day_begins(now_utc, house.time_zone)
    look = _Look(connection, warehouse_id)
    lists = {image["picklist_id"]: image for image in look.all(Picklist.row_kind)}
    tasks = look.all(PickTask.row_kind)
    an_hour = lines_an_hour(connection, warehouse_id, now_utc)
    return {
        "as_of_utc": now_utc,
        "warehouse": {"id": warehouse_id, "name": house.name, "time_zone": house.time_zone},
        "cutoffs": _cutoffs(look.all(Order.row_kind), day_begins, now_utc, an_hour),
        "zones": _zones(tasks, lists, day_begins),
        "people": people(connection, warehouse_id, look.all(Worker.row_kind), list(lists.values()), day_begins),
        "picklists": _picklists(tasks, lists),
        "exceptions": [_exception(image) for image in look.in_scope("floor", Discrepancy.row_kind)],
        "stations": _stations(connection, warehouse_id),
        "pace": pace(connection, warehouse_id, now_utc),
    }


@dataclass(frozen=True, slots=True)
class _Look:
    connection: Connection
    warehouse_id: str

    def all(self, row_kind: str) -> list[Image]:
        query = select(rows.c.image).where(rows.c.warehouse_id == self.warehouse_id, rows.c.row_kind == row_kind)
        return list(self.connection.scalars(query.where(rows.c.deleted.is_(False)).order_by(rows.c.row_id)))

    def in_scope(self, scope: str, row_kind: str) -> list[Image]:
        query = (
            select(rows.c.image)
            .join(
                row_scopes,
                (row_scopes.c.warehouse_id == rows.c.warehouse_id)
                & (row_scopes.c.row_kind == rows.c.row_kind)
                & (row_scopes.c.row_id == rows.c.row_id),
            )
            .where(rows.c.warehouse_id == self.warehouse_id, rows.c.row_kind == row_kind)
            .where(row_scopes.c.scope == scope, row_scopes.c.present.is_(True))
            .order_by(rows.c.row_id)
        )
        return list(self.connection.scalars(query))


def _day_begins(now_utc: datetime, time_zone: str) -> datetime:
    """Midnight of the warehouse's own day."""
    return now_utc.astimezone(ZoneInfo(time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)


def _is_done(order: Image) -> bool:
    return order["state"] in _DONE


def _lines_done(order: Image) -> int:
    """Lines that nobody has to walk for any more."""
    if _is_done(order):
        return len(order["lines"])
    return sum(line["picked_each"] + line["short_each"] >= line["quantity_each"] for line in order["lines"])


def _cutoffs(
    orders: list[Image], day_begins: datetime, now_utc: datetime, an_hour: float | None
) -> list[dict[str, Any]]:
    by_cutoff: dict[datetime, list[Image]] = defaultdict(list)
    for order in orders:
        ship_by = datetime.fromisoformat(order["ship_by_utc"])
        if order["state"] not in _NOT_DUE and (ship_by >= day_begins or not _is_done(order)):
            by_cutoff[ship_by].append(order)
    cutoffs = []
    lines_before = 0
    for ship_by, due in sorted(by_cutoff.items()):
        lines_total = sum(len(order["lines"]) for order in due)
        lines_done = sum(_lines_done(order) for order in due)
        orders_done = sum(_is_done(order) for order in due)
        # People walk for the earliest cut-off first.
        lines_before += lines_total - lines_done
        finish = now_utc + timedelta(hours=lines_before / an_hour) if an_hour and an_hour > 0 else None
        through = orders_done == len(due)
        cutoffs.append(
            {
                "ship_by_utc": ship_by,
                "channels": sorted({order["channel"] for order in due}),
                "orders_done": orders_done,
                "orders_total": len(due),
                "lines_done": lines_done,
                "lines_total": lines_total,
                "projected_finish_utc": None if through else finish,
                "risk": "ok" if through else _risk(ship_by, finish, now_utc),
            }
        )
    return cutoffs


def _risk(ship_by: datetime, finish: datetime | None, now_utc: datetime) -> str:
    """Without a pace yet nobody knows when it ends: it is tight once the cut-off is near."""
    ends = max(finish or now_utc, now_utc)
    if ends > ship_by:
        return "late"
    return "tight" if ends > ship_by - TIGHT else "ok"


def _zones(tasks: list[Image], lists: Mapping[str, Image], day_begins: datetime) -> list[dict[str, Any]]:
    zones: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for task in tasks:
        picklist = lists.get(task["picklist_id"])
        if picklist is None or picklist["state"] == PicklistState.CANCELLED or task["state"] == "cancelled":
            continue
        if picklist["state"] in _GONE and datetime.fromisoformat(picklist["ship_by_utc"]) < day_begins:
            continue
        counts = zones[picklist["zone"]]
        counts[0] += task["state"] in SETTLED
        counts[1] += 1
    return [{"zone": zone, "lines_done": done, "lines_total": total} for zone, (done, total) in sorted(zones.items())]


def _picklists(tasks: list[Image], lists: Mapping[str, Image]) -> list[dict[str, Any]]:
    done: dict[str, int] = defaultdict(int)
    total: dict[str, int] = defaultdict(int)
    for task in tasks:
        done[task["picklist_id"]] += task["state"] in SETTLED
        total[task["picklist_id"]] += 1
    return [
        {
            "picklist_id": picklist_id,
            "zone": image["zone"],
            "state": image["state"],
            "worker_id": image["worker_id"],
            "station_id": image["station_id"],
            "tasks_done": done[picklist_id],
            "tasks_total": total[picklist_id],
            "ship_by_utc": image["ship_by_utc"],
            "number": image.get("number", 0),
        }
        for picklist_id, image in lists.items()
        if image["state"] not in _GONE
    ]


def _exception(image: Image) -> dict[str, Any]:
    names = ("discrepancy_id", "kind", "addressee", "remedy", "raised_at_utc", "facts")
    return {name: image[name] for name in names} | {"number": image.get("number", 0)}


def _stations(connection: Connection, warehouse_id: str) -> list[dict[str, Any]]:
    found = connection.execute(
        select(stations).where(stations.c.warehouse_id == warehouse_id).order_by(stations.c.name, stations.c.station_id)
    )
    return [
        {
            "station_id": station.station_id,
            "name": station.name,
            "kind": station.station_kind,
            "last_seen_utc": station.last_seen_at_utc,
            "owed_count": station.owed_count,
            "owed_since_utc": station.owed_since_utc,
            "app_version": station.app_version,
            "revoked_at_utc": station.revoked_at_utc,
            "revoked_reason": station.revoked_reason,
        }
        for station in found
        if not is_over(station.scopes)
    ]
