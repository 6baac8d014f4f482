"""What a walk asks of a station's book and of the store's, so that the model's and the real ones walk the same way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol, TypeVar

from app.domain.deeds import Deed
from app.domain.facts import Subject
from app.domain.rows import Row
from store.judge import Told
from sync.number_ranges import NumberRange
from sync.protocol import Cursor, FactsJudged, Pulled
from tests.model.disk import Fate
from tests.model.movements import Place
from tests.model.written import Held, Written

R = TypeVar("R", bound=Row)


class Mortal(Protocol):
    """A disk whose owner may die at its next commit: it raises `Crashed`, naming this disk."""

    fate: Fate | None


class Transacting(Mortal, Protocol):
    def transaction(self) -> AbstractContextManager[None]: ...


class StationBook(Protocol):
    """As `sync.ledger.SqliteLedger`, and what the witness looks at.

    Attributes:
        version: of the facts that the app writes.
    """

    station_id: str
    version: int

    @property
    def disk(self) -> Mortal: ...

    def restart(self) -> None: ...

    def get(self, row_type: type[R], row_id: str) -> R | None: ...

    def all(self, row_type: type[R], *, parent: str | None = None) -> list[R]: ...

    def record(self, deed: Deed, *, worker_id: str) -> tuple[int, ...]: ...

    def remember(self, key: str, value: str) -> None: ...

    def recall(self, key: str) -> str | None: ...

    def next_load_id(self) -> str | None: ...

    @property
    def last_seq(self) -> int: ...

    @property
    def held_through_seq(self) -> int: ...

    @property
    def included_through_seq(self) -> int: ...

    def oldest_kept_seq(self) -> int: ...

    def owed(self, first_seq: int, limit: int) -> tuple[str, ...]: ...

    def settle(self, judged: FactsJudged) -> None: ...

    def cursor(self) -> Cursor: ...

    def apply(self, pulled: Pulled) -> None: ...

    def lease_numbers(self, leased: NumberRange) -> None: ...

    def numbers_left_each(self) -> int: ...

    @property
    def fetching(self) -> bool: ...

    def shelf(self) -> Mapping[Subject, Any]:
        """The store's rows here, each as `StoreSide.full_read` says it."""

    def views(self) -> Mapping[Subject, Row]:
        """All that people see."""


class StoreSide(Protocol):
    """The store behind its door. What changes it is done between `begin` and the end of `disk.transaction`.

    Attributes:
        written: what the running group, or the last one, changed.
    """

    written: Written

    @property
    def disk(self) -> Transacting: ...

    def begin(self) -> None: ...

    def hear(self, station_id: str, texts: Sequence[str], now_utc: datetime) -> FactsJudged: ...

    def answer(self, station_id: str, name: str, key: str, now_utc: datetime) -> Mapping[str, Any]: ...

    def news(self, station_id: str, cursor: Cursor) -> bool:
        """Whether a pull would bring anything."""

    def pull(self, station_id: str, cursor: Cursor) -> Pulled: ...

    def held_through(self, station_id: str) -> int: ...

    # What the witness looks at.

    def read(self, station_id: str, text: str) -> Told | str: ...

    def row(self, row_type: type[R], row_id: str) -> R | None: ...

    def is_work(self, held: Held) -> bool:
        """Whether what did not fit is somebody's work."""

    def product_of(self, task_id: str) -> str: ...

    def stock_each(self, place: Place) -> int: ...

    def is_at_head(self, cursor: Cursor) -> bool: ...

    def full_read(self, station_id: str) -> Mapping[Subject, Any]:
        """Every row in a station's scopes: what snapshot + deltas must come to."""

    def rows_of(self, station_id: str) -> Mapping[Subject, Row]:
        """The same rows, as values."""

    @property
    def aside(self) -> int:
        """Facts that wait for a program that can read them."""
