"""Endpoints by which stations come to the store, and by which they are shut out: codes, enrolment, tokens, revoking."""

from __future__ import annotations

import asyncio
from dataclasses import fields
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel
from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from store.access import AdminCaller, find_station, require_protocol
from store.at_desk import at_desk
from store.backroom import Room
from store.enrolment import enrol, give_code
from store.fields import STRICT, Id, Words
from store.grants import grant_now
from store.problems import Problem, ProblemsFound, told
from store.revocation import revoke
from store.station import Speaker
from store.strict_route import StrictRoute
from store.tables import nonces, stations, warehouses
from store.tokens import CLOCK_MAY_DIFFER, check_proof, make_token
from store.turned_away import TurnedAway, not_known
from sync.protocol import Enrolled, Enrolment, Grant, Token, TokenWanted

router = APIRouter(tags=["stations"], route_class=StrictRoute)
_WORD_LENGTH_MAX = 200
_PROTOCOL = [Depends(require_protocol)]
StationPath = Annotated[Id, Path()]


class EnrolmentWanted(BaseModel):
    model_config = STRICT

    station_kind: Literal["handset", "packing", "bench"]
    name: Words


class EnrolmentCode(BaseModel):
    """To be typed at the device, once."""

    code: str
    expires_at_utc: datetime


_REVOCATION: dict[str, Any] = {"reason": "Lost on the way to dock 3"}


class RevocationWanted(BaseModel):
    """Args:
    reason: the device is told, and whoever looks after it.
    """

    model_config = STRICT | {"json_schema_extra": {"examples": [_REVOCATION]}}

    reason: Words


class Revoked(BaseModel):
    """Args:
    stranded_picklist_ids: the lists that it holds.
    """

    station_id: str
    revoked_at_utc: datetime
    reason: str
    stranded_picklist_ids: list[str]


@router.post("/v1/enrolments", status_code=201, responses=told(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.NOT_FOUND))
async def new_enrolment(wanted: EnrolmentWanted, caller: AdminCaller, room: Room) -> EnrolmentCode:
    """A one-time code for a new station.

    Leads to: 201 with the code, good for a day; 404 when the warehouse does not exist.
    """
    now_utc = room.now_utc()

    def write(connection: Connection) -> tuple[str, datetime]:
        here = select(warehouses.c.warehouse_id).where(warehouses.c.warehouse_id == caller.warehouse_id)
        if connection.scalar(here) is None:
            raise TurnedAway(HTTPStatus.NOT_FOUND, "there is no such warehouse")
        return give_code(
            connection, caller.warehouse_id, station_kind=wanted.station_kind, name=wanted.name, now_utc=now_utc
        )

    code, expires_at_utc = await asyncio.wrap_future(room.writer.submit(write))
    return EnrolmentCode(code=code, expires_at_utc=expires_at_utc)


@router.post(
    "/v1/stations",
    status_code=201,
    dependencies=_PROTOCOL,
    responses=told(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT),
)
async def new_station(wanted: Enrolment, room: Room) -> Enrolled:
    """Make a device a station; a device that was one before goes on under its new id (see `store.succession`).

    Leads to: 201 with the station's id; the same device again with its code gets the same answer, because the first
    may have been lost; 401 when the code is unknown, too old, or another device's; 403 when its station was revoked;
    409 when it is for another kind of station, or another warehouse, than the one that is replaced.
    """
    _check_words(wanted)
    now_utc = room.now_utc()
    key = room.grant_key.public
    enrolling = room.writer.submit(lambda connection: enrol(connection, wanted, now_utc, store_key=key))
    return await asyncio.wrap_future(enrolling)


@router.post(
    "/v1/stations/token",
    dependencies=_PROTOCOL,
    responses=told(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT),
)
async def new_token(wanted: TokenWanted, room: Room) -> Token:
    """A few minutes of trust for a proof of the device's key; and the grant by which people may sign in there.

    Leads to: 200 with both; 401 when the station is unknown, the signature is not its own, the proof was used
    before, or its clock is more than ten minutes off (the answer then has `store_now_utc`); 403 when an administrator
    has revoked it; 409 when it is for a worker whom nobody knows here.
    """
    _check_words(wanted)
    now_utc = room.now_utc()

    def look(connection: Connection) -> tuple[Speaker, Grant]:
        found = connection.execute(
            select(stations.c.warehouse_id, stations.c.public_key).where(stations.c.station_id == wanted.station_id)
        ).one_or_none()
        if found is None:
            raise not_known("the station is not enrolled here")
        check_proof(wanted, found.public_key, now_utc)
        # Why it was revoked is the device's to know, and nobody else's.
        speaker = Speaker(warehouse_id=found.warehouse_id, station_id=wanted.station_id, worker_id=wanted.worker_id)
        find_station(connection, speaker)
        life = room.settings.grant_life
        grant = grant_now(connection, speaker.warehouse_id, speaker.station_id, now_utc=now_utc, life=life)
        if speaker.worker_id and speaker.worker_id not in grant.roles:
            raise TurnedAway(HTTPStatus.CONFLICT, f"nobody here is called {speaker.worker_id}")
        return speaker, grant

    def spend(connection: Connection) -> None:
        here = (nonces.c.warehouse_id == grant.warehouse_id, nonces.c.station_id == wanted.station_id)
        connection.execute(delete(nonces).where(*here, nonces.c.seen_at_utc < now_utc - 2 * CLOCK_MAY_DIFFER))
        try:
            connection.execute(
                insert(nonces).values(
                    warehouse_id=grant.warehouse_id,
                    station_id=wanted.station_id,
                    nonce=wanted.nonce,
                    seen_at_utc=now_utc,
                )
            )
        except IntegrityError:
            raise not_known("this proof was used before") from None

    speaker, grant = await room.read(look)
    await asyncio.wrap_future(room.writer.submit(spend))
    token = make_token(room.secret, speaker, now_utc, room.settings.token_life_s)
    return Token(
        token=token,
        expires_in_s=room.settings.token_life_s,
        store_now_utc=now_utc,
        grant=room.grant_key.sign(grant),
    )


@router.post("/v1/stations/{station_id}/revoke", responses=told(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.NOT_FOUND))
async def revoke_station(station_id: StationPath, wanted: RevocationWanted, caller: AdminCaller, room: Room) -> Revoked:
    """Trust a device no longer, from now on and for good: it is lost, stolen or thrown away.

    Its token and any new one are refused, with the reason. What the store holds of it stays. What it owes yet is not
    taken from it any more; the device keeps that, and sends it again once it has been enrolled anew, as another
    station. The lists that it holds stay picked as far as they are, and become work for the supervisor, who gives them
    to somebody else.

    Leads to: 200 with the lists that it holds; 200 the same again, and the first reason stays; 404 there is no such
    station in the warehouse.
    """
    return await at_desk(room, caller.warehouse_id, lambda desk: Revoked(**revoke(desk, station_id, wanted.reason)))


def _check_words(said: Enrolment | TokenWanted) -> None:
    """Pass when every word of a station can be kept and shown."""
    wrong = [
        Problem(path=field.name, reason="is too long, or holds what cannot be printed")
        for field in fields(said)
        if len(word := getattr(said, field.name)) > _WORD_LENGTH_MAX or not word.isprintable()
    ]
    if wrong:
        raise ProblemsFound(wrong)
