"""The model store: a door that may refuse, a writer that gathers what waits into groups, polls that wait for news."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any

from sync.failure import Failure, FailureKind
from sync.session import AskToken, Pull, Push
from tests.model.clock import ModelClock
from tests.model.disk import Crashed
from tests.model.network import LOST, Ask, Call, Network
from tests.model.ports import StoreSide
from tests.model.weather import Weather
from tests.model.witness import Witness

OfficeWork = Callable[[Any, datetime], None]
GROUP_MAX = 6


class Store:
    """Attributes:
    down: nobody listens.
    """

    def __init__(
        self, book: StoreSide, clock: ModelClock, network: Network, witness: Witness, weather: Weather, rng: Random
    ) -> None:
        self.book = book
        self.clock = clock
        self.weather = weather
        self.down = False
        self.queue: list[Call | OfficeWork] = []
        self.polls: list[tuple[Call, float]] = []
        self._network = network
        self._witness = witness
        self._rng = rng
        self._tokens: dict[int, tuple[str, float]] = {}

    def receive(self, call: Call) -> None:
        """A request has come to the door."""
        refusal = self._refusal(call)
        if refusal is not None:
            self._network.met[f"refused: {refusal.status or refusal.reason}"] += 1
            self._network.send(call, refusal)
            return
        match call.what:
            case AskToken():
                self._network.send(call, self._token_for(call))
            case Pull() as pull:
                self._poll(call, pull.wait_s)
            case _:
                self.queue.append(call)

    def _refusal(self, call: Call) -> Failure | None:
        weather = self.weather
        if self.down:
            return LOST
        if call.station.app_version < weather.app_min:
            return Failure(kind=FailureKind.TOO_OLD, reason="the app is too old", status=426)
        if self._rng.random() < weather.broken:
            return Failure(kind=FailureKind.UNREACHABLE, reason="500", status=500)
        if self._rng.random() < weather.busy:
            retry_after_s = self._rng.choice((None, 2.0, 20.0))
            return Failure(kind=FailureKind.BUSY, reason="busy", status=429, retry_after_s=retry_after_s)
        if isinstance(call.what, AskToken):
            if call.station.clock_is_wrong():
                return Failure(kind=FailureKind.UNAUTHORISED, reason="the clock is off", status=401)
            return None
        station_id, until_s = self._tokens.get(call.token, ("", 0.0))
        if station_id != call.station.station_id or until_s < self.clock.now_s() + self.clock.off_s:
            return Failure(kind=FailureKind.UNAUTHORISED, reason="the token has ended", status=401)
        if call.facts is not None and len(call.facts.facts) > weather.facts_max:
            return Failure(kind=FailureKind.TOO_LARGE, reason="too much at once", status=413)
        return None

    def _token_for(self, call: Call) -> tuple[int, float]:
        token, good_s = len(self._tokens), self.weather.token_s
        # The store's own clock may jump, and with it the end of a token.
        self._tokens[token] = (call.station.station_id, self.clock.now_s() + self.clock.off_s + good_s)
        return token, good_s

    # Rows down.

    def _poll(self, call: Call, wait_s: float) -> None:
        assert call.cursor is not None
        station_id = call.station.station_id
        if wait_s and not self.book.news(station_id, call.cursor):
            self.polls.append((call, self.clock.now_s() + wait_s))
        else:
            self._network.send(call, self.book.pull(station_id, call.cursor))

    def answer_polls(self) -> None:
        """Those for whom there is news, and those who have waited long enough."""
        now_s, waiting = self.clock.now_s(), self.polls
        self.polls = []
        for call, until_s in waiting:
            assert call.cursor is not None
            station_id = call.station.station_id
            if until_s <= now_s or self.book.news(station_id, call.cursor):
                self._network.send(call, self.book.pull(station_id, call.cursor))
            elif call.waited_for:
                self.polls.append((call, until_s))

    # Facts up.

    def submit(self, work: OfficeWork) -> None:
        """Something that the office wants written."""
        self.queue.append(work)

    def write(self) -> None:
        """One group: everything in one transaction, and answers only after its commit."""
        if self.down or not self.queue:
            return
        size = self._rng.randint(1, GROUP_MAX)
        group, self.queue = self.queue[:size], self.queue[size:]
        now_utc = self.clock.now_utc()
        answers: list[tuple[Call, Any]] = []
        self.book.begin()
        try:
            with self.book.disk.transaction():
                for work in group:
                    if isinstance(work, Call):
                        answers.append((work, self._do(work, now_utc)))
                    else:
                        work(self.book, now_utc)
        except Crashed as crash:
            if crash.kept:
                self._witness.committed()
            raise
        self._witness.committed()
        for call, answer in answers:
            self._network.send(call, answer)
        self.answer_polls()

    def _do(self, call: Call, now_utc: datetime) -> Any:
        station_id = call.station.station_id
        if isinstance(call.what, Ask):
            return self.book.answer(station_id, call.what.name, call.what.key, now_utc)
        assert isinstance(call.what, Push)
        assert call.facts is not None
        return self.book.hear(station_id, call.facts.facts, now_utc)

    def crash(self) -> None:
        """The process dies: what waited in it is forgotten; some who wait for an answer see the connection break."""
        waiting = [work for work in self.queue if isinstance(work, Call)] + [call for call, _ in self.polls]
        self.queue, self.polls = [], []
        for call in waiting:
            if self._rng.random() < 0.5:
                self._network.send(call, LOST)
        self.down = True

    def starts(self) -> None:
        self.down = False
