"""The conversation with the store, with no socket and no clock of its own.

The courier asks `next_step`, does it, and reports what came of it. The rules of signing in, retrying, batching and
resuming live here, so that they are tested without a network. Nothing here ever drops a fact: whatever the store
answers, what it does not hold stays owed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from app.ports import Link
from sync.failure import Failure, FailureKind
from sync.protocol import FACTS_A_PUSH_MAX, FactsJudged, Pulled, Verdict

LONG_POLL_S = 20.0
# While the store's pokes are heard a station looks by itself no more than so often: a poke may be missed.
LOOK_ANYWAY_S = 120.0
# The store says something every fifteen seconds: after this silence nobody is there.
SILENCE_MAX_S = 25.0
BUSY_PAUSE_S = 5.0
# With its jitter a pause stays below eight seconds: what is owed is at the store within ten of its coming back.
PAUSE_FLOOR_S = 1.0
PAUSE_CEILING_S = 5.0
TOKEN_MARGIN_S = 60.0


@dataclass(frozen=True, slots=True)
class AskToken:
    """Sign in."""


@dataclass(frozen=True, slots=True)
class Push:
    """Send the facts from `first_seq` to `last_seq`, both included."""

    first_seq: int
    last_seq: int


@dataclass(frozen=True, slots=True)
class Pull:
    """Ask for what changed; the store may hold the answer back for `wait_s` when nothing did."""

    wait_s: float


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """Nothing to do before `at_s`, unless something is reported or recorded first; infinite when calls are running."""

    at_s: float


Step = AskToken | Push | Pull | WaitUntil


@dataclass(slots=True)
class Lane:
    """One kind of call: at most one runs at a time."""

    running: bool = False
    failures: int = 0
    retry_at_s: float = 0.0
    trouble: Failure | None = None


_LINKS: dict[FailureKind, Link] = {
    FailureKind.UNREACHABLE: Link.OFFLINE,
    FailureKind.UNAUTHORISED: Link.REFUSED,
    FailureKind.CLOCK_WRONG: Link.CLOCK_WRONG,
    FailureKind.TOO_LARGE: Link.ONLINE,
    FailureKind.BUSY: Link.ONLINE,
    FailureKind.TOO_OLD: Link.TOO_OLD,
    FailureKind.REFUSED: Link.REFUSED,
}
_WORST_FIRST = (Link.TOO_OLD, Link.CLOCK_WRONG, Link.REFUSED, Link.OFFLINE)


class Session:
    """One station's standing with the store. Times are seconds of any clock that never goes back.

    Args:
        random: numbers from 0 to 1, so that a hundred stations do not come back in step.
        floor_s, ceiling_s: first and longest pause after a failure.
    """

    def __init__(
        self, random: Callable[[], float], *, floor_s: float = PAUSE_FLOOR_S, ceiling_s: float = PAUSE_CEILING_S
    ) -> None:
        self._random = random
        self._floor_s = floor_s
        self._ceiling_s = ceiling_s
        self._token = Lane()
        self._push = Lane()
        self._pull = Lane()
        self._lanes = (self._token, self._push, self._pull)
        self._token_until_s = -math.inf
        self._batch = FACTS_A_PUSH_MAX
        self._heard = False
        self._more = True
        self._poked = False
        self._pulled_at_s = -math.inf
        self._pokes_until_s = -math.inf
        self.fork = ""
        """Why this station's facts and the store's contradict each other; empty while they do not. Nothing is sent any
        more, and everything is kept: the station must be enrolled anew."""

    def begin_anew(self, *, fork: str = "") -> None:
        """No call of before is running any more, and the next one signs in: the station may be another one now."""
        for lane in self._lanes:
            lane.running, lane.failures, lane.retry_at_s, lane.trouble = False, 0, 0.0, None
        self._token_until_s = -math.inf
        self._more = True
        self.fork = fork

    def next_step(self, now_s: float, *, first_owed_seq: int, last_seq: int, may_pull: bool = True) -> Step:
        """What to do now; a step that is given counts as running until it is reported.

        Args:
            first_owed_seq: the oldest fact that the store does not hold; `last_seq + 1` when it holds all.
            last_seq: the newest fact in the book.
            may_pull: False while the store has to hear something first.
        """
        if now_s >= self._token_until_s:
            return self._begin(self._token, now_s, AskToken())
        if first_owed_seq <= last_seq and not self.fork and _due(self._push, now_s):
            self._push.running = True
            return Push(first_owed_seq, min(last_seq, first_owed_seq + self._batch - 1))
        # After a trouble the first pull comes back at once, so that the lamp does not wait for a long poll.
        at_once = self._more or self._poked or self._pull.trouble is not None
        pull_at_s = self._pull.retry_at_s
        listening = now_s < self._pokes_until_s
        if listening and not at_once:
            pull_at_s = max(pull_at_s, min(self._pulled_at_s + LOOK_ANYWAY_S, self._pokes_until_s))
        if may_pull and not self._pull.running and now_s >= pull_at_s:
            self._pull.running, self._poked = True, False
            return Pull(0.0 if at_once or listening else LONG_POLL_S)
        due = [self._token_until_s, pull_at_s if may_pull and not self._pull.running else math.inf]
        if first_owed_seq <= last_seq and not self.fork and not self._push.running:
            due.append(self._push.retry_at_s)
        return WaitUntil(min(due))

    def poked(self, now_s: float) -> None:
        """The store says that something has changed here."""
        self._poked = True
        self.pokes_heard(now_s)

    def pokes_heard(self, now_s: float) -> None:
        """The stream of pokes is open: what is not said has not happened."""
        self._pokes_until_s = now_s + SILENCE_MAX_S

    def pokes_ended(self, now_s: float) -> None:
        """The stream has ended, however that came: look at once, and wait for news in pulls again."""
        self._pokes_until_s = -math.inf
        self._poked = True

    def begin_pull(self) -> None:
        """Somebody pulls outside the round; to be reported like any pull."""
        self._pull.running = True

    def token_granted(self, now_s: float, expires_in_s: float) -> None:
        margin_s = min(TOKEN_MARGIN_S, expires_in_s / 10)
        self._token_until_s = now_s + expires_in_s - margin_s
        self._went_well(self._token, now_s)

    def renew_token(self) -> None:
        """Sign in again before the token ends: what comes with it is wanted."""
        self._token_until_s = -math.inf

    def token_failed(self, now_s: float, failure: Failure) -> None:
        self._went_wrong(self._token, now_s, failure)

    def push_answered(
        self, now_s: float, sent: Push, judged: FactsJudged, *, oldest_kept_seq: int, last_seq: int
    ) -> int | None:
        """The store judged a push (its outcomes are kept already).

        Returns:
            The number of a fact that the store has lost, and from which on all are to be owed again; None as a rule.
        """
        last = judged.outcomes[-1] if judged.outcomes else None
        if judged.held_through_seq > last_seq:
            self.fork = f"the store holds {judged.held_through_seq} facts, this book has {last_seq}"
        elif last is not None and last.verdict is Verdict.FORKED:
            self.fork = f"the store holds another fact {last.seq}"
        elif last is not None and last.verdict is Verdict.GAP and last.expected_seq is not None:
            if last.expected_seq < oldest_kept_seq:
                self.fork = f"the store wants fact {last.expected_seq}, this book begins with {oldest_kept_seq}"
            elif last.expected_seq < sent.first_seq:
                self._went_well(self._push, now_s)
                return last.expected_seq
        if not self.fork and judged.held_through_seq < sent.first_seq:
            nothing = Failure(kind=FailureKind.UNREACHABLE, reason="the store took none of the facts")
            self._went_wrong(self._push, now_s, nothing)
            return None
        self._batch = min(FACTS_A_PUSH_MAX, self._batch * 2)
        self._went_well(self._push, now_s)
        if judged.held_through_seq >= last_seq and now_s < self._pokes_until_s:
            # The store hears with a pull that nothing is owed any more.
            self._poked = True
        return None

    def push_failed(self, now_s: float, failure: Failure) -> None:
        if failure.kind is FailureKind.TOO_LARGE:
            self._batch = max(1, self._batch // 2)
        self._went_wrong(self._push, now_s, failure)

    def pull_answered(
        self, now_s: float, pulled: Pulled, *, last_seq: int, held_before_seq: int = 0, oldest_kept_seq: int = 1
    ) -> int | None:
        """A pull came (its rows are kept already); `last_seq` is the newest fact in the book.

        A store that was put back to a backup holds less than it has said, and a station that owes nothing would never
        hear of it by a push.

        Args:
            held_before_seq: through which fact the store was known to hold them when it was asked.

        Returns:
            As `push_answered`.
        """
        said = pulled.included_through_seq
        lost = bool(pulled.cursor.epoch) and not pulled.must_refetch and said < held_before_seq
        if not self.fork and said > last_seq:
            self.fork = f"the store holds {said} facts, this book has {last_seq}"
        elif not self.fork and lost and said + 1 < oldest_kept_seq:
            self.fork = f"the store wants fact {said + 1}, this book begins with {oldest_kept_seq}"
        self._more = pulled.more or pulled.must_refetch
        self._pulled_at_s = now_s
        self._went_well(self._pull, now_s)
        return said + 1 if lost and not self.fork else None

    def pull_failed(self, now_s: float, failure: Failure) -> None:
        self._went_wrong(self._pull, now_s, failure)

    def nudge(self, now_s: float) -> None:
        """Something hints that trying is worth it now: the network came back, or a person asked."""
        for lane in self._lanes:
            lane.retry_at_s = min(lane.retry_at_s, now_s)

    @property
    def link(self) -> tuple[Link, str]:
        """How the station stands with the store, and why."""
        if self.fork:
            return Link.REFUSED, self.fork
        troubles = [lane.trouble for lane in self._lanes if lane.trouble is not None]
        for link in _WORST_FIRST:
            for trouble in troubles:
                if _LINKS[trouble.kind] is link:
                    return link, trouble.reason
        return (Link.ONLINE, "") if self._heard else (Link.OFFLINE, "")

    def _begin(self, lane: Lane, now_s: float, step: AskToken) -> Step:
        if _due(lane, now_s):
            lane.running = True
            return step
        return WaitUntil(math.inf if lane.running else lane.retry_at_s)

    def _went_well(self, lane: Lane, now_s: float) -> None:
        lane.running = False
        lane.failures = 0
        lane.retry_at_s = now_s
        lane.trouble = None
        self._heard = True
        for other in self._lanes:
            # The store is there: whoever waits because it was not need not wait any longer.
            if other.trouble is not None and other.trouble.kind is FailureKind.UNREACHABLE:
                other.retry_at_s = min(other.retry_at_s, now_s)

    def _went_wrong(self, lane: Lane, now_s: float, failure: Failure) -> None:
        lane.running = False
        lane.trouble = failure
        pause_s = min(self._ceiling_s, self._floor_s * 2.0 ** min(lane.failures, 16))
        lane.failures += 1
        match failure.kind:
            case FailureKind.UNAUTHORISED if lane is not self._token:
                # The token ended: sign in, and go on. A second time in a row waits like any other failure.
                self._token_until_s = -math.inf
                if lane.failures == 1:
                    lane.trouble, pause_s = None, 0.0
            case FailureKind.TOO_LARGE if self._batch > 1:
                pause_s = 0.0
            case FailureKind.BUSY if failure.retry_after_s is None:
                pause_s = BUSY_PAUSE_S
            case FailureKind.TOO_OLD:
                pause_s = self._ceiling_s
        if failure.retry_after_s is not None:
            pause_s = max(pause_s, failure.retry_after_s)
        lane.retry_at_s = now_s + pause_s * (1.0 + self._random() / 2)


def _due(lane: Lane, now_s: float) -> bool:
    return not lane.running and now_s >= lane.retry_at_s
