"""PINs' hashes as they may lie in a station's book: a book alone, a backup or a copy, is good for no guessing."""

from __future__ import annotations

from dataclasses import replace

from app.domain.pins import seal
from app.domain.workers import Worker
from sync.protocol import Pulled, RowChange
from sync.signer import Signer, device_secret

PIN_SECRET = "pins"


async def sealed(pulled: Pulled, signer: Signer) -> Pulled:
    """The rows without a PIN's hash that is good for anything elsewhere: sealed by a secret of this device."""
    if not any(change.row_kind == Worker.row_kind and change.image for change in pulled.rows):
        return pulled
    secret = await device_secret(signer, PIN_SECRET)
    return replace(pulled, rows=tuple(_sealed(change, secret) for change in pulled.rows))


def _sealed(change: RowChange, secret: bytes) -> RowChange:
    if change.row_kind != Worker.row_kind or change.image is None:
        return change
    return replace(change, image={**change.image, "pin_hash": seal(str(change.image.get("pin_hash")), secret)})
