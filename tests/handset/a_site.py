"""A small site of a few files with our real service worker, on a server that can be away, cut answers, or lie."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import PurePosixPath
from threading import Thread

from handset.build import PAGE
from handset.release import SERVICE_WORKER, hashes_of, with_release

SCOPE = "/handset/"
TYPES = {".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json"}
PORTAL = b"<!DOCTYPE html><title>Welcome to our Wi-Fi</title>"
DOCUMENT = """<!DOCTYPE html><html><head><base href="/handset/"><title>{title}</title></head>
<body><script src="says.js"></script><script src="releases.js"></script></body></html>"""


def a_release(says: str, **more: bytes) -> dict[str, bytes]:
    """The files of a release whose page says a word, `document.body.dataset.says`.

    Args:
        more: further files, e.g. `large=b"…"` for `large.json`; each makes no difference to the page.
    """
    files = {
        "index.html": DOCUMENT.format(title=says).encode(),
        "says.js": f"document.body.dataset.says = {says!r};".encode(),
        "releases.js": (PAGE / "releases.js").read_bytes(),
        "main.dart.js": b"// drawn by canvaskit",
        "main.dart.wasm": b"drawn by skwasm",
        **{f"{name}.json": data for name, data in more.items()},
    }
    _, worker = with_release((PAGE / SERVICE_WORKER).read_bytes(), hashes_of(files))
    return {**files, SERVICE_WORKER: worker}


@dataclass
class Network:
    """What lies between a handset and its store.

    Args:
        files: what the store serves.
        cut: paths of which half arrives.
        portal: a Wi-Fi that answers everything itself, as if all were well.
        asked: paths that were asked for and answered.
    """

    files: dict[str, bytes]
    url: str = ""
    cut: set[str] = field(default_factory=set)
    portal: bool = False
    away: bool = False
    asked: list[str] = field(default_factory=list)

    def answer(self, path: str) -> tuple[int, str, bytes]:
        name = path.removeprefix(SCOPE) or "index.html"
        self.asked.append(name)
        media_type = TYPES.get(PurePosixPath(name).suffix, "text/plain")
        if self.portal:
            return 200, "text/html", PORTAL
        if name not in self.files or not path.startswith(SCOPE):
            return (
                (200, "application/json", b'{"store": "here"}') if path.startswith("/v1/") else (404, "text/plain", b"")
            )
        data = self.files[name]
        return 200, media_type, data[: len(data) // 2] if name in self.cut else data


@contextmanager
def a_network(files: dict[str, bytes]) -> Iterator[Network]:
    """A server on a free port, in a thread of its own."""
    network = Network(files)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if network.away:
                self.close_connection = True
                return
            status, media_type, data = network.answer(self.path.partition("?")[0])
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Cache-Control", "no-cache")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    network.url = f"http://127.0.0.1:{server.server_port}{SCOPE}"
    try:
        yield network
    finally:
        server.shutdown()
        server.server_close()
