"""What is on its way: requests and answers, which get lost, doubled, late and out of order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from sync.failure import Failure, FailureKind
from sync.protocol import Cursor, FactsPushed
from sync.session import AskToken, Pull, Push

if TYPE_CHECKING:
    from tests.model.station import Station

LOST = Failure(kind=FailureKind.UNREACHABLE, reason="lost")
FLYING_MAX = 40


@dataclass(frozen=True, slots=True)
class Ask:
    """A question that needs the store's word; the same key again is the same question."""

    name: str
    key: str


@dataclass(slots=True, eq=False)
class Call:
    """One request, and whether anybody still waits for its answer: one that comes later finds nobody."""

    station: Station
    what: AskToken | Push | Pull | Ask
    token: int
    give_up_at_s: float
    facts: FactsPushed | None = None
    cursor: Cursor | None = None
    waited_for: bool = True


@dataclass(frozen=True, slots=True)
class Message:
    """Args:
    answer: None while it is the request that is on its way.
    """

    call: Call
    answer: Any = None


@dataclass(slots=True)
class Network:
    """Attributes:
    met: what has happened in the walk, and how often, so that nobody believes in troubles that never come.
    """

    met: Counter[str] = field(default_factory=Counter)
    flying: list[Message] = field(default_factory=list)

    def send(self, call: Call, answer: Any = None) -> None:
        self.flying.append(Message(call, answer))

    def arrive(self, rng: Random) -> Message | None:
        """Any one of those on their way."""
        if not self.flying:
            return None
        place = rng.randrange(len(self.flying))
        message = self.flying[place]
        self.flying[place] = self.flying[-1]
        self.flying.pop()
        return message

    def double(self, rng: Random) -> None:
        if self.flying and len(self.flying) < FLYING_MAX:
            self.flying.append(rng.choice(self.flying))
            self.met["doubled"] += 1
