"""The station's end of Flet's protocol for one page: packets in, packets out, whatever carries them.

A packet is one byte of kind and a body (Flet 1.0.5, `flet.messaging`): 0 a message packed by MessagePack, 1 a widget's
raw bytes, which no control of ours uses. A session lives as long as its page: there is no way back into one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import flet as ft
import msgpack
from flet.controls.base_control import BaseControl
from flet.controls.context import _context_page, context
from flet.controls.exceptions import FletPageDisconnectedException
from flet.messaging.connection import Connection
from flet.messaging.protocol import (
    ControlEventBody,
    InvokeMethodResponseBody,
    Message,
    MessageAction,
    RegisterClientRequestBody,
    RegisterClientResponseBody,
    SessionCrashedBody,
    UpdateControlPropsBody,
    configure_encode_object_for_msgpack,
    decode_ext_from_msgpack,
)
from flet.messaging.session import Session
from flet.pubsub.pubsub_hub import PubSubHub

log = logging.getLogger("floorhand.page")

MESSAGE = 0
_ENCODE = configure_encode_object_for_msgpack(BaseControl)  # type: ignore[no-untyped-call]


class PageLink(Connection):
    """One page that is connected; a program's fault goes to the log, never to the screen.

    Args:
        draw: draws the page; called once, when the client has told its size.
        send: takes each packet for the client, in order; must not wait.
        seat_id: whose page it is, for the log.
    """

    def __init__(
        self,
        draw: Callable[[ft.Page], Awaitable[None]],
        *,
        send: Callable[[bytes], None],
        seat_id: str,
        url: str = "",
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.loop = asyncio.get_running_loop()
        self.pubsubhub = PubSubHub(loop=self.loop)
        self.page_url, self.page_name = url, ""
        self._draw = draw
        self._send = send
        self._seat_id = seat_id
        self._session: Session | None = None
        # The loop alone would let a running task be collected.
        self._running: set[asyncio.Task[None]] = set()

    def take(self, packet: bytes) -> None:
        """Do what the client's packet says.

        Raises:
            ValueError: it is none of Flet's messages, or comes before the page has registered.
        """
        if packet[:1] != bytes([MESSAGE]):
            return
        try:
            action, body = msgpack.unpackb(packet[1:], ext_hook=decode_ext_from_msgpack)
            self._act(MessageAction(action), body)
        except (TypeError, msgpack.UnpackException) as error:
            raise ValueError(f"a packet that is no message: {error}") from error

    async def end(self) -> None:
        """The page has gone: what was drawn for it is let go."""
        session, self._session = self._session, None
        if session is not None:
            await session.disconnect(0)
            session.close()  # type: ignore[no-untyped-call]

    def send_message(self, message: Message) -> None:
        if message.action == MessageAction.SESSION_CRASHED:
            log.error("session_crashed seat=%s reason=%s", self._seat_id, message.body.message)
            message = Message(message.action, SessionCrashedBody("Floorhand stopped here. Load the page again."))
        body = msgpack.packb([message.action, message.body], default=_ENCODE)
        self._send(bytes([MESSAGE]) + body)

    def _act(self, action: MessageAction, body: dict[str, Any]) -> None:
        if action == MessageAction.REGISTER_CLIENT:
            self._register(RegisterClientRequestBody(**body))
            return
        session = self._session
        if session is None:
            raise ValueError(f"{action.name} before the page has registered")
        if action == MessageAction.CONTROL_EVENT:
            event = ControlEventBody(**body)
            self._run(session.dispatch_event(event.target, event.name, event.data))
        elif action == MessageAction.UPDATE_CONTROL_PROPS:
            update = UpdateControlPropsBody(**body)
            session.apply_patch(update.id, update.props)
        elif action == MessageAction.INVOKE_METHOD:
            answer = InvokeMethodResponseBody(**body)
            try:
                session.handle_invoke_method_results(answer.control_id, answer.call_id, answer.result, answer.error)
            except RuntimeError as gone:
                log.debug("answer_for_a_control_that_has_gone seat=%s reason=%s", self._seat_id, gone)

    def _register(self, asked: RegisterClientRequestBody) -> None:
        """Give the page a session of its own, whichever it asks for."""
        if self._session is not None:
            raise ValueError("a page that registers twice")
        session = self._session = Session(self)
        session.apply_page_patch(asked.page)
        patch = session.get_page_patch()  # type: ignore[no-untyped-call]
        given = RegisterClientResponseBody(session_id=session.id, page_patch=patch, error="")
        self.send_message(Message(MessageAction.REGISTER_CLIENT, given))
        self._run(self._open(session))

    async def _open(self, session: Session) -> None:
        _context_page.set(session.page)
        context.reset_auto_update()  # type: ignore[no-untyped-call]
        try:
            await self._draw(session.page)
            await session.after_event(session.page)
        except FletPageDisconnectedException:
            log.debug("page_gone_while_drawn seat=%s", self._seat_id)
        except Exception as error:
            log.error("page_not_drawn seat=%s", self._seat_id, exc_info=error)
            session.error(str(error))

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
