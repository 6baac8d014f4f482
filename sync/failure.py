"""Why a call to the store came to nothing, as far as the courier has to know it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.errors import StoreRefused, StoreTrouble, StoreUnreachable


class FailureKind(StrEnum):
    UNREACHABLE = "unreachable"
    """Refused, cut, too slow, or an answer that is none: HTML, another shape, a 500. Nobody knows if it was heard."""
    UNAUTHORISED = "unauthorised"
    CLOCK_WRONG = "clock_wrong"
    """The station's clock and the store's differ too much for a signature to be believed."""
    TOO_LARGE = "too_large"
    BUSY = "busy"
    TOO_OLD = "too_old"
    REFUSED = "refused"
    """The store understood, and said no."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Args:
    reason: for people and logs.
    status: of HTTP; None when no answer came.
    retry_after_s: how long the store asks to be left alone.
    """

    kind: FailureKind
    reason: str
    status: int | None = None
    retry_after_s: float | None = None


_REFUSALS = {FailureKind.REFUSED, FailureKind.TOO_OLD, FailureKind.UNAUTHORISED, FailureKind.CLOCK_WRONG}


class CallFailed(Exception):
    """Stays inside `sync`; whoever calls from outside gets `trouble()`."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure

    def trouble(self) -> StoreTrouble:
        """The same for the rest of the station."""
        if self.failure.kind in _REFUSALS:
            return StoreRefused(self.failure.reason)
        return StoreUnreachable(self.failure.reason)
