"""A returns bench: what its screen shows, and every act that its person can do by a tap."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from app.domain.facts import Fact
from app.domain.grading import SHELVES, Question, money_for
from app.domain.locations import Location
from app.domain.orders import Order
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
    ReturnItemDisposed,
    ReturnItemGraded,
    ReturnItemIdentified,
    ReturnItemPutAway,
    ReturnReceived,
    ReturnState,
    ReturnUndone,
)
from app.errors import IllegalTransition, UnknownCode, WrongLocation
from app.ports import Tone
from app.workflows.answer_pages import page_turn, paged
from app.workflows.answers import Answer, Prompt, Sentence
from app.workflows.returns_finding import Candidate, open_return
from app.workflows.returns_hand import announced_cards, steps_to_undo
from app.workflows.returns_seat import ReturnsSeat
from app.workflows.returns_step import ReturnStep, ReturnView, prompt_of
from app.workflows.returns_units import CameBack, missing_each

Choice = tuple[Sentence, Callable[[], Answer]]
_LEFT_EMPTY = "returns/left_empty"


class ReturnsBench(ReturnsSeat):
    """What can be done at one seat of a returns bench, by a tap or by the code that stands for it."""

    # -- what is shown ------------------------------------------------------------------------------------------------

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
            called=self._called(parcel) if parcel is not None else "",
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
            choices=tuple(sentence for sentence, _ in self._offered()),
        )

    def prompt(self, view: ReturnView | None = None) -> Prompt:
        """What to scan now; pass the `view` that is being drawn to save making it again."""
        return prompt_of(view or self.view())

    def greet(self) -> Answer | None:
        """What somebody who comes to this seat must know: the parcel that is on the bench."""
        parcel = self.parcel
        if parcel is None:
            return None
        called = self._called(parcel)
        return (
            Answer.caution("returns.here", reference=called) if called else Answer.caution("returns.here_unannounced")
        )

    # -- acts, by scan or by tap --------------------------------------------------------------------------------------

    def begin(self, candidate: Candidate) -> Answer:
        """Put a parcel on the bench, or come back to it."""
        self._choose_from(())
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
        self._choose_from(())
        return_id = self._left_empty()
        if not return_id:
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
        self._grading.begin()
        self._closing = False
        if unit.expired is not None:
            self._grading.code_says_expired(item_id, unit.expired)
        if unit.wrong:
            self._grade(parcel, item_id, unit.product, Grade.WRONG, identified)
            return Answer.caution("returns.wrong_item", product=unit.product.name)
        self._record(identified)
        if not unit.declared and parcel.order_id:
            return Answer.caution("returns.undeclared", product=unit.product.name)
        return Answer.good("returns.identified", product=unit.product.name)

    def answer(self, number: int) -> Answer:
        """The answer to the open question that is counted `number` from 1."""
        choices = self._offered()
        if not 1 <= number <= len(choices):
            raise IllegalTransition("answer", self.step())
        return choices[number - 1][1]()

    def turn_to(self, page: int) -> Answer:
        """Show another page of the choices; counted from 0."""
        self._page = page
        # Still the question that it was, and nothing went wrong.
        return Answer.caution("answers.turned", tone=Tone.GOOD, page=page + 1)

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
        shelf = self.shelf_for(hand.disposition)
        if place.kind not in SHELVES[hand.disposition]:
            raise WrongLocation(shelf.location_id if shelf else "", location_id)
        self._record(ReturnItemPutAway(return_id=parcel.return_id, item_id=hand.item_id, location_id=location_id))
        self._in_hand = None
        if shelf is not None and shelf.location_id != location_id:
            return Answer.caution("returns.put_elsewhere", tone=Tone.GOOD, place=location_id, wanted=shelf.location_id)
        # Of a parcel that nobody announced nobody knows how much is in it.
        if self.step() is ReturnStep.ITEM and parcel.announced and missing_each(self._standing()) == 0:
            return Answer.good("returns.all_put_away", tone=Tone.LINE_DONE, place=location_id)
        return Answer.good("returns.put_away", place=location_id)

    def finish(self) -> Answer:
        """Nothing more is in the parcel: close it. Where units are missing that is asked, however often it is said:
        a closed return has no way back, and a trigger is soon pulled twice."""
        parcel = self._standing()
        waiting = sum(item.state is not ItemState.PUT_AWAY for item in parcel.items)
        if waiting:
            return Answer.wrong("returns.not_put_away", count=waiting)
        missing = missing_each(parcel)
        if parcel.items and not missing:
            return self._close()
        self._closing = True
        if not missing:
            return Answer.caution("returns.empty")
        short = [card for card in announced_cards(self._ledger, parcel) if card.come_each < card.announced_each]
        names = {card.product.name if card.product else card.product_id for card in short}
        if len(names) == 1:
            return Answer.caution("returns.one_kind_missing", count=missing, product=names.pop())
        return Answer.caution("returns.is_it_all", count=missing)

    def _close(self) -> Answer:
        """Ask for the money, once, and close."""
        parcel = self._standing()
        money = _money(parcel)
        asked = MoneyRequested(
            return_id=parcel.return_id,
            # Made of the return alone: whoever asks again asks for the same.
            request_id=f"{parcel.return_id}-money",
            money=money,
            item_ids=tuple(item.item_id for item in parcel.items),
        )
        closed = ReturnClosed(return_id=parcel.return_id, missing_each=missing_each(parcel))
        wants_money = money is not Money.NONE and parcel.state is ReturnState.DECIDED
        self._record(*((asked,) if wants_money else ()), closed)
        self._stand_at(None)
        return Answer.good(f"returns.closed_{money}", tone=Tone.LIST_DONE)

    def undo(self) -> Answer:
        """Take the newest step back: an answer, a grade with its disposition, a put-away, a unit."""
        if self._candidates or self._closing:
            self._choose_from(())
            self._closing = False
            return Answer.caution("returns.question_closed")
        hand = self.hand
        if hand is not None and self._is_answering:
            self._grading.take_back(hand.item_id)
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
        """A page back, an open question closed, or the parcel aside for later. Nothing is lost."""
        if self._candidates and self._page:
            return self.turn_to(self._page - 1)
        if self._candidates or self._closing or self._is_answering:
            return self.undo()
        parcel = self._standing()
        self._stand_at(None)
        if parcel.items or self._called(parcel):
            return Answer.caution("returns.set_aside")
        self._ledger.remember(_LEFT_EMPTY, parcel.return_id)
        return Answer.caution("returns.set_aside_empty")

    def ok(self) -> Answer:
        """Yes to what is asked."""
        if self.step() is ReturnStep.MISSING:
            return self._close()
        raise IllegalTransition("OK", self.step())

    def reprint(self) -> Answer:
        """The licence plate of the unit in the hand once more."""
        if not self._plates.reprint(self.hand):
            return Answer.caution("returns.on_its_way")
        return Answer.good("returns.reprinting")

    # -- what it rests on ---------------------------------------------------------------------------------------------

    def _left_empty(self) -> str:
        """A parcel that nobody announced and that was set aside before anything was out of it: nothing else would ever
        find it again. Empty when there is none."""
        return_id = self._ledger.recall(_LEFT_EMPTY) or ""
        if return_id:
            self._ledger.remember(_LEFT_EMPTY, "")
        parcel = open_return(self._ledger, return_id) if return_id else None
        return return_id if parcel is not None and not parcel.items else ""

    def _offered(self) -> tuple[Choice, ...]:
        """What ANSWER_1, ANSWER_2… mean now."""
        return paged(self._choices(), self._page, self._to_page)

    def _to_page(self, page: int, pages: int) -> Choice:
        return page_turn(page, pages), partial(self.turn_to, page)

    def _choices(self) -> tuple[Choice, ...]:
        """Every answer to what is asked now."""
        step, question = self.step(), self.question()
        if step is ReturnStep.CHOOSE:
            found = tuple((self._told_apart(one), partial(self.begin, one)) for one in self._candidates)
            return (*found, (Sentence("returns.choice.none_of_these"), self.begin_blind))
        if step is ReturnStep.MISSING:
            return ((Sentence("returns.choice.close"), self._close), (Sentence("returns.choice.go_on"), self.undo))
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

    def _told_apart(self, candidate: Candidate) -> Sentence:
        if candidate.placed_at_utc is None:
            return Sentence("returns.choice.candidate", {"reference": candidate.reference})
        ordered = candidate.placed_at_utc.astimezone(self._zone).date()
        return Sentence("returns.choice.candidate_ordered", {"reference": candidate.reference, "date": ordered})

    def _came_out(self, *, yes: bool) -> Answer:
        self._plates.came_out(self.hand, yes=yes)
        return Answer.good("returns.plate_out" if yes else "returns.reprinting")

    def _answered(self, question: str, given: str) -> Answer:
        parcel, hand = self._standing(), self.hand
        if hand is None:
            raise IllegalTransition("answer", self.step())
        self._grading.answer(hand.item_id, question, given)
        at = self._grading.after_answers(hand)
        if isinstance(at, Question):
            return Answer.good("returns.answered")
        product = self._ledger.get(Product, hand.product_id)
        disposition = self._grade(parcel, hand.item_id, product, at)
        return Answer.good(f"returns.goes_to_{disposition}", tone=Tone.LINE_DONE)

    def _grade(self, parcel: Return, item_id: str, product: Product | None, grade: Grade, *before: Fact) -> Disposition:
        """Grade, decide, and ask for the licence plate, in one deed with what was `before`."""
        answers = self._grading.answers(item_id)
        disposition = self._grading.disposition(item_id, product, grade, ours=parcel.order_id is not None)
        plate = self._plates.new_plate()
        graded = ReturnItemGraded(return_id=parcel.return_id, item_id=item_id, grade=grade, answers=answers)
        disposed = ReturnItemDisposed(
            return_id=parcel.return_id, item_id=item_id, disposition=disposition, licence_plate=plate
        )
        name = product.name if product is not None else item_id
        jobs = self._plates.jobs_for(plate, name=name, disposition=disposition, parcel=parcel)
        self._record(*before, graded, disposed, print_jobs=jobs)
        self._grading.begin()
        self._in_hand = item_id
        return disposition


def _money(parcel: Return) -> Money:
    return money_for(
        (item.grade for item in parcel.items if item.grade is not None),
        ours=parcel.order_id is not None,
        undeclared=any(not item.declared for item in parcel.items),
    )
