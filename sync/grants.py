"""The grant that the store has signed for this station, kept in its book.

What it protects: a station that has lost the store lets nobody in for ever; and whoever changes rows, on their way or
in the book, can make nobody a worker or a supervisor here. What it does not: somebody who may write to the station's
program, or to its book and its store's key in there, or who holds its clock still.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from app.domain.rows import from_image, to_image
from app.domain.workers import Worker
from app.ports import Ledger
from sync.protocol import Grant, SignedGrant, grant_message

log = logging.getLogger("floorhand.sync")

SignatureCheck = Callable[[bytes, str, str], bool]
"""(message, signature, public key) → whether the key signed the message."""

_GRANT, _STORE_KEY = "grant", "store_key"
# As much as a token allows: the time of issue is the store's, the rest is this station's clock.
CLOCK_MAY_DIFFER = timedelta(minutes=10)


class StoreGrants:
    """Implements `app.ports.Grants`.

    Args:
        store_key: what the store said at enrolment; when it said nothing, the first key that comes is believed.
    """

    def __init__(self, ledger: Ledger, is_signed: SignatureCheck, *, store_key: str) -> None:
        self._ledger = ledger
        self._is_signed = is_signed
        self._store_key = store_key or ledger.recall(_STORE_KEY) or ""
        self._grant = self._kept()

    def allows(self, worker: Worker, now_utc: datetime) -> bool:
        """Whether the worker, with the roles that their row says, may sign in here now."""
        grant = self._grant
        if grant is None or not grant.issued_at_utc - CLOCK_MAY_DIFFER <= now_utc < grant.until_utc:
            return False
        return _covers(grant, worker)

    def cover(self, workers: Iterable[Worker]) -> bool:
        """Whether the grant knows all of these as they are; when it does not, a new one is due."""
        grant = self._grant
        return grant is not None and all(_covers(grant, worker) for worker in workers)

    def take(self, signed: SignedGrant) -> None:
        """Keep a grant that came from the store, when the store signed it."""
        if not self._store_key:
            self._store_key = signed.store_key
            self._ledger.remember(_STORE_KEY, signed.store_key)
        grant = self._read(signed)
        if grant is None:
            log.error("grant_refused station=%s", self._ledger.station_id)
            return
        self._grant = grant
        self._ledger.remember(_GRANT, json.dumps(to_image(signed)))

    def end(self) -> bool:
        """The store takes its grant back; False when there was none."""
        there, self._grant = self._grant is not None, None
        if there:
            self._ledger.remember(_GRANT, "")
        return there

    def _kept(self) -> Grant | None:
        try:
            signed = from_image(SignedGrant, json.loads(self._ledger.recall(_GRANT) or "{}"))
        except ValueError:
            return None
        return self._read(signed)

    def _read(self, signed: SignedGrant) -> Grant | None:
        if not self._is_signed(grant_message(signed.text), signed.signature, self._store_key):
            return None
        grant = from_image(Grant, json.loads(signed.text))
        ours = (grant.warehouse_id, grant.station_id) == (self._ledger.warehouse_id, self._ledger.station_id)
        return grant if ours else None


def _covers(grant: Grant, worker: Worker) -> bool:
    return worker.roles <= grant.roles.get(worker.worker_id, frozenset())
