"""What proves that a station is itself: an Ed25519 key that was made on it."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from typing import Protocol

from sync.protocol import TokenWanted, token_message


class Signer(Protocol):
    """Holds the key. Async, because a browser's own crypto is."""

    async def public_key(self) -> bytes:
        """32 bytes, raw."""

    async def sign(self, message: bytes) -> bytes:
        """64 bytes, Ed25519."""


def base64url(raw: bytes) -> str:
    """Base64url without padding, as the wire has keys and signatures."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """The bytes that `base64url` made a text of.

    Raises:
        ValueError: it is none.
    """
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


async def device_secret(signer: Signer, purpose: str) -> bytes:
    """32 bytes that this device alone can make, the same each time: Ed25519 signs a message in one way only.

    The signature itself never leaves the station.
    """
    return hashlib.sha256(await signer.sign(f"floorhand-secret\n{purpose}".encode())).digest()


async def token_wanted(
    signer: Signer, *, station_id: str, worker_id: str, nonce: str, now_utc: datetime
) -> TokenWanted:
    """A request for a token, signed as `sync.protocol.TokenWanted` says."""
    issued_at_utc = now_utc.isoformat()
    signature = await signer.sign(token_message(station_id, nonce, issued_at_utc, worker_id))
    return TokenWanted(
        station_id=station_id,
        worker_id=worker_id,
        nonce=nonce,
        issued_at_utc=issued_at_utc,
        signature=base64url(signature),
    )
