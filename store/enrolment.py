"""How a device becomes a station: a one-time code from an administrator, then a key that never leaves the device."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from http import HTTPStatus

from sqlalchemy import Connection, insert, select, update

from store.problems import Problem, ProblemsFound
from store.replicated import say_again
from store.scopes import scopes_of_station
from store.succession import succeed
from store.tables import enrolment_codes, stations, warehouses
from store.tokens import read_public_key
from store.turned_away import TurnedAway
from sync.protocol import GENESIS_HASH, Enrolled, Enrolment

CODE_LIFE = timedelta(hours=24)
# Read out and typed by people: no letter or digit that looks like another.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE_LENGTH = 10
_STATION_ID_LENGTH = 6


def give_code(
    connection: Connection, warehouse_id: str, *, station_kind: str, name: str, now_utc: datetime
) -> tuple[str, datetime]:
    """A code that enrols one station within a day, and when it ends."""
    code = _letters(_CODE_LENGTH)
    expires_at_utc = now_utc + CODE_LIFE
    connection.execute(
        insert(enrolment_codes).values(
            code_hash=_hash(code),
            warehouse_id=warehouse_id,
            station_kind=station_kind,
            name=name,
            expires_at_utc=expires_at_utc,
            used_by=None,
        )
    )
    return code, expires_at_utc


def enrol(connection: Connection, wanted: Enrolment, now_utc: datetime, *, store_key: str) -> Enrolled:
    """Register a device under a fresh station id, which goes on with what the id that it replaces had. The same device
    with the same code is told the same again.

    Args:
        store_key: what the store will sign grants with.

    Raises:
        TurnedAway: 401 for a code that is unknown, used by another device or too old; 403 when the station that it made
            was revoked; 409 for one that is for another kind of station than the one that is replaced.
        ProblemsFound: the key is none.
    """
    if read_public_key(wanted.public_key) is None:
        raise ProblemsFound([Problem(path="public_key", reason="is no Ed25519 key in base64url")])
    code = connection.execute(
        select(enrolment_codes).where(enrolment_codes.c.code_hash == _hash(wanted.code))
    ).one_or_none()
    if code is None:
        raise TurnedAway(HTTPStatus.UNAUTHORIZED, "the enrolment code is not known")
    if code.used_by is not None:
        # The first reply was lost on the way.
        say_again(connection)
        return _enrolled(connection, code.warehouse_id, code.used_by, wanted.public_key, store_key)
    if now_utc >= code.expires_at_utc:
        raise TurnedAway(HTTPStatus.UNAUTHORIZED, "the enrolment code is too old")
    station_id = f"{code.station_kind[:1].upper()}-{_letters(_STATION_ID_LENGTH)}"
    connection.execute(
        insert(stations).values(
            warehouse_id=code.warehouse_id,
            station_id=station_id,
            name=wanted.name or code.name,
            station_kind=code.station_kind,
            public_key=wanted.public_key,
            scopes=list(scopes_of_station(code.station_kind, station_id)),
            enrolled_at_utc=now_utc,
            held_through_seq=0,
            last_hash=GENESIS_HASH,
        )
    )
    connection.execute(
        update(enrolment_codes).where(enrolment_codes.c.code_hash == code.code_hash).values(used_by=station_id)
    )
    if wanted.replaces:
        succeed(
            connection,
            code.warehouse_id,
            old_id=wanted.replaces,
            new_id=station_id,
            kind=code.station_kind,
            public_key=wanted.public_key,
            now_utc=now_utc,
        )
    return _enrolled(connection, code.warehouse_id, station_id, wanted.public_key, store_key)


def _enrolled(connection: Connection, warehouse_id: str, station_id: str, public_key: str, store_key: str) -> Enrolled:
    found = connection.execute(
        select(stations, warehouses.c.name.label("warehouse_name"), warehouses.c.time_zone)
        .add_columns(warehouses.c.sscc_company_prefix)
        .join(warehouses, warehouses.c.warehouse_id == stations.c.warehouse_id)
        .where(stations.c.warehouse_id == warehouse_id, stations.c.station_id == station_id)
    ).one()
    if found.public_key != public_key:
        raise TurnedAway(HTTPStatus.UNAUTHORIZED, "the enrolment code was used by another device")
    if found.revoked_reason is not None:
        raise TurnedAway(HTTPStatus.FORBIDDEN, f"this station was revoked: {found.revoked_reason}")
    return Enrolled(
        station_id=station_id,
        warehouse_id=warehouse_id,
        warehouse_name=found.warehouse_name,
        time_zone=found.time_zone,
        scopes=tuple(found.scopes),
        sscc_company_prefix=found.sscc_company_prefix,
        settings={"station_kind": found.station_kind, "name": found.name},
        store_key=store_key,
    )


def _letters(count: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(count))


def _hash(code: str) -> str:
    return hashlib.sha256(code.strip().upper().encode(errors="replace")).hexdigest()
