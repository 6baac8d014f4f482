"""The station's book keeps print jobs as the queue needs them; so does the ledger in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.deeds import Deed
from app.domain.printing import PrintJob
from sync.ledger import SqliteLedger
from tests.contracts.print_jobs_contract import JobKeeper, PrintJobsContract
from tests.fakes.ledger import FakeLedger
from tests.sync.floor import PICKER, a_ledger


class TestJobsInTheBook(PrintJobsContract):
    @pytest.fixture
    def keeper(self, tmp_path: Path) -> Iterator[JobKeeper]:
        books: list[SqliteLedger] = [a_ledger(tmp_path)]

        def reopen() -> None:
            books[-1].close()
            books.append(a_ledger(tmp_path))

        def add(job: PrintJob) -> None:
            books[-1].record(Deed(facts=(), print_jobs=(job,)), worker_id=PICKER)

        yield JobKeeper(add=add, opened=lambda: books[-1], reopen=reopen)
        books[-1].close()


class TestJobsInTheFakeLedger(PrintJobsContract):
    @pytest.fixture
    def keeper(self) -> JobKeeper:
        ledger = FakeLedger()

        def add(job: PrintJob) -> None:
            ledger.record(Deed(facts=(), print_jobs=(job,)), worker_id=PICKER)

        return JobKeeper(add=add, opened=lambda: ledger, reopen=lambda: None)
