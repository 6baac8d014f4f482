"""Whether a key signed a message, for stations that are a process. Needs `cryptography`."""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def is_signed(message: bytes, signature: str, public_key: str) -> bool:
    """Ed25519; signature and key in base64url without padding, as the wire has them."""
    try:
        key = Ed25519PublicKey.from_public_bytes(_raw(public_key))
        key.verify(_raw(signature), message)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def _raw(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
