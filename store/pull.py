"""The endpoint that brings rows to stations; it waits for news, so that a pick is seen within a moment."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Connection, select, update

from store.access import StationCaller, find_station
from store.backroom import Backroom, Room
from store.feed import Page, changes
from store.fields import ClockSays
from store.packed import packed_json
from store.problems import told
from store.station import Station
from store.tables import stations
from sync.protocol import Cursor, Pulled

router = APIRouter(tags=["stations"])

ROWS_A_PULL_MAX = 5_000
WAIT_MAX_S = 25.0
# More than so many are written and packed in a thread: the event loop has others to serve.
ROWS_AT_ONCE = 200
_BIGGEST_SEQ = 2**62
# Who was seen when is a figure for people: more often than this it would only be work for the disk.
SEEN_EVERY = timedelta(seconds=5)


@router.get("/v1/pull", response_model=Pulled, responses=told(HTTPStatus.UNPROCESSABLE_ENTITY))
async def pull(
    request: Request,
    station: StationCaller,
    room: Room,
    epoch: Annotated[str, Query(max_length=64)] = "",
    change_seq: Annotated[int, Query(ge=0, le=_BIGGEST_SEQ)] = 0,
    limit: Annotated[int, Query(ge=1, le=ROWS_A_PULL_MAX)] = 1_000,
    wait_s: Annotated[float, Query(ge=0, le=WAIT_MAX_S)] = 0,
    owed_count: Annotated[int | None, Query(ge=0, le=_BIGGEST_SEQ)] = None,
    owed_since_utc: ClockSays | None = None,
    app_version: Annotated[str | None, Query(max_length=64)] = None,
) -> Response:
    """What changed in the station's scopes after its cursor; everything when it sends none.

    The rules in order: a cursor of another epoch, or from the future, is told to fetch anew; news is answered at once;
    without news the answer waits up to `wait_s` for some. `owed_count`, `owed_since_utc` and `app_version` are kept
    for the supervisor's board.

    Leads to: 200; with `more` there is more at once, with `must_refetch` the rows (never the owed facts) are to be
    thrown away.
    """
    _saw(room, station, owed_count, owed_since_utc, app_version)
    cursor = Cursor(epoch=epoch, change_seq=change_seq)

    def look(connection: Connection) -> Page:
        # It may have been revoked since it came in at the door, or while it waited.
        find_station(connection, station)
        return changes(connection, station, cursor, limit)

    ends = time.monotonic() + min(wait_s, room.settings.poll_wait_max_s)
    with room.notice.listening(station.warehouse_id, station.scopes) as news:
        while True:
            news.clear()
            page = await room.read(look)
            left_s = ends - time.monotonic()
            if page.has_news or left_s <= 0 or room.notice.closed:
                break
            try:
                await asyncio.wait_for(news.wait(), left_s)
            except TimeoutError:
                break
    if len(page.rows) < ROWS_AT_ONCE:
        return packed_json(request, page.text())
    return await anyio.to_thread.run_sync(lambda: packed_json(request, page.text()))


def _saw(
    room: Backroom,
    station: Station,
    owed_count: int | None,
    owed_since_utc: datetime | None,
    app_version: str | None,
) -> None:
    """Note that the station was here, without waiting for the disk."""
    now_utc = room.now_utc()
    said = {
        "owed_count": owed_count,
        "owed_since_utc": _as_utc(owed_since_utc) if owed_count else None,
        "app_version": app_version,
    }
    # A station that owes nothing owes it since no time.
    news = {
        name: value for name, value in said.items() if value is not None or (name[:4] == "owed" and owed_count == 0)
    }

    def write(connection: Connection) -> None:
        here = (stations.c.warehouse_id == station.warehouse_id, stations.c.station_id == station.station_id)
        before = connection.execute(select(stations).where(*here)).one()
        changed = any(getattr(before, name) != value for name, value in news.items())
        if changed or before.last_seen_at_utc is None or now_utc - before.last_seen_at_utc >= SEEN_EVERY:
            connection.execute(update(stations).where(*here).values(last_seen_at_utc=now_utc, **news))

    room.writer.submit(write)


def _as_utc(said: datetime | None) -> datetime | None:
    if said is None:
        return None
    try:
        return said.astimezone(UTC) if said.tzinfo else said.replace(tzinfo=UTC)
    except OverflowError:
        return None
