"""Typed calls to the order store over HTTP. Whatever goes wrong on the way is a `CallFailed` with a reason."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from datetime import datetime
from typing import Any, TypeVar

import httpx

from app.domain.rows import from_image, to_image
from sync.failure import CallFailed, Failure, FailureKind
from sync.protocol import (
    PROTOCOL_HEADER,
    PROTOCOL_VERSION,
    SIGNATURE_HEADER,
    Cursor,
    Enrolled,
    Enrolment,
    FactsJudged,
    FactsPushed,
    Pulled,
    Token,
    TokenWanted,
)

T = TypeVar("T")
CONNECT_TIMEOUT_S = 5.0
ANSWER_TIMEOUT_S = 10.0
ANSWER_BYTES_MAX = 64 * 1024 * 1024

_KINDS: dict[int, FailureKind] = {
    401: FailureKind.UNAUTHORISED,
    413: FailureKind.TOO_LARGE,
    426: FailureKind.TOO_OLD,
    429: FailureKind.BUSY,
}


class StoreTransport:
    """The store at one address.

    Args:
        base_url: `http(s)://host:port`.
        transport: what carries requests; httpx's own when None (ASGI in tests, fetch in a browser).
        answer_timeout_s: how long an answer may take, beyond what a long poll asks for.
    """

    def __init__(
        self,
        base_url: str,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        answer_timeout_s: float = ANSWER_TIMEOUT_S,
    ) -> None:
        self._answer_timeout_s = answer_timeout_s
        self._client = httpx.AsyncClient(
            base_url=base_url,
            transport=transport,
            headers={PROTOCOL_HEADER: str(PROTOCOL_VERSION)},
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def enrol(self, enrolment: Enrolment) -> Enrolled:
        return _read(Enrolled, await self._exchange("POST", "/v1/stations", body=to_image(enrolment)))

    async def token(self, wanted: TokenWanted) -> Token:
        return _read(Token, await self._exchange("POST", "/v1/stations/token", body=to_image(wanted)))

    async def push(self, token: str, pushed: FactsPushed) -> FactsJudged:
        answer = await self._exchange("POST", "/v1/facts", token=token, body=to_image(pushed))
        return _read(FactsJudged, answer)

    async def pull(
        self,
        token: str,
        cursor: Cursor,
        *,
        limit: int,
        wait_s: float,
        owed_count: int = 0,
        owed_since_utc: datetime | None = None,
        app_version: str = "",
    ) -> Pulled:
        """What changed after `cursor`; tells the store what is owed on the way, for the supervisor's picture."""
        query: dict[str, str | int | float] = {
            "epoch": cursor.epoch,
            "change_seq": cursor.change_seq,
            "limit": limit,
            "wait_s": wait_s,
            "owed_count": owed_count,
            "app_version": app_version,
        }
        if owed_since_utc is not None:
            query["owed_since_utc"] = owed_since_utc.isoformat()
        answer = await self._exchange("GET", "/v1/pull", token=token, query=query, wait_s=wait_s)
        return _read(Pulled, answer)

    async def pokes(self, token: str, *, silence_max_s: float) -> AsyncGenerator[bool]:
        """The store's stream of hints: True when something has changed, False when it is only still there.

        Raises:
            CallFailed: there is no such stream, or it broke off. It may also just end.
        """
        timeout = httpx.Timeout(silence_max_s, connect=CONNECT_TIMEOUT_S)
        headers = {"Authorization": f"Bearer {token}"}
        try:
            async with self._client.stream("GET", "/v1/pokes", headers=headers, timeout=timeout) as response:
                if response.status_code != 200:
                    raise CallFailed(_failure(response, _json_object(await _text_of(response))))
                async for line in response.aiter_lines():
                    if line.startswith(("data:", ":")):
                        yield line.startswith("data:")
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as trouble:
            raise _unreachable(f"{type(trouble).__name__}: {trouble}".rstrip(": ")) from trouble

    async def ask(self, token: str, name: str, body: bytes, signature: str) -> dict[str, Any]:
        """Args:
        body: JSON, byte for byte as it was signed.
        """
        signed = {SIGNATURE_HEADER: signature}
        return await self._exchange("POST", f"/v1/asks/{name}", token=token, content=body, headers=signed)

    async def board(self, token: str) -> dict[str, Any]:
        return await self._exchange("GET", "/v1/board", token=token)

    async def _exchange(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        query: Mapping[str, str | int | float] | None = None,
        body: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        wait_s: float = 0.0,
    ) -> dict[str, Any]:
        sent = {**(headers or {})} if token is None else {**(headers or {}), "Authorization": f"Bearer {token}"}
        if body is not None:
            content = json_bytes(body)
        if content is not None:
            sent["Content-Type"] = "application/json"
        timeout = httpx.Timeout(self._answer_timeout_s + wait_s, connect=CONNECT_TIMEOUT_S)
        try:
            async with self._client.stream(
                method, path, params=query, content=content, headers=sent, timeout=timeout
            ) as response:
                text = await _text_of(response)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as trouble:
            raise _unreachable(f"{type(trouble).__name__}: {trouble}".rstrip(": ")) from trouble
        answer = _json_object(text)
        if response.status_code != 200 and response.status_code != 201:
            raise CallFailed(_failure(response, answer))
        if answer is None:
            raise _unreachable("the answer is no JSON object", response.status_code)
        return answer


def json_bytes(body: Any) -> bytes:
    """A request's body, as it is sent and signed."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


async def _text_of(response: httpx.Response) -> bytes:
    parts = []
    size = 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > ANSWER_BYTES_MAX:
            raise _unreachable("the answer does not end", response.status_code)
        parts.append(part)
    return b"".join(parts)


def _json_object(text: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _failure(response: httpx.Response, answer: dict[str, Any] | None) -> Failure:
    status = response.status_code
    after = response.headers.get("Retry-After", "")
    retry_after_s = float(after) if after.isascii() and after.isdigit() else None
    reason = answer.get("reason") if answer is not None else None
    if answer is not None and reason is None and "problems" in answer:
        reason = json.dumps(answer["problems"], ensure_ascii=False)
    if status == 401 and answer is not None and "store_now_utc" in answer:
        kind = FailureKind.CLOCK_WRONG
    elif status in _KINDS:
        kind = _KINDS[status]
    elif status == 503 and retry_after_s is not None:
        kind = FailureKind.BUSY
    elif 400 <= status < 500 and isinstance(reason, str):
        kind = FailureKind.REFUSED
    else:  # 5xx, a redirect, or somebody else's page in between
        kind = FailureKind.UNREACHABLE
    said = reason if isinstance(reason, str) and reason else f"HTTP {status}"
    return Failure(kind=kind, reason=said[:500], status=status, retry_after_s=retry_after_s)


def _read(cls: type[T], answer: dict[str, Any]) -> T:
    try:
        return from_image(cls, answer)
    except ValueError as reason:
        raise _unreachable(f"an answer of another shape: {reason}") from reason


def _unreachable(reason: str, status: int | None = None) -> CallFailed:
    return CallFailed(Failure(kind=FailureKind.UNREACHABLE, reason=reason[:500], status=status))
