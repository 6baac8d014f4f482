"""Files as they travel: by brotli, and by gzip for a browser on plain http, which takes no brotli."""

from __future__ import annotations

import gzip
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePosixPath

import brotli

from handset.shelf import Shelf

# The best there is: it takes minutes the first time, and each handset pays for the bytes.
BEST = 11
# A window of 16 MiB, the largest that every browser takes.
_WINDOW_BITS = 24
SQUEEZED_ALREADY = frozenset({".png", ".woff2", ".jpg"})
SMALLEST_BYTES = 1024
WORTH_IT = 0.95


def squeezed(files: Mapping[str, bytes], shelf: Shelf, quality: int = BEST) -> dict[str, dict[str, bytes]]:
    """`{"br": …, "gz": …}` for each file that gets smaller by it."""
    wanted = {name: data for name, data in files.items() if _may_gain(name, data)}
    # brotli lets go of the interpreter while it works; the largest first, so that no core waits for the last one.
    order = sorted(wanted, key=lambda name: -len(wanted[name]))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        forms = pool.map(lambda name: _both(wanted[name], shelf, quality), order)
        return {
            name: {coding: data for coding, data in both.items() if len(data) < WORTH_IT * len(wanted[name])}
            for name, both in zip(order, forms, strict=True)
        }


def _may_gain(name: str, data: bytes) -> bool:
    return len(data) >= SMALLEST_BYTES and PurePosixPath(name).suffix not in SQUEEZED_ALREADY


def _both(data: bytes, shelf: Shelf, quality: int) -> dict[str, bytes]:
    br, gz = shelf.key("br", str(quality), data), shelf.key("gz", data)
    return {
        "br": shelf.get(br) or shelf.put(br, brotli.compress(data, quality=quality, lgwin=_WINDOW_BITS)),
        "gz": shelf.get(gz) or shelf.put(gz, gzip.compress(data, compresslevel=9, mtime=0)),
    }
