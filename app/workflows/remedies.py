"""What is to be put right between two lists: put back, count again, bring once more."""

from __future__ import annotations

from datetime import date, tzinfo

from app.domain.codes import Code, CodeKind, Command, identify
from app.domain.deeds import Deed, deed_of
from app.domain.discrepancies import NOT_FOUND, Discrepancy, DiscrepancySettled, DiscrepancyState
from app.domain.locations import Location
from app.domain.products import Product
from app.domain.scan import Scan
from app.domain.workers import Role as WorkerRole
from app.domain.workers import ScanRefused
from app.errors import FloorError, LeaseEnded, LedgerTrouble, UnknownCode, WrongLocation, WrongStep, WrongTote
from app.ports import Clock, Ledger, Tone, View
from app.workflows.answers import Answer, Prompt, Sentence, Step, StepState
from app.workflows.item_proof import Proof, Wanted
from app.workflows.pick import SHORT_OF
from app.workflows.remedy_steps import BRINGS, HOW, Stage, Task

DIGITS_MAX = 5
_CLEARS = frozenset({Command.UNDO, Command.BACK})


def open_remedies(view: View, role: WorkerRole = WorkerRole.PICKER) -> list[Discrepancy]:
    """What waits for somebody of this role, oldest first."""
    rows = view.all(Discrepancy, parent=str(role))
    return sorted(
        (row for row in rows if row.state is DiscrepancyState.OPEN), key=lambda row: (row.raised_at_utc, row.row_id)
    )


