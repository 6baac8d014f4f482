"""Returns that customers announce: the bench knows the parcel before it comes."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from app.domain.orders import Order, OrderState
from app.domain.returns import AnnouncedLine, Return, ReturnState
from store.desk import Desk
from store.order_requests import ReturnWanted, doubled
from store.orders import find
from store.problems import Problem, ProblemsFound
from store.turned_away import TurnedAway


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    return_id: str
    new: bool


def announce(desk: Desk, wanted: ReturnWanted) -> Announced:
    """Await a return. Leads to: INITIATED.

    Raises:
        TurnedAway: 409, the RMA stands for another return.
        ProblemsFound: unknown order, unknown line, more units than were ordered and are not announced yet.
    """
    known = find(desk.connection, desk.warehouse_id, wanted.channel, wanted.external_reference)
    order = desk.book.get(Order, known["order_id"]) if known is not None else None
    if order is None:
        raise ProblemsFound([Problem(path="external_reference", reason="the channel has no order of that reference")])
    lines = {line.external_line: line for line in order.lines}
    announced = Return(
        return_id=f"RMA-{wanted.rma}",
        order_id=order.order_id,
        rma=wanted.rma,
        tracking=wanted.tracking or "",
        announced=tuple(
            AnnouncedLine(
                line_id=line.line_id,
                product_id=line.product_id,
                quantity_each=asked.quantity_each,
                reason=asked.reason,
            )
            for asked in wanted.lines
            if (line := lines.get(asked.external_line)) is not None
        ),
    )
    before = desk.book.get(Return, announced.return_id)
    if before is not None:
        if _said(before) != _said(announced):
            raise TurnedAway(HTTPStatus.CONFLICT, "this RMA is another return already")
        return Announced(return_id=before.return_id, new=False)
    if problems := _problems(desk, wanted, order):
        raise ProblemsFound(problems)
    desk.book.put(announced)
    desk.note(order.order_id, "return.announced", rma=wanted.rma)
    return Announced(return_id=announced.return_id, new=True)


def _problems(desk: Desk, wanted: ReturnWanted, order: Order) -> list[Problem]:
    found = doubled([line.external_line for line in wanted.lines])
    if order.state is OrderState.CANCELLED:
        found.append(Problem(path="external_reference", reason="the order was cancelled"))
    lines = {line.external_line: line for line in order.lines}
    open_each: dict[str, int] = {}
    for other in desk.book.all(Return, parent=order.order_id):
        if other.state is not ReturnState.CANCELLED:
            for said in other.announced:
                open_each[said.line_id] = open_each.get(said.line_id, 0) + said.quantity_each
    for index, asked in enumerate(wanted.lines):
        line = lines.get(asked.external_line)
        if line is None:
            found.append(Problem(path=f"lines[{index}].external_line", reason="is no line of the order"))
        elif asked.quantity_each > (left_each := line.quantity_each - open_each.get(line.line_id, 0)):
            reason = f"more than can come back: {left_each} left of {line.quantity_each}"
            found.append(Problem(path=f"lines[{index}].quantity_each", reason=reason))
    return found


def _said(announced: Return) -> tuple[str | None, str, tuple[AnnouncedLine, ...]]:
    return announced.order_id, announced.tracking, announced.announced
