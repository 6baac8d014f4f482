"""The station's key in a file beside its book, for stations that are a process. Needs `cryptography`."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.errors import LedgerDamaged, LedgerReadOnly


class FileSigner:
    """Makes the key when there is none; only the owner may read the file.

    Raises:
        LedgerDamaged: the file holds something else.
        LedgerReadOnly: the file cannot be read or made.
    """

    def __init__(self, path: Path) -> None:
        try:
            if not path.exists():
                _write(path, Ed25519PrivateKey.generate().private_bytes_raw())
            self._key = Ed25519PrivateKey.from_private_bytes(path.read_bytes())
        except ValueError as trouble:
            raise LedgerDamaged(f"{path.name}: {trouble}") from trouble
        except OSError as trouble:
            raise LedgerReadOnly(f"{path.name}: {trouble}") from trouble

    async def public_key(self) -> bytes:
        return self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    async def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


def _write(path: Path, key: bytes) -> None:
    """All of it or nothing, and for good: a key that is cut half-way, or gone when the power was, would lock the
    station out."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, key)
        os.fsync(handle)
    finally:
        os.close(handle)
    part.replace(path)
    if os.name == "posix":  # elsewhere nobody can open a folder
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
