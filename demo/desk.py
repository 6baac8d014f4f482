"""A station of the demo without screens: the same book, courier and workflows, and a worker who only scans."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

import app.domain.catalogue  # noqa: F401  (rows and facts by their kinds)
from app.domain.scan import Scan, Source
from app.errors import LedgerTrouble
from devices.clock import SystemClock
from sync.book import open_book
from sync.courier import Courier
from sync.enrolment import enrol
from sync.ledger import SqliteLedger
from sync.signer_file import FileSigner
from sync.transport import StoreTransport


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    ledger: SqliteLedger
    courier: Courier
    clock: SystemClock

    async def until(self, wanted: Callable[[], bool], *, within_s: float = 30.0) -> None:
        """Wait until what the book says makes `wanted` true.

        Raises:
            TimeoutError: it did not within the time.
        """
        changed = asyncio.Event()
        leave = self.ledger.on_change(changed.set)
        try:
            async with asyncio.timeout(within_s):
                while not wanted():
                    changed.clear()
                    await changed.wait()
        finally:
            leave()

    async def quiet(self, *, within_s: float = 30.0) -> None:
        """Wait until nothing is owed, and the store has heard so: nobody tells it later."""
        await self.until(lambda: self.ledger.owed_count() == 0, within_s=within_s)
        await self.courier.pull_now()


@asynccontextmanager
async def desk(
    folder: Path,
    *,
    store_url: str,
    enrolment_code: str,
    name: str,
    clock: SystemClock | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[Desk]:
    """A station that carries its facts while the block lasts; its book stays in `folder`.

    Args:
        enrolment_code: used when the book is new.
        clock: when what is done here is said to be done. To the store it speaks by the machine's own: one that is far
            off is refused.
    """
    folder.mkdir(parents=True, exist_ok=True)
    clock = clock or SystemClock()
    ledger = SqliteLedger(open_book(folder / "book.db"), clock)
    signer = FileSigner(folder / "device.key")
    wire = StoreTransport(store_url, transport=transport)
    carrying: asyncio.Task[None] | None = None
    try:
        if ledger.enrolled is None:
            await enrol(ledger, wire, signer, code=enrolment_code, name=name)
        courier = Courier(ledger, wire, signer, SystemClock(), random=random.random, app_version="demo")
        carrying = asyncio.create_task(courier.run(), name=f"courier of {name}")
        await courier.pull_now()
        yield Desk(ledger=ledger, courier=courier, clock=clock)
    finally:
        if carrying is not None:
            carrying.cancel()
            await asyncio.gather(carrying, return_exceptions=True)
        await wire.close()
        ledger.book.close()


def is_enrolled(folder: Path) -> bool:
    """Whether the station of this folder knows already who it is; nobody may have its book open.

    A book that cannot be opened counts as a station's: its own screen says what is wrong with it.
    """
    if not (folder / "book.db").exists():
        return False
    try:
        book = open_book(folder / "book.db")
    except LedgerTrouble:
        return True
    try:
        return SqliteLedger(book, SystemClock()).enrolled is not None
    finally:
        book.close()


def wedge(text: str) -> Scan:
    """What a scanner with a cable sends."""
    return Scan(text=text, source=Source.WEDGE)
