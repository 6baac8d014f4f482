"""A packing station's desk: every act that its person can do by a tap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.domain.cartons import Carton, CartonState
from app.domain.orders import Order, PartialShipmentAllowed
from app.domain.packing import PackException, WeightSource
from app.domain.printing import ON_ITS_WAY, PrintState
from app.domain.weighing import WEIGHT_G_MAX, is_plausible, tolerance_g
from app.errors import IllegalTransition
from app.ports import Tone
from app.workflows.answers import Answer
from app.workflows.pack_asking import OF_CARTON, Approval, Beside, Detail, Exit, Recheck, Release, Reprint, Slip
from app.workflows.pack_choices import NEVER_PRINTED
from app.workflows.pack_opening import may_be_packed, why_not
from app.workflows.pack_seat import PackSeat
from app.workflows.pack_step import AT_LABEL, GOES_BACK, MAY_GO_ON, PackStep, is_parked
from app.workflows.pack_units import Unit, with_lot

DIGITS_MAX = 5
_WEIGHED = frozenset({PackStep.WEIGHT, PackStep.RECHECK})
# The exits that each step of the rows lets begin. What is extra shows when all that was ordered is in.
LEAVES_OUT: Mapping[PackStep, frozenset[PackException]] = {
    PackStep.UNIT: frozenset(PackException),
    PackStep.CARTON: frozenset({PackException.EXTRA}),
    PackStep.WEIGHT: frozenset({PackException.EXTRA}),
}


class PackDesk(PackSeat):
    """What can be done at one seat of a packing station, by a tap or by the code that stands for it."""

    # -- acts, by scan or by tap --------------------------------------------------------------------------------------

    def greet(self) -> Answer | None:
        """What somebody who comes to this seat must know: where it stands, or which cartons stand open here."""
        carton, order = self.carton, self.order
        if carton is not None and self.step() is not PackStep.TOTE:
            return Answer.caution("pack.here", number=carton.number, order=order.external_reference if order else "")
        left_open = len(self._shelf.standing())
        return Answer.caution("pack.left_open", count=left_open) if left_open else None

    def resume(self, carton: Carton) -> Answer:
        """Stand at an unfinished carton of this station again."""
        self._ask(None)
        self._stand_at(carton)
        return Answer.good("pack.resumed", number=carton.number)

    def leave_out(self, exception: PackException) -> Answer:
        """Begin one of the three exits, where `LEAVES_OUT` lists it."""
        if exception not in LEAVES_OUT.get(self._step_of_rows(), ()):
            raise IllegalTransition(exception, self.step())
        self.typed = ""
        self._ask(Exit(exception))
        return Answer.caution("pack.undo_closes")

    def finish(self) -> Answer:
        """The carton is full."""
        if self.step() is not PackStep.UNIT:
            raise IllegalTransition("finish", self.step())
        return self._contents.finish(self._standing())

    def undo(self) -> Answer:
        """Close the open question; else take back what was done last: a unit, an exit, or that the carton is full."""
        if self._asking is not None or self.typed:
            self._ask(None)
            self.typed = ""
            return Answer.caution("pack.question_closed")
        return self._contents.undo(self._standing())

    def back(self) -> Answer:
        """One step back: a digit, a page, an open question, or this carton aside for later. Nothing is lost."""
        if self.typed:
            self.typed = self.typed[:-1]
            return Answer.info("pack.typed", grams=self.typed or "0")
        if self._page:
            return self.turn_to(self._page - 1)
        if self._asking is not None:
            return self.undo()
        self._standing()
        self._stand_at(None)
        return Answer.caution("pack.set_aside")

    def ok(self) -> Answer:
        """End the digits, or take the first of the choices; only what is missing is said by its number alone."""
        if self.typed:
            grams, self.typed = int(self.typed), ""
            return self.weigh(grams)
        if self.step() in _WEIGHED:
            return Answer.wrong("pack.weight_first")
        if self.step() is PackStep.MISSING:
            return Answer.wrong("pack.missing_by_number")
        return self.choose(1)

    def choose(self, number: int) -> Answer:
        """The choice that is counted `number` from 1."""
        choices = self._choices()
        if not 1 <= number <= len(choices):
            raise IllegalTransition("answer", self.step())
        return choices[number - 1].act(self)

    def type_digit(self, digit: int) -> Answer:
        """A digit of the weight; where no weight is awaited, the choice of that number."""
        if self.step() not in _WEIGHED:
            return self.choose(digit)
        self.typed = (self.typed + str(digit))[:DIGITS_MAX].lstrip("0")
        return Answer.info("pack.typed", grams=self.typed or "0")

    def weigh(self, weight_g: int, *, source: WeightSource = WeightSource.TYPED) -> Answer:
        """What the scale shows, in grams. Plausible, it closes the carton; else weigh again, then a supervisor."""
        step = self.step()
        if step not in _WEIGHED:
            raise IllegalTransition("weighing", step)
        if not 0 < weight_g <= WEIGHT_G_MAX:
            return Answer.wrong("pack.weight_odd", grams=weight_g)
        expected_g = self._closing.expected_g(self._standing())
        if is_plausible(weight_g, expected_g):
            return self._close(weight_g, source=source)
        if step is PackStep.WEIGHT:
            self._ask(Recheck(weight_g))
            return Answer.wrong(
                "pack.weigh_again", grams=weight_g, expected=expected_g, tolerance=tolerance_g(expected_g)
            )
        self._ask(Approval(weight_g, source))
        return Answer.wrong("pack.weight_off", tone=Tone.NEEDS_PERSON, grams=weight_g, expected=expected_g)

    def ask_reprint(self) -> Answer:
        """Print the label of this carton once more; asks why."""
        carton = self.carton
        job = self._labels.job(carton) if carton is not None else None
        if carton is None or job is None or self._step_of_rows() not in (*AT_LABEL, PackStep.TOTE):
            raise IllegalTransition("reprint", self.step())
        if job.state is PrintState.FAILED:
            return self.reprint(Reprint(carton.carton_id), NEVER_PRINTED)
        if job.state in ON_ITS_WAY:
            return Answer.caution("pack.on_its_way")
        self._ask(Reprint(carton.carton_id))
        return Answer.caution("pack.undo_closes")

    def tend(self) -> Answer | None:
        """See to what goes on by itself: a number or an address has come, a label is out, a carton is not needed.

        Call it when the book or a print job has changed. Returns what is to be said when this seat's step has moved.
        """
        if self._tending:
            return None
        self._tending = True
        here = self.carton
        try:
            given_up = self._closing.give_up_empty()
            for carton in self._owed() if self.step() in MAY_GO_ON else ():
                if carton.state is CartonState.WEIGHED:
                    self._closing.number(carton)
                else:
                    self._labels.ask_for_missing(carton)
            self._labels.note_printed()
        finally:
            self._tending = False
        if here is not None and here in given_up:
            self._ask(None)
            self._stand_at(None)
            self._told = self.step()
            return Answer.caution("pack.not_needed", number=here.number)
        if self._step_of_rows() in GOES_BACK and (self.typed or isinstance(self._asking, OF_CARTON)):
            self._ask(None)
            self.typed = ""
        picks = self._picks_arrived()
        before, after = self._told, self.step()
        self._told = after
        if after is before or picks is not None:
            return picks
        if after is PackStep.SCAN_BACK:
            return Answer.good("pack.label_out")
        return Answer.caution("pack.did_it_come_out") if after is PackStep.UNCERTAIN else None

    def _picks_arrived(self) -> Answer | None:
        """What was said of a tote, that its picks have not arrived, is true no longer: said once, when they have."""
        carton = self.carton
        if isinstance(self._asking, Slip) and not self._shelf.tote(self._asking.tote_id).blind:
            tote_id = self._asking.tote_id
            self._ask(None)
            return Answer.good("pack.picks_are_here", tote=tote_id)
        if carton is None or carton.carton_id != self._said_blind or self._shelf.is_blind(carton):
            return None
        self._said_blind = ""
        return Answer.good("pack.picks_have_come")

    # -- what choices lead to -----------------------------------------------------------------------------------------

    def turn_to(self, page: int) -> Answer:
        """Show another page of the choices; counted from 0."""
        self._page = page
        return Answer.caution("answers.turned", page=page + 1)

    def go_on(self, carton_id: str) -> Answer:
        """Stand at a carton that was left open here."""
        carton = self._ledger.get(Carton, carton_id)
        if carton is None:
            raise IllegalTransition("going on", "the carton is gone")
        return self.resume(carton)

    def open_beside(self, asked: Beside) -> Answer:
        """Pack an order although another station has a carton of it open."""
        order = self._ledger.get(Order, asked.order_id)
        if order is None:
            raise IllegalTransition("packing", "the order is gone")
        return self._open(order, tote_id=asked.tote_id, blind=asked.blind, beside=True)

    def take_lot(self, unit: Unit, lot: str | None) -> Answer:
        """The unit is of this lot; None: its lot cannot be told."""
        carton, order = self._standing(), self._open_order()
        so_far = self._contents.so_far(order, carton)
        known = replace(unit, lot_waived=True) if lot is None else with_lot(unit, so_far, lot)
        return self._put_in(carton, order, known)

    def miss(self, line_ids: tuple[str, ...]) -> Answer:
        """All that is left of these lines is not there."""
        answer = self._contents.missing(self._open_order(), self._standing(), line_ids)
        self._ask(None)
        return self._unless_nothing_left(answer)

    def approve(self, asked: Approval, reason: str) -> Answer:
        """A supervisor lets the weight pass."""
        return self._close(asked.weight_g, source=asked.source, approved_by=asked.supervisor_id, reason=reason)

    def release(self, asked: Release, reason: str) -> Answer:
        """A supervisor lets an order go without what is missing."""
        order = self._open_order()
        self._record(PartialShipmentAllowed(order_id=order.order_id, approved_by=asked.supervisor_id, reason=reason))
        self._ask(None)
        return self._unless_nothing_left(Answer.good("pack.released", order=order.external_reference))

    def reprint(self, asked: Reprint, reason: str) -> Answer:
        """The same label once more."""
        carton = self._ledger.get(Carton, asked.carton_id)
        self._ask(None)
        if carton is None or not self._labels.reprint(carton, reason):
            return Answer.caution("pack.on_its_way")
        return Answer.good("pack.reprinting")

    def came_out(self, yes: bool) -> Answer:
        """Whether the label that nobody is sure of is there."""
        self._labels.came_out(self._standing(), yes=yes)
        return Answer.good("pack.label_out") if yes else Answer.good("pack.reprinting")

    def put_back(self) -> Answer:
        """The units of an order that was cancelled, or packed without them, are in their tote again."""
        self._closing.abandon(self._standing(), None)
        self._stand_at(None)
        return Answer.good("pack.put_back")

    # -- what it rests on ---------------------------------------------------------------------------------------------

    def _open(self, order: Order, *, tote_id: str | None, blind: bool, beside: bool = False) -> Answer:
        mine = self._shelf.mine(order.order_id)
        if mine is not None:
            return self.resume(mine)
        if not may_be_packed(order):
            return Answer.caution(why_not(order), tone=Tone.NEEDS_PERSON, order=order.external_reference)
        others = self._shelf.stations_at(order.order_id)
        if others and not beside:
            self._ask(Beside(order.order_id, tote_id, blind))
            return Answer.caution("pack.packed_elsewhere", station=", ".join(others), order=order.external_reference)
        opened = self._shelf.opening(order, carton_id=self._clock.new_id(), tote_id=tote_id, blind=blind)
        self._shelf.keep_in_mind(opened.carton_id)
        self._record(opened)
        self._ask(None)
        self._stand_at(self._ledger.get(Carton, opened.carton_id))
        self._said_blind = opened.carton_id if opened.blind else ""
        key = "pack.opened_blind" if opened.blind else "pack.opened"
        return Answer.good(key, order=order.external_reference, count=order.left_to_pack_each)

    def _close(
        self, weight_g: int, *, source: WeightSource, approved_by: str | None = None, reason: str = ""
    ) -> Answer:
        carton, order = self._standing(), self.order
        if order is None:
            raise IllegalTransition("closing", "the order is gone")
        numbered = self._closing.close(carton, order, weight_g, source=source, approved_by=approved_by, reason=reason)
        self._ask(None)
        self.typed = ""
        if not numbered:
            return Answer.caution("pack.no_number", tone=Tone.NEEDS_PERSON)
        if self.step() is PackStep.ADDRESS:
            return Answer.caution("pack.no_address")
        return Answer.good("pack.closed", tone=Tone.LIST_DONE, number=carton.number)

    def _unless_nothing_left(self, answer: Answer) -> Answer:
        """`answer`; or, when nothing is left and nothing is in the carton, that the tote needs a person."""
        carton, order = self._standing(), self.order
        if order is None or order.left_to_pack_each or carton.units or is_parked(order):
            return answer
        self._closing.abandon(carton, order)
        self._stand_at(None)
        return Answer.caution("pack.nothing_to_pack", tone=Tone.NEEDS_PERSON, order=order.external_reference)

    def _put_in(self, carton: Carton, order: Order, unit: Unit) -> Answer:
        """Into the carton, or ask for what is still to be known of it; never guess."""
        so_far = self._contents.so_far(order, carton)
        if unit.serial is not None and so_far.has_serial(unit.product.product_id, unit.serial):
            self._ask(None)
            return Answer.wrong("pack.serial_twice", serial=unit.serial)
        if unit.needs_lot or unit.needs_serial:
            self._ask(Detail(unit))
            key = "pack.which_lot" if unit.needs_lot else "pack.which_serial"
            return Answer.caution(key, product=unit.product.name)
        self._ask(None)
        return self._contents.put_in(carton, unit)
