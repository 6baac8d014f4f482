"""The handset that lives in a browser: its files, served beside the store's own API, so that one origin and one
certificate do. What is served is what the release lists (`python -m handset` makes it), and nothing else.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path, PurePosixPath

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from store.problems import refusing

log = logging.getLogger(__name__)

PLACE = "/handset"
PAGE = "index.html"
RELEASE = "release.json"
# Brotli before gzip: a fifth smaller. Browsers take it over https and from this machine alone.
CODINGS = {"br": "br", "gz": "gzip"}
# A browser runs no module and no WebAssembly of another type, and not every system knows these.
MEDIA_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".otf": "font/otf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain",
    ".wasm": "application/wasm",
    ".wav": "audio/wav",
    ".woff2": "font/woff2",
    ".zip": "application/zip",
}
HEADERS = {
    # No name carries its version, and the parts of a release must match: a browser asks each time whether a file is
    # still the one. Its service worker asks once a release.
    "Cache-Control": "no-cache",
    # Flet's client draws in a thread of its own where a page shares its memory with nobody.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # The client and Pyodide are WebAssembly; the client's threads begin as blobs, and it sets styles as it draws.
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' blob:; worker-src 'self' blob:; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' data: blob:; "
        "font-src 'self' data:; connect-src 'self' data: blob:; object-src 'none'; base-uri 'self'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
}
NOT_HERE = """<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Floorhand</title>
<p>The handset is not served here. Build it with <code>make site</code>, and name its folder to the order store:
<code>FLOORHAND_STORE_SITE=var/site</code>.</p></html>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFile:
    sha256: str
    codings: tuple[str, ...]


class HandsetSite:
    """An application that serves the site in a folder; mounted at `PLACE`.

    Args:
        folder: a release that was built; may come, go and change while the store runs. None: there is none.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._read_as: tuple[int, int] | None = None
        self._files: Mapping[str, ListedFile] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError("the handset's site speaks http alone")
        response = self._answer(scope)
        response.headers.update(HEADERS)
        await response(scope, receive, send)

    def _answer(self, scope: Scope) -> Response:
        if scope["method"] not in ("GET", "HEAD"):
            return refusing(HTTPStatus.METHOD_NOT_ALLOWED, "Method Not Allowed", {"Allow": "GET, HEAD"})
        files = self._release()
        if self._folder is None or not files:
            return HTMLResponse(NOT_HERE, HTTPStatus.NOT_FOUND)
        path = scope["path"].removeprefix(scope.get("root_path", "")).removeprefix("/")
        # An address within the station, such as that of a screen, is the page's business.
        name = path if path in files or PurePosixPath(path).suffix else PAGE
        listed = files.get(name)
        if listed is None:
            return refusing(HTTPStatus.NOT_FOUND, "the handset's site has no such file")
        return self._file(self._folder / name, listed, Headers(scope=scope))

    def _file(self, place: Path, listed: ListedFile, asked: Headers) -> Response:
        accepted = _accepted(asked.get("accept-encoding", ""))
        coding = next((each for each in CODINGS if each in listed.codings and CODINGS[each] in accepted), "")
        etag = f'"{listed.sha256[:32]}{coding and "-" + coding}"'
        headers = {"ETag": etag, "Vary": "Accept-Encoding"}
        if coding:
            headers["Content-Encoding"] = CODINGS[coding]
        if etag in [each.strip().removeprefix("W/") for each in asked.get("if-none-match", "").split(",")]:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        if place.name == "service_worker.js":
            headers["Service-Worker-Allowed"] = f"{PLACE}/"
        media_type = MEDIA_TYPES.get(place.suffix, "application/octet-stream")
        try:
            form = place.with_name(f"{place.name}.{coding}") if coding else place
            return FileResponse(form, headers=headers, media_type=media_type, stat_result=os.stat(form))
        except OSError:
            # The next release is being put in its place at this very moment.
            return refusing(HTTPStatus.SERVICE_UNAVAILABLE, "the handset's site is being renewed", {"Retry-After": "1"})

    def _release(self) -> Mapping[str, ListedFile]:
        """The files of the release that lies there now; empty when there is none."""
        if self._folder is None:
            return {}
        try:
            found = os.stat(self._folder / RELEASE)
            read_as = (found.st_mtime_ns, found.st_ino)
            if read_as != self._read_as:
                said = json.loads((self._folder / RELEASE).read_bytes())
                self._files = {
                    name: ListedFile(sha256=each["sha256"], codings=tuple(each["codings"]))
                    for name, each in said["files"].items()
                }
                self._read_as = read_as
                log.info("handset_site release=%s files=%d", said["version"], len(self._files))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as reason:
            if self._read_as is not None:
                log.warning("handset_site_away folder=%s reason=%s", self._folder, reason)
            self._read_as, self._files = None, {}
        return self._files


def _accepted(said: str) -> set[str]:
    """The codings that a browser names and does not refuse: `br;q=0` is a refusal."""
    named = [each.replace(" ", "").lower().partition(";q=") for each in said.split(",")]
    return {coding for coding, _, weight in named if weight.strip("0.") or not weight}


def install(service: Starlette, folder: Path | None) -> None:
    """Serve the site at `PLACE`, outside of what the contract describes."""
    service.add_route(PLACE, lambda _: RedirectResponse(f"{PLACE}/"), include_in_schema=False)
    service.mount(PLACE, HandsetSite(folder))
