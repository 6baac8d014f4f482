"""A station's book in memory, for tests of the workflows. It passes the same contract as the real one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from app.domain.deeds import Deed
from app.domain.facts import Fact, Subject
from app.domain.packing import CartonClosed
from app.domain.printing import PRINT_TRANSITIONS, PrintJob, PrintState
from app.domain.products import Product
from app.domain.rows import Row, to_image
from app.errors import IllegalTransition, LedgerTrouble
from app.ports import Clock, CodeHit
from sync.number_ranges import NumberRange
from tests.fakes.clock import FakeClock

R = TypeVar("R", bound=Row)
DEMO_RANGE = NumberRange(company_prefix="4012345", extension_digit="3", first_serial=1, last_serial=500)


class FakeLedger:
    """Implements `Ledger` and `PrintJobs`.

    Args:
        rows: what the station knows at the beginning.
        number_range: SSCCs that are left; None for a station that has none.

    Attributes:
        facts: every fact recorded so far, oldest first; `facts[0]` has the number 1.
        deeds: every deed recorded so far.
        trouble: set it, and every write fails with it and keeps nothing.
    """

    def __init__(
        self,
        rows: Iterable[Row] = (),
        *,
        station_id: str = "K3",
        warehouse_id: str = "W1",
        clock: Clock | None = None,
        number_range: NumberRange | None = DEMO_RANGE,
    ) -> None:
        self.station_id = station_id
        self.warehouse_id = warehouse_id
        self.facts: list[Fact] = []
        self.deeds: list[Deed] = []
        self.worker_ids: list[str] = []
        self.trouble: LedgerTrouble | None = None
        self._clock = clock or FakeClock()
        self._rows: dict[Subject, Row] = {}
        self._jobs: dict[str, PrintJob] = {}
        self._memory: dict[str, str] = {}
        self._occurred: list[datetime] = []
        self._held_through_seq = 0
        self._range = number_range
        self._serial = number_range.first_serial if number_range else 0
        self._listeners: list[Callable[[], None]] = []
        self._job_listeners: list[Callable[[], None]] = []
        self.receive(*rows)

    def get(self, row_type: type[R], row_id: str) -> R | None:
        row = self._rows.get((row_type.row_kind, row_id))
        return row if isinstance(row, row_type) else None

    def all(self, row_type: type[R], *, parent: str | None = None) -> list[R]:
        found = [row for row in self._rows.values() if isinstance(row, row_type)]
        return sorted((row for row in found if parent is None or row.parent == parent), key=lambda row: row.row_id)

    def find_code(self, code: str) -> CodeHit | None:
        for product in self.all(Product):
            for pack in product.packs:
                if pack.code == code:
                    return CodeHit(product_id=product.product_id, factor_each=pack.factor_each)
        return None

    def record(self, deed: Deed, *, worker_id: str) -> tuple[int, ...]:
        self._may_write()
        closed = [fact for fact in deed.facts if isinstance(fact, CartonClosed)]
        for fact in closed:
            if fact.sscc != self.take_sscc():
                raise IllegalTransition("CartonClosed", "another number comes next in the station's range")
            self._serial += 1
        first = len(self.facts) + 1
        self.facts += deed.facts
        self.deeds.append(deed)
        self.worker_ids += [worker_id] * len(deed.facts)
        self._occurred += [self._clock.now_utc()] * len(deed.facts)
        self._rows.update({(row.row_kind, row.row_id): row for row in deed.rows})
        self._jobs.update({job.job_id: job for job in deed.print_jobs})
        _tell(self._listeners)
        if deed.print_jobs:
            _tell(self._job_listeners)
        return tuple(range(first, len(self.facts) + 1))

    def owed_count(self) -> int:
        return len(self.facts) - self._held_through_seq

    def owed_since_utc(self) -> datetime | None:
        return self._occurred[self._held_through_seq] if self.owed_count() else None

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        return _join(self._listeners, listener)

    def last_facts(self, limit: int = 50) -> list[tuple[int, str, Mapping[str, Any]]]:
        numbered = [(seq, fact.kind, to_image(fact)) for seq, fact in enumerate(self.facts, 1)]
        return numbered[::-1][:limit]

    def take_sscc(self) -> str | None:
        if self._range is None or self._serial > self._range.last_serial:
            return None
        return self._range.sscc(self._serial)

    def remember(self, key: str, value: str) -> None:
        self._may_write()
        self._memory[key] = value

    def recall(self, key: str) -> str | None:
        return self._memory.get(key)

    def job(self, job_id: str) -> PrintJob | None:
        return self._jobs.get(job_id)

    def jobs(self, *, states: Iterable[PrintState] | None = None) -> list[PrintJob]:
        wanted = set(PrintState) if states is None else set(states)
        return [job for job in self._jobs.values() if job.state in wanted]

    def mark(self, job_id: str, state: PrintState, *, reason: str = "", printer_count: int | None = None) -> None:
        self._may_write()
        job = self._jobs[job_id]
        if state not in PRINT_TRANSITIONS[job.state]:
            raise IllegalTransition(str(state), str(job.state))
        self._jobs[job_id] = dataclasses.replace(
            job,
            state=state,
            reason=reason,
            attempt=job.attempt + (state is PrintState.SENDING),
            printer_count=job.printer_count if printer_count is None else printer_count,
        )
        _tell(self._job_listeners)

    def on_job(self, listener: Callable[[], None]) -> Callable[[], None]:
        return _join(self._job_listeners, listener)

    def receive(self, *rows: Row) -> None:
        """The store sent these rows."""
        self._rows.update({(row.row_kind, row.row_id): row for row in rows})
        _tell(self._listeners)

    def lease_numbers(self, numbers: NumberRange = DEMO_RANGE) -> None:
        """The store gave this station a range of SSCCs."""
        self._range, self._serial = numbers, numbers.first_serial
        _tell(self._listeners)

    def lose(self, row: Row) -> None:
        """The store took this row away."""
        self._rows.pop((row.row_kind, row.row_id), None)
        _tell(self._listeners)

    def held_through(self, seq: int) -> None:
        """The store holds every fact up to this number."""
        self._held_through_seq = seq
        _tell(self._listeners)

    def _may_write(self) -> None:
        if self.trouble is not None:
            raise self.trouble


def _tell(listeners: list[Callable[[], None]]) -> None:
    for listener in list(listeners):
        listener()


def _join(listeners: list[Callable[[], None]], listener: Callable[[], None]) -> Callable[[], None]:
    listeners.append(listener)

    def leave() -> None:
        if listener in listeners:
            listeners.remove(listener)

    return leave
