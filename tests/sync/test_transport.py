"""The wire as the store's transport sees it: over httpx's own sockets, or over a browser's fetch."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.contracts.bad_wire import Addresses, a_bad_wire
from tests.contracts.transport_contract import TransportContract

WIRE, NOBODY = "FLOORHAND_BAD_WIRE", "FLOORHAND_NOBODY"

if sys.platform == "emscripten":
    from sync.fetch_transport import FetchTransport

    class TestFetch(TransportContract):
        """The server is in the process that started this one: see `tests/handset/test_in_pyodide.py`."""

        @pytest.fixture
        def addresses(self) -> Addresses:
            return Addresses(wire=os.environ[WIRE], nobody=os.environ[NOBODY])

        def carrier(self) -> httpx.AsyncBaseTransport:
            return FetchTransport()

else:

    class TestHttpx(TransportContract):
        @pytest.fixture
        async def addresses(self) -> AsyncIterator[Addresses]:
            async with a_bad_wire() as addresses:
                yield addresses

        def carrier(self) -> None:
            return None
