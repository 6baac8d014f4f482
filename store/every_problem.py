"""Every problem of a request in one answer: those of its fields, those between them, and those with the books."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy import Connection

from store.access import WAREHOUSE_HEADER, Caller, bearer, require_shop
from store.backroom import backroom
from store.problems import Problem, ProblemsFound, problems_of
from store.strict_route import StrictRoute

Between = Callable[[Connection, Caller, Mapping[str, Any]], list[Problem]]
"""What is wrong with a body besides its fields, as far as it can be looked at: the JSON is as it came."""


def every_problem(between: Between) -> type[StrictRoute]:
    """A route that names, beside the fields that are refused one by one, what `between` finds."""

    class EveryProblem(StrictRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def handling(request: Request) -> Response:
                try:
                    return await handle(request)
                except RequestValidationError as refused:
                    if not isinstance(refused.body, dict):
                        raise
                    raw = refused.body
                    room = backroom(request)

                    def look(connection: Connection) -> list[Problem]:
                        caller = require_shop(bearer(request), room, request.headers.get(WAREHOUSE_HEADER))
                        return between(connection, caller, raw)

                    raise ProblemsFound([*problems_of(refused.errors()), *await room.read(look)]) from None

            return handling

    return EveryProblem
