"""Who is asking: the dependencies that endpoints name.

Shops and administrators send `Authorization: Bearer <api key>`, stations `Authorization: Bearer <token>` (see
`store.tokens`). A key for every warehouse (`*`) says which one it means in the header `Floorhand-Warehouse`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request, Security
from fastapi.security import HTTPBearer
from sqlalchemy import Connection, select

from store.backroom import Backroom, Room, backroom
from store.keys import EVERY_WAREHOUSE, ApiKey, KeyRole, find_key
from store.station import Speaker, Station, check_trusted
from store.tables import stations
from store.tokens import is_signed, token_says
from store.turned_away import TurnedAway, not_known
from sync.protocol import PROTOCOL_HEADER, PROTOCOL_VERSION, SIGNATURE_HEADER, ask_message

WAREHOUSE_HEADER = "Floorhand-Warehouse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A shop or an administrator, at work in one warehouse.

    Args:
        channel: the only channel that the caller may speak for; None for any.
    """

    role: KeyRole
    warehouse_id: str
    channel: str | None = None


def bearer(request: Request) -> str:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret:
        raise not_known("no key: send Authorization: Bearer <key>")
    return secret


async def _bearer(request: Request) -> str:
    # What waits for nothing is async: FastAPI sends everything else through a thread.
    return bearer(request)


Bearer = Annotated[str, Depends(_bearer)]


def _scheme(name: str, description: str, form: str) -> HTTPBearer:
    """A way to say who one is, for the OpenAPI description alone: `bearer` reads it, and says what is wrong with it."""
    return HTTPBearer(scheme_name=name, description=description, bearerFormat=form, auto_error=False)


SHOP_KEY = _scheme("shopKey", "A shop's API key: `python -m store key --role shop --warehouse W1`.", "API key")
ADMIN_KEY = _scheme("adminKey", "An administrator's API key: `python -m store key --role admin`.", "API key")
STATION_TOKEN = _scheme("stationToken", "A station's token, from `POST /v1/stations/token`.", "JWT")
ShopKey = Annotated[object, Security(SHOP_KEY)]
AdminKey = Annotated[object, Security(ADMIN_KEY)]
StationToken = Annotated[object, Security(STATION_TOKEN)]
WarehouseHeader = Annotated[str | None, Header(alias=WAREHOUSE_HEADER)]


def _key(secret: str, room: Backroom) -> ApiKey:
    with room.reading() as connection:
        key = find_key(connection, secret)
    if key is None:
        raise not_known("the key is not known here")
    return key


def _caller(key: ApiKey, warehouse_id: str | None) -> Caller:
    if key.warehouse_id == EVERY_WAREHOUSE:
        if not warehouse_id:
            raise TurnedAway(400, f"this key is for every warehouse: name one in the header {WAREHOUSE_HEADER}")
        return Caller(role=key.role, warehouse_id=warehouse_id, channel=key.channel)
    if warehouse_id not in (None, "", key.warehouse_id):
        raise TurnedAway(403, f"the key is not for the warehouse {warehouse_id}")
    return Caller(role=key.role, warehouse_id=key.warehouse_id, channel=key.channel)


def require_owner(secret: Bearer, room: Room, _by: AdminKey = None) -> ApiKey:
    """An administrator of every warehouse: who may open new ones."""
    key = _key(secret, room)
    if key.role is not KeyRole.ADMIN or key.warehouse_id != EVERY_WAREHOUSE:
        raise TurnedAway(403, "needs an administrator's key for every warehouse")
    return key


def require_admin(secret: Bearer, room: Room, warehouse_id: WarehouseHeader = None, _by: AdminKey = None) -> Caller:
    """An administrator of one warehouse."""
    key = _key(secret, room)
    if key.role is not KeyRole.ADMIN:
        raise TurnedAway(403, "needs an administrator's key")
    return _caller(key, warehouse_id)


