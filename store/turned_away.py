"""Why the store does not serve a caller at all: no key, another version of the wire, a clock that is off."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from store.problems import log_refusal
from store.writer import StoreBusy


class TurnedAway(Exception):
    """The answer `{"reason": …}`.

    Args:
        facts: more fields of the answer, e.g. the store's time.
    """

    def __init__(
        self,
        status: int,
        reason: str,
        *,
        facts: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.facts = dict(facts or {})
        self.headers = dict(headers or {})


def not_known(reason: str, **facts: str) -> TurnedAway:
    """401: say who you are (again)."""
    return TurnedAway(401, reason, facts=facts, headers={"WWW-Authenticate": "Bearer"})


def install(service: FastAPI) -> None:
    """Answer these in the store's shape, and a lost group as "ask again"."""

    @service.exception_handler(TurnedAway)
    def _turned_away(request: Request, error: TurnedAway) -> JSONResponse:
        log_refusal(request, error.status, error.reason)
        return JSONResponse({"reason": error.reason, **error.facts}, error.status, headers=error.headers)

    @service.exception_handler(StoreBusy)
    def _busy(_request: Request, error: StoreBusy) -> JSONResponse:
        return JSONResponse({"reason": str(error)}, 503, headers={"Retry-After": "1"})
