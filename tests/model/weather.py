"""What a run is like: swarm weights. Each run has other favourites, and does without some kinds of trouble."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(slots=True)
class Weather:
    """Probabilities of trouble at the store's door, and what it demands.

    Args:
        busy, broken: of a 429 and a 500 for a request.
        facts_max: more in a push is answered 413.
        token_s: how long a token is good.
        app_min: an older app is answered 426.
    """

    busy: float
    broken: float
    facts_max: int
    token_s: float
    app_min: int = 1

    @classmethod
    def drawn(cls, rng: Random) -> Weather:
        return cls(
            busy=rng.choice((0.0, 0.0, 0.02, 0.1)),
            broken=rng.choice((0.0, 0.0, 0.02, 0.1)),
            facts_max=rng.choice((100, 100, 3, 1)),
            token_s=rng.choice((15.0, 120.0, 900.0)),
        )

    def clears(self) -> None:
        """All is well from now on."""
        self.busy = self.broken = 0.0
        self.facts_max, self.app_min = 100, 1
