"""The endpoint that takes facts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response

from app.domain.discrepancies import DiscrepancySettled
from app.domain.returns import ReturnItemPutAway
from store.access import SpeakingStation, require_speaker
from store.backroom import backroom
from store.hearing import Push
from store.json_text import write_json
from store.judge import Said
from store.problems import Problem, ProblemsFound, told
from store.release_soon import release_soon
from store.strict_route import JSON_TYPE, StrictRequest, StrictRoute
from store.turned_away import TurnedAway
from sync.protocol import FACTS_A_PUSH_MAX, FactsJudged, FactsPushed, Verdict

# After these there may be stock for orders that wait: a return is on its shelf, units are put back, a bin is counted.
_STOCK_COMES_BACK = frozenset({ReturnItemPutAway.kind, DiscrepancySettled.kind})
_HAPPENED = frozenset({Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_EXCEPTION})


class _WayOfFacts(StrictRoute):
    """A push as stations send it goes straight to the endpoint, and its answer straight back. FastAPI describes the
    endpoint, and is asked about what is no such push: it says what is wrong with it.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handling(request: Request) -> Response:
            if request.headers.get("content-type") != JSON_TYPE:
                return await handle(request)
            read = StrictRequest(request.scope, request.receive)
            pushed = await _as_stations_send_it(read)
            if pushed is None:
                return await handle(read)
            judged = await push(pushed, await require_speaker(read), read)
            return Response(write_json(judged), media_type=JSON_TYPE)

        return handling


async def _as_stations_send_it(request: StrictRequest) -> FactsPushed | None:
    try:
        body = await request.json()
    except json.JSONDecodeError:
        return None
    match body:
        case {"station_id": str(station_id), "facts": list(texts)} if all(type(text) is str for text in texts):
            return FactsPushed(station_id=station_id, facts=tuple(texts))
    return None


router = APIRouter(tags=["stations"], route_class=_WayOfFacts)


@router.post("/v1/facts", responses=told(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE))
async def push(pushed: FactsPushed, station: SpeakingStation, request: Request) -> FactsJudged:
    """Take the oldest facts that a station owes. A push that is repeated, whole or in part, changes nothing.

    Leads to: 200 with one outcome a fact once they are on the disk; 403 for facts of another station; 413 for more
    than a push may carry; 422 for a text without a readable number; 503 when nothing was kept: send it again.
    """
    if pushed.station_id != station.station_id:
        raise TurnedAway(HTTPStatus.FORBIDDEN, "the token is another station's")
    if len(pushed.facts) > FACTS_A_PUSH_MAX:
        raise TurnedAway(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {FACTS_A_PUSH_MAX} facts")
    said = [Said.of(text) for text in pushed.facts]
    unreadable = [
        Problem(path=f"facts[{index}]", reason="no JSON object with a number `seq` from 1")
        for index, each in enumerate(said)
        if each.seq is None
    ]
    if unreadable:
        raise ProblemsFound(unreadable)
    room = backroom(request)
    hearing = room.writer.submit_to(room.intake, Push(station=station, said=said), weight=len(said))
    judged = await asyncio.wrap_future(hearing)
    # A gap or a fork ends the outcomes before the facts.
    if any(
        each.image.get("kind") in _STOCK_COMES_BACK and outcome.verdict in _HAPPENED
        for each, outcome in zip(said, judged.outcomes, strict=False)
    ):
        release_soon(request).ask(station.warehouse_id)
    return judged
