"""A station that hears the store's pokes asks for nothing until something has changed."""

from __future__ import annotations

from sync.protocol import Cursor, Pulled
from sync.session import LONG_POLL_S, LOOK_ANYWAY_S, SILENCE_MAX_S, AskToken, Pull, Session, WaitUntil
from tests.sync.test_session import AWAY, NOTHING, Talk, accepted


def listening(*, last_seq: int = 0) -> Talk:
    """A station that has pulled all there was at 0, and hears the store."""
    talk = Talk(last_seq=last_seq)
    talk.session.poked(0)
    if last_seq:
        talk.pushed(0, accepted(1, last_seq))
        talk.held = last_seq
    assert talk.step(0) == Pull(0.0)
    talk.session.pull_answered(0, NOTHING, last_seq=last_seq)
    return talk


def test_a_station_that_is_poked_pulls_at_once_and_then_waits_for_the_next_poke() -> None:
    talk = listening()
    assert talk.step(1) == WaitUntil(SILENCE_MAX_S)
    talk.session.poked(2)
    assert talk.step(2) == Pull(0.0)
    talk.session.pull_answered(2, NOTHING, last_seq=0)
    assert isinstance(talk.step(2), WaitUntil)


def test_a_poke_in_mid_pull_is_not_forgotten() -> None:
    talk = listening()
    talk.session.poked(1)
    assert talk.step(1) == Pull(0.0)
    talk.session.poked(1)
    talk.session.pull_answered(2, NOTHING, last_seq=0)
    assert talk.step(2) == Pull(0.0)


def test_pages_are_fetched_without_a_poke_for_each() -> None:
    talk = listening()
    talk.session.poked(1)
    assert talk.step(1) == Pull(0.0)
    talk.session.pull_answered(1, Pulled(cursor=Cursor(epoch="e1"), more=True), last_seq=0)
    assert talk.step(1) == Pull(0.0)


def test_a_station_looks_by_itself_now_and_then_however_quiet_the_store_is() -> None:
    talk = listening()
    now_s = 0.0
    while now_s + SILENCE_MAX_S / 2 < LOOK_ANYWAY_S:
        now_s += SILENCE_MAX_S / 2
        talk.session.pokes_heard(now_s)
        assert isinstance(talk.step(now_s), WaitUntil), now_s
    talk.session.pokes_heard(LOOK_ANYWAY_S)
    assert talk.step(LOOK_ANYWAY_S) == Pull(0.0)


def test_after_a_silence_the_station_asks_by_itself_again() -> None:
    talk = listening()
    assert talk.step(SILENCE_MAX_S) == Pull(LONG_POLL_S)


def test_when_the_stream_ends_the_station_looks_at_once() -> None:
    talk = listening()
    talk.session.pokes_ended(3)
    assert talk.step(3) == Pull(0.0)
    talk.session.pull_answered(3, NOTHING, last_seq=0)
    assert talk.step(3) == Pull(LONG_POLL_S)


def test_once_nothing_is_owed_any_more_the_store_hears_so_with_a_pull() -> None:
    talk = listening()
    talk.last_seq = 2
    talk.pushed(1, accepted(1, 2))
    talk.held = 2
    assert talk.step(1) == Pull(0.0)


def test_a_pull_that_fails_is_tried_again_though_nobody_pokes() -> None:
    talk = listening()
    talk.session.poked(1)
    assert talk.step(1) == Pull(0.0)
    talk.session.pull_failed(1, AWAY)
    assert talk.step(2) == Pull(0.0)


def test_nobody_is_signed_in_by_a_poke() -> None:
    session = Session(lambda: 0.0)
    session.poked(0)
    assert session.next_step(0, first_owed_seq=1, last_seq=0) == AskToken()
