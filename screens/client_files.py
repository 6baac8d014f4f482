"""Flet's web client and our assets as files: squeezed once for the network, asked after each time, never stale.

No file's name carries its version, and client and Python half must match: so a browser keeps every file, but asks
each time whether it is still the one (304 when it is). A browser on this machine gets them as they are: squeezing
would only cost both of them time.
"""

from __future__ import annotations

import asyncio
import gzip
import io
import mimetypes
import os
import stat
from pathlib import Path

from flet_web import get_package_web_dir
from starlette.datastructures import Headers
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from screens.theme import FONT_FILES

SQUEEZED_SUFFIXES = frozenset(
    {".js", ".mjs", ".wasm", ".html", ".json", ".ttf", ".otf", ".svg", ".bin", ".frag", ".css"}
)
SMALLEST_SQUEEZED_BYTES = 2048
# 256 KiB takes about 3 ms: a scan of another window does not wait longer than that.
CHUNK_BYTES = 256 * 1024
LEVEL = 1
LOOPBACK = ("127.0.0.1", "::1")
# What the client draws with, loaded all at once before the first frame. Flet's own list has twenty fonts for formulae;
# fonts that a page names later are loaded one after the other, each for a frame of its own.
FONTS = [
    {"family": family, "fonts": [{"asset": file}]}
    for family, file in {
        "MaterialIcons": "fonts/MaterialIcons-Regular.otf",
        "Roboto": "fonts/roboto.woff2",
        **{family: f"../{file}" for family, file in FONT_FILES.items()},
    }.items()
]
FONT_MANIFEST = "assets/FontManifest.json"
# Some systems do not know these, and a browser refuses a program of another type.
mimetypes.add_type("text/javascript", ".mjs")
mimetypes.add_type("application/wasm", ".wasm")


async def squeezed(data: bytes) -> bytes:
    """The bytes as gzip, made in small steps so that the event loop breathes."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=LEVEL, mtime=0) as file:
        for start in range(0, len(data), CHUNK_BYTES):
            file.write(data[start : start + CHUNK_BYTES])
            await asyncio.sleep(0)
    return out.getvalue()


def _on_this_machine(scope: Scope) -> bool:
    client = scope.get("client")
    return client is not None and client[0] in LOOPBACK


class ClientFiles(StaticFiles):
    """Our assets before Flet's own files, squeezed, with cache headers; any other address is the page itself."""

    def __init__(self, assets_dir: Path) -> None:
        super().__init__(directory=assets_dir)
        self.all_directories = [assets_dir, get_package_web_dir()]
        self._squeezed: dict[tuple[str, str], bytes] = {}

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        found = super().lookup_path(path)
        if found[1] is None or stat.S_ISDIR(found[1].st_mode):
            return found if Path(path).suffix else super().lookup_path("index.html")
        return found

    async def get_response(self, path: str, scope: Scope) -> Response:
        if path == FONT_MANIFEST:
            return JSONResponse(FONTS, headers={"cache-control": "no-cache"})
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "no-cache"
        response.headers["vary"] = "Accept-Encoding"
        if not isinstance(response, FileResponse) or response.status_code != 200:
            return response
        file = Path(str(response.path))
        wanted = Headers(scope=scope)
        if (
            _on_this_machine(scope)
            or file.suffix not in SQUEEZED_SUFFIXES
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
