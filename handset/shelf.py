"""What took long to make, kept by what it was made of: nothing is compiled or squeezed twice."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


class Shelf:
    """A folder that may be deleted at any time.

    Args:
        folder: made when missing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.folder.mkdir(parents=True, exist_ok=True)

    def key(self, *parts: bytes | str) -> str:
        """A name for what is made of these."""
        digest = hashlib.sha256()
        for part in parts:
            data = part.encode() if isinstance(part, str) else part
            digest.update(len(data).to_bytes(8, "big") + data)
        return digest.hexdigest()

    def get(self, key: str) -> bytes | None:
        try:
            return self._place(key).read_bytes()
        except FileNotFoundError:
            return None

    def put(self, key: str, data: bytes) -> bytes:
        """Keep it, and give it back. A build that is stopped in the middle leaves no half file."""
        place = self._place(key)
        place.parent.mkdir(parents=True, exist_ok=True)
        half = place.with_name(f"{place.name}.{os.getpid()}")
        half.write_bytes(data)
        half.replace(place)
        return data

    def _place(self, key: str) -> Path:
        return self.folder / key[:2] / key[2:]
