"""Wrong PINs are counted, durably: five in a row lock the badge at this station for five minutes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.rows import from_image, to_image
from app.ports import Clock, Ledger

WRONG_MAX = 5
LOCKED_FOR = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """Wrong PINs of one badge since the last right one."""

    wrong: int = 0
    last_at_utc: datetime | None = None


class PinLock:
    """The lock of one station; a restart does not open it."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    def locked_for_s(self, worker_id: str) -> int:
        """Seconds until the badge may try again; 0 when it may now."""
        tries = self._tries(worker_id)
        if tries.wrong < WRONG_MAX or tries.last_at_utc is None:
            return 0
        left = tries.last_at_utc + LOCKED_FOR - self._clock.now_utc()
        return max(0, round(left.total_seconds()))

    def count(self, worker_id: str) -> int:
        """Count one try before it is judged, so that pulling the plug does not give another; returns which it is."""
        tries = self._tries(worker_id)
        wrong = 1 if tries.wrong >= WRONG_MAX else tries.wrong + 1
        self._keep(worker_id, Tries(wrong=wrong, last_at_utc=self._clock.now_utc()))
        return wrong

    def clear(self, worker_id: str) -> None:
        """The PIN was right."""
        self._keep(worker_id, Tries())

    def _tries(self, worker_id: str) -> Tries:
        try:
            return from_image(Tries, json.loads(self._ledger.recall(f"pin_tries/{worker_id}") or "{}"))
        except ValueError:
            return Tries()

    def _keep(self, worker_id: str, tries: Tries) -> None:
        self._ledger.remember(f"pin_tries/{worker_id}", json.dumps(to_image(tries)))
