"""How big a campaign is: as in `make test`, as small as can find anything, and as in `make campaign`."""

from __future__ import annotations

from dataclasses import dataclass

from tests.campaign.trouble import Troubles


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Args:
    facts: of all stations together, before everything goes down at last.
    pause_s: how long hands take from one scan to the next, at most.
    hole_s: how long a hole in the network lasts at most.
    cancelled: how many orders are, whoever walks for them.
    """

    stations: int
    facts: int
    pause_s: float
    hole_s: float
    troubles: Troubles
    cancelled: int

    @property
    def facts_a_station(self) -> int:
        """A little more, for what is scanned once everything is down."""
        return -(-self.facts * 21 // 20 // self.stations)


SHORT = Size(
    stations=4,
    facts=400,
    pause_s=0.1,
    hole_s=2.0,
    troubles=Troubles(stations=3, stores=2, databases=1, darks=1, shuts=1),
    cancelled=8,
)
SMALL = Size(
    stations=2,
    facts=160,
    pause_s=0.1,
    hole_s=1.0,
    troubles=Troubles(stations=3, stores=4, databases=0, darks=0, shuts=0),
    cancelled=0,
)
LONG = Size(
    stations=20,
    facts=20_000,
    pause_s=0.1,
    hole_s=12.0,
    troubles=Troubles(stations=60, stores=20, databases=10, darks=15, shuts=10),
    cancelled=60,
)
