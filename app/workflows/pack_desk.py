"""A packing station's seat: the carton it is at, the question that is open, and every act by tap."""

from __future__ import annotations

from dataclasses import replace
from datetime import tzinfo

from app.domain.deeds import deed_of
from app.domain.facts import Fact
from app.domain.orders import Order, PartialShipmentAllowed
from app.domain.packing import Carton, CartonState, PackException, WeightSource
from app.domain.printing import PrintJob
from app.domain.weighing import WEIGHT_G_MAX, is_plausible, tolerance_g
from app.errors import (
    IllegalTransition,
)
from app.ports import Clock, Ledger, PrintJobs, Tone
from app.workflows.answers import Answer, Prompt
from app.workflows.pack_asking import (
    Approval,
    Asking,
    Beside,
    Detail,
    Exit,
    Recheck,
    Release,
    Reprint,
    step_asked,
)
from app.workflows.pack_choices import Choice, choices_of
from app.workflows.pack_closing import Closing
from app.workflows.pack_contents import Contents
from app.workflows.pack_label import LabelDesk
from app.workflows.pack_opening import Shelf, may_be_packed, why_not
from app.workflows.pack_picture import lines_of, prompt_of, view_of
from app.workflows.pack_step import AT_LABEL, MAY_GO_ON, LineCard, PackStep, PackView, is_parked, step_of
from app.workflows.pack_units import Unit, with_lot

DIGITS_MAX = 5


