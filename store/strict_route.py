"""A route whose body is said to be JSON, and is JSON as the standard has it; anything else is told why."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from store.json_text import NoStrictJson, read_json
from store.problems import BodyRefused
from store.turned_away import TurnedAway

JSON_TYPE = "application/json"


class StrictRequest(Request):
    async def json(self) -> Any:
        """The body's value; FastAPI asks for it here.

        Raises:
            json.JSONDecodeError: FastAPI tells where.
            HTTPException: of any other error FastAPI would say no more than that there is one.
        """
        if not hasattr(self, "_json"):
            try:
                self._json = read_json(await self.body())
            except (json.JSONDecodeError, HTTPException):
                raise
            except NoStrictJson as reason:
                raise BodyRefused(str(reason)) from None
            except (ValueError, RecursionError):
                raise BodyRefused("no JSON that can be read") from None
        return self._json


class StrictRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        takes_a_body = self.body_field is not None

        async def handling(request: Request) -> Response:
            if isinstance(request, StrictRequest):
                # Somebody has looked at its body already.
                return await handle(request)
            said_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if takes_a_body and said_type != JSON_TYPE:
                raise TurnedAway(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send the body as {JSON_TYPE}")
            return await handle(StrictRequest(request.scope, request.receive))

        return handling