class RemedyWork:
    """One discrepancy in one worker's hands. Nothing is recorded before the last step: leaving it begins it anew.

    Leads to: the tote, its units one by one, the bin: put back · the bin, what lies there: counted · the bin, the
    units, OK: brought to whoever needs them. Units that are not there are said by a SHORT code: what was found goes its
    way, and a supervisor looks into the rest. Each ends in `DiscrepancySettled`.
    """

    def __init__(self, *, ledger: Ledger, clock: Clock, worker_id: str, discrepancy_id: str, zone: tzinfo) -> None:
        """Args:
        zone: the warehouse's; what may still be sent depends on its day.
        """
        self.discrepancy_id = discrepancy_id
        self._ledger = ledger
        self._clock = clock
        self._worker_id = worker_id
        self._zone = zone
        self._asked: Task | None = None
        self._has_changed = False
        self._begin()

    def _begin(self) -> None:
        self.typed = ""
        self.done_each = 0
        self._at = 0
        self._proof = Proof()
        self._place = ""
        self._not_found = False
        self._lot: str | None = None
        self._serials: set[str] = set()

    def row(self) -> Discrepancy:
        """Raises:
        LeaseEnded: somebody settled it, or the store took it away.
        """
        row = self._ledger.get(Discrepancy, self.discrepancy_id)
        if row is None or row.state is not DiscrepancyState.OPEN:
            raise LeaseEnded(self.discrepancy_id)
        return row

    def task(self) -> Task:
        """What is to be done. Units move on while somebody looks for them: what is asked otherwise is begun anew."""
        task = Task.of(self.row(), self._ledger)
        if self._asked is not None and not task.asks_the_same(self._asked):
            self._has_changed = self._has_changed or self._at > 0 or self.done_each > 0
            self._begin()
        self._asked = task
        return task

    @property
    def stage(self) -> Stage:
        return self.task().stages[self._at]

    def prompt(self) -> Prompt:
        task = self.task()
        states = [
            StepState.DONE if at < self._at else StepState.NOW if at == self._at else StepState.LATER
            for at in range(len(task.stages))
        ]
        each = {Stage.ITEM: (self.done_each, task.quantity_each)}
        steps = tuple(
            Step(f"remedy.step_{stage}", state, *each.get(stage, (0, 0)))
            for stage, state in zip(task.stages, states, strict=True)
        )
        asked = self.stage
        missing = self._proof.missing(task.product) if asked is Stage.ITEM and task.product else None
        word = str(missing) if missing is not None and self._proof != Proof() else str(asked)
        facts: dict[str, str | int] = {"tote": task.tote_id, "place": task.location_id}
        if asked is Stage.COUNT and task.lot:
            # Other lots may lie beside it: they are not counted.
            word, facts = "count_lot", {"lot": task.lot}
        elif asked is Stage.BIN and not task.location_id:
            word = "any_bin"
        elif asked is Stage.CONFIRM and task.remedy in BRINGS:
            word = "bring_tote" if task.tote_id else "bring"
        return Prompt(
            sentence=Sentence(f"remedy.scan_{word}", facts),
            steps=steps,
            expects=frozenset({str(asked)}),
            care=Sentence("remedy.changed") if self._has_changed else None,
        )

    def scan(self, scan: Scan) -> Answer:
        """Say what a scan is and take it. Raises what `take` raises, and UnreadableCode."""
        return self.take(identify(scan))

    def take(self, code: Code) -> Answer:
        """Judge one code. A count that a keyboard typed ends with its Enter: no OK is wanted.

        Raises:
            LeaseEnded: there is nothing to put right any more.
            ScanRejected: another code than is wanted; the near miss is recorded.
        """
        task, stage = self.task(), self.stage
        command = code.command
        if command is not None:
            if command.digit is not None:
                return self.digit(command.digit)
            return self._command(command)
        if stage is Stage.COUNT and 0 < len(code.typed) <= DIGITS_MAX:
            self.typed = code.typed
            return self.ok()
        try:
            if stage is Stage.TOTE and code.kind is CodeKind.TOTE:
                return self._tote(task, code)
            if stage is Stage.BIN and code.kind is CodeKind.LOCATION:
                return self._bin(task, code)
            if stage is Stage.ITEM and task.product is not None:
                return self._item(task, task.product, code)
            raise WrongStep("", code.value)
        except LedgerTrouble:
            raise
        except FloorError as error:
            fact = ScanRefused(step=f"remedy.{stage}", reason=type(error).__name__, subject_id=self.discrepancy_id)
            self._ledger.record(Deed(facts=(fact,)), worker_id=self._worker_id)
            raise

    def digit(self, digit: int) -> Answer:
        """One digit of what was counted; where nothing is counted it is refused with what is asked."""
        if self.stage is not Stage.COUNT:
            return Answer.wanted(self.prompt().sentence)
        self.typed = (self.typed + str(digit))[:DIGITS_MAX]
        return Answer.info("pick.typed", typed=self.typed)

    def ok(self) -> Answer:
        """The count as it was typed (0 is a count), or the last word on what was brought."""
        task, stage = self.task(), self.stage
        if stage is Stage.CONFIRM:
            return self._next(task)
        if stage is not Stage.COUNT:
            return Answer.wanted(self.prompt().sentence)
        if not self.typed:
            return Answer.wrong("pick.no_number")
        self.done_each, self.typed = int(self.typed), ""
        return self._next(task)

    @property
    def may_be_missing(self) -> bool:
        """Whether it can be said now that units are not there."""
        return self.task().may_be_missing(self.stage)

    def not_there(self) -> Answer:
        """The units, or the rest of them, are not where they should be, or are none that anybody wants."""
        task = self.task()
        if not task.may_be_missing(self.stage):
            return Answer.wrong("remedy.not_now")
        self._not_found, self._proof = True, Proof()
        return self._next(task) if self.done_each else self._settle(task)

    def _command(self, command: Command) -> Answer:
        if command is Command.OK:
            return self.ok()
        if command in SHORT_OF:
            if command is Command.SHORT_NONE and self.stage is Stage.COUNT:
                self.typed = "0"
                return self.ok()
            return self.not_there()
        if command not in _CLEARS:
            return Answer.wrong("shell.not_here")
        self.typed, self._proof = "", Proof()
        return Answer.info("pick.cleared")

    def _tote(self, task: Task, code: Code) -> Answer:
        if code.value != task.tote_id:
            raise WrongTote(task.tote_id, code.value)
        return self._next(task)

    def _bin(self, task: Task, code: Code) -> Answer:
        if self._ledger.get(Location, code.value) is None:
            raise UnknownCode(task.location_id, code.raw)
        if task.location_id and code.value != task.location_id:
            raise WrongLocation(task.location_id, code.value)
        self._place = code.value
        return self._next(task)

    def _item(self, task: Task, product: Product, code: Code) -> Answer:
        wanted = Wanted(product=product, lot=task.lot or self._lot)
        proof = self._proof.with_code(code, wanted, self._ledger, self._oldest_day(task))
        missing = proof.missing(product)
        if missing is not None:
            self._proof = proof
            return Answer.info(f"pick.now_{missing}")
        self._proof = Proof()
        if proof.serial is not None and proof.serial in self._serials:
            return Answer.wrong("pick.serial_again", serial=proof.serial)
        left = task.quantity_each - self.done_each
        if proof.factor_each > left:
            return Answer.wrong("pick.open_case", factor=proof.factor_each, count=left)
        self.done_each += proof.factor_each
        self._has_changed = False
        self._serials |= {proof.serial} if proof.serial is not None else set()
        self._lot = proof.lot or self._lot
        if self.done_each == task.quantity_each:
            return self._next(task)
        return Answer.good("pick.units", done=self.done_each, of=task.quantity_each)

    def _oldest_day(self, task: Task) -> date:
        """What may be no older; goods that go back are taken out of a tote however old they are."""
        return self._clock.now_utc().astimezone(self._zone).date() if task.remedy in BRINGS else date.min

    def _next(self, task: Task) -> Answer:
        self._has_changed = False
        if self._at + 1 < len(task.stages):
            self._at += 1
            return Answer.good("remedy.next")
        return self._settle(task)

    def _settle(self, task: Task) -> Answer:
        product = task.product
        counts = Stage.COUNT in task.stages or (Stage.ITEM in task.stages and (self.done_each or not self._not_found))
        fact = DiscrepancySettled(
            discrepancy_id=self.discrepancy_id,
            how=NOT_FOUND if self._not_found else HOW[task.remedy],
            location_id=self._place or None,
            product_id=product.product_id if product else None,
            lot=task.lot or self._lot,
            quantity_each=self.done_each if counts else None,
            serials=tuple(sorted(self._serials)),
        )
        self._ledger.record(deed_of(self._ledger.get, fact), worker_id=self._worker_id)
        if self._not_found:
            return Answer.caution("remedy.passed_on")
        return Answer.good("remedy.done", tone=Tone.LINE_DONE)
