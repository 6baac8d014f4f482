"""A station, as the store knows who is speaking."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A station whose token is good."""

    warehouse_id: str
    station_id: str
    kind: str
    scopes: tuple[str, ...]
    public_key: str = ""
