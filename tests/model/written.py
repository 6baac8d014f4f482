"""What one commit of the store changed, as the invariants are told of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from sync.protocol import Outcome


@dataclass(slots=True)
class Held:
    """A fact at the store."""

    station_id: str
    seq: int
    text: str
    outcome: Outcome


@dataclass(slots=True)
class Written:
    """Args:
    held: facts that the store did not have before, in its order.
    happened: `(station, seq, fits)` of every effect that a fact has had, now or long after it was set aside.
    promised: `(lease, epoch, station)` of picklists that were given to somebody, by picklist.
    ranges: numbers given away, each as (first, last, station).
    done: ids of work that was settled, and tidied away.
    """

    held: list[Held] = field(default_factory=list)
    happened: list[tuple[str, int, bool]] = field(default_factory=list)
    promised: dict[str, tuple[str, int, str | None]] = field(default_factory=dict)
    ranges: list[tuple[int, int, str]] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
