"""What outlives a crash: plain dicts and lists that change whole or not at all, and the crash drawn for a commit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

_GONE: Any = object()
_APPENDED: Any = object()


class Fate(Enum):
    """When the next commit kills whoever commits: the work is lost, or it is kept and nobody hears of it."""

    BEFORE = "before"
    AFTER = "after"


class Crashed(Exception):
    """The process died here.

    Args:
        disk: whose.
        kept: after its commit, before anybody heard of it; otherwise nothing of the transaction is left.
    """

    def __init__(self, disk: object, *, kept: bool) -> None:
        super().__init__()
        self.disk = disk
        self.kept = kept


class Disk:
    """One side's disk. Tables are changed through `put`, `drop` and `append` inside `transaction` alone.

    Attributes:
        fate: what the next commit ends in; None as a rule.
    """

    def __init__(self) -> None:
        self.fate: Fate | None = None
        self._undo: list[tuple[Any, Any, Any]] = []

    @contextmanager
    def transaction(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.undo()
            raise
        self.commit()

    def commit(self) -> None:
        fate, self.fate = self.fate, None
        if fate is Fate.BEFORE:
            self.undo()
            raise Crashed(self, kept=False)
        self._undo.clear()
        if fate is Fate.AFTER:
            raise Crashed(self, kept=True)

    def put(self, table: dict[Any, Any], key: Any, value: Any) -> None:
        self._undo.append((table, key, table.get(key, _GONE)))
        table[key] = value

    def drop(self, table: dict[Any, Any], key: Any) -> None:
        if key in table:
            self._undo.append((table, key, table.pop(key)))

    def append(self, items: list[Any], item: Any) -> None:
        self._undo.append((items, None, _APPENDED))
        items.append(item)

    def undo(self) -> None:
        """Take back whatever has not been committed."""
        for table, key, before in reversed(self._undo):
            if before is _APPENDED:
                table.pop()
            elif before is _GONE:
                del table[key]
            else:
                table[key] = before
        self._undo.clear()
