"""What a screen is to its seat: a thing that says what to scan, draws itself, and judges scans through a workflow."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import flet as ft

from app.domain.scan import Scan
from app.ports import Chime, Clock
from app.workflows.answers import Answer, Prompt, Role, Sentence
from screens.look import Look

Outcome = Answer | Awaitable[Answer | None] | None
Act = Callable[[], Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One big button of the bottom row.

    Args:
        key: of its words; also its name in tests.
        icon: drawn above the words.
        on_tap: done at a tap, with the same answers and errors as a scan; may be async.
        role: paints it; None for an ordinary key.
        enabled: a button that cannot be used now is drawn, but quiet.
    """

    key: str
    icon: ft.IconData
    on_tap: Act
    role: Role | None = None
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What the strip shows over the prompt: what an answer says, in whatever words the window wears."""

    role: Role
    sentence: Sentence


class ScreenSeat(Protocol):
    """What a screen may ask of the seat that shows it: `screens.seat.Seat`, which says what each of these does."""

    page: ft.Page
    seat_id: str
    look: Look
    chime: Chime
    clock: Clock
    notice: Notice | None
    screen: Screen | None
    last_touch_ms: int

    def show(self, screen: Screen) -> None: ...

    def go_back(self) -> Answer | None: ...

    def say(self, answer: Answer | None) -> None: ...

    def say_error(self, error: Exception) -> None: ...

    def redraw(self) -> None: ...

    def do(self, act: Act) -> None: ...

    def tap(self, name: str, act: Act) -> None: ...

    def take(self, scan: Scan) -> None: ...

    def pause_keys(self, reason: str) -> None: ...

    def resume_keys(self, reason: str) -> None: ...

    def wear(self, look: Look) -> None: ...


class Screen(ABC):
    """One screen of one seat.

    Everything but `on_…` is asked anew at each redraw and must be quick and free of side effects. The seat redraws
    after each scan, each tap and each `seat.redraw()`. A FloorError out of `on_scan` or `on_tap` becomes its sentence
    in the prompt strip with the wrong tone; the screen need not catch it.
    """

    seat: ScreenSeat

    @property
    def rests(self) -> bool:
        """Whether nothing is begun here, so that the program may be changed for a newer one while nobody touches it."""
        return False

    @property
    @abstractmethod
    def title(self) -> Sentence | str:
        """What this is: `Sentence("returns.title")`, or a finished text such as a picklist's number."""

    @abstractmethod
    def build(self, look: Look) -> ft.Control:
        """The content between top bar and prompt strip. It gets all the height that is left: give it `expand=True`."""

    def prompt(self, look: Look) -> Prompt | None:
        """What is asked for now; None where no scan is awaited: then buttons may keep the focus."""
        return None

    @property
    def hides_keys(self) -> bool:
        """Whether what is typed now is nobody else's to read."""
        return False

    def progress(self) -> tuple[int, int] | None:
        """Done, and of how many."""
        return None

    def actions(self) -> tuple[Action, ...]:
        """The bottom row, up to four; none hides the row."""
        return ()

    def back(self) -> Screen | None:
        """Where the arrow of the top bar leads; None hides it."""
        return None

    def on_back(self) -> None:  # noqa: B027
        """Somebody leaves by BACK, on purpose: neither a reload nor an idle window does."""

    def on_scan(self, scan: Scan) -> Outcome:
        """Judge one scan, record what follows, and answer. Sync when it can be: between judging and green is nothing.

        Raises:
            FloorError: said in the strip.
        """
        return Answer.wrong("shell.not_here")

    def on_open(self) -> None:  # noqa: B027 - most screens have nothing to open
        """The seat shows this screen now: begin listening. `self.seat` is set."""

    def on_close(self) -> None:  # noqa: B027
        """The seat shows another screen, or the window is gone: end what `on_open` began."""
