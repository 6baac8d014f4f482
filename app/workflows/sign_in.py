"""Sign in: badge, PIN, and the seat is yours until you leave it, sit down elsewhere, or are idle for ten minutes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

from app.domain.codes import Code, CodeKind, Command, identify
from app.domain.deeds import Deed
from app.domain.scan import Scan
from app.domain.workers import PinRefused, Worker, WorkerSignedIn, WorkerSignedOut
from app.ports import Clock, Grants, Ledger, PinCheck, Tone
from app.workflows.answers import Answer, Prompt, Sentence, Step, StepState
from app.workflows.picklist_book import pause_walks
from app.workflows.pin_lock import WRONG_MAX, PinLock
from app.workflows.seats import Seats, Sitting

TOUCH_KEPT_EVERY = timedelta(minutes=1)
PIN_DIGITS_MAX = 8


class Stage(StrEnum):
    """How far somebody has come at this seat."""

    BADGE = "badge"
    PIN = "pin"
    IN = "in"


class SignIn:
    """One seat's door.

    The rules, in order:

    1. A badge that the warehouse does not know is refused with its own sentence.
    2. A badge with five wrong PINs in a row is locked at this station for five minutes, over restarts too.
    3. The right PIN seats the worker here. Whoever sat here before is signed out; where the same worker sat at this
       station before is empty now, and that window says so.
    4. After ten idle minutes the PIN is asked again; the place is kept.
    5. Who comes anew needs a grant of the store that still holds; it holds for a shift from when the store was last
       heard of. One that has ended never stops work under way: whoever sits at a seat stays there, over the idle PIN
       and a restart too, and ends what is begun; each fact is kept, and the store judges it by the rights of its time.
    6. One PIN is judged at a time, which takes a moment; whatever else is done here meanwhile stands, and a PIN that is
       no longer asked for when it turns out to be right seats nobody.
    7. Whoever leaves a seat leaves their picklist paused; after ten idle minutes, or in a reload, nobody has left.

    Leads to: BADGE → PIN → IN; from IN to PIN when idle or when another badge is shown, to BADGE when signed out or
    taken over; from PIN to BADGE when locked, gone back or without a grant.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        clock: Clock,
        pins: PinCheck,
        grants: Grants,
        seat_id: str,
        idle_minutes: int = 10,
    ) -> None:
        self._idle = timedelta(minutes=idle_minutes)
        self.seats = Seats(ledger)
        self._ledger = ledger
        self._clock = clock
        self._pins = pins
        self._grants = grants
        self._seat_id = seat_id
        self._lock = PinLock(ledger, clock)
        self._judging = False
        self._shown_badge: str | None = None
        self._sat_here: str | None = None
        self._touched_at_utc = clock.now_utc()
        sitting = self.seats.get(seat_id)
        if sitting is not None:
            self._sat_here, self._touched_at_utc = sitting.worker_id, sitting.touched_at_utc

    # -- how it stands ------------------------------------------------------------------------------------------------

    @property
    def stage(self) -> Stage:
        if self._shown_badge is not None:
            return Stage.PIN
        if self._seated() is None:
            return Stage.BADGE
        return Stage.PIN if self._clock.now_utc() - self._touched_at_utc >= self._idle else Stage.IN

    @property
    def worker(self) -> Worker | None:
        """Who is signed in, or whose PIN is wanted; None when nobody showed a badge."""
        if self._shown_badge is not None:
            return self._ledger.get(Worker, self._shown_badge)
        return self._seated()

    @property
    def taken_over(self) -> bool:
        """Whether whoever sat here has sat down at another window of this station since."""
        return self._sat_here is not None and self.seats.get(self._seat_id) is None

    @property
    def place(self) -> str:
        """Where this window was, for coming back to it."""
        sitting = self.seats.get(self._seat_id)
        return sitting.place if sitting else ""

    def prompt(self) -> Prompt:
        if self.stage is Stage.PIN:
            steps = (Step("sign_in.step_badge", StepState.DONE), Step("sign_in.step_pin", StepState.NOW))
            return Prompt(sentence=Sentence("sign_in.enter_pin"), steps=steps, expects=frozenset({"pin", "badge"}))
        steps = (Step("sign_in.step_badge", StepState.NOW), Step("sign_in.step_pin", StepState.LATER))
        return Prompt(sentence=Sentence("sign_in.scan_badge"), steps=steps, expects=frozenset({"badge"}))

    # -- what people do -----------------------------------------------------------------------------------------------

    async def take(self, scan: Scan) -> Answer:
        """A badge, or, while the PIN is wanted, the PIN typed on a keyboard that ends with Enter.

        Raises:
            UnreadableCode: the scan is no code at all.
        """
        text = scan.text.strip()
        if self.stage is Stage.PIN and text.isascii() and text.isdigit() and len(text) <= PIN_DIGITS_MAX:
            return await self.pin(text)
        code = identify(scan)
        if code.kind is CodeKind.BADGE:
            return self.badge(code)
        if code.command is Command.BACK:
            return self.back()
        return Answer.wrong("sign_in.pin_first" if self.stage is Stage.PIN else "sign_in.badge_first")

    def badge(self, code: Code) -> Answer:
        """Somebody shows a badge; the PIN comes next."""
        workers = self._ledger.all(Worker)
        worker = next((one for one in workers if one.badge == code.value), None)
        if worker is None:
            return Answer.wrong("sign_in.unknown_badge" if workers else "sign_in.no_badges_yet")
        refusal = self._locked(worker) or self._without_grant(worker)
        if refusal is not None:
            return refusal
        self._shown_badge = worker.worker_id
        return Answer.info("sign_in.hello", name=worker.name)

    async def pin(self, digits: str) -> Answer:
        """The PIN of whoever is asked for it. The try is counted before it is judged."""
        if self._judging:
            return Answer.caution("sign_in.one_moment")
        worker = self.worker
        if worker is None or self.stage is not Stage.PIN:
            return Answer.wrong("sign_in.badge_first")
        refusal = self._locked(worker) or self._without_grant(worker)
        if refusal is not None:
            return refusal
        attempt = self._lock.count(worker.worker_id)
        self._judging = True
        try:
            is_right = await self._pins.matches(worker.pin_hash, digits)
        finally:
            self._judging = False
        if not is_right:
            fact = PinRefused(seat_id=self._seat_id, attempt=attempt)
            self._ledger.record(Deed(facts=(fact,)), worker_id=worker.worker_id)
            return self._locked(worker) or Answer.wrong("sign_in.pin_wrong", count=WRONG_MAX - attempt)
        self._lock.clear(worker.worker_id)
        if self.stage is not Stage.PIN or self.worker != worker:
            return Answer.info(self.prompt().sentence.key)
        return self._sit_down(worker)

    def back(self) -> Answer:
        """Not me: forget the badge that was shown. A seat that only asks for its PIN again is left."""
        if self._shown_badge is None and self._seated() is not None:
            return self.sign_out()
        self._shown_badge = None
        sitting = self.worker if self.stage is Stage.IN else None
        if sitting is not None:
            return Answer.good("sign_in.welcome", name=sitting.name)
        return Answer.info("sign_in.scan_badge")

    def sign_out(self) -> Answer:
        """Leave this seat."""
        sitting = self.seats.get(self._seat_id)
        self._shown_badge = self._sat_here = None
        if sitting is not None:
            self._leave(sitting.worker_id)
        return Answer.good("sign_in.bye")

    def touch(self) -> None:
        """Somebody scanned or tapped here; kept once a minute, so that a restart knows it."""
        sitting = self.seats.get(self._seat_id)
        if sitting is None or self.stage is not Stage.IN:
            return
        self._touched_at_utc = self._clock.now_utc()
        if self._touched_at_utc - sitting.touched_at_utc >= TOUCH_KEPT_EVERY:
            self.seats.put(self._seat_id, replace(sitting, touched_at_utc=self._touched_at_utc))

    # -- inside -------------------------------------------------------------------------------------------------------

    def _seated(self) -> Worker | None:
        sitting = self.seats.get(self._seat_id)
        return self._ledger.get(Worker, sitting.worker_id) if sitting else None

    def _locked(self, worker: Worker) -> Answer | None:
        left_s = self._lock.locked_for_s(worker.worker_id)
        if not left_s:
            return None
        self._shown_badge = None
        return Answer.wrong("sign_in.locked", tone=Tone.NEEDS_PERSON, count=-(-left_s // 60))

    def _without_grant(self, worker: Worker) -> Answer | None:
        sitting = self.seats.get(self._seat_id)
        if sitting is not None and sitting.worker_id == worker.worker_id:
            return None
        if self._grants.allows(worker, self._clock.now_utc()):
            return None
        self._shown_badge = None
        return Answer.wrong("sign_in.no_grant", tone=Tone.NEEDS_PERSON)

    def _sit_down(self, worker: Worker) -> Answer:
        now = self._clock.now_utc()
        before = self.seats.get(self._seat_id)
        same = before is not None and before.worker_id == worker.worker_id
        if before is not None and not same:
            self._leave(before.worker_id)
        others = self.seats.elsewhere(worker.worker_id, self._seat_id)
        place = before.place if before is not None and same else ""
        for other in others:
            place = place or self.seats.all()[other].place
        if others:
            self.seats.empty(*others)
        self.seats.put(self._seat_id, Sitting(worker_id=worker.worker_id, touched_at_utc=now, place=place))
        self._shown_badge, self._sat_here, self._touched_at_utc = None, worker.worker_id, now
        if not same or others:
            fact = WorkerSignedIn(seat_id=self._seat_id, took_over=bool(others))
            self._ledger.record(Deed(facts=(fact,)), worker_id=worker.worker_id)
        return Answer.good("sign_in.took_over" if others else "sign_in.welcome", name=worker.name)

    def _leave(self, worker_id: str) -> None:
        """Whoever goes leaves their walk too; an idle seat is not left, it only asks for the PIN."""
        pause_walks(self._ledger, worker_id)
        self.seats.empty(self._seat_id)
        self._ledger.record(Deed(facts=(WorkerSignedOut(seat_id=self._seat_id),)), worker_id=worker_id)