class PackDesk:
    """One seat at a packing station: where it stands, and what its person can do by a tap.

    What stands in rows comes back after a restart; an open question (`pack_asking`) is asked anew.

    Args:
        seat_id: remembers which carton this seat is at.
        zone: the warehouse's time zone.
        printer_id: the station's name for its label printer.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        jobs: PrintJobs,
        clock: Clock,
        worker_id: str,
        seat_id: str,
        zone: tzinfo,
        printer_id: str,
    ) -> None:
        self.typed = ""
        self._ledger = ledger
        self._jobs = jobs
        self._clock = clock
        self._worker_id = worker_id
        self._place = f"pack/{seat_id}"
        self._asking: Asking | None = None
        self._tending = False
        self._told: PackStep | None = None
        self._shelf = Shelf(ledger)
        self._labels = LabelDesk(ledger=ledger, jobs=jobs, worker_id=worker_id, zone=zone, printer_id=printer_id)
        self._contents = Contents(ledger=ledger, shelf=self._shelf, clock=clock, worker_id=worker_id, zone=zone)
        self._closing = Closing(ledger=ledger, labels=self._labels, shelf=self._shelf, clock=clock, worker_id=worker_id)

    # -- how it stands ------------------------------------------------------------------------------------------------

    @property
    def carton(self) -> Carton | None:
        """The carton that this seat is at."""
        carton_id = self._ledger.recall(self._place)
        return self._ledger.get(Carton, carton_id) if carton_id else None

    @property
    def order(self) -> Order | None:
        carton = self.carton
        return self._ledger.get(Order, carton.order_id) if carton is not None else None

    def step(self) -> PackStep:
        """What is asked of the packer now."""
        return step_asked(self._asking) if self._asking is not None else self._step_of_rows()

    def view(self) -> PackView:
        """Everything that the screen shows."""
        carton, order, step = self.carton, self.order, self.step()
        if step is PackStep.TOTE:
            carton = order = None
        return view_of(
            self._ledger,
            step=step,
            order=order,
            carton=carton,
            so_far=self._contents.so_far(order, carton) if order is not None and carton is not None else None,
            typed=self.typed,
            job=self._labels.job(carton) if carton is not None else None,
            choices=tuple(choice.sentence for choice in self._choices()),
            beside=self._shelf.stations_at(order.order_id) if order is not None else (),
            owed=tuple(one.carton_id for one in self._owed()) if step is PackStep.TOTE else (),
        )

    def prompt(self, view: PackView | None = None) -> Prompt:
        """What to scan now; pass the `view` that is being drawn to save making it again."""
        unit = self._asking.unit if isinstance(self._asking, Detail) else None
        return prompt_of(view or self.view(), product=unit.product.name if unit else "")

    # -- acts, by scan or by tap --------------------------------------------------------------------------------------

    def resume(self, carton: Carton) -> Answer:
        """Stand at an unfinished carton of this station again."""
        self._asking = None
        self._stand_at(carton)
        return Answer.good("pack.resumed", number=carton.number)

    def leave_out(self, exception: PackException) -> Answer:
        """Begin one of the three exits."""
        if self._step_of_rows() is not PackStep.UNIT:
            raise IllegalTransition(exception, self.step())
        self._asking = Exit(exception)
        return Answer.caution("pack.undo_closes")

    def finish(self) -> Answer:
        """The carton is full."""
        if self.step() is not PackStep.UNIT:
            raise IllegalTransition("finish", self.step())
        return self._contents.finish(self._standing())

    def undo(self) -> Answer:
        """Close the open question; else take the newest unit out."""
        if self._asking is not None or self.typed:
            self._asking, self.typed = None, ""
            return Answer.caution("pack.question_closed")
        return self._contents.undo(self._standing())

    def back(self) -> Answer:
        """One step back: a digit, an open question, or this carton aside for later. Nothing is lost."""
        if self.typed:
            self.typed = self.typed[:-1]
            return Answer.good("pack.typed", grams=self.typed or "0")
        if self._asking is not None:
            return self.undo()
        self._standing()
        self._stand_at(None)
        return Answer.caution("pack.set_aside")

    def ok(self) -> Answer:
        """End the digits, or the first of the choices."""
        if self.typed:
            grams, self.typed = int(self.typed), ""
            return self.weigh(grams)
        return self.choose(1)

    def choose(self, number: int) -> Answer:
        """The choice that is counted `number` from 1."""
        choices = self._choices()
        if not 1 <= number <= len(choices):
            raise IllegalTransition("answer", self.step())
        return choices[number - 1].act(self)

    def type_digit(self, digit: int) -> Answer:
        if self.step() not in (PackStep.WEIGHT, PackStep.RECHECK):
            raise IllegalTransition("digit", self.step())
        self.typed = (self.typed + str(digit))[:DIGITS_MAX].lstrip("0")
        return Answer.good("pack.typed", grams=self.typed or "0")

    def weigh(self, weight_g: int, *, source: WeightSource = WeightSource.TYPED) -> Answer:
        """What the scale shows, in grams. Plausible, it closes the carton; else weigh again, then a supervisor."""
        step = self.step()
        if step not in (PackStep.WEIGHT, PackStep.RECHECK):
            raise IllegalTransition("weighing", step)
        if not 0 < weight_g <= WEIGHT_G_MAX:
            return Answer.wrong("pack.weight_odd", grams=weight_g)
        expected_g = self._closing.expected_g(self._standing())
        if is_plausible(weight_g, expected_g):
            return self._close(weight_g, source=source)
        if step is PackStep.WEIGHT:
            self._asking = Recheck(weight_g)
            return Answer.wrong(
                "pack.weigh_again", grams=weight_g, expected=expected_g, tolerance=tolerance_g(expected_g)
            )
        self._asking = Approval(weight_g)
        return Answer.wrong("pack.weight_off", tone=Tone.NEEDS_PERSON, grams=weight_g, expected=expected_g)

    def ask_reprint(self) -> Answer:
        """Print the label of this carton once more; asks why."""
        carton = self.carton
        job = self._labels.job(carton) if carton is not None else None
        if carton is None or job is None or self._step_of_rows() not in (*AT_LABEL, PackStep.TOTE):
            raise IllegalTransition("reprint", self.step())
        self._asking = Reprint(carton.carton_id)
        return Answer.caution("pack.undo_closes")

    def tend(self) -> Answer | None:
        """See to what goes on by itself: a number or an address has come, a label is out.

        Call it when the book or a print job has changed. Returns what is to be said when this seat's step has moved.
        """
        if self._tending:
            return None
        self._tending = True
        try:
            for carton in self._owed() if self.step() in MAY_GO_ON else ():
                if carton.state is CartonState.WEIGHED:
                    self._closing.number(carton)
                else:
                    self._labels.ask_for_missing(carton)
            self._labels.note_printed()
        finally:
            self._tending = False
        before, after = self._told, self.step()
        self._told = after
        if after is before:
            return None
        if after is PackStep.SCAN_BACK:
            return Answer.good("pack.label_out")
        return Answer.caution("pack.did_it_come_out") if after is PackStep.UNCERTAIN else None

    # -- what choices lead to -----------------------------------------------------------------------------------------

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
        self._asking = None
        return self._unless_nothing_left(answer)

    def approve(self, asked: Approval, reason: str) -> Answer:
        """A supervisor lets the weight pass."""
        return self._close(asked.weight_g, source=WeightSource.TYPED, approved_by=asked.supervisor_id, reason=reason)

    def release(self, asked: Release, reason: str) -> Answer:
        """A supervisor lets an order go without what is missing."""
        order = self._open_order()
        self._record(PartialShipmentAllowed(order_id=order.order_id, approved_by=asked.supervisor_id, reason=reason))
        self._asking = None
        return self._unless_nothing_left(Answer.good("pack.released", order=order.external_reference))

    def reprint(self, asked: Reprint, reason: str) -> Answer:
        """The same label once more."""
        carton = self._ledger.get(Carton, asked.carton_id)
        self._asking = None
        if carton is None or not self._labels.reprint(carton, reason):
            return Answer.caution("pack.on_its_way")
        return Answer.good("pack.reprinting")

    def came_out(self, yes: bool) -> Answer:
        """Whether the label that nobody is sure of is there."""
        self._labels.came_out(self._standing(), yes=yes)
        return Answer.good("pack.label_out") if yes else Answer.good("pack.reprinting")

    def put_back(self) -> Answer:
        """The units of a cancelled order are in their tote again."""
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
            self._asking = Beside(order.order_id, tote_id, blind)
            return Answer.caution("pack.packed_elsewhere", station=", ".join(others), order=order.external_reference)
        opened = self._shelf.opening(order, carton_id=self._clock.new_id(), tote_id=tote_id, blind=blind)
        self._record(opened)
        self._asking = None
        self._stand_at(self._ledger.get(Carton, opened.carton_id))
        key = "pack.opened_blind" if opened.blind else "pack.opened"
        return Answer.good(key, order=order.external_reference, count=order.left_to_pack_each)

    def _close(
        self, weight_g: int, *, source: WeightSource, approved_by: str | None = None, reason: str = ""
    ) -> Answer:
        carton, order = self._standing(), self.order
        if order is None:
            raise IllegalTransition("closing", "the order is gone")
        numbered = self._closing.close(carton, order, weight_g, source=source, approved_by=approved_by, reason=reason)
        self._asking, self.typed = None, ""
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
            self._asking = None
            return Answer.wrong("pack.serial_twice", serial=unit.serial)
        if unit.needs_lot or unit.needs_serial:
            self._asking = Detail(unit)
            key = "pack.which_lot" if unit.needs_lot else "pack.which_serial"
            return Answer.caution(key, product=unit.product.name)
        self._asking = None
        return self._contents.put_in(carton, unit)

    def _step_of_rows(self) -> PackStep:
        carton = self.carton
        job: PrintJob | None = self._labels.job(carton) if carton is not None else None
        return step_of(carton, self.order, job)

    def _choices(self) -> tuple[Choice, ...]:
        carton, order = self.carton, self.order
        lines: tuple[LineCard, ...] = ()
        if order is not None and isinstance(self._asking, Exit):
            lines = lines_of(self._ledger, order, carton, None)
        return choices_of(self._asking, self._step_of_rows(), lines)

    def _owed(self) -> list[Carton]:
        return self._shelf.owed(self._labels.at_work())

    def _standing(self) -> Carton:
        carton = self.carton
        if carton is None:
            raise IllegalTransition("packing", "no carton is open")
        return carton

    def _open_order(self) -> Order:
        order = self.order
        if order is None:
            raise IllegalTransition("packing", "the order is gone")
        return order

    def _stand_at(self, carton: Carton | None) -> None:
        self.typed = ""
        self._ledger.remember(self._place, carton.carton_id if carton is not None else "")

    def _record(self, *facts: Fact) -> None:
        self._ledger.record(deed_of(self._ledger.get, *facts), worker_id=self._worker_id)
