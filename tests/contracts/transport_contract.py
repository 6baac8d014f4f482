"""What a `StoreTransport` makes of whatever comes, or does not come, over the wire; whatever carries its requests."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sync.failure import CallFailed, Failure, FailureKind
from sync.protocol import PROTOCOL_HEADER, PROTOCOL_VERSION, SIGNATURE_HEADER
from sync.transport import StoreTransport
from tests.contracts.bad_wire import LARGE_BYTES, Addresses

AGES_S = 30.0
AT_ONCE_S = 0.2
# Long enough for a busy machine to get as far as the silence.
SOON_S = 2.0


class TransportContract(ABC):
    @pytest.fixture
    @abstractmethod
    def addresses(self) -> Any:
        """Where the bad wire is: `Addresses`, or a generator of them."""

    @abstractmethod
    def carrier(self) -> httpx.AsyncBaseTransport | None:
        """What is under test; None for httpx's own."""

    @pytest.fixture(autouse=True)
    async def _wire(self, addresses: Addresses) -> AsyncIterator[None]:
        self._addresses = addresses
        self._open: list[StoreTransport] = []
        yield
        for transport in self._open:
            await transport.close()

    def to(self, manner: str, *, answer_timeout_s: float = AGES_S) -> StoreTransport:
        """The store, behind a wire that behaves so; "nobody" where nothing listens."""
        url = self._addresses.nobody if manner == "nobody" else f"{self._addresses.wire}/{manner}"
        transport = StoreTransport(url, transport=self.carrier(), answer_timeout_s=answer_timeout_s)
        self._open.append(transport)
        return transport

    async def failure(self, transport: StoreTransport) -> Failure:
        with pytest.raises(CallFailed) as failed:
            await transport.board("a token")
        return failed.value.failure

    async def test_what_is_asked_arrives_as_it_was_said(self) -> None:
        body = '{"name":"Zoë ✓","each":2}'.encode()
        said = await self.to("said").ask("a token", "get_work", body, "a signature")
        assert (said["method"], said["path"], said["body"]) == ("POST", "/said/v1/asks/get_work", body.decode())
        headers = said["headers"]
        assert headers["authorization"] == "Bearer a token"
        assert headers[PROTOCOL_HEADER.lower()] == str(PROTOCOL_VERSION)
        assert headers[SIGNATURE_HEADER.lower()] == "a signature"
        assert headers["content-type"] == "application/json"
        assert "cookie" not in headers

    async def test_a_question_without_a_body_has_none(self) -> None:
        said = await self.to("said").board("a token")
        assert (said["method"], said["path"], said["body"]) == ("GET", "/said/v1/board", "")

    async def test_an_answer_that_was_packed_is_unpacked(self) -> None:
        assert await self.to("gzip").board("a token") == {"packed": True}

    async def test_ten_megabytes_come_whole(self) -> None:
        assert len((await self.to("large").board("a token"))["rows"]) == LARGE_BYTES

    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            (401, FailureKind.UNAUTHORISED),
            (409, FailureKind.REFUSED),
            (413, FailureKind.TOO_LARGE),
            (426, FailureKind.TOO_OLD),
            (429, FailureKind.BUSY),
            (500, FailureKind.UNREACHABLE),
            (503, FailureKind.BUSY),
        ],
    )
    async def test_a_no_says_what_kind_of_no_it_is(self, status: int, kind: FailureKind) -> None:
        failure = await self.failure(self.to(f"status-{status}"))
        assert (failure.kind, failure.status, failure.reason) == (kind, status, f"because {status}")
        assert failure.retry_after_s == (7 if kind is FailureKind.BUSY else None)

    async def test_a_page_of_a_guest_network_is_no_answer(self) -> None:
        failure = await self.failure(self.to("html"))
        assert (failure.kind, failure.status) == (FailureKind.UNREACHABLE, 200)

    async def test_a_redirect_leads_nowhere(self) -> None:
        failure = await self.failure(self.to("redirect"))
        assert (failure.kind, failure.status) == (FailureKind.UNREACHABLE, 302)

    @pytest.mark.parametrize("manner", ["cut", "reset"])
    async def test_half_an_answer_is_none(self, manner: str) -> None:
        failure = await self.failure(self.to(manner))
        assert (failure.kind, failure.status) == (FailureKind.UNREACHABLE, None)

    async def test_nobody_there_is_said_to_be_so(self) -> None:
        failure = await self.failure(self.to("nobody"))
        assert failure.kind is FailureKind.UNREACHABLE
        assert failure.reason.startswith("ConnectError")

    @pytest.mark.parametrize("manner", ["silent-timed", "stalled"])
    async def test_who_says_nothing_is_not_waited_for_longer_than_was_said(self, manner: str) -> None:
        failure = await self.failure(self.to(manner, answer_timeout_s=AT_ONCE_S))
        assert failure.kind is FailureKind.UNREACHABLE
        assert failure.reason.startswith("ReadTimeout")

    async def test_an_answer_that_was_given_up_leaves_no_connection_behind(self) -> None:
        await self.failure(self.to("silent-given-up", answer_timeout_s=SOON_S))
        assert await self.to("gone-given-up").board("a token")

    async def test_who_stops_asking_closes_the_connection(self) -> None:
        asking = asyncio.create_task(self.to("silent-cancelled").board("a token"))
        assert await self.to("heard-cancelled").board("a token")
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert await self.to("gone-cancelled").board("a token")

    async def test_pokes_come_as_they_are_sent_and_then_the_stream_ends(self) -> None:
        assert [poke async for poke in self.to("pokes-end").pokes("a token", silence_max_s=AGES_S)] == [True, False]

    async def test_a_stream_of_pokes_that_falls_silent_is_given_up(self) -> None:
        pokes = self.to("pokes-stall").pokes("a token", silence_max_s=SOON_S)
        assert [await anext(pokes), await anext(pokes)] == [True, False]
        with pytest.raises(CallFailed, match="ReadTimeout"):
            await anext(pokes)

    async def test_a_stream_of_pokes_that_nobody_lets_in_says_why(self) -> None:
        with pytest.raises(CallFailed) as failed:
            await anext(self.to("status-401").pokes("a token", silence_max_s=AGES_S))
        assert failed.value.failure.kind is FailureKind.UNAUTHORISED
