"""PINs against their argon2id hashes, sealed for this device. Slow on purpose: some tens of milliseconds for one."""

from __future__ import annotations

import base64
import hmac
import logging

import argon2
from argon2.low_level import hash_secret_raw

from app.domain.pins import HASHED, SEALED, sealed_part

log = logging.getLogger(__name__)


class Argon2PinCheck:
    """The `PinCheck` of a station with argon2 installed.

    Args:
        secret: what the station's hashes are sealed with (`app.domain.pins`).
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def matches(self, pin_hash: str, pin: str) -> bool:
        """Whether `pin` belongs to the hash; one that is damaged, or sealed for another device, matches nothing.

        A hash that came before hashes were sealed is taken as it is, until its row comes anew.
        """
        parts = pin_hash.split("$")
        kept, sealed = parts[-1], parts[1:2] == [SEALED]
        try:
            if sealed:
                # How long the hash was belongs to its costs.
                parts[1], parts[5] = HASHED, "A" * int(kept.partition(".")[0])
            costs = argon2.extract_parameters("$".join(parts))
            raw = hash_secret_raw(
                secret=pin.encode(),
                salt=base64.b64decode(parts[4] + "=" * (-len(parts[4]) % 4), validate=True),
                time_cost=costs.time_cost,
                memory_cost=costs.memory_cost,
                parallelism=costs.parallelism,
                hash_len=costs.hash_len,
                type=costs.type,
                version=costs.version,
            )
        except (argon2.exceptions.InvalidHashError, argon2.exceptions.HashingError, ValueError, IndexError) as reason:
            log.error("pin_hash_damaged reason=%s", reason)
            return False
        hashed = base64.b64encode(raw).rstrip(b"=").decode()
        wanted = sealed_part(hashed, self._secret) if sealed else hashed
        return hmac.compare_digest(wanted.encode(), kept.encode())
