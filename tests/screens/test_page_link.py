"""What a page may send, and what it may not."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any

import flet as ft
import msgpack
import pytest
from flet.messaging.protocol import MessageAction

from screens.page_link import PageLink

PAGE = {"route": "/", "platform": "linux", "web": True, "width": 360, "height": 640}


def packet(action: MessageAction, **body: Any) -> bytes:
    return b"\0" + bytes(msgpack.packb([action.value, body]))


REGISTER = packet(MessageAction.REGISTER_CLIENT, session_id="", page_name="", page=PAGE)


@dataclass
class Client:
    """The other end of the link: what it got, and how often its page was drawn."""

    got: list[list[Any]] = field(default_factory=list)
    drawn: asyncio.Event = field(default_factory=asyncio.Event)
    link: PageLink = field(init=False)

    def __post_init__(self) -> None:
        self.link = PageLink(self._draw, send=lambda data: self.got.append(msgpack.unpackb(data[1:])), seat_id="seat")

    async def _draw(self, page: ft.Page) -> None:
        self.drawn.set()


async def test_a_page_that_registers_is_given_a_session_of_its_own_and_is_drawn() -> None:
    one, other = Client(), Client()
    for client in (one, other):
        client.link.take(REGISTER)
        await client.drawn.wait()
    sessions = [client.got[0][1]["session_id"] for client in (one, other)]
    assert len(set(sessions)) == 2
    await one.link.end()
    await other.link.end()


@pytest.mark.parametrize(
    "sent",
    [
        b"\0",
        b"\0\xc1",
        b"\0" + msgpack.packb("no pair"),
        b"\0" + msgpack.packb([99, {}]),
        b"\0" + msgpack.packb([MessageAction.CONTROL_EVENT.value, None]),
        packet(MessageAction.REGISTER_CLIENT, nobody="knows this"),
        packet(MessageAction.CONTROL_EVENT, target=1, name="keyboard_event", data={}),
        packet(MessageAction.UPDATE_CONTROL_PROPS, id=1, props={}),
    ],
)
async def test_what_is_no_message_or_comes_before_the_page_is_refused(sent: bytes) -> None:
    client = Client()
    with pytest.raises(ValueError, match=r"."):
        client.link.take(sent)
    assert client.got == []
    await client.link.end()


async def test_a_page_cannot_register_twice() -> None:
    client = Client()
    client.link.take(REGISTER)
    with pytest.raises(ValueError, match="twice"):
        client.link.take(REGISTER)
    await client.link.end()


async def test_a_late_answer_for_a_control_that_has_gone_is_no_trouble(caplog: pytest.LogCaptureFixture) -> None:
    client = Client()
    with caplog.at_level(logging.DEBUG, logger="floorhand"):
        client.link.take(REGISTER)
        client.link.take(packet(MessageAction.INVOKE_METHOD, control_id=4711, call_id="x", result=None, error=None))
        await client.drawn.wait()
    assert [action for action, _ in client.got] == [MessageAction.REGISTER_CLIENT.value]
    assert [record.levelno for record in caplog.records] == [logging.DEBUG]
    assert "answer_for_a_control_that_has_gone seat=seat" in caplog.text
    await client.link.end()
