"""Pick: walk a list, prove each place, take the units, put them into the tote."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import tzinfo

from app.domain.codes import Code, CodeKind, Command, identify
from app.domain.locations import Location
from app.domain.picking import LocationConfirmed, PickSkipped, PickTask, ShortReason
from app.domain.picklists import PicklistPaused, PicklistState
from app.domain.scan import Scan
from app.domain.walk import BEGUN, Stage, Walk
from app.errors import FloorError, LedgerTrouble, UnknownCode, UnreadableCode, WrongLocation, WrongStep
from app.ports import Clock, Ledger
from app.workflows.answers import Answer, Prompt, Role, Sentence, Step, StepState
from app.workflows.pick_exits import Exits
from app.workflows.pick_totes import Placing
from app.workflows.pick_units import UnitTaking
from app.workflows.picklist_book import PicklistBook

DIGITS_MAX = 4
# A trigger that is pulled twice by mistake: nobody looks into the next bin in so short a time.
SAME_PULL_MS = 1_000

SHORT_OF: Mapping[Command, ShortReason] = {
    Command.SHORT_NONE: ShortReason.NONE,
    Command.SHORT_FEWER: ShortReason.FEWER,
    Command.SHORT_DAMAGED: ShortReason.DAMAGED,
    Command.SHORT_WRONG_ITEM: ShortReason.WRONG_ITEM,
    Command.SHORT_OUT_OF_REACH: ShortReason.OUT_OF_REACH,
    Command.SHORT_EXPIRED: ShortReason.EXPIRED,
}
Judge = Callable[[Walk, PickTask, Code], Answer]


class Pick:
    """One picklist in one worker's hands. Everything but half-scanned codes and typed digits stands in the ledger.

    The rules, in order, for each scan:

    1. The list must still be leased to this station; else `LeaseEnded`.
    2. A command does what it says. Any other code must be of a kind that this stage asks for (`_judges`).
    3. What does not fit is refused with what was scanned and what is wanted; only the near miss is recorded.
    4. What fits is recorded as one deed; only then is the answer good.

    Leads to: the bin confirmed → the units, one scan or one number at a time → the tote → the next stop; to the end
    of the walk when skipped; settled as short with a reason; undone, newest first, until the list is finished.

    Args:
        zone: the warehouse's time zone: a lot is good until the end of its last day there.
    """

    def __init__(self, *, ledger: Ledger, clock: Clock, worker_id: str, picklist_id: str, zone: tzinfo) -> None:
        self.picklist_id = picklist_id
        self.typed = ""
        self._clock = clock
        self._short_pulled: tuple[Command, str, int] | None = None
        self._book = PicklistBook(ledger=ledger, worker_id=worker_id, picklist_id=picklist_id)
        self._units = UnitTaking(book=self._book, clock=clock, zone=zone)
        self._totes = Placing(book=self._book, clock=clock)
        self._exits = Exits(book=self._book)
        self._judges: Mapping[tuple[Stage, CodeKind], Judge] = {
            (Stage.BIN, CodeKind.LOCATION): self._arrive,
            (Stage.BIN, CodeKind.ITEM): self._too_early,
            (Stage.ITEM, CodeKind.LOCATION): self._arrive,
            (Stage.ITEM, CodeKind.ITEM): self._units.scanned,
            (Stage.ITEM, CodeKind.ITEM_DETAIL): self._units.scanned,
            (Stage.ITEM, CodeKind.OTHER): self._units.scanned,
            (Stage.ITEM, CodeKind.TOTE): self._into,
            (Stage.TOTE, CodeKind.LOCATION): self._arrive,
            (Stage.TOTE, CodeKind.ITEM): self._units.enough,
            (Stage.TOTE, CodeKind.TOTE): self._into,
        }

    # -- how it stands ------------------------------------------------------------------------------------------------

    def walk(self) -> Walk:
        """The list as it stands.

        Raises:
            LeaseEnded: it is not this station's any more: taken back, given to somebody else, or finished.
        """
        return self._book.walk()

    def prompt(self) -> Prompt:
        """What to scan now, and the steps of this stop.

        Raises:
            LeaseEnded: as `walk`.
        """
        walk = self.walk()
        task, stage = walk.here, walk.stage
        if task is None:
            return Prompt(sentence=Sentence("pick.scan_finish"), expects=frozenset({"command"}))
        asked = str(self._units.asked(task) if stage is Stage.ITEM else stage)
        if stage is Stage.TOTE and walk.load_of(task.order_id) is None:
            asked = "free_tote"
        order = (Stage.BIN, Stage.ITEM, Stage.TOTE)
        now = order.index(stage)
        states = [StepState.DONE if at < now else StepState.NOW if at == now else StepState.LATER for at in range(3)]
        return Prompt(
            sentence=Sentence(f"pick.scan_{asked}", {"place": task.location_id, "slot": walk.slot(task)}),
            steps=(
                Step("pick.step_bin", states[0]),
                Step("pick.step_item", states[1], task.picked_each, task.quantity_each - task.missing_each),
                Step("pick.step_tote", states[2]),
            ),
            expects=frozenset({str(stage)}),
        )

    # -- coming and going ---------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Begin the walk, or go on with it; a list that is walked already stays as it is.

        Raises:
            LeaseEnded: as `walk`.
        """
        walk = self.walk()
        if walk.picklist.state is not PicklistState.IN_PROGRESS:
            self._book.record(walk)

    def pause(self) -> None:
        """Leave the walk so that somebody else may take it over at this station; what is done stays done."""
        walk = self.walk()
        if walk.picklist.state is PicklistState.IN_PROGRESS:
            self._book.record(walk, PicklistPaused(picklist_id=self.picklist_id))

    # -- scans --------------------------------------------------------------------------------------------------------

    def scan(self, scan: Scan) -> Answer:
        """Say what a scan is and take it.

        Raises:
            UnreadableCode, and what `take` raises.
        """
        try:
            code = identify(scan)
        except UnreadableCode:
            self._book.near_miss("UnreadableCode")
            raise
        return self.take(code)

    def take(self, code: Code) -> Answer:
        """Judge one code and record what follows from it.

        Raises:
            LeaseEnded: the list went away.
            ScanRejected: another place, item, lot or tote than is wanted, or a code nobody knows.
            RuleBroken: the tables do not list it.
            LedgerTrouble: nothing was kept.
        """
        walk = self.walk()
        if code.command is not None:
            return self._command(code.command)
        self.typed = ""
        task = walk.here
        try:
            judge = self._judges.get((walk.stage, code.kind))
            if task is None or judge is None:
                raise WrongStep(self._wanted_now(walk), code.value)
            return judge(walk, task, code)
        except LedgerTrouble:
            raise
        except FloorError as error:
            self._book.near_miss(type(error).__name__)
            raise

    def _wanted_now(self, walk: Walk) -> str:
        task = walk.here
        if task is None:
            return ""
        if walk.stage is Stage.ITEM:
            return self._book.product(task).name
        return task.location_id if walk.stage is Stage.BIN else walk.slot(task)

    def _arrive(self, walk: Walk, task: PickTask, code: Code) -> Answer:
        """At the place of this stop, or of another one of this list: with an empty hand that one is begun instead."""
        if self._book.ledger.get(Location, code.value) is None:
            raise UnknownCode(self._wanted_now(walk), code.raw)
        if code.value == task.location_id and walk.stage is not Stage.TOTE:
            return self._stand_here(walk, task)
        elsewhere = walk.waiting_at(code.value)
        if elsewhere and not task.in_hand_each:
            left = (PickSkipped(task_id=task.task_id),) if task.state in BEGUN else ()
            there = elsewhere[0].task_id
            self._book.record(walk, *left, LocationConfirmed(task_id=there, location_id=code.value, along=bool(left)))
            self._units.forget()
            return Answer.good("pick.jumped", place=code.value)
        if elsewhere:
            return self._book.refused("WrongStep", Answer.wrong("pick.put_first", slot=walk.slot(task)))
        if walk.stage is Stage.TOTE:
            raise WrongStep(walk.slot(task), code.value)
        raise WrongLocation(task.location_id, code.value)

    def _stand_here(self, walk: Walk, task: PickTask) -> Answer:
        if task.state not in BEGUN:
            self._book.record(walk, LocationConfirmed(task_id=task.task_id, location_id=task.location_id))
        return Answer.good("pick.bin_right", place=task.location_id)

    def _into(self, walk: Walk, task: PickTask, code: Code) -> Answer:
        """Into the tote; half a proof that was waiting for its other half is void: undo takes the placing back."""
        answer = self._totes.into(walk, task, code)
        self._units.forget()
        return answer

    def _too_early(self, walk: Walk, task: PickTask, code: Code) -> Answer:
        if self._book.ledger.find_code(code.gtin or code.value) is None:
            raise UnknownCode(task.location_id, code.raw)
        return self._book.refused("WrongStep", Answer.wrong("pick.bin_first", place=task.location_id))

    # -- commands, scanned or tapped ----------------------------------------------------------------------------------

    def _command(self, command: Command) -> Answer:
        if command in SHORT_OF:
            return self._short_by_scan(command)
        if command.digit is not None:
            return self.digit(command.digit)
        acts: Mapping[Command, Callable[[], Answer]] = {
            Command.SKIP: self.skip,
            Command.UNDO: self.undo,
            Command.FINISH: self.finish,
            Command.OK: self.ok,
            Command.BACK: self.clear,
        }
        act = acts.get(command)
        return act() if act else Answer.wrong("pick.not_while_walking")

    def _short_by_scan(self, command: Command) -> Answer:
        """A second pull of the same trigger settles no second line: the next one may be at the same place."""
        here, now_ms, pulled = self.walk().here, self._clock.monotonic_ms(), self._short_pulled
        task_id = here.task_id if here is not None else ""
        if pulled is not None and pulled[0] is command and pulled[1] != task_id and now_ms - pulled[2] < SAME_PULL_MS:
            self._short_pulled = None
            return Answer.caution("pick.short_again")
        answer = self.short(SHORT_OF[command])
        self._short_pulled = (command, task_id, now_ms) if answer.role is Role.SHORT else None
        return answer

    def short(self, reason: ShortReason) -> Answer:
        """See `Exits.short`."""
        return self._fresh(lambda: self._exits.short(reason))

    def skip(self) -> Answer:
        """See `Exits.skip`."""
        return self._fresh(self._exits.skip)

    def undo(self) -> Answer:
        """Take back a typed number or half a proof; when there is none, see `Exits.undo`."""
        return self.clear() if self.half_done else self._fresh(self._exits.undo)

    def finish(self) -> Answer:
        """See `Exits.finish`."""
        return self._fresh(self._exits.finish)

    def digit(self, digit: int) -> Answer:
        """One digit of a number: how many were taken in all at this stop, or the place's check digits."""
        walk = self.walk()
        task = self._counting(walk)
        if isinstance(task, Answer):
            return task
        self.typed = (self.typed + str(digit))[:DIGITS_MAX]
        if walk.stage is Stage.BIN:
            return Answer.info("pick.typed_digits", place=task.location_id, typed=self.typed)
        return Answer.info("pick.typed_in_all", typed=self.typed)

    def delete_digit(self) -> None:
        """Take the last typed digit back."""
        self.typed = self.typed[:-1]

    def ok(self) -> Answer:
        """Take the typed number: a quantity at the items, check digits at the bin."""
        typed = self.typed
        walk = self.walk()
        task = self._counting(walk)
        if isinstance(task, Answer):
            self.typed = ""
            return task
        if not typed:
            at_bin = walk.stage is Stage.BIN
            return Answer.wrong("pick.bin_first", place=task.location_id) if at_bin else Answer.wrong("pick.no_number")
        if walk.stage is Stage.ITEM:
            answer = self._units.number(walk, task, int(typed))
            self.typed = typed if answer.role is Role.CAUTION else ""
            return answer
        self.typed = ""
        place = self._book.ledger.get(Location, task.location_id)
        if place is None or typed != place.check_digits:
            refusal = Answer.wrong("pick.check_digits_wrong", place=task.location_id)
            return self._book.refused("WrongLocation", refusal)
        return self._stand_here(walk, task)

    def _counting(self, walk: Walk) -> PickTask | Answer:
        """The task of which a number may be typed now; where there is none, what is asked for instead."""
        task = walk.here
        if task is None or walk.stage is Stage.TOTE:
            return Answer.wanted(self.prompt().sentence)
        if walk.stage is Stage.ITEM:
            return self._units.no_number(task) or task
        place = self._book.ledger.get(Location, task.location_id)
        has_digits = place is not None and place.check_digits
        return task if has_digits else Answer.wrong("pick.bin_first", place=task.location_id)

    @property
    def half_done(self) -> bool:
        """Whether digits were typed or a proof begun: BACK takes that back first."""
        task = self.walk().here
        return bool(self.typed) or (task is not None and self._units.begun(task))

    def clear(self) -> Answer:
        """Forget typed digits and half a proof; nothing that was recorded."""
        self.typed = ""
        self._units.forget()
        return Answer.info("pick.cleared")

    def _fresh(self, act: Callable[[], Answer]) -> Answer:
        self.typed = ""
        self._units.forget()
        return act()
