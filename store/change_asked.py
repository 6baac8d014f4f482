"""The question to a supervisor what becomes of an order that its shop changes while somebody walks for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancyState
from app.domain.orders import Order
from store.desk import Desk

WITHDRAWN = "withdrawn"


def ask_about_change(desk: Desk, order: Order, content_hash: str, difference: Mapping[str, str]) -> None:
    """Ask once about what the shop wants now; whatever it wanted before is not asked any more.

    Args:
        content_hash: of the order as its shop wants it.
        difference: what a supervisor has to know of the change.
    """
    stem = f"changed:{order.order_id}:{content_hash[:16]}"
    if any(asked.discrepancy_id.rpartition("#")[0] == stem for asked in _open(desk, order.order_id)):
        return
    withdraw_change(desk, order.order_id)
    number = 1
    # Settled or taken back before, and here it is again.
    while desk.book.get(Discrepancy, f"{stem}#{number}") is not None:
        number += 1
    facts = {"order_id": order.order_id, "external_reference": order.external_reference, **difference}
    about = (Order.row_kind, order.order_id)
    desk.raise_discrepancy(f"{stem}#{number}", DiscrepancyKind.ORDER_CHANGED, about, facts)
    desk.note(order.order_id, "order.change_asked")


def withdraw_change(desk: Desk, order_id: str) -> None:
    """Nobody has to decide any more: the shop took its change back, it was made, or the order is cancelled."""
    for asked in _open(desk, order_id):
        desk.book.put(replace(asked, state=DiscrepancyState.SETTLED, how=WITHDRAWN))
        desk.note(order_id, "order.change_withdrawn")


def _open(desk: Desk, order_id: str) -> Iterator[Discrepancy]:
    # In the scope of the floor are the open ones alone, and they are few.
    for asked in desk.book.in_scope(Discrepancy, "floor"):
        if asked.kind is DiscrepancyKind.ORDER_CHANGED and asked.about == (Order.row_kind, order_id):
            yield asked
