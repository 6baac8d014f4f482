"""Who wants to know after a commit."""

from __future__ import annotations

import logging
from collections.abc import Callable

log = logging.getLogger("floorhand.sync")
Listener = Callable[[], None]


class Listeners:
    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def join(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` from now on; returns what ends it."""
        self._listeners.append(listener)

        def leave() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return leave

    def tell(self) -> None:
        for listener in tuple(self._listeners):
            try:
                listener()
            except Exception:
                # What is committed is committed: a broken screen must not make a scan look refused.
                log.exception("listener_failed listener=%r", listener)
