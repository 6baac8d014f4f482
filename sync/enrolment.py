"""How this device becomes a station: with a one-time code, for the first time or in the place of what it was before."""

from __future__ import annotations

import logging

from app.errors import StoreRefused
from sync.failure import CallFailed
from sync.ledger import SqliteLedger
from sync.protocol import Enrolled, Enrolment
from sync.salvage import Salvaged
from sync.signer import Signer, base64url
from sync.transport import StoreTransport

log = logging.getLogger("floorhand.sync")


async def enrol(ledger: SqliteLedger, transport: StoreTransport, signer: Signer, *, code: str, name: str) -> Enrolled:
    """Make this station known to the store with a one-time code, and write into its book who it is.

    Raises:
        StoreRefused: the code is wrong, used or too old.
        StoreUnreachable: no answer; ask for a new code, the old one may be used up.
        LedgerTrouble: the book cannot be written.
    """
    enrolled = await _enrolled(transport, signer, code=code, name=name)
    ledger.enrol(enrolled)
    log.info("station_enrolled station=%s warehouse=%s", enrolled.station_id, enrolled.warehouse_id)
    return enrolled


async def enrol_anew(ledger: SqliteLedger, transport: StoreTransport, signer: Signer, *, code: str, name: str) -> None:
    """Go on under a new id with the same device, key and work, because the old id's facts contradict the store's.

    Raises:
        as `enrol`; nothing has changed here then, and the same code may be given again.
    """
    ledger.enrol_anew(await _enrolled(transport, signer, code=code, name=name, replaces=ledger.station_id))


async def enrol_with(
    salvaged: Salvaged, ledger: SqliteLedger, transport: StoreTransport, signer: Signer, *, code: str, name: str
) -> None:
    """The same for a new book that stands in a damaged one's place.

    Raises:
        as `enrol`.
    """
    enrolled = await _enrolled(transport, signer, code=code, name=name, replaces=salvaged.station_id)
    ledger.enrol_with(salvaged, enrolled)


async def _enrolled(transport: StoreTransport, signer: Signer, *, code: str, name: str, replaces: str = "") -> Enrolled:
    public_key = base64url(await signer.public_key())
    try:
        enrolled = await transport.enrol(Enrolment(code=code, public_key=public_key, name=name, replaces=replaces))
    except CallFailed as failed:
        raise failed.trouble() from failed
    if enrolled.station_id == replaces:
        raise StoreRefused("this code was used before, for the same station: a new one is needed")
    return enrolled
