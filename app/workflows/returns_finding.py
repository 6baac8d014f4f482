"""Which return, or which order, a parcel on the bench belongs to: by RMA, tracking, order, old label, or an item."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.cartons import Carton
from app.domain.codes import Code, CodeKind
from app.domain.orders import Order, OrderState
from app.domain.returns import FoundBy, Return, ReturnState
from app.ports import View

# Newer than these no order of an item is likely to be meant; with "none of these" they fill four pages of answers.
CANDIDATES_MAX = 11
_OVER = frozenset({ReturnState.SETTLED, ReturnState.CLOSED, ReturnState.CANCELLED})
_SHIPPED = frozenset({OrderState.PACKED, OrderState.HANDED_OVER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Something that a parcel may be: an announced return, or an order that nobody announced a return of.

    Args:
        came_back: the return; None when one has to be made.
        order_id: of the return, or of the order.
        reference: how people call it.
        placed_at_utc: when it was ordered, to tell it by; None where the order is not known here.
    """

    found_by: FoundBy
    reference: str
    came_back: Return | None = None
    order_id: str | None = None
    placed_at_utc: datetime | None = None


def candidates(view: View, code: Code) -> list[Candidate]:
    """Everything on file that a scanned code may mean, likeliest first; empty when nothing does.

    The rules in order: the tracking number (it may look like any other code); the RMA; an order's slip, reference or
    carton label; an item, by what was announced first and then by the newest orders that had it. Shops number each for
    itself: whatever is called the same is called by its shop as well.
    """
    found = _on_file(view, code)
    called = Counter(one.reference for one in found)
    return [
        replace(one, reference=f"{one.reference} {_shop(view, one)}".rstrip()) if called[one.reference] > 1 else one
        for one in found
    ]


def _on_file(view: View, code: Code) -> list[Candidate]:
    tracked = [one for one in view.all(Return) if one.tracking and one.tracking == code.raw and one.state not in _OVER]
    if tracked:
        return [_announced(view, one, FoundBy.TRACKING) for one in tracked]
    if code.kind is CodeKind.RETURN:
        return _by_rma(view, code.value)
    if code.kind is CodeKind.ORDER:
        return _by_order(view, code.value)
    if code.kind is CodeKind.SSCC:
        carton = next((one for one in view.all(Carton) if one.sscc == code.sscc), None)
        return _by_order(view, carton.order_id) if carton is not None else []
    hit = view.find_code(code.value) if code.kind in (CodeKind.ITEM, CodeKind.OTHER) else None
    if hit is not None:
        return _by_item(view, hit.product_id)
    if code.kind is CodeKind.OTHER:
        return _by_rma(view, code.value) or _by_order(view, code.value)
    return []


def _shop(view: View, candidate: Candidate) -> str:
    order = view.get(Order, candidate.order_id) if candidate.order_id else None
    return order.channel if order is not None else candidate.order_id or ""


def open_return(view: View, return_id: str) -> Return | None:
    """A return that can still be worked."""
    found = view.get(Return, return_id)
    return found if found is not None and found.state not in _OVER else None


def is_shipped(order: Order) -> bool:
    return order.state in _SHIPPED


def _by_rma(view: View, rma: str) -> list[Candidate]:
    found = (one for one in view.all(Return) if rma in (one.rma, one.return_id) and one.state not in _OVER)
    return [_announced(view, one, FoundBy.RMA) for one in found]


def _by_order(view: View, text: str) -> list[Candidate]:
    order = view.get(Order, text)
    orders = [order] if order is not None else [one for one in view.all(Order) if one.external_reference == text]
    found = []
    for order_id in [one.order_id for one in orders] or [text]:
        returns = (one for one in view.all(Return, parent=order_id) if one.state not in _OVER)
        found += [_announced(view, one, FoundBy.ORDER) for one in returns]
    begun = {one.order_id for one in found}
    unannounced = (one for one in orders if is_shipped(one) and one.order_id not in begun)
    return found + [_unannounced(one, FoundBy.ORDER) for one in unannounced]


def _by_item(view: View, product_id: str) -> list[Candidate]:
    announced = [
        _announced(view, one, FoundBy.ITEM)
        for one in view.all(Return)
        if one.state not in _OVER and any(line.product_id == product_id for line in one.announced)
    ]
    known = {one.order_id for one in announced}
    orders = [
        order
        for order in view.all(Order)
        if is_shipped(order)
        and order.order_id not in known
        and any(line.product_id == product_id and line.packed_each > line.returned_each for line in order.lines)
    ]
    orders.sort(key=lambda order: order.placed_at_utc, reverse=True)
    return [*announced, *(_unannounced(order, FoundBy.ITEM) for order in orders)][:CANDIDATES_MAX]


def _announced(view: View, came_back: Return, found_by: FoundBy) -> Candidate:
    order = view.get(Order, came_back.order_id) if came_back.order_id else None
    if came_back.rma:
        reference = f"RMA {came_back.rma}"
    else:
        reference = order.external_reference if order is not None else came_back.return_id
    return Candidate(
        found_by=found_by,
        reference=reference,
        came_back=came_back,
        order_id=came_back.order_id,
        placed_at_utc=order.placed_at_utc if order is not None else None,
    )


def _unannounced(order: Order, found_by: FoundBy) -> Candidate:
    return Candidate(
        found_by=found_by,
        reference=order.external_reference,
        order_id=order.order_id,
        placed_at_utc=order.placed_at_utc,
    )
