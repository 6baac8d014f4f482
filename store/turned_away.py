"""Why the store does not serve a caller at all: no key, another version of the wire, a database that is away."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from store.problems import log_refusal
from store.writer import StoreBusy

log = logging.getLogger(__name__)


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


def replaced() -> TurnedAway:
    return not_known("this device was enrolled anew, and goes on under another id")


def install(service: FastAPI) -> None:
    """Answer these in the store's shape; a lost group, and a database that is away for now, as "ask again"."""

    @service.exception_handler(TurnedAway)
    def _turned_away(request: Request, error: TurnedAway) -> JSONResponse:
        log_refusal(request, error.status, error.reason)
        return JSONResponse({"reason": error.reason, **error.facts}, error.status, headers=error.headers)

    @service.exception_handler(StoreBusy)
    def _busy(_request: Request, error: StoreBusy) -> JSONResponse:
        return JSONResponse({"reason": str(error)}, 503, headers={"Retry-After": "1"})

    @service.exception_handler(OperationalError)
    @service.exception_handler(InterfaceError)
    @service.exception_handler(NoConnectionFree)
    def _away(request: Request, error: Exception) -> JSONResponse:
        # Its primary has died and no other has taken over yet, or the disk is full: nothing is wrong with the request.
        log.warning("database_away method=%s path=%s reason=%s", request.method, request.url.path, _first_line(error))
        return JSONResponse({"reason": "the database is away for now"}, 503, headers={"Retry-After": "1"})


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).partition("\n")[0]
