"""The endpoint of the supervisor's board, and what its answer holds."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from store.access import WatcherCaller
from store.backroom import Room
from store.board import board
from store.problems import told

router = APIRouter(tags=["stations"])


class House(BaseModel):
    id: str
    name: str
    time_zone: str


class Cutoff(BaseModel):
    """`projected_finish_utc` is None when it is through, and while nobody knows the pace: half an hour from the first
    pick on, and two hours after the last.
    """

    ship_by_utc: datetime
    channels: list[str]
    orders_done: int
    orders_total: int
    lines_done: int
    lines_total: int
    projected_finish_utc: datetime | None
    risk: Literal["ok", "tight", "late"]


class Zone(BaseModel):
    zone: str
    lines_done: int
    lines_total: int


class Person(BaseModel):
    worker_id: str
    name: str
    roles: list[str]
    station_id: str | None
    picklist_id: str | None
    doing: Literal["away", "idle", "picking", "paused", "about_to_pick", "packing", "returns"]
    last_fact_at_utc: datetime | None
    lines_today: int
    cartons_today: int
    units_today: int
    near_misses_today: int


class PicklistSeen(BaseModel):
    picklist_id: str
    zone: str
    state: str
    worker_id: str | None
    station_id: str | None
    tasks_done: int
    tasks_total: int
    ship_by_utc: datetime
    number: int


class ExceptionSeen(BaseModel):
    discrepancy_id: str
    kind: str
    addressee: str
    remedy: str
    raised_at_utc: datetime
    facts: dict[str, str]
    number: int


class StationSeen(BaseModel):
    station_id: str
    name: str
    kind: str
    last_seen_utc: datetime | None
    owed_count: int
    owed_since_utc: datetime | None
    app_version: str
    revoked_at_utc: datetime | None
    revoked_reason: str | None


class Hour(BaseModel):
    hour_utc: datetime
    lines: int
    units: int


class Board(BaseModel):
    as_of_utc: datetime
    warehouse: House
    cutoffs: list[Cutoff]
    zones: list[Zone]
    people: list[Person]
    picklists: list[PicklistSeen]
    exceptions: list[ExceptionSeen]
    stations: list[StationSeen]
    pace: list[Hour]


@router.get("/v1/board", responses=told(HTTPStatus.NOT_FOUND))
async def see_board(warehouse_id: WatcherCaller, room: Room) -> Board:
    """The floor at a glance, for an administrator or a station of kind bench.

    Leads to: 200; 403 for other stations; 404 when the warehouse does not exist.
    """
    now_utc = room.now_utc()
    return Board.model_validate(await room.read(lambda connection: board(connection, warehouse_id, now_utc)))
