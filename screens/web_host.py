"""Serves the screens to browsers: our own routes first, then Flet's client. Imported only where a station has a server.

It answers from a station's first moment, with files alone, so that a browser reads its client while the station is
still bringing in its rooms; a page that connects waits until it is known how pages are drawn (`draw_with`).

Flet alone lets any page on the internet open a websocket to it, and lets whoever knows a session's id take it over. So:
* a browser is known by a cookie that no script can read and no other site can send; a seat is that cookie and the
  number of the window;
* a request whose Host is not ours, or whose Origin is another's, is refused before anything is looked at, and so is a
  websocket that says no Origin;
* beyond this machine it speaks https alone, because PINs and the cookie go over that line;
* no session is ever resumed: a page that comes back begins anew from the book, and the old connection's keys are void.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import secrets
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from app.settings import SettingRefused
from screens.client_files import ClientFiles
from screens.link_book import LinkBook, Standing, seat_id
from screens.window import Main

if TYPE_CHECKING:
    import flet as ft

log = logging.getLogger("floorhand.web")

SECRET = re.compile(r"[A-Za-z0-9_-]{32}")
LIFE = re.compile(r"[0-9a-f]{18}")
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
COOKIE_S = 365 * 24 * 3600
LARGEST_BODY_BYTES = 4096
SOCKET_PATH = "/link/ws/"
_SCHEMES = {"ws": "http", "wss": "https"}
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    # Flet's client is WebAssembly with workers made of blobs; nothing comes from anywhere else.
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' 'unsafe-eval' blob:; "
        "worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; frame-ancestors 'none'"
    ),
}


class OwnDoor:
    """Lets in only what is meant for this host and comes from its own pages; adds the headers of `HEADERS`."""

    def __init__(self, app: ASGIApp, hosts: Sequence[str]) -> None:
        self._app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        # Word for word: a page over http that calls itself by the name of our https is somebody else's.
        scheme = _SCHEMES.get(scope["scheme"], scope["scheme"])
        foreign = origin is not None and origin != f"{scheme}://{host}"
        lost = scope["type"] == "websocket" and (origin is None or not scope["path"].startswith(SOCKET_PATH))
        if host.rsplit(":", 1)[0] not in self._hosts or foreign or lost:
            log.warning("refused host=%s origin=%s path=%s", host, origin, scope["path"])
            await self._refuse(scope, send)
            return

        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                sent = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    sent[name] = value
            await send(message)

        await self._app(scope, receive, send_with_headers)

    @staticmethod
    async def _refuse(scope: Scope, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
            return
        await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"Not from here.\n"})


class WebHost:
    """One station's web server, inside the running event loop.

    Args:
        assets_dir: our `assets`, an absolute path.
        hosts: names under which this station may be called, without port; loopback names are always among them.
        certificate, key: PEM files; given both, the host speaks https.

    `listening` is set once the port is open.

    Raises:
        SettingRefused: it would speak plain http to the network.
    """

    def __init__(
        self,
        *,
        assets_dir: Path,
        host: str = "127.0.0.1",
        port: int = 8550,
        hosts: Sequence[str] = (),
        certificate: Path | None = None,
        key: Path | None = None,
        monotonic_ms: Callable[[], int] = lambda: time.monotonic_ns() // 1_000_000,
    ) -> None:
        if certificate is None and host not in (*LOOPBACK, "::1"):
            raise SettingRefused("host", "is seen by the network: set lan, which serves over https")
        # None: the station stopped before it could draw.
        self._draw: asyncio.Future[Main | None] = asyncio.get_running_loop().create_future()
        self._assets_dir = assets_dir
        self._book = LinkBook(monotonic_ms)
        self._secure = certificate is not None
        self._boot = secrets.token_hex(8)
        # Cookies are told apart by host, not by port: three stations on one machine need three names.
        # With this prefix a browser takes it over https alone, and from this very host.
        self._cookie = f"{'__Host-' if self._secure else ''}floorhand_{port}"
        self.app = OwnDoor(self._routes(), (*LOOPBACK, host, *hosts))
        config = uvicorn.Config(
            self.app,
            host=host,
            port=port,
            log_config=None,
            log_level=logging.WARNING,
            access_log=False,
            ws="websockets-sansio",
            ws_max_size=64 * 1024 * 1024,
            timeout_graceful_shutdown=2,
            ssl_certfile=certificate,
            ssl_keyfile=key,
        )
        self.server = _Server(config)
        self.listening = self.server.listening

    def draw_with(self, main: Main) -> None:
        """Draw each page by `main` from now on, those that wait too; those that were drawn otherwise come again."""
        if self._draw.done():
            self._draw = asyncio.get_running_loop().create_future()
            self._book.end_all()
        self._draw.set_result(main)

    async def serve(self) -> None:
        """Serve until `stop` is called.

        Raises:
            OSError: the port is in use, or may not be opened.
        """
        await self.server.serve()

    def stop(self) -> None:
        """End every page's connection, then the server; `serve` returns soon after."""
        if not self._draw.done():
            self._draw.set_result(None)
        self._book.end_all()
        self.server.should_exit = True

    @property
    def port(self) -> int:
        """The port that is listened on, also when 0 was asked for; 0 while nothing is."""
        open_sockets = [each for server in getattr(self.server, "servers", ()) for each in server.sockets]
        return int(open_sockets[0].getsockname()[1]) if open_sockets else 0

    def _routes(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/link/seat", self._give_seat, methods=["POST"]),
                Route("/link/beat", self._beat, methods=["POST"]),
                Route("/link/lost", self._lost, methods=["POST"]),
                WebSocketRoute(SOCKET_PATH + "{window:int}/{life}", self._connect),
                Mount("/", ClientFiles(self._assets_dir)),
            ]
        )

    async def _give_seat(self, request: Request) -> JSONResponse:
        """Name this browser, once. Asked for by the page itself: a link from elsewhere brings no cookie of ours."""
        answer = JSONResponse({})
        if self._secret(request) is None:
            answer.set_cookie(
                self._cookie,
                secrets.token_urlsafe(24),
                max_age=COOKIE_S,
                httponly=True,
                samesite="strict",
                secure=self._secure,
            )
        return answer

    async def _beat(self, request: Request) -> JSONResponse:
        asked = await _body(request)
        secret = self._secret(request)
        if asked is None or secret is None:
            return JSONResponse({}, 403 if secret is None else 400)
        seat = seat_id(secret, _count(asked.get("window")))
        standing = self._book.beat(seat, str(asked.get("life")), resting=bool(asked.get("resting")))
        return JSONResponse({"standing": standing, "boot": self._boot})

    async def _lost(self, request: Request) -> JSONResponse:
        """A page says which keys of its earlier lives it knows of; the window hears how many of them got lost."""
        asked = await _body(request)
        secret = self._secret(request)
        if asked is None or secret is None:
            return JSONResponse({}, 403 if secret is None else 400)
        seat = seat_id(secret, _count(asked.get("window")))
        lives = asked.get("lives")
        lost = 0
        for life in [life for life in lives[:16] if isinstance(life, dict)] if isinstance(lives, list) else []:
            counts = {name: _count(life.get(name)) for name in ("swallowed", "passed", "unsure")}
            # A life of the process before may have connected here once more; it has told its keys to that one.
            ours = life.get("boot") == self._boot
            lost += self._book.lost(seat, str(life.get("life")) if ours else "", **counts)
        current = self._book.life(seat, str(asked.get("life")))
        if current is not None and lost:
            current.window.keys_dropped(lost)
        return JSONResponse({"lost": lost})

    async def _connect(self, websocket: WebSocket) -> None:
        secret, life = self._secret(websocket), websocket.path_params["life"]
        seat = None if secret is None else seat_id(secret, websocket.path_params["window"])
        begun = self._book.begin(seat, life) if seat is not None and LIFE.fullmatch(life) else None
        if begun is None:
            await websocket.close(1008)
            return
        main = await self._draw
        if main is None:
            await websocket.close(1001)
            return
        # Here and not above: it is most of Flet, and files are served before that is there.
        from screens.page_link import PageLink
        from screens.page_socket import PageSocket

        async def draw(page: ft.Page) -> None:
            await main(page, begun.window)
            begun.standing = Standing.READY
            begun.heard_at_ms = self._book.now_ms()

        socket = PageSocket(websocket, self._book, begun)
        link = PageLink(draw, send=socket.send, seat_id=begun.window.seat_id, url=str(websocket.base_url))
        begun.end = socket.end
        try:
            await socket.carry(link.take)
        finally:
            begun.standing = Standing.ENDED
            await link.end()

    def _secret(self, request: Request | WebSocket) -> str | None:
        secret = request.cookies.get(self._cookie, "")
        return secret if SECRET.fullmatch(secret) else None


class _Server(uvicorn.Server):
    """Leaves signals to `main.py`, and does not end the process when the port is in use."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
            self.listening.set()
        except SystemExit as error:
            raise OSError(f"cannot listen on {self.config.host}:{self.config.port}") from error


async def _body(request: Request) -> dict[str, Any] | None:
    """A small JSON object, or None for anything else."""
    if int(request.headers.get("content-length") or LARGEST_BODY_BYTES + 1) > LARGEST_BODY_BYTES:
        return None
    try:
        asked = json.loads(await request.body())
    except (ValueError, RecursionError):
        return None
    return asked if isinstance(asked, dict) else None


def _count(value: object) -> int:
    return min(100_000, max(0, value)) if isinstance(value, int) else 0
