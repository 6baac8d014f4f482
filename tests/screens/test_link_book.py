"""Which keys count: by the clock alone, without a browser."""

from __future__ import annotations

from screens.link_book import SILENCE_MS, LinkBook, Standing, seat_id
from tests.fakes.clock import FakeClock

SEAT, LIFE = "seat", "life"


class Page:
    """A connected page whose beats come when a test says so."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.book = LinkBook(self.clock.monotonic_ms)
        self.ends = 0
        life = self.book.begin(SEAT, LIFE)
        assert life is not None
        self.life = life
        self.life.standing = Standing.READY
        self.life.end = self._ended

    def _ended(self) -> None:
        self.ends += 1

    def beat(self, *, resting: bool = False) -> Standing:
        return self.book.beat(SEAT, LIFE, resting=resting)


def test_a_page_that_beats_lives() -> None:
    page = Page()
    for _ in range(10):
        page.clock.advance(ms=SILENCE_MS)
        assert page.beat() is Standing.READY
    assert page.book.alive(page.life)


def test_keys_after_a_silence_do_not_count() -> None:
    page = Page()
    page.clock.advance(ms=SILENCE_MS + 1)
    assert not page.book.alive(page.life)
    assert page.ends == 1


def test_a_life_that_has_ended_does_not_come_back_with_a_beat() -> None:
    page = Page()
    page.clock.advance(ms=SILENCE_MS + 1)
    assert page.beat() is Standing.ENDED
    assert page.beat() is Standing.ENDED
    assert page.ends == 1


def test_a_hidden_page_may_be_silent() -> None:
    page = Page()
    page.beat(resting=True)
    page.clock.advance(s=3600)
    assert page.book.alive(page.life)
    assert page.beat() is Standing.READY


def test_a_life_connects_once() -> None:
    page = Page()
    assert page.book.begin(SEAT, LIFE) is None
    assert page.book.begin("another seat", LIFE) is not None


def test_a_page_that_is_still_loading_is_not_judged() -> None:
    page = Page()
    page.life.standing = Standing.WAITING
    page.clock.advance(s=60)
    assert page.beat() is Standing.WAITING


def test_lost_keys_are_those_that_were_passed_and_not_heard_and_those_kept_back() -> None:
    page = Page()
    page.life.keys_heard = 20
    assert page.book.lost(SEAT, LIFE, swallowed=3, passed=25, unsure=9) == 8
    assert page.book.lost(SEAT, LIFE, swallowed=0, passed=20, unsure=9) == 0


def test_after_a_restart_only_what_is_unsure_is_called_lost() -> None:
    page = Page()
    assert page.book.lost(SEAT, "a life of another process", swallowed=3, passed=25, unsure=9) == 12


def test_the_book_forgets_old_lives_but_not_those_that_go_on() -> None:
    page = Page()
    for number in range(300):
        other = page.book.begin(SEAT, f"life-{number}")
        assert other is not None
        other.standing = Standing.ENDED
        page.beat()
    assert page.beat() is Standing.READY


def test_a_seat_is_named_by_the_browser_and_the_window() -> None:
    assert seat_id("secret", 1) == seat_id("secret", 1)
    assert len({seat_id("secret", 1), seat_id("secret", 2), seat_id("other", 1)}) == 3
    assert "secret" not in seat_id("secret", 1)
