"""How often somebody may ask: token buckets, in memory and bounded. Pure: the time is handed in."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

BUCKETS_MAX = 10_000
_FIRST_LOCK_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Args:
    per_s: requests a second that may go on for ever.
    burst: how many may come at once after a quiet while.
    lock_max_s: whoever goes on beyond that is locked out, each time for twice as long, up to this; a while as quiet as
        it takes for the whole burst ends it. 0: nobody is, and the next request may come as soon as there is room.
    """

    per_s: float
    burst: int
    lock_max_s: float = 0.0


@dataclass(slots=True)
class _Bucket:
    left: float
    at_s: float
    locks: int = 0


class Buckets:
    """One bucket for each who asks; those who have not asked for longest make room for new ones."""

    def __init__(self, rate: Rate, *, count_max: int = BUCKETS_MAX) -> None:
        self._rate = rate
        self._count_max = count_max
        self._buckets: OrderedDict[Hashable, _Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def __contains__(self, who: Hashable) -> bool:
        return who in self._buckets

    def wait_s(self, who: Hashable, now_s: float) -> float:
        """For how long there is none to take; takes none."""
        if who not in self._buckets:
            return 0.0
        bucket = self._bucket(who, now_s)
        return max(0.0, bucket.at_s - now_s, 0.0 if self._rate.lock_max_s else (1 - bucket.left) / self._rate.per_s)

    def take(self, who: Hashable, now_s: float) -> float:
        """Take one: 0 when there was one, else the seconds after which there will be."""
        bucket = self._bucket(who, now_s)
        if bucket.at_s > now_s:
            return bucket.at_s - now_s
        if bucket.left >= 1:
            bucket.left -= 1
            return 0.0
        if not self._rate.lock_max_s:
            return (1 - bucket.left) / self._rate.per_s
        lock_s = min(self._rate.lock_max_s, _FIRST_LOCK_S * 2.0 ** min(bucket.locks, 30))
        bucket.locks += 1
        # Nothing comes in while it is locked, and then the one that was asked for.
        bucket.left, bucket.at_s = 1.0, now_s + lock_s
        return lock_s

    def forget(self, who: Hashable) -> None:
        self._buckets.pop(who, None)

    def _bucket(self, who: Hashable, now_s: float) -> _Bucket:
        """The bucket as it is now; `at_s` lies ahead while it is locked."""
        bucket = self._buckets.get(who)
        if bucket is None:
            bucket = self._buckets[who] = _Bucket(left=self._rate.burst, at_s=now_s)
            if len(self._buckets) > self._count_max:
                self._buckets.popitem(last=False)
            return bucket
        self._buckets.move_to_end(who)
        if now_s > bucket.at_s:
            bucket.left = min(self._rate.burst, bucket.left + (now_s - bucket.at_s) * self._rate.per_s)
            bucket.at_s = now_s
            if bucket.left >= self._rate.burst:
                bucket.locks = 0
        return bucket
