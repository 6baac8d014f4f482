"""One window of a station: its screen, its scans, its answers. Built by `wiring.py`, one for each page that opens."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

import flet as ft

from app.domain.scan import Scan
from app.errors import FloorError, LedgerTrouble
from app.ports import Chime, Clock, Link, Tone
from app.workflows.answers import Answer, Role, Sentence
from screens.look import Look
from screens.screen import Act, Notice, Screen
from screens.wording import sentence

log = logging.getLogger("floorhand.seat")

DOUBLE_TAP_MS = 350
# Said because the store is away, and no longer true when it is back.
WHILE_AWAY = frozenset({"work.offline", "work.offline_none", "error.StoreUnreachable"})
# What a tap can fall on, as far as a tap changes it: the screen, and the buttons that it shows now.
Face = tuple[Screen | str | None, ...]
# The arrow of the top bar: nothing else ever stands in its place.
BACK = "back"
# How often silence is asked about while a code is unfinished.
POLL_S = 0.1
# A question about silence that comes so late was held up, and keys with it.
HELD_UP_S = 0.2
# Whoever looks something up for so long has put nothing half done away.
REST_MS = 5_000


class KeyAssembler(Protocol):
    """Makes scans of the keys that a scanner types (`devices.wedge`)."""

    dropped_keys: int
    """How many keys were of a code that never came to its end, so far."""

    @property
    def unfinished(self) -> bool:
        """Whether there is a code that has not come to its end."""

    def typed(self, at_ms: int) -> str:
        """As much of it as a person has typed; empty while it may be a scanner's."""

    def key(
        self, label: str, *, at_ms: int, shift: bool = False, ctrl: bool = False, alt: bool = False, meta: bool = False
    ) -> Scan | None:
        """One key that went down; the scan, when it ends one."""

    def text(self, text: str, *, at_ms: int) -> list[Scan]:
        """What an input method has written at once; the scans that it ends."""

    def poll(self, at_ms: int) -> Scan | None:
        """The scan that silence has ended, asked for every `POLL_S` after a key."""

    def slept(self, for_ms: int) -> None:
        """That nothing was heard for so long was no silence: nobody was awake to hear it."""

    def pause(self) -> None: ...

    def resume(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Lamp:
    """How this station stands with the store: the link, and how many facts it still owes."""

    link: Link
    owed: int
    since: str = ""


class Seat:
    """Routes keys to the screen, answers to the strip and the chime, errors to sentences.

    Args:
        page: Flet's page of this window.
        seat_id: the same after a reload; a new window has a new one.
        look: how it looks at first; its size follows the window.
        wedge: makes scans of keys.
        clock: times keys and taps.
        lamp: asked at each redraw.

    `typed` is what a person is typing now. `draw` is set by the shell; `admits` by the door: it is asked before each
    scan and tap, and False keeps them out.
    """

    def __init__(
        self,
        *,
        page: ft.Page,
        seat_id: str,
        look: Look,
        wedge: KeyAssembler,
        chime: Chime,
        clock: Clock,
        lamp: Callable[[], Lamp],
    ) -> None:
        self.page = page
        self.seat_id = seat_id
        self.look = look
        self.chime = chime
        self.clock = clock
        self.lamp = lamp
        self.who = ""
        self.notice: Notice | None = None
        self.typed = ""
        self.screen: Screen | None = None
        self.last_touch_ms = clock.monotonic_ms()
        self.draw: Callable[[], None] = lambda: None
        self.admits: Callable[[], bool] = lambda: True
        self._wedge = wedge
        self._paused_by: set[str] = set()
        self._last_tap: tuple[str, Face, int] = ("", (None,), -DOUBLE_TAP_MS)
        self._keys_dropped = 0
        self._shown_by: asyncio.Task[Any] | None = None
        self._poll: asyncio.TimerHandle | None = None
        self._poll_at_s = 0.0
        self._context = contextvars.copy_context()
        page.on_keyboard_event = self._on_key
        page.on_resize = self._on_resize
        page.on_disconnect = self._on_gone  # no session is resumed: see web_host

    # -- what screens call ------------------------------------------------------------------------------------------

    def show(self, screen: Screen) -> None:
        """Leave the screen that is shown and show this one; what was good stays in the strip."""
        if self.screen is not None:
            self.screen.on_close()
            # What was refused or asked there would stand over the new screen's own prompt as if it were said of that.
            if self.notice is not None and self.notice.role is not Role.GO:
                self.notice = None
        screen.seat = self
        self.screen, self._shown_by = screen, asyncio.current_task()
        screen.on_open()
        self.redraw()

    def go_back(self) -> Answer | None:
        """Show the screen to which the arrow of the bar leads; a scan of BACK where it leads nowhere is answered."""
        screen = self.screen.back() if self.screen is not None else None
        if screen is None:
            return Answer.wrong("shell.not_here")
        if self.screen is not None:
            self.screen.on_back()
        self.notice = None
        self.show(screen)
        return None

    def say(self, answer: Answer | None) -> None:
        """Put an answer into the strip and sound it. None clears what was good, and leaves what was wrong."""
        if answer is not None:
            self.notice = Notice(role=answer.role, sentence=answer.sentence)
        elif self.notice is not None and self.notice.role is Role.GO:
            self.notice = None
        self.redraw()
        if answer is not None:
            self.chime.play(answer.tone)

    def say_error(self, error: Exception) -> None:
        self.say(self._answer_to(error))

    def _answer_to(self, error: Exception) -> Answer:
        """An error of the floor in its own words; any other in one calm sentence, and in full in the log."""
        tone = Tone.NEEDS_PERSON if isinstance(error, LedgerTrouble) else Tone.WRONG
        if isinstance(error, FloorError):
            log.info("refused seat=%s error=%s facts=%s", self.seat_id, type(error).__name__, error)
            words = sentence(error)
        else:
            log.error("trouble seat=%s screen=%s", self.seat_id, type(self.screen).__name__, exc_info=error)
            words = Sentence("shell.trouble")
        return Answer(role=Role.WRONG, sentence=words, tone=tone)

    @property
    def at_rest(self) -> bool:
        """Whether nothing is begun here, and nobody has touched or scanned anything for a while."""
        quiet = self.clock.monotonic_ms() - self.last_touch_ms >= REST_MS
        begun = self._wedge.unfinished or self._paused_by or self.screen is None
        return quiet and not begun and self.screen is not None and self.screen.rests

    def redraw(self) -> None:
        """Draw this window anew; may be called from anywhere, also while another window's event is handled."""
        if self.notice is not None and self.notice.sentence.key in WHILE_AWAY and self.lamp().link is Link.ONLINE:
            self.notice = None
        self._context.copy().run(self.draw)

    def do(self, act: Act) -> None:
        """Do something that answers, now or later, and say what comes of it."""
        try:
            outcome = act()
            if inspect.isawaitable(outcome):
                self.page.run_task(self._await, outcome, self.screen)
            else:
                self.say(self._noted(outcome))
        except Exception as error:
            self.say_error(error)

    def tap(self, name: str, act: Act) -> None:
        """A tap on something called `name`; the second tap of a double click does nothing.

        That one falls on the same thing, or on what the first has put in its place: FINISH would get new work.
        """
        now_ms = self.last_touch_ms = self.clock.monotonic_ms()
        try:
            face: Face = (self.screen, *(action.key for action in self.screen.actions())) if self.screen else (None,)
        except Exception as error:
            self.say_error(error)
            return
        name_before, face_before, at_ms = self._last_tap
        if now_ms - at_ms < DOUBLE_TAP_MS and (name == name_before or (face != face_before and name != BACK)):
            log.info("second_tap_dropped seat=%s after_ms=%d", self.seat_id, now_ms - at_ms)
            return
        self.do(lambda: act() if self.admits() else None)
        # From when it was done: whoever taps before that has not seen what came of it, however slow the station is.
        self._last_tap = (name, face, self.clock.monotonic_ms())

    def press(self, key: str) -> None:
        """A tap on the button of this name: what it stands for now is done, not what it did when it was drawn."""
        try:
            actions = self.screen.actions() if self.screen else ()
        except Exception as error:
            self.say_error(error)
            return
        for action in actions:
            if action.key == key and action.enabled:
                self.tap(key, action.on_tap)

    def take(self, scan: Scan) -> None:
        """Hand a scan of any device to the screen; one that comes before there is a screen is answered, not lost."""
        self.last_touch_ms = self.clock.monotonic_ms()
        screen = self.screen
        if screen is None:
            self.say(Answer.caution("shell.wait_for_screen"))
            return
        self.do(lambda: screen.on_scan(scan) if self.admits() else None)

    def pause_keys(self, reason: str) -> None:
        """Keys belong to a text field for now; see `resume_keys`."""
        self._paused_by.add(reason)
        self._wedge.pause()

    def resume_keys(self, reason: str) -> None:
        self._paused_by.discard(reason)
        if not self._paused_by:
            self._wedge.resume()

    def keys_dropped(self, count: int) -> None:
        """The page says that so many keys never got here."""
        if count > 0:
            log.info("keys_dropped seat=%s count=%d", self.seat_id, count)
            self.say(Answer.caution("shell.late_keys", count=count))

    def wear(self, look: Look) -> None:
        """Change theme, language or hand of this window at once."""
        self.look = look
        self.page.theme_mode = ft.ThemeMode.DARK if look.theme.dark else ft.ThemeMode.LIGHT
        self.page.theme = self.page.dark_theme = look.theme.flet_theme()
        self.page.update()
        self.redraw()

    # -- what the page calls ------------------------------------------------------------------------------------------

    def _on_key(self, event: ft.KeyboardEvent) -> None:
        if self._paused_by:
            return
        if self._poll is not None and self._forgive_being_held_up():
            self._poll.cancel()
            self._listen_on()
        at_ms = self.clock.monotonic_ms()
        scan = self._wedge.key(
            event.key, at_ms=at_ms, shift=event.shift, ctrl=event.ctrl, alt=event.alt, meta=event.meta
        )
        self._heard(scan, at_ms)

    def text_typed(self, text: str) -> None:
        """Take what an input method has written, with the keys' own rules."""
        if self._paused_by:
            return
        at_ms = self.clock.monotonic_ms()
        scans: list[Scan | None] = [*self._wedge.text(text, at_ms=at_ms)]
        for scan in scans or [None]:
            self._heard(scan, at_ms)

    def _heard(self, scan: Scan | None, at_ms: int) -> None:
        """What a key, or silence, has come to."""
        typed_before, self.typed = self.typed, self._wedge.typed(at_ms)
        self._say_abandoned()
        if scan is not None:
            self.take(scan)
        elif self.typed != typed_before:
            self.last_touch_ms = at_ms
            self.redraw()
        if self._poll is None and self._wedge.unfinished:
            self._listen_on()

    def _listen_on(self) -> None:
        loop = asyncio.get_running_loop()
        # Kept here: the handle of a browser's loop does not know when it is due.
        self._poll_at_s = loop.time() + POLL_S
        self._poll = loop.call_later(POLL_S, self._ask_silence)

    def _forgive_being_held_up(self) -> bool:
        """Where silence should have been asked about long ago, nobody was awake to hear the keys that wait."""
        late_s = asyncio.get_running_loop().time() - self._poll_at_s
        if late_s <= HELD_UP_S:
            return False
        late_ms = round(late_s * 1000)
        log.info("held_up seat=%s ms=%d", self.seat_id, late_ms)
        self._wedge.slept(late_ms)
        return True

    def _ask_silence(self) -> None:
        if self._poll is not None:
            self._forgive_being_held_up()
        at_ms, self._poll = self.clock.monotonic_ms(), None
        self._heard(self._wedge.poll(at_ms), at_ms)

    def _say_abandoned(self) -> None:
        """Say that a code was dropped because its keys stopped in the middle: it would be taken for a shorter one."""
        count, self._keys_dropped = self._wedge.dropped_keys - self._keys_dropped, self._wedge.dropped_keys
        if count > 0:
            log.info("keys_abandoned seat=%s count=%d", self.seat_id, count)
            self.say(Answer.caution("shell.abandoned_keys", count=count))

    def _on_resize(self, event: ft.PageResizeEvent) -> None:
        self.look = self.look.sized(event.width, event.height)
        self.redraw()

    def _on_gone(self) -> None:
        if self._poll is not None:
            self._poll.cancel()
        if self.screen is not None:
            self.screen.on_close()
            self.screen = None

    def _noted(self, answer: Answer | None) -> Answer | None:
        """What an act came to. What was not done has a line in the log, without the facts of its sentence: a name may
        be among them."""
        if answer is not None and answer.role is Role.WRONG:
            name = type(self.screen).__name__
            log.info("refused seat=%s screen=%s said=%s", self.seat_id, name, answer.sentence.key)
        return answer

    async def _await(self, outcome: Awaitable[Answer | None], asked_on: Screen | None) -> None:
        """Say what an act came to on the screen that asked, or on the one to which the act itself has led.

        Whoever is at another one by then, perhaps another worker, did not ask; what was done stands in the book.
        """
        try:
            answer = self._noted(await outcome)
        except Exception as error:
            answer = self._answer_to(error)
        if self.screen is asked_on or self._shown_by is asyncio.current_task():
            self.say(answer)
        else:
            log.info("answer_too_late seat=%s asked_on=%s", self.seat_id, type(asked_on).__name__)
