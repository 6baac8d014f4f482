"""A window without a browser: Flet's own session, page and differ on a connection that only keeps what was sent.

Internal to Flet 1.0.5 (`flet.messaging`), which is pinned; the journeys in Chromium prove the same on the real client.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import flet as ft
import msgpack
from flet.controls.base_control import BaseControl
from flet.controls.context import _context_page, context
from flet.messaging.connection import Connection
from flet.messaging.protocol import Message, MessageAction, configure_encode_object_for_msgpack
from flet.messaging.session import Session
from flet.pubsub.pubsub_hub import PubSubHub

C = TypeVar("C", bound=BaseControl)
ENCODE = configure_encode_object_for_msgpack(BaseControl)  # type: ignore[no-untyped-call]
SKIPPED = frozenset({"parent", "page", "data", "args", "kwargs", "fn"})


def packed(action: MessageAction, body: Any) -> bytes:
    """A message as it goes over the wire; packing also primes the differ, as sending does."""
    data: bytes = msgpack.packb([action, body], default=ENCODE)
    return data


class Wire(Connection):
    """Keeps what the session sends; answers each method call as `answers` says, None by default."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.loop = asyncio.get_running_loop()
        self.pubsubhub = PubSubHub(loop=self.loop)
        self.page_url, self.page_name, self.executor = "http://test", "", None
        self.session: Session | None = None
        self.patches: list[bytes] = []
        self.calls: list[tuple[str, Any]] = []
        self.answers: dict[str, Any] = {}
        self.crashes: list[str] = []

    def send_message(self, message: Message) -> None:
        data = packed(message.action, message.body)
        if message.action == MessageAction.PATCH_CONTROL:
            self.patches.append(data)
        elif message.action == MessageAction.SESSION_CRASHED:
            self.crashes.append(message.body.message)
        elif message.action == MessageAction.INVOKE_METHOD and self.session is not None:
            call = message.body
            self.calls.append((call.name, call.args))
            answer = self.answers.get(call.name)
            error = str(answer) if isinstance(answer, Exception) else None
            result = None if error else answer
            self.loop.call_soon(self.session.handle_invoke_method_results, call.control_id, call.call_id, result, error)

    def dispose(self) -> None:
        pass


@dataclass
class Window:
    """An open window, driven as its user would drive it."""

    wire: Wire
    session: Session
    page: ft.Page = field(init=False)

    def __post_init__(self) -> None:
        self.page = self.session.page

    @classmethod
    async def open(
        cls, main: Callable[[ft.Page], Awaitable[None] | None], *, width: int = 360, height: int = 640
    ) -> Window:
        """Connect, register and run `main`, as the web host does for a page that opens."""
        wire = Wire()
        session = wire.session = Session(wire)
        facts = {"route": "/", "platform": "linux", "web": True, "width": width, "height": height}
        flags = dict.fromkeys(("pwa", "debug", "wasm", "multi_view"), False)
        session.apply_page_patch({**facts, **flags, "test": True})
        _context_page.set(session.page)
        context.reset_auto_update()  # type: ignore[no-untyped-call]
        packed(MessageAction.REGISTER_CLIENT, session.get_page_patch())  # type: ignore[no-untyped-call]
        window = cls(wire, session)
        started = main(session.page)
        if inspect.isawaitable(started):
            await started
        await session.after_event(session.page)
        await window.settle()
        return window

    async def settle(self) -> None:
        """Let everything that is ready to run have run."""
        for _ in range(12):
            await asyncio.sleep(0)
        assert not self.wire.crashes, self.wire.crashes

    def controls(self) -> Iterator[BaseControl]:
        """Every control that is shown, in reading order."""
        waiting: list[Any] = list(self.page.views)
        seen: set[int] = set()
        while waiting:
            control = waiting.pop(0)
            if isinstance(control, list | tuple):
                waiting[:0] = control
            elif isinstance(control, BaseControl) and id(control) not in seen:
                seen.add(id(control))
                yield control
                fields = control.__dataclass_fields__
                names = [name for name in fields if name == "_b" or not (name.startswith("_") or name in SKIPPED)]
                inside = [getattr(control, name, None) for name in names]
                waiting[:0] = [value for value in inside if isinstance(value, BaseControl | list | tuple)]

    def find(self, kind: type[C], **properties: Any) -> C:
        """The first shown control of a kind with these properties.

        Raises:
            LookupError: there is none; names the texts that are shown.
        """
        for control in self.controls():
            if isinstance(control, kind) and all(getattr(control, k, None) == v for k, v in properties.items()):
                return control
        raise LookupError(f"no {kind.__name__} {properties}; shown: {self.texts()}")

    def texts(self) -> list[str]:
        return [str(control.value) for control in self.controls() if isinstance(control, ft.Text)]

    def shows(self, text: str) -> bool:
        return any(text in shown for shown in self.texts())

    async def fire(self, control: BaseControl, event: str, data: Any = None, **changed: Any) -> None:
        """An event of the client, after the properties that it says have changed."""
        if changed:
            self.session.apply_patch(control._i, changed)
        await self.session.dispatch_event(control._i, event, data)
        await self.settle()

    async def tap(self, key: str) -> None:
        """Tap the button with this key."""
        await self.fire(self.find(ft.Button, key=key), "click")

    async def key(self, key: str, *, shift: bool = False, ctrl: bool = False, alt: bool = False) -> None:
        data = {"key": key, "shift": shift, "ctrl": ctrl, "alt": alt, "meta": False}
        await self.fire(self.page, "keyboard_event", data)

    async def scan(self, code: str) -> None:
        """The keys of a scanner, with its Enter."""
        for letter in code:
            await self.key(letter.upper(), shift=letter.isupper())
        await self.key("Enter")
