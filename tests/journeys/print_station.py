"""A station that only prints: the book and the queue of one process, to be killed in the middle of it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from devices.print_queue import PrintQueue
from devices.printer_address import printer_at
from tests.sync.floor import a_ledger


async def work(folder: Path, address: str) -> None:
    ledger = a_ledger(folder)
    printer, drawer = printer_at("P1", address)
    print("printing", flush=True)
    await PrintQueue(ledger, {"P1": printer}, {"P1": drawer}).run()


if __name__ == "__main__":
    asyncio.run(work(Path(sys.argv[1]), sys.argv[2]))
