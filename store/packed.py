"""Answers made small on their way: a snapshot is a tenth of itself, and a warehouse's Wi-Fi is everybody's."""

from __future__ import annotations

import gzip

import zstandard
from fastapi import Request, Response

# Below it nothing is won.
SMALL_BYTES = 1_000
_GZIP_LEVEL, _ZSTD_LEVEL = 1, 3
JSON_TYPE = "application/json"


def packed_json(request: Request, text: str) -> Response:
    """JSON by zstd or gzip, whichever the caller reads; as it is, when it reads neither or there is little of it."""
    content = text.encode()
    headers = {"Vary": "Accept-Encoding"}
    wanted = {part.partition(";")[0].strip() for part in request.headers.get("Accept-Encoding", "").lower().split(",")}
    if len(content) >= SMALL_BYTES:
        if "zstd" in wanted:
            content = zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(content)
            headers["Content-Encoding"] = "zstd"
        elif "gzip" in wanted:
            content = gzip.compress(content, _GZIP_LEVEL, mtime=0)
            headers["Content-Encoding"] = "gzip"
    return Response(content, media_type=JSON_TYPE, headers=headers)
