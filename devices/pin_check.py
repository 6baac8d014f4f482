"""PINs against their argon2id hashes, sealed for this device. Slow on purpose: some tens of milliseconds for one."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from app.domain.pins import Costs, taken_apart

log = logging.getLogger(__name__)

Argon2id: TypeAlias = Callable[[bytes, Costs], Awaitable[bytes]]
"""(PIN, costs) → the raw hash. Raises ValueError for costs that make no hash here."""


class Argon2PinCheck:
    """The `PinCheck` of every station.

    Args:
        secret: what the station's hashes are sealed with (`app.domain.pins`).
        argon2id: hashes, off the event loop's way where it can: `devices.argon2_thread` or `devices.argon2_wasm`.
    """

    def __init__(self, secret: bytes, argon2id: Argon2id) -> None:
        self._secret = secret
        self._argon2id = argon2id

    async def matches(self, pin_hash: str, pin: str) -> bool:
        """Whether `pin` belongs to the hash; one that is damaged, or sealed for another device, matches nothing."""
        try:
            kept = taken_apart(pin_hash)
            return bool(pin) and kept.is_of(await self._argon2id(pin.encode(), kept.costs), self._secret)
        except ValueError as reason:
            log.error("pin_hash_damaged reason=%s", reason)
            return False
