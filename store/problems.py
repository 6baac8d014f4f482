"""What was wrong with a request, all of it at once, in one shape: `{"problems": [{"path", "reason"}]}`.

Everything else that the store does not do is answered `{"reason"}`. No answer carries a traceback, and none repeats
what was sent beyond the name of a field.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from app.errors import StoreRefused

log = logging.getLogger(__name__)

# A file of a million bad lines is told in a bounded answer.
PROBLEMS_TOLD_MAX = 2_000
_PATH_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to put right, and where: `lines[2].quantity_each`; `body` for the whole."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineProblem(Problem):
    """A problem in a file; `line` counts from 1, a CSV's header included."""

    line: int


class Problems(BaseModel):
    """Answer 422. `left_out` counts the problems that this answer has no room for."""

    problems: list[Problem]
    left_out: int = Field(default=0, ge=0)


class LineProblems(BaseModel):
    """Answer 422 to a file."""

    problems: list[LineProblem]
    left_out: int = Field(default=0, ge=0)


class Refusal(BaseModel):
    """Any other answer that is no success."""

    reason: str


# The same two in the OpenAPI description.
REFS = "#/components/schemas/{model}"
REFUSAL = {"$ref": REFS.format(model=Refusal.__name__)}
PROBLEMS = {"$ref": REFS.format(model=Problems.__name__)}


class ProblemsFound(Exception):
    """The request cannot be taken; every problem that was found.

    Args:
        left_out: how many more there are, which nobody has put into words.
    """

    def __init__(self, problems: Sequence[Problem], left_out: int = 0) -> None:
        super().__init__("; ".join(f"{problem.path}: {problem.reason}" for problem in problems[:5]))
        self.problems = tuple(problems)
        self.left_out = left_out


class BodyRefused(HTTPException):
    """The body as a whole cannot be read; FastAPI lets it pass through its own reading of bodies."""

    def __init__(self, reason: str) -> None:
        super().__init__(HTTPStatus.UNPROCESSABLE_ENTITY, reason)


class Tally:
    """The problems of a file, as they are found: as many as an answer has room for, and the number of the others.

    A sentence costs more than finding out that something is wrong: forty thousand of them took nine seconds.

    Args:
        refused: the lines (`Numbered`) that problems are told of, as far as they can be read.
    """

    def __init__(self) -> None:
        self.told: list[LineProblem] = []
        self.refused: list[Any] = []
        self.left_out = 0

    def __bool__(self) -> bool:
        return bool(self.told)

    @property
    def is_full(self) -> bool:
        return len(self.told) >= PROBLEMS_TOLD_MAX

    def add(self, problem: LineProblem) -> None:
        if self.is_full:
            self.left_out += 1
        else:
            self.told.append(problem)


# Any endpoint may find the caller unknown or in too much haste, the warehouse unsaid, or the writer going down.
_ALWAYS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


def told(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an endpoint that may answer so, for the OpenAPI description."""
    return {
        int(status): {"model": Problems if status is HTTPStatus.UNPROCESSABLE_ENTITY else Refusal}
        for status in (*statuses, *_ALWAYS)
    }


def path_of(place: Iterable[int | str]) -> str:
    """`("body", "lines", 2, "sku")` as `lines[2].sku`; `body` for the request's body as a whole."""
    steps = list(place)
    if steps and steps[0] in ("body", "query", "path", "header"):
        steps = steps[1:] or steps[:1]
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    # A field's name comes from outside: half a surrogate pair in it would break the answer.
    return text[:_PATH_LENGTH_MAX].encode(errors="replace").decode() or "body"


def problems_of(errors: Iterable[Any]) -> list[Problem]:
    """Pydantic's errors as problems. A malformed JSON text is one problem of the body."""
    problems = []
    for error in errors:
        if error["type"] == "json_invalid":
            why = error.get("ctx", {}).get("error", "")
            problems.append(Problem(path="body", reason=f"no JSON: {why}, at character {error['loc'][-1]}"))
        else:
            reason = str(error["msg"]).removeprefix("Value error, ")
            problems.append(Problem(path=path_of(error["loc"]), reason=reason))
    return problems


def refusing(status: int, reason: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"reason": reason}, status_code=status, headers=headers)


def listing(problems: Sequence[Problem], left_out: int = 0) -> JSONResponse:
    shown = [asdict(problem) for problem in problems[:PROBLEMS_TOLD_MAX]]
    answer: dict[str, Any] = {"problems": shown}
    if left_out := left_out + len(problems) - len(shown):
        answer["left_out"] = left_out
    return JSONResponse(answer, status_code=HTTPStatus.UNPROCESSABLE_ENTITY)


def log_refusal(request: Request, status: int, reason: str) -> None:
    """One line in the log for a request that was not served; the address as it came, which is one word."""
    path = request.scope.get("raw_path", b"").decode("latin-1")
    log.info("request_refused method=%s path=%s status=%d reason=%s", request.method, path, status, reason)


def _first_of(problems: Sequence[Problem], left_out: int = 0) -> str:
    count = len(problems) + left_out
    return f"{problems[0].path}: {problems[0].reason} ({count} in all)" if problems else ""


def _methods_at(request: Request) -> list[str]:
    """Every method of the address; the router by itself would say those of its first endpoint there."""
    there = (each for each in iter_route_contexts(request.app.routes) if each.path_regex.match(request.scope["path"]))
    return sorted({method for each in there for method in each.methods or ()})


def install(service: FastAPI) -> None:
    """Make `service` answer every error in the shapes of this module."""

    @service.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        problems = problems_of(error.errors())
        log_refusal(request, HTTPStatus.UNPROCESSABLE_ENTITY, _first_of(problems))
        return listing(problems)

    @service.exception_handler(ProblemsFound)
    def _found(request: Request, error: ProblemsFound) -> JSONResponse:
        log_refusal(request, HTTPStatus.UNPROCESSABLE_ENTITY, _first_of(error.problems, error.left_out))
        return listing(error.problems, error.left_out)

    @service.exception_handler(StoreRefused)
    def _store_refused(request: Request, error: StoreRefused) -> JSONResponse:
        log_refusal(request, HTTPStatus.CONFLICT, error.reason)
        return refusing(HTTPStatus.CONFLICT, error.reason)

    @service.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> JSONResponse:
        log_refusal(request, error.status_code, str(error.detail))
        if isinstance(error, BodyRefused):
            return listing([Problem(path="body", reason=error.detail)])
        if error.status_code == HTTPStatus.BAD_REQUEST:
            # FastAPI says so of a body that it cannot even decode: no UTF-8, a number of 5,000 digits, 10,000 brackets.
            return listing([Problem(path="body", reason="no JSON that can be read")])
        headers = dict(error.headers or {})
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = ", ".join(_methods_at(request))
        return refusing(error.status_code, str(error.detail), headers)

    @service.exception_handler(Exception)
    def _broken(request: Request, error: Exception) -> JSONResponse:
        log.error("request_failed method=%s path=%s", request.method, request.url.path, exc_info=error)
        return refusing(HTTPStatus.INTERNAL_SERVER_ERROR, "the order store could not do that; it is logged")
