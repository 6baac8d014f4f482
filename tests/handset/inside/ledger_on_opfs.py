"""The real ledger keeps the contracts of the floor on OPFS, and really is closed and opened anew in between."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.domain.deeds import Deed
from app.domain.printing import PrintJob
from app.domain.rows import Row
from sync.ledger import SqliteLedger
from tests.contracts.ledger_contract import LedgerContract, Station
from tests.contracts.print_jobs_contract import JobKeeper, PrintJobsContract
from tests.handset.inside.opfs import Folder
from tests.sync.floor import PICKER


class TestTheLedgerOnOpfs(LedgerContract):
    @pytest.fixture(autouse=True)
    def _folder(self, folder: Folder) -> Iterator[None]:
        self.folder = folder
        self.opened: list[SqliteLedger] = []
        yield
        for ledger in self.opened:
            ledger.close()

    def station(self, *rows: Row) -> Station:
        ledger = self.folder.ledger(*rows, clock=self.clock)
        self.opened.append(ledger)
        return ledger


class TestPrintJobsOnOpfs(PrintJobsContract):
    @pytest.fixture
    def keeper(self, folder: Folder) -> Iterator[JobKeeper]:
        books: list[SqliteLedger] = [folder.ledger()]

        def reopen() -> None:
            books[-1].close()
            folder.remount()
            books.append(folder.ledger())

        def add(job: PrintJob) -> None:
            books[-1].record(Deed(facts=(), print_jobs=(job,)), worker_id=PICKER)

        yield JobKeeper(add=add, opened=lambda: books[-1], reopen=reopen)
        books[-1].close()
