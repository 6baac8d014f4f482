"""Who sits where: the windows of one station, each with its worker and place, kept over reloads and restarts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domain.rows import from_image, to_image
from app.ports import Ledger

_KEY = "seats"
FORGOTTEN_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """One worker in one window.

    Args:
        touched_at_utc: the last scan or tap that is known of, true to a minute.
        place: where the window was (`pick/P-1042`), so that a reload comes back to it.
    """

    worker_id: str
    touched_at_utc: datetime
    place: str = ""


class Seats:
    """The station's windows. Asked for anew each time, as another window may have changed them; read when it did."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._text = ""
        self._read: Mapping[str, Sitting] = {}

    def all(self) -> Mapping[str, Sitting]:
        """Who sits where, by seat."""
        text = self._ledger.recall(_KEY) or "{}"
        if text != self._text:
            self._text, self._read = text, _sittings(text)
        return self._read

    def get(self, seat_id: str) -> Sitting | None:
        return self.all().get(seat_id)

    def elsewhere(self, worker_id: str, seat_id: str) -> list[str]:
        """Other seats of this station in which the worker sits."""
        return [other for other, sitting in self.all().items() if sitting.worker_id == worker_id and other != seat_id]

    def put(self, seat_id: str, sitting: Sitting) -> None:
        """Let somebody sit here; windows that nobody touched for a week are forgotten."""
        oldest = sitting.touched_at_utc - FORGOTTEN_AFTER
        kept = {other: known for other, known in self.all().items() if known.touched_at_utc >= oldest}
        self._keep({**kept, seat_id: sitting})

    def empty(self, *seat_ids: str) -> None:
        self._keep({seat: sitting for seat, sitting in self.all().items() if seat not in seat_ids})

    def at(self, seat_id: str, place: str) -> None:
        """Remember where this window is; nothing when nobody sits there."""
        sitting = self.get(seat_id)
        if sitting is not None and sitting.place != place:
            self.put(seat_id, replace(sitting, place=place))

    def _keep(self, seats: Mapping[str, Sitting]) -> None:
        self._ledger.remember(_KEY, json.dumps(to_image(seats)))


def _sittings(text: str) -> dict[str, Sitting]:
    try:
        return {str(seat_id): from_image(Sitting, sitting) for seat_id, sitting in json.loads(text).items()}
    except (ValueError, AttributeError):
        # Written by a program that kept it otherwise: everybody signs in again, nothing else is lost.
        return {}
