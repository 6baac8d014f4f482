"""Returns that customers announce: the bench knows the parcel before it comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from sqlalchemy import Connection

from app.domain.orders import Order, OrderState
from app.domain.returns import AnnouncedLine, Return, ReturnState
from store.access import Caller
from store.desk import Desk
from store.fields import Channel, Count, Reference, reader_of
from store.order_requests import LINES_MAX, ReturnWanted, doubled
from store.orders import find
from store.problems import Problem, ProblemsFound
from store.row_book import RowBook
from store.turned_away import TurnedAway

_channel, _reference, _count = reader_of(Channel), reader_of(Reference), reader_of(Count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    return_id: str
    new: bool


@dataclass(frozen=True, slots=True)
class _Asked:
    """One line of an announcement; None is what cannot be read of it."""

    external_line: str | None
    quantity_each: int | None


def announce(desk: Desk, wanted: ReturnWanted) -> Announced:
    """Await a return. Leads to: INITIATED.

    Raises:
        TurnedAway: 409, the channel's RMA stands for another return.
        ProblemsFound: unknown order, unknown line, more units than were ordered and are not announced yet.
    """
    order = _order(desk.book, wanted.channel, wanted.external_reference)
    # Shops number their returns each for itself. No channel has a colon in it, so no two numbers run together.
    return_id = f"RMA-{wanted.channel}:{wanted.rma}"
    before = desk.book.get(Return, return_id)
    announced = _announced(return_id, wanted, order) if order is not None else None
    if before is not None and order is not None:
        if announced is None or _said(before) != _said(announced):
            raise TurnedAway(HTTPStatus.CONFLICT, "this RMA is another return already")
        return Announced(return_id=return_id, new=False)
    asked = [_Asked(line.external_line, line.quantity_each) for line in wanted.lines]
    problems = doubled([line.external_line for line in wanted.lines]) + _problems(desk.book, order, asked)
    if problems or order is None or announced is None:
        raise ProblemsFound(problems)
    desk.book.put(announced)
    desk.note(order.order_id, "return.announced", rma=wanted.rma)
    return Announced(return_id=return_id, new=True)


def problems_between(connection: Connection, caller: Caller, raw: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with an announcement besides the fields that are refused one by one.

    Args:
        raw: the JSON as it came; whatever cannot be looked at is skipped, and so is an order of a channel that the
            caller does not speak for.
    """
    lines = raw.get("lines")
    values = (
        [line if isinstance(line, Mapping) else {} for line in lines[:LINES_MAX]] if isinstance(lines, list) else []
    )
    found = doubled([str(line.get("external_line", f"\0{index}")) for index, line in enumerate(values)])
    channel, reference = _channel(raw.get("channel")), _reference(raw.get("external_reference"))
    if channel is None or reference is None or caller.channel not in (None, channel):
        return found
    book = RowBook(connection, caller.warehouse_id)
    asked = [_Asked(_reference(line.get("external_line")), _count(line.get("quantity_each"))) for line in values]
    return found + _problems(book, _order(book, channel, reference), asked)


def _order(book: RowBook, channel: str, external_reference: str) -> Order | None:
    known = find(book.connection, book.warehouse_id, channel, external_reference)
    return book.get(Order, known["order_id"]) if known is not None else None


def _announced(return_id: str, wanted: ReturnWanted, order: Order) -> Return | None:
    """The return that is wanted; None when it names a line that the order does not have."""
    lines = {line.external_line: line for line in order.lines}
    if any(asked.external_line not in lines for asked in wanted.lines):
        return None
    return Return(
        return_id=return_id,
        order_id=order.order_id,
        rma=wanted.rma,
        tracking=wanted.tracking or "",
        announced=tuple(
            AnnouncedLine(
                line_id=lines[asked.external_line].line_id,
                product_id=lines[asked.external_line].product_id,
                quantity_each=asked.quantity_each,
                reason=asked.reason,
            )
            for asked in wanted.lines
        ),
    )


def _problems(book: RowBook, order: Order | None, wanted: Sequence[_Asked]) -> list[Problem]:
    if order is None:
        return [Problem(path="external_reference", reason="the channel has no order of that reference")]
    found = []
    if order.state is OrderState.CANCELLED:
        found.append(Problem(path="external_reference", reason="the order was cancelled"))
    lines = {line.external_line: line for line in order.lines}
    open_each: dict[str, int] = {}
    for other in book.all(Return, parent=order.order_id):
        if other.state is not ReturnState.CANCELLED:
            for said in other.announced:
                open_each[said.line_id] = open_each.get(said.line_id, 0) + said.quantity_each
    for index, asked in enumerate(wanted):
        if asked.external_line is None:
            continue
        line = lines.get(asked.external_line)
        if line is None:
            found.append(Problem(path=f"lines[{index}].external_line", reason="is no line of the order"))
            continue
        left_each = line.quantity_each - open_each.get(line.line_id, 0)
        if asked.quantity_each is not None and asked.quantity_each > left_each:
            reason = f"more than can come back: {left_each} left of {line.quantity_each}"
            found.append(Problem(path=f"lines[{index}].quantity_each", reason=reason))
    return found


def _said(announced: Return) -> tuple[str | None, str, tuple[AnnouncedLine, ...]]:
    return announced.order_id, announced.tracking, announced.announced
