"""Endpoints for what needs the store's word at once. An ask with a key that was answered gets the same answer again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, insert, select

from store.access import StationCaller
from store.assignment import as_reply, get_work, reassign
from store.backroom import Backroom, Room
from store.carton_numbers import RANGE_EACH_MAX, give_range
from store.desk import Desk
from store.fields import Id, Words
from store.problems import told
from store.replicated import say_again
from store.station import Station
from store.strict_route import StrictRoute
from store.tables import asks
from store.turned_away import TurnedAway

router = APIRouter(tags=["stations"], route_class=StrictRoute)
_SAYS = told(HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)
Key = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[!-~]+$")]


class Ask(BaseModel):
    """Fields that this store does not know are ignored: stations may be newer."""

    model_config = ConfigDict(frozen=True)

    key: Key


class WorkWanted(Ask):
    worker_id: Id
    take_over: bool = False


class WorkGiven(BaseModel):
    current: str | None
    picklist_ids: list[str]
    elsewhere: list[str]


class ReassignWanted(Ask):
    picklist_id: Id
    to_worker_id: Id | None = None
    reason: Words
    worker_id: Id


class Reassigned(BaseModel):
    picklist_id: str


class RangeWanted(Ask):
    count: Annotated[int, Field(ge=1, le=RANGE_EACH_MAX)] = RANGE_EACH_MAX


class RangeGiven(BaseModel):
    company_prefix: str
    extension_digit: str
    first_serial: int
    last_serial: int


@router.post("/v1/asks/get_work", responses=_SAYS)
async def ask_get_work(wanted: WorkWanted, station: StationCaller, room: Room) -> WorkGiven:
    """Lease a worker's next picklists to this station.

    Leads to: 200, also when there is no work; 403 when the station is no handset; 409 when the worker may not pick.
    """
    _only(station, "handset", "takes picklists")

    def answer(desk: Desk) -> Mapping[str, Any]:
        return as_reply(get_work(desk, station.station_id, wanted.worker_id, take_over=wanted.take_over))

    return WorkGiven.model_validate(await _answered(room, station, "get_work", wanted.key, answer))


@router.post("/v1/asks/reassign", responses=_SAYS)
async def ask_reassign(wanted: ReassignWanted, station: StationCaller, room: Room) -> Reassigned:
    """Break the lease of a picklist and give the list to somebody else, or back to everybody.

    Leads to: 200; 403 when the station is no bench; 409 when `worker_id` is no supervisor, the other no picker, or the
    list is not open.
    """
    _only(station, "bench", "gives a picklist to somebody else")

    def answer(desk: Desk) -> Mapping[str, Any]:
        reassign(
            desk,
            wanted.picklist_id,
            by_worker_id=wanted.worker_id,
            to_worker_id=wanted.to_worker_id,
            reason=wanted.reason,
        )
        return {"picklist_id": wanted.picklist_id}

    return Reassigned.model_validate(await _answered(room, station, "reassign", wanted.key, answer))


@router.post("/v1/asks/sscc_range", responses=_SAYS)
async def ask_sscc_range(wanted: RangeWanted, station: StationCaller, room: Room) -> RangeGiven:
    """Serials for carton numbers, this station's for ever.

    Leads to: 200 with both ends included; 403 when the station packs nothing; 409 while it has enough numbers left, or
    when the company prefix is used up.
    """
    _only(station, "packing", "gets carton numbers")

    def answer(desk: Desk) -> Mapping[str, Any]:
        return give_range(desk.connection, desk.warehouse_id, station.station_id, wanted.count)

    return RangeGiven.model_validate(await _answered(room, station, "sscc_range", wanted.key, answer))


def _only(station: Station, kind: str, does: str) -> None:
    if station.kind != kind:
        raise TurnedAway(HTTPStatus.FORBIDDEN, f"only a station of kind {kind} {does}")


async def _answered(
    room: Backroom, station: Station, name: str, key: str, answer: Callable[[Desk], Mapping[str, Any]]
) -> Mapping[str, Any]:
    now_utc = room.now_utc()
    names = {"warehouse_id": station.warehouse_id, "station_id": station.station_id, "name": name, "key": key}

    def write(connection: Connection) -> Mapping[str, Any]:
        here = [asks.c[column] == value for column, value in names.items()]
        known: Mapping[str, Any] | None = connection.scalar(select(asks.c.reply).where(*here))
        if known is not None:
            say_again(connection)
            return known
        desk = Desk.at(connection, station.warehouse_id, now_utc)
        reply = answer(desk)
        desk.flush()
        connection.execute(insert(asks).values(**names, reply=dict(reply)))
        return reply

    return await asyncio.wrap_future(room.writer.submit(write))
