"""The stream that says when a pull is worth while: a hint, with nothing in it that a station could not pull."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import StreamingResponse

from store.access import StationCaller
from store.backroom import Backroom, Room
from store.problems import PROBLEMS, REFUSAL, told
from store.station import Station

router = APIRouter(tags=["stations"])
HEARTBEAT_S = 15.0
# Whoever is not trusted any more is let go then at the latest; and no proxy need keep a line for ever.
STREAM_MAX_S = 600.0


class EventStream(StreamingResponse):
    media_type = "text/event-stream"


# Refusals are JSON, though the answer is not.
_SAYS: dict[int | str, dict[str, Any]] = {
    **{status: {"content": {"application/json": {"schema": REFUSAL}}} for status in told()},
    422: {"content": {"application/json": {"schema": PROBLEMS}}},
    200: {"content": {EventStream.media_type: {"schema": {"type": "string"}}}},
}


@router.get("/v1/pokes", response_class=EventStream, responses=_SAYS)
async def pokes(
    station: StationCaller,
    room: Room,
    at_most_s: Annotated[float, Query(ge=0, le=STREAM_MAX_S)] = STREAM_MAX_S,
) -> EventStream:
    """Server-sent events for as long as the station listens: `changed` with `{"change_seq": N}` when something in its
    scopes has changed, a comment every fifteen seconds when nothing has. What it says is a hint: the pull decides.

    Leads to: 200 and a stream that ends after ten minutes at the latest (`at_most_s`): ask again.
    """
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventStream(_events(room, station, at_most_s), headers=headers)


async def _events(room: Backroom, station: Station, at_most_s: float) -> AsyncIterator[str]:
    ends_s = time.monotonic() + at_most_s
    with room.notice.listening(station.warehouse_id, station.scopes) as news, room.presence.of(station):
        # A first word: whoever reads it knows that the stream is open, and that nothing from here on is missed.
        yield _changed(room, station)
        while not room.notice.closed and (left_s := ends_s - time.monotonic()) > 0:
            try:
                await asyncio.wait_for(news.wait(), min(left_s, HEARTBEAT_S))
            except TimeoutError:
                yield ": still here\n\n"
                continue
            news.clear()
            if not room.notice.closed:
                yield _changed(room, station)


def _changed(room: Backroom, station: Station) -> str:
    said = json.dumps({"change_seq": room.notice.change_seq(station.warehouse_id)})
    return f"event: changed\ndata: {said}\n\n"
