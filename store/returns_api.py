"""Returns that customers announce, for shops: `/v1/returns`."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Response
from pydantic import BaseModel

from store.access import ShopCaller, speaks_for
from store.at_desk import at_desk
from store.backroom import Room
from store.every_problem import every_problem
from store.order_requests import ReturnWanted
from store.problems import told
from store.returns_desk import announce, problems_between

router = APIRouter(tags=["orders"], route_class=every_problem(problems_between))
_WRONG = (HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.NOT_FOUND, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


class ReturnAnnounced(BaseModel):
    return_id: str
    rma: str


@router.post(
    "/v1/returns",
    status_code=HTTPStatus.CREATED,
    responses={**told(*_WRONG, HTTPStatus.CONFLICT), 200: {"model": ReturnAnnounced}},
)
async def announce_return(wanted: ReturnWanted, caller: ShopCaller, room: Room, response: Response) -> ReturnAnnounced:
    """Announce a return, so that the bench knows the parcel when it comes.

    Leads to: 201 awaited; 200 the same again; 409 the channel has used this RMA for another return; 422 every problem
    at once: unknown order or line, more than was ordered.
    """
    speaks_for(caller, wanted.channel)
    announced = await at_desk(room, caller.warehouse_id, lambda desk: announce(desk, wanted))
    response.status_code = HTTPStatus.CREATED if announced.new else HTTPStatus.OK
    return ReturnAnnounced(return_id=announced.return_id, rma=wanted.rma)
