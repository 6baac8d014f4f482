"""What tests stop while somebody is calling leaves no connection open: its warning would fail whatever runs next."""

from __future__ import annotations

import asyncio
import gc
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn

from tests.store.a_store import a_store, listening
from tests.sync.gate import a_gate


def a_call(url: str) -> socket.socket:
    """A connection that nobody has accepted yet."""
    address = urlsplit(url)
    return socket.create_connection((address.hostname or "", address.port or 0))


async def test_a_call_that_is_just_being_accepted_when_the_gate_closes_is_closed_too() -> None:
    async with a_gate("http://127.0.0.1:9") as gate:
        caller = a_call(gate.url)
        for _ in range(2):
            await asyncio.sleep(0)
    gc.collect()
    with caller:
        caller.settimeout(10)
        assert caller.recv(1) == b""


async def test_a_call_that_is_just_being_accepted_when_the_store_stops_is_closed_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    callers: list[socket.socket] = []
    main_loop = uvicorn.Server.main_loop

    async def called_at_the_end(server: uvicorn.Server) -> None:
        await main_loop(server)
        callers.append(a_call(url))
        await asyncio.sleep(0)

    monkeypatch.setattr(uvicorn.Server, "main_loop", called_at_the_end)
    async with a_store(tmp_path) as store, listening(store.service) as url:
        pass
    gc.collect()
    with callers[0] as caller:
        caller.settimeout(10)
        assert caller.recv(1) == b""
