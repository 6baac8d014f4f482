from __future__ import annotations

import math

import pytest

from app.ports import Link
from sync.failure import Failure, FailureKind
from sync.protocol import FACTS_A_PUSH_MAX, Cursor, FactsJudged, Outcome, Pulled, Verdict
from sync.session import LONG_POLL_S, AskToken, Pull, Push, Session, Step, WaitUntil

AWAY = Failure(kind=FailureKind.UNREACHABLE, reason="refused")
NOTHING = Pulled(cursor=Cursor(epoch="e1"))


def accepted(first: int, last: int) -> FactsJudged:
    outcomes = tuple(Outcome(seq=seq, verdict=Verdict.ACCEPTED) for seq in range(first, last + 1))
    return FactsJudged(outcomes=outcomes, held_through_seq=last)


class Talk:
    """A session that is signed in, and a queue of facts 1 to `last_seq`."""

    def __init__(self, *, last_seq: int = 0, held: int = 0) -> None:
        self.session = Session(lambda: 0.0, floor_s=1, ceiling_s=8)
        self.last_seq = last_seq
        self.held = held
        assert self.step(0) == AskToken()
        self.session.token_granted(0, 900)

    def step(self, now_s: float) -> Step:
        return self.session.next_step(now_s, first_owed_seq=self.held + 1, last_seq=self.last_seq)

    def pushed(self, now_s: float, judged: FactsJudged, *, oldest_kept_seq: int = 1) -> int | None:
        sent = self.step(now_s)
        assert isinstance(sent, Push)
        return self.session.push_answered(now_s, sent, judged, oldest_kept_seq=oldest_kept_seq, last_seq=self.last_seq)

    def fails(self, now_s: float, failure: Failure) -> None:
        assert isinstance(self.step(now_s), Push)
        self.session.push_failed(now_s, failure)


def test_the_oldest_facts_go_first_and_a_pull_runs_beside_them() -> None:
    talk = Talk(last_seq=250)
    assert talk.step(0) == Push(1, FACTS_A_PUSH_MAX)
    assert talk.step(0) == Pull(0.0)
    assert talk.step(0) == WaitUntil(900 - 60)
    talk.session.pull_answered(1, NOTHING, last_seq=0)
    assert talk.step(1) == Pull(LONG_POLL_S)


def test_a_failed_push_is_tried_again_though_nothing_new_is_scanned() -> None:
    talk = Talk(last_seq=3)
    pauses = []
    now_s = 0.0
    for _ in range(6):
        talk.fails(now_s, AWAY)
        talk.session.begin_pull()
        step = talk.step(now_s)
        assert isinstance(step, WaitUntil)
        pauses.append(step.at_s - now_s)
        now_s = step.at_s
    assert pauses == [1, 2, 4, 8, 8, 8]


def test_a_store_that_is_back_is_found_within_ten_seconds_however_long_it_was_away() -> None:
    session, now_s = Session(lambda: 1.0), 0.0
    for _ in range(20):
        assert session.next_step(now_s, first_owed_seq=1, last_seq=3) == AskToken()
        session.token_failed(now_s, AWAY)
        step = session.next_step(now_s, first_owed_seq=1, last_seq=3)
        assert isinstance(step, WaitUntil)
        assert step.at_s - now_s < 10
        now_s = step.at_s


def test_stations_do_not_come_back_in_step() -> None:
    session = Session(lambda: 1.0, floor_s=2)
    assert session.next_step(0, first_owed_seq=1, last_seq=0) == AskToken()
    session.token_failed(0, AWAY)
    assert session.next_step(0, first_owed_seq=1, last_seq=0) == WaitUntil(3.0)


def test_a_token_that_ended_is_renewed_and_the_same_facts_go_again() -> None:
    talk = Talk(last_seq=3)
    talk.fails(0, Failure(kind=FailureKind.UNAUTHORISED, reason="expired", status=401))
    assert talk.session.link[0] is Link.ONLINE
    assert talk.step(0) == AskToken()
    assert talk.step(0) == WaitUntil(math.inf)
    talk.session.token_granted(0, 900)
    assert talk.step(0) == Push(1, 3)


def test_a_token_is_renewed_before_it_ends() -> None:
    talk = Talk()
    assert talk.step(841) == AskToken()


def test_too_large_a_push_is_halved_and_grows_again() -> None:
    talk = Talk(last_seq=500)
    talk.fails(0, Failure(kind=FailureKind.TOO_LARGE, reason="", status=413))
    assert talk.pushed(0, accepted(1, 50)) is None
    talk.held = 50
    assert talk.step(0) == Push(51, 150)


def test_a_store_that_asks_for_time_gets_it() -> None:
    talk = Talk(last_seq=3)
    talk.fails(0, Failure(kind=FailureKind.BUSY, reason="", status=429, retry_after_s=30))
    talk.session.begin_pull()
    assert talk.step(29) == WaitUntil(30)
    assert talk.step(30) == Push(1, 3)
    assert talk.session.link[0] is Link.ONLINE


