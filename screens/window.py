"""A window as the web host knows it: which seat it is, and what became of the keys that were typed into it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import flet as ft

Main = Callable[["ft.Page", "Window"], Awaitable[None]]
"""Draws a page that has just connected."""


class Window:
    """One window of a browser, from page to page: the seat stays the same over reloads.

    Args:
        seat_id: names the seat; not a secret, it may be logged and kept in the book.
    """

    def __init__(self, seat_id: str) -> None:
        self.seat_id = seat_id
        self._dropped = 0
        self._listener: Callable[[int], None] | None = None
        self.text_typed: Callable[[str], None] = lambda _: None
        """Takes what an input method has written; set by whoever listens to the window's keys."""
        self.at_rest: Callable[[], bool] = lambda: True
        """Whether nothing is begun in it; see `Seat.at_rest`."""

    def on_keys_dropped(self, listener: Callable[[int], None]) -> None:
        """Call `listener` with the count of keys that never got through; at once when it is known already."""
        self._listener = listener
        if self._dropped:
            count, self._dropped = self._dropped, 0
            listener(count)

    def keys_dropped(self, count: int) -> None:
        if self._listener is None:
            self._dropped += count
        else:
            self._listener(count)
