"""Files squeezed once for the network, as hard as can be: a browser takes brotli, an old one gzip."""

from __future__ import annotations

import gzip
from pathlib import Path

import brotli

from handset.kept import kept

SMALLEST_BYTES = 1024
# What is squeezed already.
TIGHT = frozenset({".png", ".woff2"})
WINDOW_BITS = 24


def squeezed(name: str, content: bytes) -> dict[str, bytes]:
    """By suffix (`.br`, `.gz`); empty where it gains nothing. Some thirty seconds for everything, the first time."""
    if len(content) < SMALLEST_BYTES or Path(name).suffix in TIGHT:
        return {}

    def make(folder: Path) -> None:
        (folder / "br").write_bytes(brotli.compress(content, quality=11, lgwin=WINDOW_BITS))
        (folder / "gz").write_bytes(gzip.compress(content, 9, mtime=0))

    folder = kept("squeezed", [content], make)
    return {f".{kind}": (folder / kind).read_bytes() for kind in ("br", "gz")}
