"""PINs against their argon2id hashes. Slow on purpose: some tens of milliseconds for one."""

from __future__ import annotations

import logging

import argon2

log = logging.getLogger(__name__)


class Argon2PinCheck:
    """The `PinCheck` of a station with argon2 installed."""

    def __init__(self) -> None:
        self._hasher = argon2.PasswordHasher()

    def matches(self, pin_hash: str, pin: str) -> bool:
        """Whether `pin` belongs to the PHC string `pin_hash`; a damaged hash matches nothing."""
        try:
            return self._hasher.verify(pin_hash, pin)
        except argon2.exceptions.VerifyMismatchError:
            return False
        except (argon2.exceptions.InvalidHashError, argon2.exceptions.VerificationError) as reason:
            log.error("pin_hash_damaged reason=%s", reason)
            return False
