"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

SHIFT_BEGINS_UTC = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


class FakeClock:
    """Time from 06:00 UTC of a Monday, identifiers `id-1`, `id-2`, …"""

    def __init__(self, at_utc: datetime = SHIFT_BEGINS_UTC, *, boot_id: str = "boot-1") -> None:
        self.boot_id = boot_id
        self._at_utc = at_utc
        self._monotonic_ms = 0
        self._ids = 0

    def now_utc(self) -> datetime:
        return self._at_utc

    def monotonic_ms(self) -> int:
        return self._monotonic_ms

    def new_id(self) -> str:
        self._ids += 1
        return f"id-{self._ids}"

    def advance(self, *, ms: int = 0, s: float = 0) -> None:
        """Let time pass on both clocks."""
        passed_ms = ms + round(s * 1000)
        self._monotonic_ms += passed_ms
        self._at_utc += timedelta(milliseconds=passed_ms)
