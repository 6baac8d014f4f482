"""What an engine makes of a picture, before anybody judges it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from app.domain.scan import Symbology

Corners: TypeAlias = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What one engine read in one picture; `corners` in its pixels, clockwise from the symbol's top left."""

    text: str
    data: bytes
    symbology: Symbology
    aim_id: str
    corners: Corners
    engine: str