def require_shop(
    secret: Bearer, room: Room, warehouse_id: WarehouseHeader = None, _by: ShopKey = None, _or: AdminKey = None
) -> Caller:
    """A shop; an administrator may do what a shop may, for any channel."""
    return _caller(_key(secret, room), warehouse_id)


def speaks_for(caller: Caller, channel: str) -> None:
    """A shop's key may be for one sales channel alone.

    Raises:
        TurnedAway: 403, and `channel` is another.
    """
    if caller.channel not in (None, channel):
        raise TurnedAway(403, f"this key speaks for the channel {caller.channel} only")


async def require_protocol(request: Request) -> None:
    """The station speaks this version of the wire, or does not say which."""
    spoken = request.headers.get(PROTOCOL_HEADER, str(PROTOCOL_VERSION))
    if spoken != str(PROTOCOL_VERSION):
        raise TurnedAway(426, f"this store speaks version {PROTOCOL_VERSION} of the wire, the station {spoken[:20]}")


async def require_speaker(request: Request, _by: StationToken = None) -> Speaker:
    """Whoever bears a token that is still good. What they say is heard only after another look at their station.

    On the way of every fact, so it is one dependency and not four.
    """
    room = backroom(request)
    await require_protocol(request)
    return token_says(bearer(request), room.secret, room.now_utc())


def require_station(
    secret: Bearer, room: Room, _spoken: Annotated[None, Depends(require_protocol)], _by: StationToken = None
) -> Station:
    """A station with a token that is still good."""
    speaker = token_says(secret, room.secret, room.now_utc())
    with room.reading() as connection:
        return find_station(connection, speaker)


def find_station(connection: Connection, speaker: Speaker) -> Station:
    """The station of a speaker: it is enrolled, and trusted.

    Raises:
        TurnedAway: 401, it is not known here; 403, an administrator has revoked it.
    """
    found = connection.execute(
        select(stations.c.station_kind, stations.c.scopes, stations.c.public_key, stations.c.revoked_reason).where(
            stations.c.warehouse_id == speaker.warehouse_id, stations.c.station_id == speaker.station_id
        )
    ).one_or_none()
    check_trusted(*((found.scopes, found.revoked_reason) if found is not None else (None, None)))
    assert found is not None
    return Station(
        warehouse_id=speaker.warehouse_id,
        station_id=speaker.station_id,
        worker_id=speaker.worker_id,
        kind=found.station_kind,
        scopes=tuple(found.scopes),
        public_key=found.public_key,
    )


async def require_signed(
    request: Request,
    station: Annotated[Station, Depends(require_station)],
    signature: Annotated[str, Header(alias=SIGNATURE_HEADER, max_length=200)] = "",
) -> Station:
    """A station whose device has signed what it asks; a token alone, which may have been stolen, asks for nothing."""
    said = ask_message(station.station_id, request.url.path.rpartition("/")[2], await request.body())
    if not is_signed(said, signature, station.public_key):
        raise not_known(f"the ask is not signed by the station's device: {SIGNATURE_HEADER}")
    return station


def require_watcher(
    secret: Bearer,
    room: Room,
    spoken: Annotated[None, Depends(require_protocol)],
    warehouse_id: WarehouseHeader = None,
    _by: StationToken = None,
    _or: AdminKey = None,
) -> str:
    """The warehouse that the caller may look over: a bench's own, or an administrator's."""
    # A token has three parts, a key none.
    if secret.count(".") == 2:
        station = require_station(secret, room, spoken)
        if station.kind != "bench":
            raise TurnedAway(403, "only a station of kind bench sees the board")
        return station.warehouse_id
    return require_admin(secret, room, warehouse_id).warehouse_id


WatcherCaller = Annotated[str, Depends(require_watcher)]
AdminCaller = Annotated[Caller, Depends(require_admin)]
ShopCaller = Annotated[Caller, Depends(require_shop)]
SpeakingStation = Annotated[Speaker, Depends(require_speaker)]
StationCaller = Annotated[Station, Depends(require_station)]
AskingStation = Annotated[Station, Depends(require_signed)]
