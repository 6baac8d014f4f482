"""Endpoints for what needs the store's word at once. An ask with a key that was answered gets the same answer again.

A station's token lets its facts and rows pass, for whoever works there. What a person asks for is asked in their name,
with a token of the station and theirs alone: the device vouches for who is at its screen by signing the ask, the store
judges it by the roles that they have now, and writes down who asked what, and when.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import Connection, insert, select

from store.access import AskingStation
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
from store.tokens import check_clock
from store.turned_away import TurnedAway, not_known

router = APIRouter(tags=["stations"], route_class=StrictRoute)
_SAYS = told(HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)
Key = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[!-~]+$")]


class Ask(BaseModel):
    """Fields that this store does not know are ignored: stations may be newer.

    Args:
        asked_at_utc: the station's clock; more than ten minutes off the store's is refused with the store's time.
    """

    model_config = ConfigDict(frozen=True)

    key: Key
    asked_at_utc: AwareDatetime

    @property
    def asker(self) -> str:
        """Who asks; nobody, when it is the station itself."""
        return ""


class WorkersAsk(Ask):
    worker_id: Id

    @property
    def asker(self) -> str:
        return self.worker_id


class WorkWanted(WorkersAsk):
    take_over: bool = False


class WorkGiven(BaseModel):
    current: str | None
    picklist_ids: list[str]
    elsewhere: list[str]


class ReassignWanted(WorkersAsk):
    picklist_id: Id
    to_worker_id: Id | None = None
    reason: Words


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
async def ask_get_work(wanted: WorkWanted, station: AskingStation, room: Room) -> WorkGiven:
    """Lease a worker's next picklists to this station.

    Leads to: 200, also when there is no work; 403 when the station is no handset; 409 when the worker may not pick.
    """
    _only(station, "handset", "takes picklists")

    def answer(desk: Desk) -> Mapping[str, Any]:
        return as_reply(get_work(desk, station.station_id, wanted.worker_id, take_over=wanted.take_over))

    return WorkGiven.model_validate(await _answered(room, station, "get_work", wanted, answer))


@router.post("/v1/asks/reassign", responses=_SAYS)
async def ask_reassign(wanted: ReassignWanted, station: AskingStation, room: Room) -> Reassigned:
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

    return Reassigned.model_validate(await _answered(room, station, "reassign", wanted, answer))


@router.post("/v1/asks/sscc_range", responses=_SAYS)
async def ask_sscc_range(wanted: RangeWanted, station: AskingStation, room: Room) -> RangeGiven:
    """Serials for carton numbers, this station's for ever.

    Leads to: 200 with both ends included; 403 when the station packs nothing; 409 while it has enough numbers left, or
    when the company prefix is used up.
    """
    _only(station, "packing", "gets carton numbers")

    def answer(desk: Desk) -> Mapping[str, Any]:
        return give_range(desk.connection, desk.warehouse_id, station.station_id, wanted.count)

    return RangeGiven.model_validate(await _answered(room, station, "sscc_range", wanted, answer))


def _only(station: Station, kind: str, does: str) -> None:
    if station.kind != kind:
        raise TurnedAway(HTTPStatus.FORBIDDEN, f"only a station of kind {kind} {does}")


async def _answered(
    room: Backroom, station: Station, name: str, wanted: Ask, answer: Callable[[Desk], Mapping[str, Any]]
) -> Mapping[str, Any]:
    if wanted.asker not in ("", station.worker_id):
        raise not_known(f"the token is not for {wanted.asker}")
    now_utc = room.now_utc()
    check_clock(wanted.asked_at_utc, now_utc)
    names = {"warehouse_id": station.warehouse_id, "station_id": station.station_id, "name": name, "key": wanted.key}

    def write(connection: Connection) -> Mapping[str, Any]:
        here = [asks.c[column] == value for column, value in names.items()]
        known = connection.execute(select(asks.c.reply, asks.c.worker_id).where(*here)).one_or_none()
        if known is not None and known.worker_id != wanted.asker:
            raise TurnedAway(HTTPStatus.CONFLICT, "somebody else has asked with this key")
        if known is not None:
            say_again(connection)
            answered: Mapping[str, Any] = known.reply
            return answered
        desk = Desk.at(connection, station.warehouse_id, now_utc)
        reply = answer(desk)
        desk.flush()
        who = {"worker_id": wanted.asker, "asked_at_utc": now_utc}
        connection.execute(insert(asks).values(**names, **who, reply=dict(reply)))
        return reply

    return await asyncio.wrap_future(room.writer.submit(write))
