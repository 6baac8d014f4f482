"""How often stations, API keys and strangers may ask. More is answered 429 with `Retry-After`, and costs nothing.

A caller is known once a request that needs a key has gone well with theirs; then they have a bucket of their own. All
others, and whoever asks where no key is needed, share the bucket of their address, and only what is refused counts
there: five hundred stations that sign in behind one address are no attack, five hundred codes that nobody gave are.
"""

from __future__ import annotations

import hashlib
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import AddressValueError, IPv6Address, IPv6Network

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from store.buckets import Buckets, Rate
from store.problems import refusing

# Nobody has to say who they are here, so that an answer proves nothing.
OPEN = frozenset({"/v1/openapi.json", "/v1/stations", "/v1/stations/token"})
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits:
    """A station that drains 20,000 facts at 100 a request asks 200 times for that, and is never held up.

    Args:
        station: for each token.
        key: for each API key.
        stranger: for each address (of IPv6, each network of one house), for what comes to nothing.
    """

    station: Rate
    key: Rate
    stranger: Rate


USUAL = RateLimits(
    station=Rate(per_s=50, burst=400),
    key=Rate(per_s=200, burst=2_000),
    stranger=Rate(per_s=10, burst=60, lock_max_s=300),
)


class RateLimit:
    """Middleware.

    Args:
        service: what is guarded.
        now_s: seconds of a clock that never goes back.
    """

    def __init__(self, service: ASGIApp, limits: RateLimits, now_s: Callable[[], float]) -> None:
        self._service = service
        self._now_s = now_s
        self._stations = Buckets(limits.station)
        self._keys = Buckets(limits.key)
        self._strangers = Buckets(limits.stranger)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Whoever watches over the store has to get an answer from it. The handset's files are everybody's, and its page
        # asks for a font of each alphabet that it meets, which is not there: no guesses at a secret.
        if scope["type"] != "http" or scope["path"] == "/v1/health" or scope["path"].startswith("/handset/"):
            await self._service(scope, receive, send)
            return
        secret = "" if _is_open(scope["path"]) else Headers(scope=scope).get("authorization", "").partition(" ")[2]
        caller = hashlib.sha256(secret.encode("latin-1")).digest()
        # A token has three parts, a key none.
        callers = self._stations if secret.count(".") == 2 else self._keys
        address = _house(scope)
        known = bool(secret) and caller in callers
        wait_s = callers.take(caller, self._now_s()) if known else self._strangers.wait_s(address, self._now_s())
        if wait_s > 0:
            reason = "too many requests" if known else "too many requests that were refused"
            retry = {"Retry-After": str(math.ceil(wait_s))}
            await refusing(HTTPStatus.TOO_MANY_REQUESTS, reason, retry)(scope, receive, send)
            return

        def learn(status: int) -> None:
            if known:
                if status == HTTPStatus.UNAUTHORIZED:
                    callers.forget(caller)
            elif secret and status < HTTPStatus.BAD_REQUEST:
                callers.take(caller, self._now_s())
            elif status == HTTPStatus.UNAUTHORIZED or (not secret and 400 <= status < 500):
                held_off_s = self._strangers.take(address, self._now_s())
                if held_off_s > 0:
                    log.warning("address_held_off address=%s for_s=%.0f", address, held_off_s)

        async def heard(message: Message) -> None:
            if message["type"] == "http.response.start":
                learn(message["status"])
            await send(message)

        await self._service(scope, receive, heard)


def _is_open(path: str) -> bool:
    return path in OPEN or not path.startswith("/v1/")


def _house(scope: Scope) -> str:
    """The address that asks; of IPv6 the network, because one house has 2^64 of them."""
    address = str(scope["client"][0]) if scope.get("client") else ""
    try:
        six = IPv6Address(address)
    except AddressValueError:
        return address
    return str(six.ipv4_mapped or IPv6Network((six, 64), strict=False))
