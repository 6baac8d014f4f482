"""Which pages are connected, since when they were last heard of, and which of their keys count.

A page has a *life* from its load to its next load. A life whose page was silent for longer than `SILENCE_MS` has ended:
keys that come through its old connection afterwards were typed into a frozen screen, and must not count.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from screens.window import Window

# The page shows that it is cut off after 6 s (assets/link.js); it must never be cut off here before it says so there.
SILENCE_MS = 8000
KEPT_LIVES = 64


class Standing(StrEnum):
    """What the page is told about its life: absent while its client has not connected, waiting until it is drawn."""

    ABSENT = "absent"
    WAITING = "waiting"
    READY = "ready"
    ENDED = "ended"


@dataclass(slots=True)
class Life:
    """One load of a page, and its one connection."""

    window: Window
    heard_at_ms: int
    keys_heard: int = 0
    resting: bool = False
    standing: Standing = Standing.WAITING
    end: Callable[[], None] = field(default=lambda: None)


def seat_id(secret: str, window: int) -> str:
    """A seat's public name: the browser's cookie with the window's number, one way only."""
    return hashlib.sha256(f"{secret}:{window}".encode()).hexdigest()[:16]


class LinkBook:
    """The lives of this station's pages. Time is handed in, in monotonic ms."""

    def __init__(self, monotonic_ms: Callable[[], int]) -> None:
        self._now_ms = monotonic_ms
        self._lives: dict[tuple[str, str], Life] = {}

    def now_ms(self) -> int:
        return self._now_ms()

    def life(self, seat: str, life_id: str) -> Life | None:
        return self._lives.get((seat, life_id))

    def begin(self, seat: str, life_id: str) -> Life | None:
        """A page connects; None when this life has been connected before.

        Flet's client connects again by itself after a drop. Some of its controls never repaint then, so that such a
        page must be loaded anew, with a life of its own.
        """
        if (seat, life_id) in self._lives:
            return None
        life = Life(window=Window(seat), heard_at_ms=self._now_ms())
        self._lives[seat, life_id] = life
        ended = [name for name, one in self._lives.items() if one.standing is Standing.ENDED]
        for name in ended[: max(0, len(self._lives) - KEPT_LIVES)]:
            del self._lives[name]
        return life

    def beat(self, seat: str, life_id: str, *, resting: bool) -> Standing:
        """The page is heard of: does its life go on?

        A resting page is hidden: its browser slows its clock down, so its silence says nothing.
        """
        life = self._lives.get((seat, life_id))
        if life is None:
            return Standing.ABSENT
        self._judge(life)
        life.heard_at_ms, life.resting = self._now_ms(), resting
        return life.standing

    def alive(self, life: Life) -> bool:
        """Whether what comes through this life's connection now may still count."""
        self._judge(life)
        return life.standing is not Standing.ENDED

    def lost(self, seat: str, life_id: str, *, swallowed: int, passed: int, unsure: int) -> int:
        """How many keys of an earlier life never got through.

        Args:
            swallowed: keys that the page kept back while it was cut off.
            passed: keys that it let through to its connection in all.
            unsure: those of them after the last sign of life; used when this station knows nothing of that life.
        """
        life = self._lives.get((seat, life_id))
        return swallowed + (unsure if life is None else max(0, passed - life.keys_heard))

    def end_all(self) -> None:
        """Every page is sent away: the station stops, or draws them otherwise from now on."""
        for life in self._lives.values():
            if life.standing is not Standing.ENDED:
                life.standing = Standing.ENDED
                life.end()

    def _judge(self, life: Life) -> None:
        silent_ms = self._now_ms() - life.heard_at_ms
        if life.standing is Standing.READY and not life.resting and silent_ms > SILENCE_MS:
            life.standing = Standing.ENDED
            life.end()
