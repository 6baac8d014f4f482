"""Taking units at a place: by scans that prove each, or by a number once one is proved."""

from __future__ import annotations

from datetime import date, tzinfo

from app.domain.codes import Code
from app.domain.picking import PickTask, UnitPicked
from app.domain.products import Product
from app.domain.walk import Walk
from app.errors import UnknownCode, WrongItem, WrongStep
from app.ports import Clock
from app.workflows.answers import Answer
from app.workflows.item_proof import Missing, Proof, Wanted
from app.workflows.picklist_book import PicklistBook

# From so many units at once on, a typed number is asked for twice.
CONFIRM_FROM_EACH = 25


class UnitTaking:
    """Judges what is taken out of the bin; keeps what the codes of one unit have said so far."""

    def __init__(self, *, book: PicklistBook, clock: Clock, zone: tzinfo) -> None:
        self._book = book
        self._clock = clock
        self._zone = zone
        self._proof = Proof()
        self._proof_of = ""
        self._number_to_confirm = ""

    def begun(self, task: PickTask) -> bool:
        """Whether a unit of this task is half proved."""
        return self._proof_of == task.task_id and self._proof != Proof()

    def asked(self, task: PickTask) -> Missing:
        """What to scan next of a unit: the item, or what its codes have not said yet."""
        missing = self._so_far(task).missing(self._book.product(task))
        return missing or Missing.ITEM

    def today(self) -> date:
        """The day at the warehouse."""
        return self._clock.now_utc().astimezone(self._zone).date()

    def forget(self) -> None:
        self._proof, self._proof_of, self._number_to_confirm = Proof(), "", ""

    def scanned(self, walk: Walk, task: PickTask, code: Code) -> Answer:
        """Judge one code against what is wanted; take the unit or the case when everything is proved.

        Raises:
            UnknownCode, WrongItem, WrongLot, LotExpired, WrongStep: nothing was taken.
        """
        product = self._book.product(task)
        wanted = Wanted(product=product, lot=task.lot, expires_on=task.expires_on)
        try:
            proof = self._so_far(task).with_code(code, wanted, self._book.ledger, self.today())
        except WrongItem:
            other = self._line_with(walk, code)
            if other is None or other.location_id == task.location_id:
                raise
            return self._book.refused("WrongItem", Answer.wrong("pick.other_line", place=other.location_id))
        refusal = self._refusal(walk, task, product, proof)
        if refusal is not None:
            self.forget()
            return refusal
        missing = proof.missing(product)
        if missing is not None:
            self._proof, self._proof_of = proof, task.task_id
            return Answer.info(f"pick.now_{missing}")
        return self._take(walk, task, proof.factor_each, lot=proof.lot, serial=proof.serial)

    def no_number(self, task: PickTask) -> Answer | None:
        """Why a number would prove nothing here yet; None where one may be typed."""
        if self._book.product(task).tracks_serial:
            return Answer.wrong("pick.serial_each")
        return None if task.picked_each else Answer.wrong("pick.scan_one_first")

    def number(self, walk: Walk, task: PickTask, in_all_each: int) -> Answer:
        """So many were taken in all at this stop, where a number may be typed: what was not scanned is added."""
        product = self._book.product(task)
        more = in_all_each - task.picked_each
        if more <= 0:
            return self._book.refused("WrongStep", Answer.wrong("pick.in_already", count=task.picked_each))
        if more > task.left_each:
            wanted = task.quantity_each - task.missing_each
            return self._book.refused("TooMany", Answer.wrong("pick.number_wrong", typed=in_all_each, count=wanted))
        asked = f"{task.task_id} {in_all_each}"
        if more >= CONFIRM_FROM_EACH and self._number_to_confirm != asked:
            self._number_to_confirm = asked
            return Answer.caution("pick.confirm_number", count=in_all_each)
        return self._take(walk, task, more, lot=task.lot if product.tracks_lot else None)

    def enough(self, walk: Walk, task: PickTask, code: Code) -> Answer:
        """One more of what is all in the hand already: refused with what to do instead."""
        hit = self._book.ledger.find_code(code.gtin or code.value)
        slot = walk.slot(task)
        if hit is None:
            raise UnknownCode(slot, code.raw)
        if hit.product_id != task.product_id:
            raise WrongStep(slot, code.value)
        return self._book.refused("TooMany", Answer.wrong("pick.enough", slot=slot, count=task.in_hand_each))

    def _refusal(self, walk: Walk, task: PickTask, product: Product, proof: Proof) -> Answer | None:
        """Why a proof that is right in itself must not be taken: too many, or the same serial again."""
        factor, left = proof.factor_each, task.left_each
        if product.tracks_serial and factor > 1:
            return self._book.refused("TooMany", Answer.wrong("pick.serial_each"))
        if factor > left:
            return self._book.refused("TooMany", Answer.wrong("pick.open_case", factor=factor, count=left))
        same_product = (other for other in walk.tasks if other.product_id == product.product_id)
        if proof.serial is not None and any(proof.serial in other.serials for other in same_product):
            return self._book.refused("WrongItem", Answer.wrong("pick.serial_again", serial=proof.serial))
        return None

    def _take(self, walk: Walk, task: PickTask, each: int, *, lot: str | None, serial: str | None = None) -> Answer:
        fact = UnitPicked(task_id=task.task_id, product_id=task.product_id, quantity_each=each, lot=lot, serial=serial)
        self._book.record(walk, fact)
        self.forget()
        if each == task.left_each:
            return Answer.good("pick.to_tote", slot=walk.slot(task))
        return Answer.good("pick.units", done=task.picked_each + each, of=task.quantity_each - task.missing_each)

    def _line_with(self, walk: Walk, code: Code) -> PickTask | None:
        hit = self._book.ledger.find_code(code.gtin or code.value)
        others = (task for task in walk.left if hit is not None and task.product_id == hit.product_id)
        return min(others, key=lambda task: task.position, default=None)

    def _so_far(self, task: PickTask) -> Proof:
        return self._proof if self._proof_of == task.task_id else Proof()
