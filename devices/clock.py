"""The machine's clocks and fresh identifiers."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

BOOT_ID_FILE = Path("/proc/sys/kernel/random/boot_id")


class SystemClock:
    """The `Clock` of a station that runs on a machine of its own."""

    def __init__(self) -> None:
        # Where the system does not number its boots, each start of the program counts as one.
        self.boot_id = BOOT_ID_FILE.read_text().strip() if BOOT_ID_FILE.exists() else str(uuid.uuid4())

    def now_utc(self) -> datetime:
        return datetime.now(UTC)

    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000

    def new_id(self) -> str:
        return uuid.uuid4().hex
