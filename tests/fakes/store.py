"""The order store as a station's workflows see it, for tests: answers what a test wrote down, or is away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from app.errors import StoreUnreachable
from app.ports import Link, LinkState
from tests.fakes.clock import SHIFT_BEGINS_UTC


class FakeStore:
    """Implements `Store`.

    Attributes:
        away: set it, and nothing gets an answer.
        answers: by the question's name: an object, or an error that is raised.
        asked: every question so far, with its body.
        on_pull: done at each `pull_now`, as if rows came down.
        answers_now: clear it, and a question waits for its answer until it is set.
    """

    def __init__(self) -> None:
        self.away = False
        self.answers: dict[str, dict[str, Any] | Exception] = {}
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self.on_pull: Callable[[], None] = lambda: None
        self.answers_now = asyncio.Event()
        self.answers_now.set()

    def state(self) -> LinkState:
        return LinkState(link=Link.OFFLINE if self.away else Link.ONLINE, since_utc=SHIFT_BEGINS_UTC)

    def on_state(self, listener: Callable[[], None]) -> Callable[[], None]:
        return lambda: None

    async def ask(self, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append((name, body))
        await self.answers_now.wait()
        return self._answer(name)

    async def board(self) -> dict[str, Any]:
        return self._answer("board")

    async def pull_now(self) -> None:
        if not self.away:
            self.on_pull()

    def _answer(self, name: str) -> dict[str, Any]:
        if self.away:
            raise StoreUnreachable
        answer = self.answers.get(name, {})
        if isinstance(answer, Exception):
            raise answer
        return answer
