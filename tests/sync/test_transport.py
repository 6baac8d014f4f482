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
    import js

    from sync.failure import FailureKind
    from sync.fetch_transport import FetchTransport

    class TestFetch(TransportContract):
        """The server is in the process that started this one: see `tests/handset/test_in_pyodide.py`."""

        @pytest.fixture
        def addresses(self) -> Addresses:
            return Addresses(wire=os.environ[WIRE], nobody=os.environ[NOBODY])

        def carrier(self) -> httpx.AsyncBaseTransport:
            return FetchTransport()

        async def test_a_redirect_of_which_a_browser_says_nothing_leads_nowhere_either(
            self, monkeypatch: pytest.MonkeyPatch
        ) -> None:
            """Node's fetch shows the redirect; a browser's shows this."""
            hidden = js.Object.fromEntries([["type", "opaqueredirect"], ["status", 0]])
            monkeypatch.setattr(js, "fetch", lambda *_: js.Promise.resolve(hidden))
            failure = await self.failure(self.to("redirect"))
            assert (failure.kind, failure.status) == (FailureKind.UNREACHABLE, 302)

else:

    class TestHttpx(TransportContract):
        @pytest.fixture
        async def addresses(self) -> AsyncIterator[Addresses]:
            async with a_bad_wire() as addresses:
                yield addresses

        def carrier(self) -> None:
            return None
