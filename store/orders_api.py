"""Orders, for shops: `/v1/orders`; and their release to the floor."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field, StrictInt

from store import orders
from store.access import AdminCaller, Caller, ShopCaller, speaks_for
from store.at_desk import at_desk
from store.backroom import Backroom, Room
from store.desk import Desk
from store.every_problem import every_problem
from store.fields import STRICT, Channel, Id, Reference
from store.order_requests import OrderWanted
from store.order_view import OrderView, view
from store.problems import Problem, ProblemsFound, told
from store.release_plan import ORDERS_A_LIST_MAX
from store.release_soon import ReleaseSoon, Soon, release_all
from store.turned_away import TurnedAway

router = APIRouter(tags=["orders"], route_class=every_problem(orders.problems_between))
ChannelPath = Annotated[Channel, Path()]
ReferencePath = Annotated[Reference, Path()]
_WRONG = (HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.NOT_FOUND, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


@router.post(
    "/v1/orders",
    status_code=HTTPStatus.CREATED,
    responses={**told(*_WRONG, HTTPStatus.CONFLICT), 200: {"model": OrderView}},
)
async def take_order(wanted: OrderWanted, caller: ShopCaller, room: Room, soon: Soon, response: Response) -> OrderView:
    """Take an order.

    Leads to: 201 taken, with its units reserved as far as there are any; 200 the same order again; 409 the reference
    is taken by an order with other content; 422 every problem at once, and nothing is taken.
    """
    speaks_for(caller, wanted.channel)
    return await _answer(caller, room, soon, response, lambda desk: orders.take(desk, wanted))


@router.put(
    "/v1/orders/{channel}/{reference}",
    responses={**told(*_WRONG, HTTPStatus.CONFLICT), 202: {"model": OrderView}},
)
async def change_order(
    channel: ChannelPath,
    reference: ReferencePath,
    wanted: OrderWanted,
    caller: ShopCaller,
    room: Room,
    soon: Soon,
    response: Response,
) -> OrderView:
    """Change an order.

    Leads to: 200 changed and reserved anew, or the content that it has already: then a change that was asked for before
    is off; 202 somebody walks for it already: it stays as it is and a supervisor is asked, about the newest change
    alone; 409 it has been handed over or cancelled; 404; 422.
    """
    speaks_for(caller, channel)
    if (wanted.channel, wanted.external_reference) != (channel, reference):
        raise ProblemsFound([Problem(path="external_reference", reason="is not the order that the address names")])
    return await _answer(caller, room, soon, response, lambda desk: orders.change(desk, wanted))


@router.post(
    "/v1/orders/{channel}/{reference}/cancel",
    responses={**told(*_WRONG, HTTPStatus.CONFLICT), 202: {"model": OrderView}},
)
async def cancel_order(
    channel: ChannelPath, reference: ReferencePath, caller: ShopCaller, room: Room, soon: Soon, response: Response
) -> OrderView:
    """Call an order off.

    Leads to: 200 cancelled, nothing was taken yet (or cancelled before); 202 cancelled, and what was taken is being
    put back; 409 it has been handed over; 404.
    """
    speaks_for(caller, channel)
    return await _answer(caller, room, soon, response, lambda desk: orders.cancel(desk, channel, reference))


@router.get("/v1/orders/{channel}/{reference}", responses=told(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.NOT_FOUND))
def see_order(channel: ChannelPath, reference: ReferencePath, caller: ShopCaller, room: Room) -> OrderView:
    """An order's state, lines, cartons and history. Leads to: 200; 404."""
    speaks_for(caller, channel)
    with room.reading() as connection:
        seen = view(connection, caller.warehouse_id, channel, reference)
    if seen is None:
        raise TurnedAway(HTTPStatus.NOT_FOUND, "the channel has no order of that reference")
    return seen


class ReleaseWanted(BaseModel):
    """Args:
    max_orders_a_list: totes on a cart.
    zone: only orders most of whose stops are there.
    """

    model_config = STRICT

    max_orders_a_list: Annotated[StrictInt, Field(ge=1, le=ORDERS_A_LIST_MAX)] = ORDERS_A_LIST_MAX
    zone: Id | None = None


class ReleasedView(BaseModel):
    wave_id: str | None
    picklist_ids: list[str]
    order_count: int


@router.post("/v1/release", responses=told(*_WRONG))
async def release_orders(wanted: ReleaseWanted, caller: AdminCaller, room: Room) -> ReleasedView:
    """Send all allocated orders to the floor now. The store does so by itself a moment after orders came in.

    Leads to: 200 with the new picklists, none when there was nothing to release.
    """
    released = await release_all(
        room, caller.warehouse_id, orders_a_list_max=wanted.max_orders_a_list, zone=wanted.zone
    )
    return ReleasedView(
        wave_id=released.wave_id if released.picklist_ids else None,
        picklist_ids=list(released.picklist_ids),
        order_count=released.order_count,
    )


async def _answer(
    caller: Caller, room: Backroom, soon: ReleaseSoon, response: Response, act: Callable[[Desk], orders.Answered]
) -> OrderView:
    def acting(desk: Desk) -> tuple[orders.Answered, OrderView | None]:
        answered = act(desk)
        desk.flush()
        channel, _, reference = answered.order_id.partition(":")
        return answered, view(desk.connection, desk.warehouse_id, channel, reference)

    answered, seen = await at_desk(room, caller.warehouse_id, acting)
    assert seen is not None
    soon.ask(caller.warehouse_id)
    response.status_code = answered.status
    return seen
