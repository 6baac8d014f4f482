"""The one writer of the store: gathers what is waiting into one transaction, commits once, then replies to each."""

from __future__ import annotations

import logging
import queue
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, RootTransaction
from sqlalchemy.exc import OperationalError

from store import other_stores, replicated
from store.notice import Changed, taken_from

T = TypeVar("T")
I_contra = TypeVar("I_contra", contravariant=True)
R_co = TypeVar("R_co", covariant=True)
FACTS_A_GROUP_MAX = 500
log = logging.getLogger(__name__)


class StoreBusy(Exception):
    """The group could not be committed, or the store is going down: nothing of it is kept, ask again."""


class Together(Protocol[I_contra, R_co]):
    """Work that costs less when much of it is done at once."""

    def do(self, connection: Connection, items: Sequence[I_contra]) -> Sequence[R_co | Exception]:
        """Do all of them, in their order; what becomes of each. An exception among the results is one item's own.

        What it raises is all items' own, and then nothing that it wrote may be left in the transaction.
        """

    def committed(self) -> None:
        """What was done last is on the disk."""


@dataclass(slots=True)
class _Waiting:
    work: Callable[[Connection], Any] | None
    weight: int
    reply: Future[Any]
    together: Together[Any, Any] | None = None
    item: Any = None
    result: Any = None
    error: BaseException | None = field(default=None)


class Writer:
    """One thread, one connection, total commit order.

    Each work runs in a savepoint of the group's transaction, sees what the works before it have written, and fails
    alone. Work that is done together comes last. Nobody is answered before the commit.

    Attributes:
        name: this one's among those that write to the same database.

    Args:
        engine: a writer's engine (`store.engine.open_writer`).
        after_commit: called in the writer's thread once a group is on the disk, with what it has changed.
    """

    def __init__(self, engine: Engine, after_commit: Callable[[Changed], None]) -> None:
        self.name = secrets.token_hex(4)
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
        self._wait(_Waiting(work, weight, reply))
        return reply

    def submit_to(self, together: Together[I_contra, T], item: I_contra, *, weight: int = 1) -> Future[T]:
        """Have `together` do `item` with whatever else waits for it; its result comes after the commit."""
        reply: Future[T] = Future()
        self._wait(_Waiting(None, weight, reply, together=together, item=item))
        return reply

    def _wait(self, waiting: _Waiting) -> None:
        # Running from the start: whoever stops waiting for a reply does not take the work back.
        waiting.reply.set_running_or_notify_cancel()
        with self._lock:
            if self._closed:
                waiting.reply.set_exception(StoreBusy("the store is going down"))
            else:
                self._queue.put(waiting)

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
        shared: dict[Together[Any, Any], list[_Waiting]] = {}
        for waiting in group:
            if waiting.together is not None:
                shared.setdefault(waiting.together, []).append(waiting)
        try:
            with _begun(self._engine) as (connection, transaction):
                taken_from(connection.info)
                with transaction:
                    for waiting in group:
                        if waiting.work is not None:
                            _do(connection, waiting)
                    for together, members in shared.items():
                        _do_together(connection, together, members)
                    other_stores.tell(connection, self.name)
                replicated.check(connection)
                changed = taken_from(connection.info)
        except Exception as error:
            # While the database or its standbys are away every group ends here: a line each says enough.
            away = isinstance(error, OperationalError | replicated.NotReplicated)
            reason = (str(error) or type(error).__name__).partition("\n")[0]
            log.error("group_lost works=%d reason=%s", len(group), reason, exc_info=None if away else error)
            for waiting in group:
                waiting.reply.set_exception(StoreBusy("the store could not write"))
            return
        for together in shared:
            together.committed()
        try:
            self._after_commit(changed)
        except Exception:
            # Whoever is to be woken may be gone; those who wrote are to be answered.
            log.exception("commit_not_told")
        for waiting in group:
            if waiting.error is not None:
                waiting.reply.set_exception(waiting.error)
            else:
                waiting.reply.set_result(waiting.result)


@contextmanager
def _begun(engine: Engine) -> Iterator[tuple[Connection, RootTransaction]]:
    """A connection and its transaction. One from before a failover fails at its first word, when nothing is lost yet:
    the next one is new.
    """
    with ExitStack() as kept:
        connection = kept.enter_context(engine.connect())
        try:
            transaction = connection.begin()
        except OperationalError as error:
            if not error.connection_invalidated:
                raise
            connection = kept.enter_context(engine.connect())
            transaction = connection.begin()
        yield connection, transaction


def _do(connection: Connection, waiting: _Waiting) -> None:
    assert waiting.work is not None
    try:
        with connection.begin_nested():
            waiting.result = waiting.work(connection)
    except Exception as error:
        waiting.error = error


def _do_together(connection: Connection, together: Together[Any, Any], members: list[_Waiting]) -> None:
    try:
        results = together.do(connection, [waiting.item for waiting in members])
    except Exception as error:
        for waiting in members:
            waiting.error = error
    else:
        for waiting, result in zip(members, results, strict=True):
            if isinstance(result, Exception):
                waiting.error = result
            else:
                waiting.result = result
