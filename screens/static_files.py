"""Flet's web client and our assets as files: squeezed once, asked after each time, never stale.

No file's name carries its version, and client and Python half must match: so a browser keeps every file, but asks
each time whether it is still the one (304 when it is).
"""

from __future__ import annotations

import asyncio
import gzip
import io
from pathlib import Path

from flet_web.fastapi import FletStaticFiles
from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.types import Scope

SQUEEZED_SUFFIXES = frozenset(
    {".js", ".mjs", ".wasm", ".html", ".json", ".ttf", ".otf", ".svg", ".bin", ".frag", ".css"}
)
SMALLEST_SQUEEZED_BYTES = 2048
# 256 KiB takes about 3 ms: a scan of another window does not wait longer than that.
CHUNK_BYTES = 256 * 1024
LEVEL = 1


async def squeezed(data: bytes) -> bytes:
    """The bytes as gzip, made in small steps so that the event loop breathes."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=LEVEL, mtime=0) as file:
        for start in range(0, len(data), CHUNK_BYTES):
            file.write(data[start : start + CHUNK_BYTES])
            await asyncio.sleep(0)
    return out.getvalue()


class StaticFiles(FletStaticFiles):  # type: ignore[misc]
    """Flet's static files behind compression and cache headers."""

    def __init__(self, *, assets_dir: Path) -> None:
        super().__init__(assets_dir=str(assets_dir), app_name="Floorhand", no_cdn=True)
        self._squeezed: dict[tuple[str, str], bytes] = {}

    async def get_response(self, path: str, scope: Scope) -> Response:
        response: Response = await super().get_response(path, scope)
        response.headers["cache-control"] = "no-cache"
        response.headers["vary"] = "Accept-Encoding"
        if not isinstance(response, FileResponse) or response.status_code != 200:
            return response
        file = Path(str(response.path))
        wanted = Headers(scope=scope)
        if (
            file.suffix not in SQUEEZED_SUFFIXES
            or "gzip" not in wanted.get("accept-encoding", "")
            or "range" in wanted
            or file.stat().st_size < SMALLEST_SQUEEZED_BYTES
        ):
            return response
        etag = response.headers["etag"]
        key = (str(file), etag)
        if key not in self._squeezed:
            self._squeezed[key] = await squeezed(file.read_bytes())
        headers = {
            "etag": f"W/{etag}",
            "cache-control": "no-cache",
            "vary": "Accept-Encoding",
            "content-encoding": "gzip",
            "last-modified": response.headers["last-modified"],
        }
        body = b"" if scope["method"] == "HEAD" else self._squeezed[key]
        return Response(body, media_type=response.media_type, headers=headers)