def test_a_program_that_is_too_old_says_so_and_keeps_its_queue() -> None:
    talk = Talk(last_seq=3)
    talk.fails(0, Failure(kind=FailureKind.TOO_OLD, reason="protocol 2 is wanted", status=426))
    assert talk.session.link == (Link.TOO_OLD, "protocol 2 is wanted")
    assert talk.step(100) == Push(1, 3)


@pytest.mark.parametrize("kind", [FailureKind.REFUSED, FailureKind.UNREACHABLE])
def test_whatever_the_store_answers_the_same_facts_go_again(kind: FailureKind) -> None:
    talk = Talk(last_seq=3)
    for now_s in (0, 100, 200):
        talk.fails(now_s, Failure(kind=kind, reason="no"))
    assert talk.step(300) == Push(1, 3)


def test_an_answer_that_takes_nothing_is_no_success() -> None:
    talk = Talk(last_seq=3)
    assert talk.pushed(0, FactsJudged(outcomes=(), held_through_seq=0)) is None
    assert talk.session.link[0] is Link.OFFLINE
    assert talk.step(0) == Pull(0.0)


def test_after_a_gap_the_store_gets_what_it_lost_while_the_book_has_it() -> None:
    talk = Talk(last_seq=9, held=6)
    gap = FactsJudged(outcomes=(Outcome(seq=7, verdict=Verdict.GAP, expected_seq=4),), held_through_seq=3)
    assert talk.pushed(0, gap, oldest_kept_seq=2) == 4
    assert not talk.session.fork


def test_a_store_that_wants_facts_which_have_left_the_book_ends_the_pushing() -> None:
    talk = Talk(last_seq=9, held=6)
    gap = FactsJudged(outcomes=(Outcome(seq=7, verdict=Verdict.GAP, expected_seq=4),), held_through_seq=3)
    assert talk.pushed(0, gap, oldest_kept_seq=5) is None
    assert talk.session.link[0] is Link.REFUSED
    assert talk.step(100) == Pull(0.0)
    talk.session.pull_answered(100, NOTHING, last_seq=0)
    assert talk.session.link[0] is Link.REFUSED
    assert talk.step(100) == Pull(LONG_POLL_S)


@pytest.mark.parametrize(("oldest_kept_seq", "owe_from"), [(2, 4), (4, 4), (5, None)])
def test_a_station_that_owes_nothing_hears_by_a_pull_that_the_store_has_lost_facts(
    oldest_kept_seq: int, owe_from: int | None
) -> None:
    talk = Talk(last_seq=9, held=9)
    assert talk.step(0) == Pull(0.0)
    gone_back = Pulled(cursor=Cursor(epoch="e2"), included_through_seq=3)
    said = talk.session.pull_answered(1, gone_back, last_seq=9, held_before_seq=9, oldest_kept_seq=oldest_kept_seq)
    assert said == owe_from
    assert bool(talk.session.fork) is (owe_from is None)


def test_a_pull_that_was_sent_before_a_push_was_answered_says_nothing_of_its_facts() -> None:
    talk = Talk(last_seq=9, held=9)
    assert talk.step(0) == Pull(0.0)
    older = Pulled(cursor=Cursor(epoch="e1"), included_through_seq=6)
    assert talk.session.pull_answered(1, older, last_seq=9, held_before_seq=6) is None
    assert (
        talk.session.pull_answered(2, Pulled(cursor=Cursor(), must_refetch=True), last_seq=9, held_before_seq=9) is None
    )
    assert not talk.session.fork


@pytest.mark.parametrize(
    "judged",
    [
        FactsJudged(outcomes=(Outcome(seq=1, verdict=Verdict.FORKED),), held_through_seq=0),
        FactsJudged(outcomes=(), held_through_seq=40),
    ],
    ids=["another fact with this number", "more facts than the book has"],
)
def test_a_forked_station_stops_pushing_and_says_so(judged: FactsJudged) -> None:
    talk = Talk(last_seq=3)
    assert talk.pushed(0, judged) is None
    assert talk.session.fork
    assert talk.session.link[0] is Link.REFUSED
    assert not isinstance(talk.step(100), Push)


def test_when_one_call_comes_through_the_others_wait_no_longer() -> None:
    talk = Talk(last_seq=3)
    assert talk.step(0) == Push(1, 3)
    assert talk.step(0) == Pull(0.0)
    for _ in range(5):
        talk.session.pull_failed(0, AWAY)
    talk.session.push_answered(1, Push(1, 3), accepted(1, 3), oldest_kept_seq=1, last_seq=3)
    talk.held = 3
    assert talk.session.link[0] is Link.OFFLINE
    assert talk.step(1) == Pull(0.0)  # at once, and without a long poll: the lamp is waiting
    talk.session.pull_answered(1, NOTHING, last_seq=0)
    assert talk.session.link == (Link.ONLINE, "")


def test_a_hint_that_the_network_is_back_ends_every_pause() -> None:
    talk = Talk(last_seq=3)
    for now_s in (0, 10, 20):
        talk.fails(now_s, AWAY)
    talk.session.begin_pull()
    assert isinstance(talk.step(20), WaitUntil)
    talk.session.nudge(20)
    assert talk.step(20) == Push(1, 3)
