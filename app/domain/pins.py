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
import re
from dataclasses import dataclass

HASHED, SEALED = "argon2id", "argon2id+device"
# As the store makes and takes them (`store.fields`); 19 is the version of Argon2 since 2016.
_VERSION = "v=19"
_COSTS = re.compile(r"m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})", re.ASCII)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """How a PIN is to be hashed so that its hash can be compared.

    Args:
        length: of the hash, in bytes.
    """

    salt: bytes
    passes: int
    memory_kib: int
    lanes: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPin:
    """A kept hash, taken apart.

    Args:
        kept: the hash in base64 without padding, or what stands in its place once it is sealed.
    """

    costs: Costs
    kept: str
    sealed: bool

    def is_of(self, hashed: bytes, secret: bytes) -> bool:
        """Whether it was made of this raw hash, under this device's secret.

        A hash that came before hashes were sealed is taken as it is, until its row comes anew.
        """
        text = base64.b64encode(hashed).rstrip(b"=").decode()
        wanted = sealed_part(text, secret) if self.sealed else text
        return hmac.compare_digest(wanted.encode(), self.kept.encode())


def taken_apart(pin_hash: str) -> KeptPin:
    """What a station keeps of a PIN, to compare it with one that was typed.

    Raises:
        ValueError: it is damaged, or no hash at all.
    """
    nothing, scheme, version, costs, salt, kept = pin_hash.split("$")
    numbers = _COSTS.fullmatch(costs)
    if nothing or scheme not in (HASHED, SEALED) or version != _VERSION or numbers is None:
        raise ValueError("a PIN's hash of another kind")
    memory_kib, passes, lanes = map(int, numbers.groups())
    sealed = scheme == SEALED
    letters = int(kept.partition(".")[0]) if sealed else len(kept)
    return KeptPin(
        costs=Costs(
            salt=base64.b64decode(salt + "=" * (-len(salt) % 4), validate=True),
            passes=passes,
            memory_kib=memory_kib,
            lanes=lanes,
            length=letters * 3 // 4,
        ),
        kept=kept,
        sealed=sealed,
    )
