"""What a parcel's units ask for next: the one in the hand, what an undo takes back, what was announced of them."""

from __future__ import annotations

from app.domain.products import Product
from app.domain.returns import (
    Grade,
    ItemState,
    Return,
    ReturnItem,
    ReturnItemDisposed,
    ReturnItemGraded,
    ReturnItemIdentified,
    ReturnItemPutAway,
    ReturnUndone,
)
from app.errors import IllegalTransition
from app.ports import Ledger, View
from app.workflows.returns_step import AnnouncedCard
from app.workflows.returns_units import come_each

# How far back the book is read for what an undo negates.
_FACTS_READ_BACK = 500
_UNDOABLE = frozenset(
    fact.kind for fact in (ReturnItemIdentified, ReturnItemGraded, ReturnItemDisposed, ReturnItemPutAway)
)
_UNGRADED = frozenset({ItemState.IDENTIFIED, ItemState.GRADED})


def hand_of(parcel: Return, named: str | None) -> ReturnItem | None:
    """The unit in the receiver's hand: one that is not graded, the `named` one, the only one that waits; else None.

    Args:
        named: item whose plate was scanned, or that was graded last.
    """
    ungraded = [item for item in parcel.items if item.state in _UNGRADED]
    if ungraded:
        return ungraded[-1]
    waiting = [item for item in parcel.items if item.state is ItemState.DISPOSED]
    for item in waiting:
        if item.item_id == named or len(waiting) == 1:
            return item
    return None


def steps_to_undo(ledger: Ledger, parcel: Return) -> list[tuple[int, str, str]]:
    """(seq, kind, item) of what an undo negates, newest first; a grade goes with its disposition.

    What the order never had was graded by no answer, so its grade goes with the unit: scanned again, it is wrong again.

    Raises:
        IllegalTransition: nothing is left to undo, or it is no longer in the station's book.
    """
    negated: set[int] = set()
    found: list[tuple[int, str, str]] = []
    for seq, kind, body in ledger.last_facts(_FACTS_READ_BACK):
        if body.get("return_id") != parcel.return_id:
            continue
        if kind == ReturnUndone.kind:
            negated.add(body["negates_seq"])
        elif kind in _UNDOABLE and seq not in negated:
            found.append((seq, kind, body["item_id"]))
            if kind != ReturnItemDisposed.kind and body.get("grade") != Grade.WRONG:
                return found
    raise IllegalTransition("undo", str(parcel.state))


def announced_cards(view: View, parcel: Return) -> tuple[AnnouncedCard, ...]:
    """What was announced, line by line, and how much of it came."""
    return tuple(
        AnnouncedCard(
            line_id=line.line_id,
            product_id=line.product_id,
            product=view.get(Product, line.product_id),
            announced_each=line.quantity_each,
            come_each=come_each(parcel, line.line_id),
            reason=line.reason,
        )
        for line in parcel.announced
    )
