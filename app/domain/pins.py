"""A PIN's hash as a station keeps it: sealed with a secret of its device.

The store keeps and sends argon2id hashes. A PIN has so few digits that whoever holds its hash finds it, in hours of
one processor; so a station's book holds none: it keeps an HMAC of the hash, under a secret that is made from the
device's key and lies in another file. A book alone (a backup, a copy that was sent to somebody, a page that leaks
files) says nothing of any PIN. It does not protect a device that was stolen whole: key and book lie on one disk, and
there a PIN of six digits is again a matter of hours. Who loses a device revokes it, and gives new PINs to whoever
worked in that warehouse.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

HASHED, SEALED = "argon2id", "argon2id+device"
_PARTS = 6  # of a PHC string: nothing, the scheme, the version, the costs, the salt, the hash


def seal(pin_hash: str, secret: bytes) -> str:
    """The hash (PHC string) as this device keeps it; empty, which no PIN fits, when it is none."""
    parts = pin_hash.split("$")
    if len(parts) != _PARTS or parts[1] != HASHED:
        return ""
    parts[1], parts[5] = SEALED, sealed_part(parts[5], secret)
    return "$".join(parts)


def sealed_part(hashed: str, secret: bytes) -> str:
    """What stands in the place of the hash itself: how many letters that had, and the HMAC of them.

    Args:
        hashed: base64 without padding, as a PHC string has it.
    """
    mac = hmac.new(secret, b"floorhand-pin\n" + hashed.encode(), hashlib.sha256).digest()
    return f"{len(hashed)}.{base64.b64encode(mac).rstrip(b'=').decode()}"
