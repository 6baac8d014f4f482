"""Grants that a test gives and takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.workers import Worker


@dataclass
class FakeGrants:
    """Everybody may sign in, until a test says otherwise."""

    given: bool = True

    def allows(self, worker: Worker, now_utc: datetime) -> bool:
        return self.given
