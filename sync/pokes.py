"""Hears the store say that something has changed, so that a station need not ask it all the time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing

from sync.failure import CallFailed
from sync.session import SILENCE_MAX_S, Session
from sync.transport import StoreTransport

log = logging.getLogger("floorhand.sync")

LISTEN_AGAIN_S = 2.0


class Pokes:
    """The stream of hints, for as long as there is one; pulls go on without it.

    Args:
        token: of the station as it is now; empty while nobody is to listen.
        wake: called when the session may have something to do.
        random: numbers from 0 to 1, for the pauses.
    """

    def __init__(
        self,
        transport: StoreTransport,
        session: Session,
        *,
        token: Callable[[], str],
        wake: Callable[[], None],
        random: Callable[[], float],
    ) -> None:
        self._transport = transport
        self._session = session
        self._token = token
        self._wake = wake
        self._random = random

    async def run(self) -> None:
        """Listen, and try again, until cancelled."""
        while True:
            if (token := self._token()) and await self._hear(token):
                self._session.pokes_ended(_now_s())
                self._wake()
            await asyncio.sleep(LISTEN_AGAIN_S * (1.0 + self._random()))

    async def _hear(self, token: str) -> bool:
        """Listen until the stream ends, or the token is not this station's any more; whether anything was heard."""
        heard = False
        try:
            async with aclosing(self._transport.pokes(token, silence_max_s=SILENCE_MAX_S)) as pokes:
                async for changed in pokes:
                    heard = True
                    if self._token() != token:
                        break
                    if changed:
                        self._session.poked(_now_s())
                        self._wake()
                    else:
                        self._session.pokes_heard(_now_s())
        except CallFailed as failed:
            log.info("pokes_ended reason=%s", failed.failure.reason)
        return heard


def _now_s() -> float:
    return asyncio.get_running_loop().time()
