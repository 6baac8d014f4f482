"""A returns bench's seat: the parcel on it, the unit in the hand, the question that is open, and every act by tap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from functools import partial

from app.domain.deeds import deed_of
from app.domain.facts import Fact
from app.domain.grading import (
    DATE,
    DATE_PAST,
    GENERAL,
    SHELVES,
    Next,
    Question,
    disposition_of,
    money_for,
    question_after,
)
from app.domain.locations import Location, LocationKind
from app.domain.orders import Order
from app.domain.printing import PrintJob
from app.domain.products import Product
from app.domain.returns import (
    Disposition,
    FoundBy,
    Grade,
    ItemState,
    Money,
    MoneyRequested,
    Return,
    ReturnClosed,
    ReturnItem,
    ReturnItemDisposed,
    ReturnItemGraded,
    ReturnItemIdentified,
    ReturnItemPutAway,
    ReturnReceived,
    ReturnState,
    ReturnUndone,
)
from app.errors import IllegalTransition, UnknownCode, WrongLocation
from app.ports import Clock, Ledger, PrintJobs, Tone
from app.workflows.answers import Answer, Prompt, Sentence
from app.workflows.returns_finding import Candidate, open_return
from app.workflows.returns_hand import announced_cards, hand_of, steps_to_undo
from app.workflows.returns_plate import LicencePlates
from app.workflows.returns_step import ReturnStep, ReturnView, prompt_of, step_of
from app.workflows.returns_units import CameBack, missing_each

Choice = tuple[Sentence, Callable[[], Answer]]


class ReturnsBench:
    """One seat at a returns bench. What stands in rows comes back after a restart; open questions are asked anew.

    Args:
        seat_id: remembers which parcel this seat is at.
        zone: the warehouse's time zone: a lot expires at its midnight.
        printer_id: the station's name for the printer of licence plates; empty for none.
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
        self._ledger = ledger
        self._clock = clock
        self._worker_id = worker_id
        self._zone = zone
        self._plates = LicencePlates(jobs=jobs, clock=clock, worker_id=worker_id, printer_id=printer_id)
        self._place = f"returns/{seat_id}"
        self._candidates: tuple[Candidate, ...] = ()
        self._answers: tuple[tuple[str, str], ...] = ()
        self._expired: dict[str, bool] = {}
        self._in_hand: str | None = None
        self._closing = False
        # A warehouse has thousands of places and they stay where they are: looked for once.
        self._shelves: dict[Disposition, Location | None] = {}

    # -- how it stands ------------------------------------------------------------------------------------------------

    @property
    def parcel(self) -> Return | None:
        """The return on the bench."""
        return_id = self._ledger.recall(self._place)
        return open_return(self._ledger, return_id) if return_id else None

    @property
    def hand(self) -> ReturnItem | None:
        """The unit that a question or a put-away is about; see `returns_hand.hand_of`."""
        parcel = self.parcel
        return hand_of(parcel, self._in_hand) if parcel is not None else None

    def step(self) -> ReturnStep:
        if self._candidates:
            return ReturnStep.CHOOSE
        return ReturnStep.MISSING if self._closing else step_of(self.parcel, self.hand)

    def question(self) -> Question | None:
        """What is asked about the unit in the hand; None when nothing is."""
        hand, at = self.hand, None
        if hand is not None and hand.state is ItemState.IDENTIFIED:
            at = self._after_answers(hand)
        return at if isinstance(at, Question) else None

    def view(self) -> ReturnView:
        """Everything that the screen shows."""
        parcel, hand = self.parcel, self.hand
        step = self.step()
        if parcel is None or step is ReturnStep.CHOOSE:
            parcel = hand = None
        items = parcel.items if parcel is not None else ()
        return ReturnView(
            step=step,
            parcel=parcel,
            order=self._ledger.get(Order, parcel.order_id) if parcel is not None and parcel.order_id else None,
            announced=announced_cards(self._ledger, parcel) if parcel is not None else (),
            items=tuple((item, self._ledger.get(Product, item.product_id)) for item in items),
            hand=hand,
            product=self._ledger.get(Product, hand.product_id) if hand is not None else None,
            question=self.question(),
            shelf=self.shelf_for(hand.disposition) if hand is not None and hand.disposition else None,
            job=self._plates.job(hand),
            money=_money(parcel) if parcel is not None else Money.NONE,
            missing_each=missing_each(parcel) if parcel is not None else 0,
            choices=tuple(sentence for sentence, _ in self._choices()),
        )

    def prompt(self, view: ReturnView | None = None) -> Prompt:
        """What to scan now; pass the `view` that is being drawn to save making it again."""
        return prompt_of(view or self.view())

    def greet(self) -> Answer | None:
        """What somebody who comes to this seat must know: the parcel that is on the bench."""
        parcel = self.parcel
        return Answer.caution("returns.here", reference=parcel.called) if parcel is not None else None

    def shelf_for(self, disposition: Disposition) -> Location | None:
        """Where a unit is proposed to go: the returns shelf before a bin; None where there is no such place."""
        if disposition not in self._shelves:
            kinds = SHELVES[disposition]
            places = [place for place in self._ledger.all(Location) if place.kind in kinds]
            nearest = min(places, key=lambda place: (place.kind is LocationKind.BIN, place.location_id), default=None)
            self._shelves[disposition] = nearest
        return self._shelves[disposition]

    # -- acts, by scan or by tap --------------------------------------------------------------------------------------

    def begin(self, candidate: Candidate) -> Answer:
        """Put a parcel on the bench, or come back to it."""
        self._candidates = ()
        parcel = candidate.came_back
        if parcel is not None and parcel.state is not ReturnState.INITIATED:
            self._stand_at(parcel.return_id)
            return Answer.good("returns.resumed", reference=candidate.reference)
        return_id = parcel.return_id if parcel is not None else self._clock.new_id()
        self._record(ReturnReceived(return_id=return_id, found_by=candidate.found_by, order_id=candidate.order_id))
        self._stand_at(return_id)
        announced = sum(line.quantity_each for line in parcel.announced) if parcel is not None else 0
        if not announced:
            return Answer.good("returns.opened_unannounced", reference=candidate.reference)
        return Answer.good("returns.opened", reference=candidate.reference, count=announced)

    def begin_blind(self) -> Answer:
        """A parcel that nobody announced and nothing explains: worked all the same, and kept in quarantine."""
        if self.parcel is not None and self.step() is not ReturnStep.CHOOSE:
            raise IllegalTransition("another parcel", self.step())
        self._candidates = ()
        return_id = self._clock.new_id()
        self._record(ReturnReceived(return_id=return_id, found_by=FoundBy.NOTHING))
        self._stand_at(return_id)
        return Answer.caution("returns.opened_blind")

    def identify_unit(self, parcel: Return, unit: CameBack) -> Answer:
        """One unit is out of the parcel; what the order never had is graded WRONG at once."""
        item_id = self._clock.new_id()
        identified = ReturnItemIdentified(
            return_id=parcel.return_id,
            item_id=item_id,
            product_id=unit.product.product_id,
            line_id=unit.line_id,
            declared=unit.declared,
            lot=unit.lot,
            serial=unit.serial,
        )
        self._answers, self._closing = (), False
        if unit.expired is not None:
            self._expired[item_id] = unit.expired
        if unit.wrong:
            self._grade(parcel, item_id, unit.product, Grade.WRONG, identified)
            return Answer.caution("returns.wrong_item", product=unit.product.name)
        self._record(identified)
        if not unit.declared and parcel.order_id:
            return Answer.caution("returns.undeclared", product=unit.product.name)
        return Answer.good("returns.identified", product=unit.product.name)

    def answer(self, number: int) -> Answer:
        """The answer to the open question that is counted `number` from 1."""
        choices = self._choices()
        if not 1 <= number <= len(choices):
            raise IllegalTransition("answer", self.step())
        return choices[number - 1][1]()

    def put_away(self, location_id: str) -> Answer:
        """The unit in the hand lies there now.

        Raises:
            UnknownCode: there is no such place.
            WrongLocation: such a unit must not lie there.
        """
        parcel, hand = self._standing(), self.hand
        if hand is None or hand.disposition is None:
            raise IllegalTransition("putting away", self.step())
        place = self._ledger.get(Location, location_id)
        if place is None:
            raise UnknownCode(scanned=location_id)
        if place.kind not in SHELVES[hand.disposition]:
            shelf = self.shelf_for(hand.disposition)
            raise WrongLocation(shelf.location_id if shelf else "", location_id)
        self._record(ReturnItemPutAway(return_id=parcel.return_id, item_id=hand.item_id, location_id=location_id))
        self._in_hand = None
        if self.step() is ReturnStep.ITEM and missing_each(self._standing()) == 0:
            return Answer.good("returns.all_put_away", tone=Tone.LINE_DONE, place=location_id)
        return Answer.good("returns.put_away", place=location_id)

    def finish(self) -> Answer:
        """Nothing more is in the parcel: ask for the money, once, and close."""
        parcel = self._standing()
        waiting = sum(item.state is not ItemState.PUT_AWAY for item in parcel.items)
        if waiting:
            return Answer.wrong("returns.not_put_away", count=waiting)
        missing = missing_each(parcel)
        if (missing or not parcel.items) and not self._closing:
            self._closing = True
            return Answer.caution("returns.is_it_all", count=missing) if missing else Answer.caution("returns.empty")
        money = _money(parcel)
        asked = MoneyRequested(
            return_id=parcel.return_id,
            # Made of the return alone: whoever asks again asks for the same.
            request_id=f"{parcel.return_id}-money",
            money=money,
            item_ids=tuple(item.item_id for item in parcel.items),
        )
        closed = ReturnClosed(return_id=parcel.return_id, missing_each=missing)
        wants_money = money is not Money.NONE and parcel.state is ReturnState.DECIDED
        self._record(*((asked,) if wants_money else ()), closed)
        self._stand_at(None)
        return Answer.good(f"returns.closed_{money}", tone=Tone.LIST_DONE)

    def undo(self) -> Answer:
        """Take the newest step back: an answer, a grade with its disposition, a put-away, a unit."""
        if self._candidates or self._closing or self._answers:
            self._candidates, self._closing, self._answers = (), False, self._answers[:-1]
            return Answer.caution("returns.question_closed")
        parcel = self._standing()
        steps = steps_to_undo(self._ledger, parcel)
        decided = parcel.item(steps[0][2]) if steps[0][1] == ReturnItemDisposed.kind else None
        self._record(
            *(
                ReturnUndone(return_id=parcel.return_id, item_id=item_id, negates_seq=seq, negates_kind=kind)
                for seq, kind, item_id in steps
            )
        )
        self._in_hand = steps[0][2]
        self._plates.give_up(decided)
        return Answer.caution("returns.undone")

    def back(self) -> Answer:
        """An open question closed, or the parcel aside for later. Nothing is lost."""
        if self._candidates or self._closing or self._answers:
            return self.undo()
        self._standing()
        self._stand_at(None)
        return Answer.caution("returns.set_aside")

    def ok(self) -> Answer:
        """Yes to what is asked."""
        if self.step() is ReturnStep.MISSING:
            return self.finish()
        raise IllegalTransition("OK", self.step())

    def reprint(self) -> Answer:
        """The licence plate of the unit in the hand once more."""
        if not self._plates.reprint(self.hand):
            return Answer.caution("returns.on_its_way")
        return Answer.good("returns.reprinting")

    # -- what it rests on ---------------------------------------------------------------------------------------------

    def _choices(self) -> tuple[Choice, ...]:
        """What ANSWER_1, ANSWER_2… mean now."""
        step, question = self.step(), self.question()
        if step is ReturnStep.CHOOSE:
            found = tuple(
                (Sentence("returns.choice.candidate", {"reference": one.reference}), partial(self.begin, one))
                for one in self._candidates
            )
            return (*found, (Sentence("returns.choice.none_of_these"), self.begin_blind))
        if step is ReturnStep.MISSING:
            return ((Sentence("returns.choice.close"), self.finish), (Sentence("returns.choice.go_on"), self.undo))
        if step is ReturnStep.QUESTION and question is not None:
            return tuple(
                (Sentence(f"returns.answer.{key}"), partial(self._answered, question.key, key))
                for key, _ in question.answers
            )
        if self._plates.is_uncertain(self.hand):
            return (
                (Sentence("returns.choice.came_out"), partial(self._came_out, yes=True)),
                (Sentence("returns.choice.did_not"), partial(self._came_out, yes=False)),
            )
        return ()

    def _came_out(self, *, yes: bool) -> Answer:
        self._plates.came_out(self.hand, yes=yes)
        return Answer.good("returns.plate_out" if yes else "returns.reprinting")

    def _answered(self, question: str, given: str) -> Answer:
        parcel, hand = self._standing(), self.hand
        if hand is None:
            raise IllegalTransition("answer", self.step())
        self._answers = (*self._answers, (question, given))
        at = self._after_answers(hand)
        if isinstance(at, Question):
            return Answer.good("returns.answered")
        product = self._ledger.get(Product, hand.product_id)
        disposition = self._grade(parcel, hand.item_id, product, at)
        return Answer.good(f"returns.goes_to_{disposition}", tone=Tone.LINE_DONE)

    def _after_answers(self, item: ReturnItem) -> Next:
        """The next question about a unit, or its grade."""
        product = self._ledger.get(Product, item.product_id)
        category = product.category if product is not None else GENERAL
        asks_date = product is not None and product.tracks_lot and item.item_id not in self._expired
        of_tree = tuple(pair for pair in self._answers if pair[0] != DATE.key)
        if asks_date and len(of_tree) == len(self._answers):
            return DATE
        return question_after(category, of_tree)

    def _grade(self, parcel: Return, item_id: str, product: Product | None, grade: Grade, *before: Fact) -> Disposition:
        """Grade, decide, and ask for the licence plate, in one deed with what was `before`."""
        disposition = disposition_of(
            grade,
            product.category if product is not None else GENERAL,
            expired=self._expired.get(item_id, False) or DATE_PAST in self._answers,
            ours=parcel.order_id is not None,
        )
        plate = self._plates.new_plate()
        graded = ReturnItemGraded(return_id=parcel.return_id, item_id=item_id, grade=grade, answers=self._answers)
        disposed = ReturnItemDisposed(
            return_id=parcel.return_id, item_id=item_id, disposition=disposition, licence_plate=plate
        )
        name = product.name if product is not None else item_id
        jobs = self._plates.jobs_for(plate, name=name, disposition=disposition, parcel=parcel)
        self._record(*before, graded, disposed, print_jobs=jobs)
        self._answers, self._in_hand = (), item_id
        return disposition

    def _standing(self) -> Return:
        parcel = self.parcel
        if parcel is None:
            raise IllegalTransition("returns", "no parcel is open")
        return parcel

    def _stand_at(self, return_id: str | None) -> None:
        self._answers, self._in_hand, self._closing = (), None, False
        self._ledger.remember(self._place, return_id or "")

    def _record(self, *facts: Fact, print_jobs: tuple[PrintJob, ...] = ()) -> None:
        deed = deed_of(self._ledger.get, *facts, print_jobs=print_jobs)
        self._ledger.record(deed, worker_id=self._worker_id)


def _money(parcel: Return) -> Money:
    return money_for(
        (item.grade for item in parcel.items if item.grade is not None),
        ours=parcel.order_id is not None,
        undeclared=any(not item.declared for item in parcel.items),
    )
