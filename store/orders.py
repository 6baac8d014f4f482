"""Orders as customers know them: taken, changed, cancelled. What the floor has begun is never undone behind its back:
it becomes work for somebody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from app.domain.orders import Order, OrderLine, OrderState
from app.domain.products import Product
from store.access import Caller
from store.change_asked import ask_about_change, withdraw_change
from store.desk import Desk
from store.fields import Moment, reader_of
from store.order_requests import LINES_MAX, OrderWanted, address_of, doubled, too_early
from store.orders_on_floor import close_walks
from store.problems import Problem, ProblemsFound
from store.promise import promise
from store.put_back import call_off
from store.release import withdraw
from store.replicated import say_again
from store.reservations import let_go_of_order
from store.tables import orders, rows
from store.turned_away import TurnedAway

# Before anybody walks for it an order is only paper.
ON_PAPER = frozenset({OrderState.RECEIVED, OrderState.HELD, OrderState.BACKORDERED, OrderState.ALLOCATED})
OVER = frozenset({OrderState.HANDED_OVER, OrderState.CANCELLED})

_moment = reader_of(Moment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Args:
    status: 201 new, 200 as it is or changed at once, 202 the floor has work to do about it.
    """

    order_id: str
    status: HTTPStatus


def take(desk: Desk, wanted: OrderWanted) -> Answered:
    """Take an order in and reserve its units.

    Raises:
        TurnedAway: 409, the channel has used this reference for another order.
        ProblemsFound: lines that contradict each other, products that are not known.
    """
    known = find(desk.connection, desk.warehouse_id, wanted.channel, wanted.external_reference)
    if known is not None:
        if known["content_hash"] != wanted.content_hash():
            raise TurnedAway(
                HTTPStatus.CONFLICT, "this reference is an order with other content already: change it by PUT"
            )
        say_again(desk.connection)
        return Answered(order_id=known["order_id"], status=HTTPStatus.OK)
    _check(desk, wanted)
    order_id = f"{wanted.channel}:{wanted.external_reference}"
    desk.connection.execute(
        insert(orders).values(
            warehouse_id=desk.warehouse_id,
            channel=wanted.channel,
            external_reference=wanted.external_reference,
            order_id=order_id,
            received_at_utc=desk.now_utc,
            **_content(wanted),
        )
    )
    desk.note(order_id, "order.received", lines=len(wanted.lines))
    _promise(desk, order_id, wanted)
    return Answered(order_id=order_id, status=HTTPStatus.CREATED)


def change(desk: Desk, wanted: OrderWanted) -> Answered:
    """Make an order what its channel wants now.

    While it is on paper its units are given back and reserved anew. Once somebody walks for it, it stays as it is and a
    supervisor is asked (ORDER_CHANGED), about the newest wish alone; asking for the same change again asks nobody again
    as long as the question is open. A change that is taken back ends the question.

    Raises:
        TurnedAway: 404, no such order; 409, it has been handed over or cancelled.
        ProblemsFound: as `take`.
    """
    known, order = _known(desk, wanted.channel, wanted.external_reference)
    content_hash = wanted.content_hash()
    if known["content_hash"] == content_hash:
        withdraw_change(desk, order.order_id)
        say_again(desk.connection)
        return Answered(order_id=order.order_id, status=HTTPStatus.OK)
    if order.state in OVER:
        raise TurnedAway(HTTPStatus.CONFLICT, f"the order is {order.state}")
    _check(desk, wanted)
    if order.state not in ON_PAPER:
        ask_about_change(desk, order, content_hash, _difference(order, wanted))
        return Answered(order_id=order.order_id, status=HTTPStatus.ACCEPTED)
    withdraw_change(desk, order.order_id)
    withdraw(desk, order.order_id)
    let_go_of_order(desk, order.order_id)
    here = (orders.c.warehouse_id == desk.warehouse_id, orders.c.order_id == order.order_id)
    desk.connection.execute(update(orders).where(*here).values(**_content(wanted)))
    desk.note(order.order_id, "order.changed", lines=len(wanted.lines))
    _promise(desk, order.order_id, wanted)
    return Answered(order_id=order.order_id, status=HTTPStatus.OK)


def cancel(desk: Desk, channel: str, external_reference: str) -> Answered:
    """Call an order off.

    On paper: nothing is left of it but its history. Later: tasks that nobody has begun are cancelled, and whatever was
    taken, in a hand, a tote or a carton, is to be put back (ORDER_CANCELLED, one a kind of unit and place).

    Raises:
        TurnedAway: 404, no such order; 409, it has been handed over.
    """
    _, order = _known(desk, channel, external_reference)
    if order.state is OrderState.CANCELLED:
        say_again(desk.connection)
        return Answered(order_id=order.order_id, status=HTTPStatus.OK)
    if order.state is OrderState.HANDED_OVER:
        raise TurnedAway(HTTPStatus.CONFLICT, "the order has been handed over: announce a return")
    if order.state in ON_PAPER:
        withdraw(desk, order.order_id)
    withdraw_change(desk, order.order_id)
    to_put_back = call_off(desk, order)
    let_go_of_order(desk, order.order_id)
    close_walks(desk, order.order_id)
    desk.note(order.order_id, "order.cancelled", to_put_back=to_put_back or None)
    return Answered(order_id=order.order_id, status=HTTPStatus.ACCEPTED if to_put_back else HTTPStatus.OK)


