"""Carton numbers are asked for in time, so that a packing station has some when the store is away."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from app.domain.rows import from_image
from app.errors import LedgerTrouble
from app.ports import Clock, Image
from sync.ledger import SqliteLedger
from sync.number_ranges import RANGE_COUNT, RENEW_BELOW_EACH, NumberRange

log = logging.getLogger("floorhand.sync")

NUMBERS_RETRY_S = 10.0
PACKING_SCOPE = "pack"


class NumberRenewal:
    """Says when numbers are to be asked for, and asks.

    Args:
        ask: as `app.ports.Store.ask`.
        retry_s: pause after numbers were asked for in vain.
    """

    def __init__(
        self,
        ledger: SqliteLedger,
        clock: Clock,
        ask: Callable[[str, Image], Awaitable[dict[str, Any]]],
        *,
        retry_s: float,
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._ask = ask
        self._retry_s = retry_s
        self._due_s = 0.0

    def due_at(self, now_s: float) -> float | None:
        """When to ask; None while there are enough numbers, or they are none of this station's business."""
        enrolled = self._ledger.enrolled
        if enrolled is None or PACKING_SCOPE not in enrolled.scopes:
            return None
        try:
            left_each = self._ledger.numbers_left_each()
        except LedgerTrouble as trouble:
            log.warning("numbers_not_counted reason=%s", type(trouble).__name__)
            return now_s + self._retry_s
        return self._due_s if left_each < RENEW_BELOW_EACH else None

    def begin(self, now_s: float) -> None:
        """They are being asked for: not again before a while has passed."""
        self._due_s = now_s + self._retry_s

    async def lease(self) -> None:
        # The key stays until the answer is in the book: an answer that got lost is given once more, not a second range.
        key = self._ledger.recall("numbers_key") or self._clock.new_id()
        try:
            self._ledger.remember("numbers_key", key)
            answer = await self._ask("sscc_range", {"key": key, "count": RANGE_COUNT})
            self._ledger.lease_numbers(from_image(NumberRange, answer))
            self._ledger.remember("numbers_key", "")
        except Exception as trouble:
            log.warning("numbers_not_leased reason=%s", trouble)
            return
        self._due_s = 0.0
        log.info("numbers_leased left=%d", self._ledger.numbers_left_each())
