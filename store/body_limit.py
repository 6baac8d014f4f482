"""How much a request may bring: 8 MB, a file for import 64 MB. More is answered 413 before it is kept in memory;
a compressed body, which could grow without end, 415.
"""

from __future__ import annotations

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from store.problems import refusing

BODY_BYTES_MAX = 8 * 1024 * 1024
IMPORT_BYTES_MAX = 64 * 1024 * 1024
_IMPORTS = "/v1/import/"


class BodyLimit:
    """Middleware: counts the bytes of each request's body as they come.

    Args:
        service: what is guarded.
    """

    def __init__(self, service: ASGIApp) -> None:
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._service(scope, receive, send)
            return
        headers = dict(scope["headers"])
        coding = headers.get(b"content-encoding", b"identity").decode("latin-1").strip().lower()
        if coding not in ("", "identity"):
            reason = f"the body is compressed ({coding[:20]}): send it as it is"
            await refusing(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, reason)(scope, receive, send)
            return
        limit_bytes = IMPORT_BYTES_MAX if scope["path"].startswith(_IMPORTS) else BODY_BYTES_MAX
        said = headers.get(b"content-length", b"0")
        if said.isdigit() and int(said) > limit_bytes:
            await refusing(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _reason(limit_bytes))(scope, receive, send)
            return
        came_bytes = 0

        async def counted() -> Message:
            nonlocal came_bytes
            message = await receive()
            came_bytes += len(message.get("body", b""))
            if came_bytes > limit_bytes:
                # FastAPI lets this one pass through its reading of the body; any other error it calls malformed JSON.
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _reason(limit_bytes))
            return message

        await self._service(scope, counted, send)


def _reason(limit_bytes: int) -> str:
    return f"more than {limit_bytes} bytes"
