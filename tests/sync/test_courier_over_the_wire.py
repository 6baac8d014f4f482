"""The courier with everything real between book and store: its transport, its key, a socket; in a page too."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.domain.picking import PickTask
from app.ports import Link
from sync.courier import Courier
from sync.signer import Signer
from sync.transport import StoreTransport
from tests.fakes.clock import FakeClock
from tests.sync.floor import a_ledger, at_bin, do, picked

STORE = "FLOORHAND_WIRE_STORE"

if sys.platform == "emscripten":
    import handset_page
    import js

    from sync.fetch_transport import FetchTransport
    from sync.web_signer import WebSigner

    @pytest.fixture
    def store_url() -> str:
        """The store is in the process that started this one: see `tests/handset/in_pyodide.py`."""
        return os.environ[STORE]

    async def a_signer(folder: Path) -> Signer:
        kept = js.Object.fromEntries([["get", lambda: js.Promise.resolve()], ["put", lambda _: js.Promise.resolve()]])
        return await WebSigner.opened(lambda: handset_page.device_key.deviceKey(kept))

    def a_carrier() -> httpx.AsyncBaseTransport | None:
        return FetchTransport()

else:
    from sync.signer_file import FileSigner
    from tests.sync.wire import a_wire_store_with

    @pytest.fixture
    async def store_url() -> AsyncIterator[str]:
        async with a_wire_store_with("T1") as store:
            yield store.url

    async def a_signer(folder: Path) -> Signer:
        return FileSigner(folder / "key")

    def a_carrier() -> httpx.AsyncBaseTransport | None:
        return None


async def test_rows_come_down_and_every_fact_goes_up(tmp_path: Path, store_url: str) -> None:
    ledger, transport = a_ledger(tmp_path), StoreTransport(store_url, transport=a_carrier())
    courier = Courier(ledger, transport, await a_signer(tmp_path), FakeClock(), random=random.Random(1).random)
    changed = asyncio.Event()
    ledger.on_change(changed.set)
    courier.on_state(changed.set)
    running = asyncio.create_task(courier.run())
    try:
        async with asyncio.timeout(30):
            while ledger.get(PickTask, "T1") is None:
                await changed.wait()
                changed.clear()
            do(ledger, at_bin())
            for _ in range(20):
                do(ledger, picked())
            while ledger.included_through_seq < 21:
                await changed.wait()
                changed.clear()
        assert (ledger.owed_count(), courier.state().link) == (0, Link.ONLINE)
        task = ledger.get(PickTask, "T1")
        assert task is not None
        assert task.picked_each == 20
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await transport.close()
        ledger.close()
