"""One window, driven by keys and taps: what is shown, what is heard, what is done."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import flet as ft
import pytest

from app.domain.scan import Scan
from app.errors import DiskFull, LedgerDamaged
from app.ports import Link, Tone
from app.workflows.answers import Answer, Prompt, Role, Sentence
from screens.look import Look
from screens.parts.prompt_strip import SHAPES
from screens.screen import Action
from screens.seat import Lamp, Seat
from screens.theme import THEMES, ThemeName
from screens.wording import load
from tests.screens.a_desk import a_counting_desk, a_desk
from tests.screens.small_station import ASSETS, CountingScreen, Shelf


async def test_a_good_scan_is_taken_shown_and_heard() -> None:
    desk = await a_counting_desk()
    await desk.window.scan("Ab-12")
    assert desk.shelf.scans == ["Ab-12"]
    assert desk.window.shows("Taken: Ab-12")
    assert desk.window.shows("count 1")
    assert desk.tones.tones == [Tone.GOOD]


async def test_a_wrong_scan_says_what_and_what_instead_and_stays_until_a_good_one() -> None:
    desk = await a_counting_desk()
    await desk.window.scan("no-7")
    assert desk.window.shows("That is no-7. Go to A-12-03.")
    assert desk.window.shows("Scan anything")
    assert desk.tones.tones == [Tone.WRONG]
    desk.seat.say(None)
    await desk.window.settle()
    assert desk.window.shows("That is no-7")
    await desk.window.scan("4711")
    assert not desk.window.shows("That is no-7")


async def test_what_an_act_was_refused_with_has_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    desk = await a_counting_desk()
    with caplog.at_level(logging.INFO):
        desk.seat.do(lambda: Answer.wrong("shell.not_here"))
        await desk.window.settle()
    assert desk.window.shows("That does nothing here.")
    assert "refused seat=seat screen=CountingScreen said=shell.not_here" in caplog.text


async def test_what_was_refused_on_one_screen_does_not_stand_on_the_next() -> None:
    desk = await a_counting_desk()
    await desk.window.scan("no-7")
    desk.seat.show(CountingScreen(desk.shelf))
    await desk.window.settle()
    assert not desk.window.shows("That is no-7")


async def test_each_role_has_an_icon_of_its_own() -> None:
    desk = await a_counting_desk()
    seen = set()
    for role in Role:
        desk.seat.say(Answer(role=role, sentence=Sentence("small.pressed"), tone=Tone.GOOD))
        await desk.window.settle()
        seen.add(desk.window.find(ft.Icon, icon=SHAPES[role].icon).icon)
    assert len(seen) == len(Role)


class DamagedScreen(CountingScreen):
    """Whatever is named in `broken` reads a book that is damaged."""

    broken = ""

    def _read(self, piece: str) -> None:
        if self.broken == piece:
            raise LedgerDamaged("page 7")

    @property
    def title(self) -> Sentence | str:
        self._read("title")
        return super().title

    def prompt(self, look: Look) -> Prompt | None:
        self._read("prompt")
        return super().prompt(look)

    def actions(self) -> tuple[Action, ...]:
        self._read("actions")
        return super().actions()

    def build(self, look: Look) -> ft.Control:
        self._read("build")
        return super().build(look)


@pytest.mark.parametrize("piece", ["title", "prompt", "actions", "build"])
async def test_a_piece_that_cannot_be_drawn_is_said_and_the_window_goes_on(
    piece: str, caplog: pytest.LogCaptureFixture
) -> None:
    screen = DamagedScreen(Shelf())
    desk = await a_desk(screen)
    screen.broken = piece
    await desk.window.scan("4711")
    assert desk.window.shows("Taken: 4711") or desk.window.shows("This station's memory is damaged.")
    assert "drawing_failed seat=seat screen=DamagedScreen" in caplog.text
    desk.seat.show(CountingScreen(desk.shelf))
    await desk.window.scan("4712")
    assert desk.window.shows("Taken: 4712")
    assert desk.window.shows("count 2")


async def test_a_screen_that_cannot_be_asked_anything_says_why() -> None:
    screen = DamagedScreen(Shelf())
    screen.broken = "prompt"
    desk = await a_desk(screen)
    assert desk.window.shows("This station's memory is damaged. Stop, call the supervisor.")
    await desk.window.scan("no-7")
    assert desk.window.shows("That is no-7.")


async def test_a_tap_on_a_book_that_cannot_be_read_is_a_sentence_and_the_page_goes_on() -> None:
    screen = DamagedScreen(Shelf())
    desk = await a_desk(screen)
    screen.broken = "actions"
    await desk.window.tap("small.press")
    assert desk.window.shows("This station's memory is damaged. Stop, call the supervisor.")
    desk.seat.tap("elsewhere", lambda: Answer.good("small.pressed"))
    await desk.window.settle()
    assert not desk.window.shows("Somebody pressed")


async def test_a_fault_of_the_program_is_one_calm_sentence_and_a_log_line(caplog: pytest.LogCaptureFixture) -> None:
    desk = await a_counting_desk()
    with caplog.at_level(logging.ERROR):
        await desk.window.scan("bug")
    assert desk.window.shows("That did not work")
    assert not desk.window.shows("line 17")
    assert caplog.records[0].exc_info is not None
    await desk.window.scan("4711")
    assert desk.shelf.scans == ["4711"]


async def test_a_book_that_cannot_be_written_calls_for_a_person() -> None:
    desk = await a_counting_desk()
    desk.seat.say_error(DiskFull())
    await desk.window.settle()
    assert desk.window.shows("This station is full")
    assert desk.tones.tones == [Tone.NEEDS_PERSON]


async def test_a_scan_before_there_is_a_screen_is_answered() -> None:
    desk = await a_desk()
    assert desk.window.shows("One moment")
    await desk.window.scan("4711")
    assert desk.tones.tones == [Tone.CAUTION]
    desk.seat.show(CountingScreen(desk.shelf))
    await desk.window.settle()
    assert desk.window.shows("Too early. Scan again.")


async def test_a_double_click_is_one_act() -> None:
    desk = await a_counting_desk()
    await desk.window.tap("small.press")
    await desk.window.tap("small.press")
    assert desk.shelf.presses == 1
    desk.clock.skip_ms += 1000
    await desk.window.tap("small.press")
    assert desk.shelf.presses == 2


async def test_a_double_click_is_one_act_on_a_slow_station_too() -> None:
    desk = await a_counting_desk()

    def slowly() -> None:
        desk.shelf.presses += 1
        desk.clock.skip_ms += 2000

    for _ in range(2):
        desk.seat.tap("press", slowly)
    assert desk.shelf.presses == 1


class AskingScreen(CountingScreen):
    """Its one button becomes another one, in the same place, once it is tapped."""

    asked = False

    def actions(self) -> tuple[Action, ...]:
        (press,) = super().actions()
        return (press,) if self.asked else (Action(key="shell.back", icon=ft.Icons.HELP, on_tap=self._ask),)

    def _ask(self) -> None:
        self.asked = True


async def test_the_second_tap_of_a_double_click_does_not_press_what_the_first_has_put_there() -> None:
    desk = await a_desk(AskingScreen(Shelf()))
    await desk.window.tap("shell.back")
    await desk.window.tap("small.press")
    assert desk.shelf.presses == 0
    desk.clock.skip_ms += 1000
    await desk.window.tap("small.press")
    assert desk.shelf.presses == 1


async def test_the_lamp_says_what_is_owed_and_stands_out_while_the_store_is_away() -> None:
    desk = await a_counting_desk(lamp=Lamp(link=Link.OFFLINE, owed=41, since="09:12"))
    assert desk.window.shows("41")
    lamp = desk.window.find(ft.Semantics, identifier="sync-lamp")
    assert lamp.label == "Store away since 09:12, 41 facts to send"


async def test_another_theme_is_worn_at_once() -> None:
    desk = await a_counting_desk()
    day = desk.window.find(ft.ProgressBar).bgcolor
    desk.seat.wear(Look(words=desk.seat.look.words, theme=THEMES[ThemeName.NIGHT]))
    await desk.window.settle()
    assert desk.window.find(ft.ProgressBar).bgcolor != day


async def test_what_was_said_stands_there_in_the_words_that_the_window_wears_now() -> None:
    desk = await a_counting_desk()
    desk.seat.keys_dropped(13)
    desk.seat.wear(replace(desk.seat.look, words=load(ASSETS / "words")["de"]))
    await desk.window.settle()
    assert desk.window.shows("13 Tasten gingen verloren")
    assert not desk.window.shows("13 keys were dropped")


async def test_the_strip_stands_on_top_of_a_wide_screen_and_below_on_a_handset() -> None:
    for width, strip_first in ((1280, True), (360, False)):
        desk = await a_desk(CountingScreen(Shelf()), width=width)
        texts = desk.window.texts()
        assert (texts.index("Scan anything") < texts.index("count 0")) is strip_first


class SlowScreen(CountingScreen):
    """Answers when `gate` is opened."""

    def __init__(self) -> None:
        super().__init__(Shelf())
        self.gate = asyncio.Event()

    def actions(self) -> tuple[Action, ...]:
        return (Action(key="small.press", icon=ft.Icons.TOUCH_APP, on_tap=self._ask),)

    async def _ask(self) -> Answer:
        await self.gate.wait()
        raise DiskFull


async def test_what_takes_its_time_answers_when_it_is_done() -> None:
    screen = SlowScreen()
    desk = await a_desk(screen)
    await desk.window.tap("small.press")
    assert not desk.window.shows("This station is full")
    screen.gate.set()
    await desk.window.settle()
    assert desk.window.shows("This station is full")


class BrokenScreen(CountingScreen):
    def build(self, look: Look) -> ft.Control:
        raise KeyError("drawing")


async def test_a_screen_that_cannot_be_drawn_does_not_take_the_window_with_it() -> None:
    desk = await a_desk(BrokenScreen(Shelf()))
    assert desk.window.shows("That did not work")
    assert desk.window.shows("Small station")


class ListeningScreen(CountingScreen):
    def __init__(self) -> None:
        super().__init__(Shelf())
        self.heard: list[str] = []

    def on_open(self) -> None:
        self.heard.append("open")

    def on_close(self) -> None:
        self.heard.append("close")

    def on_scan(self, scan: Scan) -> Answer:
        self.seat.show(CountingScreen(self._shelf))
        return Answer.good("small.pressed")


async def test_a_screen_is_told_when_it_is_shown_and_when_it_is_left() -> None:
    screen = ListeningScreen()
    desk = await a_desk(screen)
    assert screen.heard == ["open"]
    await desk.window.scan("on")
    assert screen.heard == ["open", "close"]


async def test_a_window_that_is_gone_closes_its_screen() -> None:
    screen = ListeningScreen()
    desk = await a_desk(screen)
    await desk.window.fire(desk.window.page, "disconnect")
    assert screen.heard == ["open", "close"]


async def test_one_window_is_drawn_from_within_anothers_event() -> None:
    one, other = await a_counting_desk(), await a_counting_desk()
    before = len(one.window.wire.patches)
    one.shelf.scans.append("from elsewhere")
    other.seat.chime = Calling(one.seat)
    await other.window.scan("4711")
    await one.window.settle()
    assert len(one.window.wire.patches) > before
    assert one.window.shows("count 1")


class Calling:
    """A chime that draws another window."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def play(self, tone: Tone) -> None:
        self._seat.redraw()
