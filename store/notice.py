"""Wakes those who wait for news: what a commit has changed in which scopes, and whoever pulls those looks again."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

_CHANGED = "floorhand_changed"
Scope = tuple[str, str]
"""(warehouse id, scope)"""


@dataclass(slots=True)
class Changed:
    """What one transaction has changed: the newest number of each warehouse's feed, and the scopes that it is in."""

    change_seqs: dict[str, int] = field(default_factory=dict)
    scopes: set[Scope] = field(default_factory=set)

    def add(self, warehouse_id: str, change_seq: int, scopes: Iterable[str]) -> None:
        self.change_seqs[warehouse_id] = max(change_seq, self.change_seqs.get(warehouse_id, 0))
        self.scopes.update((warehouse_id, scope) for scope in scopes)


def changed_by(info: dict[Any, Any]) -> Changed:
    """What the transaction under way on a connection has changed; `info` is the connection's own."""
    changed: Changed = info.setdefault(_CHANGED, Changed())
    return changed


def taken_from(info: dict[Any, Any]) -> Changed:
    """The same, once: the transaction is over."""
    changed: Changed = info.pop(_CHANGED, None) or Changed()
    return changed


@dataclass(eq=False, slots=True)
class _Listener:
    """Args:
    scopes: what is listened to; everything, commits that change no row too, when None.
    news: set when there may be news.
    """

    loop: asyncio.AbstractEventLoop
    scopes: frozenset[Scope] | None
    news: asyncio.Event = field(default_factory=asyncio.Event)


class Notice:
    """Said from the writer's thread, heard on any event loop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: set[_Listener] = set()
        self._change_seqs: dict[str, int] = {}
        self.closed = False

    @contextmanager
    def listening(self, warehouse_id: str = "", scopes: Iterable[str] | None = None) -> Iterator[asyncio.Event]:
        """An event that is set at each commit that changes something in `scopes` from now on; begin to listen before
        you look. Every commit, when no scopes are named.
        """
        wanted = None if scopes is None else frozenset((warehouse_id, scope) for scope in scopes)
        listener = _Listener(asyncio.get_running_loop(), wanted)
        with self._lock:
            self._waiting.add(listener)
        try:
            yield listener.news
        finally:
            with self._lock:
                self._waiting.discard(listener)

    @property
    def listeners(self) -> int:
        """How many wait now."""
        with self._lock:
            return len(self._waiting)

    def change_seq(self, warehouse_id: str) -> int:
        """How far the warehouse's feed has come, as far as it was said here; 0 when it was not."""
        return self._change_seqs.get(warehouse_id, 0)

    def say(self, changed: Changed | None = None) -> None:
        """There may be news: in the scopes that `changed` names, anywhere when it is None."""
        with self._lock:
            if changed is not None:
                self._change_seqs.update(changed.change_seqs)
            waiting = [one for one in self._waiting if _concerns(changed, one.scopes)]
        for listener in waiting:
            if not listener.loop.is_closed():
                listener.loop.call_soon_threadsafe(listener.news.set)

    def close(self) -> None:
        """The store is going down: let everybody go."""
        self.closed = True
        self.say()


def _concerns(changed: Changed | None, scopes: frozenset[Scope] | None) -> bool:
    return changed is None or scopes is None or not scopes.isdisjoint(changed.scopes)
