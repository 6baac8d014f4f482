"""What carries requests in a browser: its own `fetch`, since a page has no sockets. Only imported there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import httpx
import js
from pyodide.ffi import JsException, to_js

# The browser writes these itself, and asks for encodings that httpx need not know.
_THE_BROWSERS_OWN = frozenset({"host", "connection", "content-length", "accept-encoding", "user-agent"})
# Of the body as it was on the wire; what fetch gives out is decoded.
_OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class FetchTransport(httpx.AsyncBaseTransport):
    """`httpx.AsyncBaseTransport` over fetch: bodies come as they arrive, and who stops listening closes the connection.

    A browser does not say when it is connected, so there is no timeout for connecting: an address that swallows
    everything is given up after the `read` timeout. A redirect is an answer of 302 and is not followed: the order store
    sends none, so it is a guest network's.

    Raises:
        httpx.ConnectError: no answer came; the browser does not say whether the name, the address, the certificate or
            the connection failed.
        httpx.ReadTimeout: nothing came for as long as the request's `read` timeout says.
        httpx.ReadError: the answer broke off.
    """

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        patience = _Patience(request)
        content = await request.aread()
        wanted = {
            "method": request.method,
            "headers": {name: text for name, text in request.headers.items() if name not in _THE_BROWSERS_OWN},
            "signal": patience.signal,
            "cache": "no-store",
            "credentials": "omit",
            "redirect": "manual",
        }
        if content:
            wanted["body"] = content
        asked = js.fetch(str(request.url), to_js(wanted, dict_converter=js.Object.fromEntries))
        answer = await patience.wait(asked, or_else=httpx.ConnectError)
        if answer.type == "opaqueredirect":  # of which a browser says nothing at all
            patience.end()
            return httpx.Response(302, request=request)
        headers = [(name, text) for name, text in answer.headers if name not in _OF_THE_WIRE]
        stream = _Body(answer.body.getReader(), patience) if answer.body else None
        return httpx.Response(answer.status, headers=headers, stream=stream, request=request)


class _Body(httpx.AsyncByteStream):
    def __init__(self, reader: Any, patience: _Patience) -> None:
        self._reader = reader
        self._patience = patience

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            part = await self._patience.wait(self._reader.read(), or_else=httpx.ReadError)
            if part.done:
                return
            yield part.value.to_bytes()

    async def aclose(self) -> None:
        self._patience.end()


class _Patience:
    """How long one request is waited for at a time; after that, or when its caller is gone, it is aborted."""

    def __init__(self, request: httpx.Request) -> None:
        self._request = request
        self._at_most_s: float | None = request.extensions.get("timeout", {}).get("read")
        self._abort = js.AbortController.new()
        self.signal = self._abort.signal

    async def wait(self, promise: Awaitable[Any], *, or_else: type[httpx.TransportError]) -> Any:
        try:
            async with asyncio.timeout(self._at_most_s):
                return await promise
        except TimeoutError as late:
            self.end()
            raise httpx.ReadTimeout(f"nothing for {self._at_most_s:g} s", request=self._request) from late
        except JsException as trouble:
            raise or_else(str(trouble), request=self._request) from trouble
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        self._abort.abort()
