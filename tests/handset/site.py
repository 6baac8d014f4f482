"""A site for tests that has Python, the files of the handset's page, and the house with its tests in one archive."""

from __future__ import annotations

import io
import json
import mimetypes
import queue
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import distribution
from pathlib import Path
from threading import Thread
from typing import Any

import flet_web

HOUSE = Path(__file__).parents[2]
PYODIDE = Path(flet_web.__file__).parent / "web" / "pyodide"
PAGE = Path(__file__).with_name("page")
ROOMS = ("app", "sync", "tests/contracts", "tests/fakes", "tests/sync", "tests/power", "tests/handset")
# Pure Python, the same for every Python; taken from the environment that runs the tests.
PACKAGES = (
    *("sqlite-utils", "sqlite-fts4", "click", "click-default-group", "python-dateutil", "six", "tabulate"),
    *("pytest", "pluggy", "iniconfig", "packaging", "pygments"),
)
# Emscripten's stub says that all is well and does nothing.
STUB = "function ___syscall_fdatasync(fd){try{var stream=SYSCALLS.getStreamFromFD(fd);return 0}"
SYNCS = STUB.replace("return 0}", "return stream.stream_ops?.fsync?.(stream)??0}")


@cache
def house_zip() -> bytes:
    """The rooms that run in a browser, what they need, and pytest."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for room in ROOMS:
            for path in sorted((HOUSE / room).rglob("*")):
                if path.suffix in (".py", ".sql"):
                    target.write(path, path.relative_to(HOUSE))
        for name in PACKAGES:
            for file in distribution(name).files or ():
                if file.suffix != ".pyc" and ".." not in file.parts:
                    target.write(file.locate(), str(file))
    return archive.getvalue()


@cache
def python_file(name: str, *, syncs: bool = True) -> bytes:
    """A file of Pyodide; `fdatasync` is passed on to the file system, as the handset's build does.

    Args:
        syncs: False leaves Pyodide as it comes.
    """
    content = (PYODIDE / name).read_bytes()
    if name == "pyodide.asm.mjs" and syncs:
        text = content.decode()
        assert text.count(STUB) == 1, "another Pyodide: look for fdatasync anew"
        content = text.replace(STUB, SYNCS).encode()
    return content


class Site:
    """Args:
    url: of its only page.
    files: what else it serves, by name.
    said: what a page told, as it came.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.files: dict[str, bytes] = {}
        self.said: queue.Queue[dict[str, Any]] = queue.Queue()


@contextmanager
def site(*, syncs: bool = True) -> Iterator[Site]:
    """A site that is served until the block ends; `syncs` as in `python_file`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.partition("?")[0].lstrip("/") or "index.html"
            room, _, name = path.partition("/")
            try:
                if path == "house.zip":
                    self._answer(house_zip())
                elif path in served.files:
                    self._answer(served.files[path])
                elif room == "pyodide":
                    self._answer(python_file(name, syncs=syncs))
                elif room == "handset":
                    self._answer((HOUSE / "handset" / "page" / name).read_bytes())
                else:
                    self._answer((PAGE / path).read_bytes())
            except FileNotFoundError:
                self._answer(b"", status=404)

        def do_POST(self) -> None:
            served.said.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self._answer(b"")

        def _answer(self, content: bytes, *, status: int = 200) -> None:
            kind = mimetypes.guess_type(self.path)[0] or "text/html"
            self.send_response(status)
            self.send_header("Content-Type", "text/javascript" if self.path.endswith(".mjs") else kind)
            self.send_header("Content-Length", str(len(content)))
            # Kept, it is not compiled anew at each start of the same browser.
            self.send_header("Cache-Control", "max-age=3600" if self.path.startswith("/pyodide/") else "no-store")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None: ...

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A browser that is killed leaves its connections in the middle."""

    with Server(("127.0.0.1", 0), Handler) as server:
        served = Site(f"http://127.0.0.1:{server.server_port}/")
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()
