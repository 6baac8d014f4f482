"""The one writer of the store: gathers what is waiting into one transaction, commits once, then replies to each."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

T = TypeVar("T")
FACTS_A_GROUP_MAX = 500
log = logging.getLogger(__name__)


class StoreBusy(Exception):
    """The group could not be committed, or the store is going down: nothing of it is kept, ask again."""


@dataclass(slots=True)
class _Waiting:
    work: Callable[[Connection], Any]
    weight: int
    reply: Future[Any]
    result: Any = None
    error: BaseException | None = field(default=None)


class Writer:
    """One thread, one connection, total commit order.

    Each work runs in a savepoint of the group's transaction, sees what the works before it have written, and fails
    alone. Nobody is answered before the commit.

    Args:
        engine: a writer's engine (`store.engine.open_writer`).
        after_commit: called in the writer's thread once a group is on the disk.
    """

    def __init__(self, engine: Engine, after_commit: Callable[[], None]) -> None:
        self._engine = engine
        self._after_commit = after_commit
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._closed = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Connection], T], *, weight: int = 1) -> Future[T]:
        """Have `work` done in the next group; its result, or what it raised, comes after the commit.

        Args:
            weight: how many facts the work carries; a group holds at most `FACTS_A_GROUP_MAX`.
        """
        reply: Future[T] = Future()
        # Running from the start: whoever stops waiting for a reply does not take the work back.
        reply.set_running_or_notify_cancel()
        with self._lock:
            if self._closed:
                reply.set_exception(StoreBusy("the store is going down"))
            else:
                self._queue.put(_Waiting(work, weight, reply))
        return reply

    def close(self) -> None:
        """Finish what is waiting, then stop."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        open_for_work = True
        while open_for_work:
            first = self._queue.get()
            if first is None:
                return
            group, open_for_work = self._gather(first)
            self._write(group)

    def _gather(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        group, weight = [first], first.weight
        while weight < FACTS_A_GROUP_MAX:
            try:
                waiting = self._queue.get_nowait()
            except queue.Empty:
                break
            if waiting is None:
                return group, False
            group.append(waiting)
            weight += waiting.weight
        return group, True

    def _write(self, group: list[_Waiting]) -> None:
        try:
            with self._engine.begin() as connection:
                for waiting in group:
                    self._do(connection, waiting)
        except Exception:
            log.exception("group_lost works=%d", len(group))
            for waiting in group:
                waiting.reply.set_exception(StoreBusy("the store could not write"))
            return
        self._after_commit()
        for waiting in group:
            if waiting.error is not None:
                waiting.reply.set_exception(waiting.error)
            else:
                waiting.reply.set_result(waiting.result)

    def _do(self, connection: Connection, waiting: _Waiting) -> None:
        savepoint = connection.begin_nested()
        try:
            waiting.result = waiting.work(connection)
        except Exception as error:
            savepoint.rollback()
            waiting.error = error
        else:
            savepoint.commit()
