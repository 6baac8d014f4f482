"""An invariant that does not hold."""

from __future__ import annotations


class Broken(AssertionError):
    """Args:
    invariant: I1 to I10, as `invariants.py` says them.
    """

    def __init__(self, invariant: str, what: str) -> None:
        super().__init__(f"{invariant}: {what}")
        self.invariant = invariant
        self.what = what
