"""Whether a key signed a message, for stations that are a process. Needs `cryptography`."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.signer import from_base64url


def is_signed(message: bytes, signature: str, public_key: str) -> bool:
    """Ed25519; signature and key in base64url without padding, as the wire has them."""
    try:
        key = Ed25519PublicKey.from_public_bytes(from_base64url(public_key))
        key.verify(from_base64url(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True
