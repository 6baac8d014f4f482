"""A station of the model: hands, a book on a disk, the real `sync.session.Session`, and calls under way."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from app.domain.deeds import deed_of
from app.domain.picklists import Picklist
from app.domain.rows import from_image
from app.errors import FloorError
from sync.failure import Failure, FailureKind
from sync.number_ranges import NumberRange
from sync.protocol import FactsJudged, FactsPushed, Pulled
from sync.session import AskToken, Pull, Push, Session, Step, WaitUntil
from tests.model.broken import Broken
from tests.model.clock import ModelClock
from tests.model.hands import WALKED, Hands
from tests.model.network import LOST, Ask, Call, Network
from tests.model.ports import StationBook
from tests.model.witness import Witness

WORKERS = {"K1": "ann", "K2": "abe", "K3": "sue"}
ANSWER_TIMEOUT_S = 10.0
RANGE_BELOW_EACH = 2


class Station:
    """Args:
    book: empty; of this station.
    session_type: the conversation with the store.
    """

    def __init__(
        self,
        book: StationBook,
        clock: ModelClock,
        network: Network,
        witness: Witness,
        rng: Random,
        hands: Hands,
        session_type: type[Session] = Session,
    ) -> None:
        self.station_id = book.station_id
        self.book = book
        self.clock = clock
        self.app_version = book.version
        self._network = network
        self._witness = witness
        self._rng = rng
        self._hands = hands
        self._session_type = session_type
        self._wants_work = False
        self._begin()

    def _begin(self) -> None:
        self.session = self._session_type(self._rng.random)
        self._token = -1
        self._ask_at_s = 0.0
        self.calls: list[Call] = []

    def crash(self, *, boots: bool) -> None:
        """The process dies and starts again; with `boots` the whole device."""
        for call in self.calls:
            call.waited_for = False
        if boots:
            self.clock.boot()
        self.book.restart()
        self._begin()
        self._witness.found_in_book(self.station_id, self.book)

    # People.

    def work(self) -> None:
        """Do the next deed, and hear the good tone; nothing when there is no work or the tables refuse it."""
        now_utc = self.clock.now_utc()
        mine = [one for one in self.book.all(Picklist) if one.station_id == self.station_id and one.state in WALKED]
        good = [one for one in mine if one.lease_until_utc is not None and one.lease_until_utc > now_utc]
        if not good:
            self._wants_work = True
            return
        walk = self._rng.choice(good)
        facts = self._hands.step(self.book, walk)
        if not facts:
            return
        try:
            deed = deed_of(self.book.get, *facts, lease=walk.lease)
        except (FloorError, LookupError, StopIteration):
            return
        seqs = self.book.record(deed, worker_id=WORKERS[self.station_id])
        self._witness.good_tone(self.station_id, self.book, seqs[-1])

    # The courier's round.

    def tick(self) -> float:
        """Do what the session says next; gives how many seconds from now there is something to do, 0 after a call."""
        now_s = self.clock.now_s()
        for call in tuple(self.calls):
            if call.give_up_at_s <= now_s:
                self.give_up(call)
        step = self._next_step(now_s)
        if not isinstance(step, WaitUntil):
            self._start(step, now_s)
            return 0.0
        if self._ask(now_s):
            return 0.0
        due_s = [step.at_s, *(call.give_up_at_s for call in self.calls)]
        if self._wanted() is not None:
            due_s.append(self._ask_at_s)
        return max(0.0, min(due_s) - now_s)

    def _next_step(self, now_s: float) -> Step:
        book = self.book
        return self.session.next_step(now_s, first_owed_seq=book.held_through_seq + 1, last_seq=book.last_seq)

    def _start(self, step: AskToken | Push | Pull | Ask, now_s: float) -> None:
        wait_s = step.wait_s if isinstance(step, Pull) else 0.0
        call = Call(station=self, what=step, token=self._token, give_up_at_s=now_s + wait_s + ANSWER_TIMEOUT_S)
        if isinstance(step, Push):
            texts = self.book.owed(step.first_seq, step.last_seq - step.first_seq + 1)
            call.facts = FactsPushed(station_id=self.station_id, facts=texts)
        elif isinstance(step, Pull):
            call.cursor = self.book.cursor()
        self.calls.append(call)
        self._network.send(call)

    def _wanted(self) -> str | None:
        if any(isinstance(call.what, Ask) for call in self.calls) or self._token < 0:
            return None
        if self.book.numbers_left_each() < RANGE_BELOW_EACH:
            return "sscc_range"
        return "get_work" if self._wants_work else None

    def _ask(self, now_s: float) -> bool:
        name = self._wanted()
        if name is None or now_s < self._ask_at_s:
            return False
        # The key stays until the answer is in the book.
        key = self.book.recall(f"{name}_key") or self.clock.new_id()
        self.book.remember(f"{name}_key", key)
        self._start(Ask(name, key), now_s)
        return True

    # What comes of it.

    def hear(self, call: Call, answer: Any) -> None:
        """An answer came."""
        if not call.waited_for:
            return
        if isinstance(answer, Failure):
            self._end(call)
            self.failed(call, answer)
            return
        self._take_in(call, answer)
        if self.session.fork:
            raise Broken("I3", self.session.fork)

    def _take_in(self, call: Call, answer: Any) -> None:
        session, book, now_s = self.session, self.book, self.clock.now_s()
        match call.what:
            case AskToken():
                self._token, expires_in_s = answer
                session.token_granted(now_s, expires_in_s)
            case Push() as sent:
                assert isinstance(answer, FactsJudged)
                self._witness.answered(self.station_id, answer)
                book.settle(answer)
                kept, last_seq = book.oldest_kept_seq(), book.last_seq
                again = session.push_answered(now_s, sent, answer, oldest_kept_seq=kept, last_seq=last_seq)
                if again is not None:
                    raise Broken("I3", f"the store has lost fact {again} of {self.station_id}")
            case Pull():
                assert isinstance(answer, Pulled)
                before = book.cursor()
                book.apply(answer)
                self._witness.applied(self.station_id, before, book)
                self._network.met["fetched anew"] += answer.must_refetch
                self._network.met["in pages"] += answer.more
                session.pull_answered(now_s, answer, last_seq=book.last_seq)
            case Ask() as asked:
                self._answered(asked, answer)
        self._end(call)

    def _answered(self, asked: Ask, answer: dict[str, Any]) -> None:
        if asked.name == "sscc_range":
            self.book.lease_numbers(from_image(NumberRange, answer))
        else:
            self._wants_work = False
        self.book.remember(f"{asked.name}_key", "")

    def give_up(self, call: Call) -> None:
        """Wait no longer; the request, or its answer, may still be on its way."""
        self._end(call)
        self.failed(call, LOST)

    def failed(self, call: Call, failure: Failure) -> None:
        now_s = self.clock.now_s()
        match call.what:
            case AskToken():
                self.session.token_failed(now_s, failure)
            case Push() as sent:
                self.push_failed(now_s, sent, failure)
            case Pull():
                self.session.pull_failed(now_s, failure)
            case Ask():
                self._ask_at_s = now_s + max(1.0, failure.retry_after_s or 0.0)
                if failure.kind is FailureKind.REFUSED:
                    self._wants_work = False

    def push_failed(self, now_s: float, _sent: Push, failure: Failure) -> None:
        self.session.push_failed(now_s, failure)

    def _end(self, call: Call) -> None:
        call.waited_for = False
        if call in self.calls:
            self.calls.remove(call)

    def upgrade(self) -> None:
        """A newer app is put on the device."""
        self.app_version = 2
        self.book.version = 2
        self.crash(boots=False)

    def stops_working(self) -> None:
        self._wants_work = False

    def jump(self, seconds: float) -> None:
        """Somebody, or something, sets the device's clock."""
        self.clock.off_s = seconds

    def clock_is_wrong(self) -> bool:
        """By more than a sign-in allows (`store.tokens.CLOCK_MAY_DIFFER`)."""
        return timedelta(seconds=abs(self.clock.off_s)) > timedelta(minutes=10)