def find(connection: Connection, warehouse_id: str, channel: str, external_reference: str) -> RowMapping | None:
    """The order's entry in the shop's book; None when the channel has no such order."""
    return (
        connection.execute(
            select(orders).where(
                orders.c.warehouse_id == warehouse_id,
                orders.c.channel == channel,
                orders.c.external_reference == external_reference,
            )
        )
        .mappings()
        .one_or_none()
    )


def problems_between(connection: Connection, caller: Caller, raw: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with an order besides the fields that are refused one by one: so that a request with a negative
    quantity hears of its unknown products in the same answer.

    Args:
        raw: the JSON as it came; whatever cannot be looked at is skipped.
    """
    placed_at_utc, ship_by_utc = (_moment(raw.get(name)) for name in ("placed_at_utc", "ship_by_utc"))
    found = too_early(placed_at_utc, ship_by_utc) if placed_at_utc and ship_by_utc else []
    lines = raw.get("lines")
    if not isinstance(lines, list):
        return found
    values = [line if isinstance(line, Mapping) else {} for line in lines[:LINES_MAX]]
    numbers = [str(line.get("external_line", f"\0{index}")) for index, line in enumerate(values)]
    skus = [sku if isinstance(sku := line.get("sku"), str) and _is_plain(sku) else None for line in values]
    return found + doubled(numbers) + _unknown(connection, caller.warehouse_id, skus)


def _is_plain(text: str) -> bool:
    """Whether a text may be asked for: PostgreSQL is not even asked for a NUL."""
    return text.isascii() and text.isprintable()


def _check(desk: Desk, wanted: OrderWanted) -> None:
    problems = wanted.problems() + _unknown(desk.connection, desk.warehouse_id, [line.sku for line in wanted.lines])
    if problems:
        raise ProblemsFound(problems)


def _unknown(connection: Connection, warehouse_id: str, skus: Iterable[str | None]) -> list[Problem]:
    asked = list(skus)
    known = set(
        connection.scalars(
            select(rows.c.row_id)
            .where(rows.c.warehouse_id == warehouse_id, rows.c.row_kind == Product.row_kind)
            .where(rows.c.row_id.in_({sku for sku in asked if sku}), rows.c.deleted.is_(False))
        )
    )
    return [
        Problem(path=f"lines[{index}].sku", reason="is no product of this warehouse")
        for index, sku in enumerate(asked)
        if sku is not None and sku not in known
    ]


def _known(desk: Desk, channel: str, external_reference: str) -> tuple[RowMapping, Order]:
    known = find(desk.connection, desk.warehouse_id, channel, external_reference)
    order = desk.book.get(Order, known["order_id"]) if known is not None else None
    if known is None or order is None:
        raise TurnedAway(HTTPStatus.NOT_FOUND, "the channel has no order of that reference")
    return known, order


def _content(wanted: OrderWanted) -> dict[str, Any]:
    return {"content": wanted.model_dump(mode="json"), "content_hash": wanted.content_hash()}


def _promise(desk: Desk, order_id: str, wanted: OrderWanted) -> None:
    lines = tuple(
        OrderLine(
            line_id=f"{order_id}/{line.external_line}",
            external_line=line.external_line,
            product_id=line.sku,
            quantity_each=line.quantity_each,
            unit_price_minor=line.unit_price_minor,
        )
        for line in wanted.lines
    )
    order = Order(
        order_id=order_id,
        channel=wanted.channel,
        external_reference=wanted.external_reference,
        placed_at_utc=wanted.placed_at_utc,
        ship_by_utc=wanted.ship_by_utc,
        currency=wanted.currency,
        payment_mode=wanted.payment_mode,
        ship_policy=wanted.ship_policy,
        lines=lines,
        gift_note=wanted.gift_note,
    )
    promise(desk, order)
    desk.book.put(address_of(order_id, wanted.ship_to))


def _difference(order: Order, wanted: OrderWanted) -> dict[str, str]:
    """What a supervisor has to know of a change: no names and no addresses."""
    before = {line.external_line: (line.product_id, line.quantity_each) for line in order.lines}
    after = {line.external_line: (line.sku, line.quantity_each) for line in wanted.lines}
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    return {"lines_changed": ", ".join(changed)} if changed else {"lines_changed": "", "other": "yes"}
