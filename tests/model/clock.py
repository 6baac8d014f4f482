"""The model's time: one true time that nobody sees, and clocks that jump, stand apart and begin anew with a boot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.fakes.clock import SHIFT_BEGINS_UTC


@dataclass(slots=True)
class TrueTime:
    now_s: float = 0.0


class ModelClock:
    """Implements `app.ports.Clock`.

    Attributes:
        off_s: how far the wall clock is wrong; the monotonic one counts from the boot.
    """

    def __init__(self, time: TrueTime, name: str) -> None:
        self._time = time
        self._name = name
        self._boots = self._ids = 0
        self.off_s = 0.0
        self.boot()

    def now_utc(self) -> datetime:
        return SHIFT_BEGINS_UTC + timedelta(seconds=self._time.now_s + self.off_s)

    def now_s(self) -> float:
        """Seconds since the boot."""
        return self._time.now_s - self._booted_s

    def monotonic_ms(self) -> int:
        return round(self.now_s() * 1000)

    def new_id(self) -> str:
        self._ids += 1
        return f"{self._name}-{self._boots}-{self._ids}"

    def boot(self) -> None:
        self._boots += 1
        self._booted_s = self._time.now_s
        self.boot_id = f"{self._name}-boot-{self._boots}"
