"""A station's door with two windows, for tests: two workers, and PINs that are judged at once."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from app.domain.scan import Scan, Source
from app.domain.workers import Role, Worker
from app.ports import PinCheck
from app.workflows.answers import Answer
from app.workflows.sign_in import SignIn
from tests.fakes.clock import FakeClock
from tests.fakes.grants import FakeGrants
from tests.fakes.ledger import FakeLedger


class PlainPins:
    """A PIN's hash is the PIN: what argon2 does with it is tested with the adapter."""

    async def matches(self, pin_hash: str, pin: str) -> bool:
        return pin_hash == pin


def a_worker(name: str, pin: str) -> Worker:
    return Worker(
        worker_id=f"W-{name}", name=name.title(), badge=f"{name}-badge", pin_hash=pin, roles=frozenset({Role.PICKER})
    )


ANNA, BORIS = a_worker("anna", "1234"), a_worker("boris", "9876")


class Door:
    """A station with two windows."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.ledger = FakeLedger((ANNA, BORIS), clock=self.clock)
        self.grants = FakeGrants()

        self.pins: PinCheck = PlainPins()

    def window(self, seat_id: str = "seat-1") -> SignIn:
        """The window as a reload or a restart finds it."""
        return SignIn(ledger=self.ledger, clock=self.clock, pins=self.pins, grants=self.grants, seat_id=seat_id)


def scan(sign_in: SignIn, *texts: str) -> Answer:
    return [at_once(sign_in.take(Scan(text=text, source=Source.WEDGE))) for text in texts][-1]


def at_once(judging: Coroutine[Any, Any, Answer]) -> Answer:
    """The answer of what waits for nobody."""
    try:
        judging.send(None)
    except StopIteration as done:
        answer: Answer = done.value
        return answer
    raise AssertionError("it waits")


def signed_in(door: Door, seat_id: str = "seat-1") -> SignIn:
    window = door.window(seat_id)
    scan(window, "W.anna-badge", "1234")
    return window
