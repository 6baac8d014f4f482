"""A count that others wait for: how many facts the floor has recorded, how many pushes the store has answered."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field


@dataclass
class Progress:
    """Attributes:
    limit: where it has to wait until whatever is due there has come; None: nowhere.
    """

    count: int = 0
    limit: int | None = None
    _ended: bool = False
    _waiting: set[asyncio.Event] = field(default_factory=set)

    def add(self, count: int = 1) -> None:
        self.count += count
        self._tell()

    def allow(self, limit: int | None) -> None:
        self.limit = limit
        self._tell()

    def end(self) -> None:
        """It goes no further: nobody waits for more."""
        self._ended = True
        self._tell()

    async def reach(self, number: int) -> None:
        """Wait for a number."""
        while self.count < number and not self._ended:
            await self._change()

    async def may_go_on(self) -> None:
        """Wait while the limit is reached."""
        while self.limit is not None and self.count >= self.limit:
            await self._change()

    def _tell(self) -> None:
        for event in self._waiting:
            event.set()

    async def _change(self) -> None:
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            await event.wait()
        finally:
            self._waiting.discard(event)
