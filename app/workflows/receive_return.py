"""Receive a return: find it, take out each unit, grade it by questions, put it away; the money is asked for once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.domain.codes import Code, CodeKind, Command, identify, printed
from app.domain.returns import ItemState
from app.domain.scan import Scan
from app.domain.workers import ScanRefused
from app.errors import FloorError, LedgerTrouble, UnknownParcel, WrongStep
from app.ports import Tone
from app.workflows.answers import Answer
from app.workflows.returns_bench import ReturnsBench
from app.workflows.returns_finding import candidates
from app.workflows.returns_step import ReturnStep
from app.workflows.returns_units import came_back, not_one_more

_TAKES_UNIT = frozenset({ReturnStep.ITEM, ReturnStep.PUT_AWAY, ReturnStep.PLATE, ReturnStep.MISSING})


class ReceiveReturn(ReturnsBench):
    """One seat at a returns bench, by scans.

    The rules, in order:

    1. A parcel is found by its tracking number, RMA, order, old label, or any item; where several are meant, one is
       chosen. BLIND RETURN takes a parcel that nobody announced and nothing explains.
    2. Each unit is scanned. One that was not announced is undeclared, one that the order never had is wrong; more than
       was shipped, or already came back, is refused, and the parcel stays received; so are a serial that is here
       already, and a case: each of its units is scanned and graded by itself.
    3. Up to three questions grade it, each answered by its number, scanned or typed; grade, category and day decide
       what becomes of it; its licence plate prints.
    4. It is put away by scanning the place; a place of another kind is refused. Several units may wait: then the
       plate says which one is in the hand.
    5. FINISH closes: announced units that did not come are asked about, and then only OK or the answer's number
       closes. The money is asked of the store with an identifier made of the return: asking again changes nothing.

    Leads to: the next unit; the next parcel when the return is closed, or set aside by BACK.
    """

    def scan(self, scan: Scan) -> Answer:
        """Say what a scan is and take it; raises UnreadableCode, and what `take` raises."""
        return self.take(identify(scan, this_year=self._clock.now_utc().year))

    def take(self, code: Code) -> Answer:
        """Judge one code and record what follows from it.

        Raises:
            ScanRejected: another code, place or item than is wanted, or one that nobody knows.
            RuleBroken: the tables do not list it, or more came back than was sent.
            LedgerTrouble: nothing was kept.
        """
        step = self.step()
        try:
            if code.number is not None and self._offers(code.number):
                return self.answer(code.number)
            return self._command(code.command) if code.command is not None else self._judge(step, code)
        except LedgerTrouble:
            raise
        except FloorError as error:
            self._near_miss(step, type(error).__name__)
            raise

    def _offers(self, number: int) -> bool:
        return 1 <= number <= len(self._offered())

    def _near_miss(self, step: ReturnStep, reason: str) -> None:
        parcel = self.parcel
        self._record(ScanRefused(step=f"returns.{step}", reason=reason, subject_id=parcel.return_id if parcel else ""))

    def _judge(self, step: ReturnStep, code: Code) -> Answer:
        if step in (ReturnStep.PARCEL, ReturnStep.CHOOSE):
            return self._find(code)
        judges: Mapping[CodeKind, Callable[[ReturnStep, Code], Answer]] = {
            CodeKind.ITEM: self._unit_scanned,
            CodeKind.OTHER: self._unit_scanned,
            CodeKind.LOCATION: self._place_scanned,
            CodeKind.LICENCE_PLATE: self._plate_scanned,
        }
        judge = judges.get(code.kind)
        if judge is None:
            raise WrongStep(scanned=code.value)
        return judge(step, code)

    def _command(self, command: Command) -> Answer:
        if command.answer is not None:
            return self.answer(command.answer)
        acts = {
            Command.BLIND_RETURN: self.begin_blind,
            Command.UNDO: self.undo,
            Command.FINISH: self.finish,
            Command.BACK: self.back,
            Command.OK: self.ok,
            Command.REPRINT: self.reprint,
        }
        if command not in acts:
            # What a command is called inside is no word for people.
            raise WrongStep
        return acts[command]()

    def _find(self, code: Code) -> Answer:
        found = candidates(self._ledger, code)
        if not found:
            self._choose_from(())
            raise UnknownParcel(scanned=code.raw)
        if len(found) == 1:
            return self.begin(found[0])
        self._choose_from(tuple(found))
        return Answer.caution("returns.which_one", tone=Tone.CAUTION, count=len(found))

    def _unit_scanned(self, step: ReturnStep, code: Code) -> Answer:
        if step not in _TAKES_UNIT:
            raise WrongStep(scanned=code.raw)
        parcel = self._standing()
        refused = not_one_more(self._ledger, parcel, code)
        if refused is not None:
            reason, said = refused
            self._near_miss(step, reason)
            return said
        today = self._clock.now_utc().astimezone(self._zone).date()
        return self.identify_unit(parcel, came_back(self._ledger, parcel, code, today=today))

    def _place_scanned(self, step: ReturnStep, code: Code) -> Answer:
        if step is not ReturnStep.PUT_AWAY:
            raise WrongStep(scanned=code.value)
        return self.put_away(code.value)

    def _plate_scanned(self, step: ReturnStep, code: Code) -> Answer:
        """Which unit is in the hand."""
        plate = printed(CodeKind.LICENCE_PLATE, code.value)
        waiting = (item for item in self._standing().items if item.state is ItemState.DISPOSED)
        item = next((one for one in waiting if one.licence_plate == plate), None)
        if step not in (ReturnStep.PUT_AWAY, ReturnStep.PLATE) or item is None:
            raise WrongStep(scanned=code.value)
        self._in_hand = item.item_id
        shelf = self.shelf_for(item.disposition) if item.disposition else None
        return Answer.good("returns.plate_in_hand", place=shelf.location_id if shelf else "")
