"""Placing units in totes: one order a slot, one tote a slot."""

from __future__ import annotations

from app.domain.codes import Code
from app.domain.facts import Fact
from app.domain.picking import PickTask, UnitPlaced
from app.domain.totes import Tote, ToteAssigned, ToteLoad, ToteLoadState
from app.domain.walk import Walk
from app.errors import ToteTaken, UnknownCode, WrongStep, WrongTote
from app.ports import Clock
from app.workflows.answers import Answer
from app.workflows.picklist_book import PicklistBook


class Placing:
    """Puts what is in the hand into a tote. The first tote of a slot is any free one; after that it is that one."""

    def __init__(self, *, book: PicklistBook, clock: Clock) -> None:
        self._book = book
        self._clock = clock

    def into(self, walk: Walk, task: PickTask, code: Code) -> Answer:
        """Place everything that is in the hand.

        Raises:
            WrongStep: the hand is empty.
            UnknownCode: no tote of this warehouse.
            WrongTote: the slot has another tote, or this one stands in another slot of the cart.
            ToteTaken: a free tote is wanted, and this one is full or on another cart.
        """
        if not task.in_hand_each:
            raise WrongStep(self._book.product(task).name, code.value)
        load = walk.load_of(task.order_id)
        if load is None:
            assigned = self._assign(walk, task, code)
            return self._book.go_on(walk, task, assigned, _placed(task, assigned.tote_load_id))
        if load.tote_id != code.value:
            known = self._book.ledger.get(Tote, code.value)
            raise WrongTote(f"{load.slot} ({load.tote_id})", code.value if known else code.raw)
        return self._book.go_on(walk, task, _placed(task, load.tote_load_id))

    def _assign(self, walk: Walk, task: PickTask, code: Code) -> ToteAssigned:
        slot = walk.slot(task)
        if self._book.ledger.get(Tote, code.value) is None:
            raise UnknownCode(slot, code.raw)
        for load in self._book.ledger.all(ToteLoad, parent=code.value):
            if load.state is ToteLoadState.EMPTIED:
                continue
            if load.picklist_id != self._book.picklist_id or load.order_id == task.order_id:
                raise ToteTaken(slot, code.value)
            raise WrongTote(slot, f"{load.slot} ({code.value})")
        return ToteAssigned(
            tote_load_id=self._clock.new_id(),
            tote_id=code.value,
            picklist_id=self._book.picklist_id,
            order_id=task.order_id,
            slot=slot,
        )


def _placed(task: PickTask, tote_load_id: str) -> Fact:
    return UnitPlaced(
        task_id=task.task_id,
        tote_load_id=tote_load_id,
        order_id=task.order_id,
        line_id=task.line_id,
        product_id=task.product_id,
        quantity_each=task.in_hand_each,
        lot=task.lot,
    )
