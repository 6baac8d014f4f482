"""The lock of a book in a browser: the page holds a Web Lock of its name before Python starts, and until it ends."""

from __future__ import annotations

from collections.abc import Callable

from app.errors import LedgerBusy


class WebLock:
    """What keeps other windows out of the book; the files of OPFS can be opened only once at that.

    Args:
        is_held: whether the page holds the Web Lock.
    """

    alone = True

    def __init__(self, is_held: Callable[[], bool]) -> None:
        self._is_held = is_held
        self._is_taken = False

    def acquire(self) -> None:
        if self._is_taken:
            raise LedgerBusy("this window has the book open already")
        if not self._is_held():
            raise LedgerBusy("another window holds the book")
        self._is_taken = True

    def release(self) -> None:
        """Let this window open the book again; the Web Lock itself ends with the page."""
        self._is_taken = False
