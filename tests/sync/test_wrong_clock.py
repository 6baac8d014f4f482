"""A device whose clock is wrong: the store cannot believe its signatures, and the lamp says what to put right."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from pathlib import Path

from app.ports import Link
from sync.courier import Courier
from sync.signer_file import FileSigner
from sync.transport import StoreTransport
from tests.fakes.clock import SHIFT_BEGINS_UTC, FakeClock
from tests.sync.floor import a_ledger, at_bin, do
from tests.sync.wire import a_wire_store_with, reply

TOKEN = "/v1/stations/token"


async def test_a_clock_that_is_wrong_is_called_so_keeps_every_fact_and_is_well_once_it_is_set(tmp_path: Path) -> None:
    async with a_wire_store_with("T1") as store:
        said = {"reason": "the station's clock is more than ten minutes off", "store_now_utc": str(SHIFT_BEGINS_UTC)}
        store.faults[TOKEN] = deque([reply(401, said)] * 2)
        ledger, transport = a_ledger(tmp_path), StoreTransport(store.url)
        courier = Courier(ledger, transport, FileSigner(tmp_path / "key"), FakeClock(), random=random.Random(1).random)
        changed = asyncio.Event()
        courier.on_state(changed.set)
        ledger.on_change(changed.set)
        do(ledger, at_bin())
        running = asyncio.create_task(courier.run())
        seen = []
        try:
            async with asyncio.timeout(30):
                while ledger.owed_count():
                    await changed.wait()
                    changed.clear()
                    seen.append(courier.state().link)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await transport.close()
            ledger.close()
        assert Link.CLOCK_WRONG in seen
        assert seen[-1] is Link.ONLINE
