"""Grants: what the store signs for a station, so that people may work there while the store is away, for a shift.

A station that is online gets a new one with each token, so a shift is counted from when it last heard of the store.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, select

from app.domain.rows import to_image
from app.domain.workers import Worker
from store.tables import rows
from sync.protocol import Grant, SignedGrant, grant_message


class GrantKey:
    """The store's key, made out of its secret: whoever keeps and restores the secret has kept this too."""

    def __init__(self, secret: str) -> None:
        seed = hmac.new(secret.encode(), b"floorhand grants", hashlib.sha256).digest()
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = _unpadded(self._key.public_key().public_bytes_raw())

    def sign(self, grant: Grant) -> SignedGrant:
        text = json.dumps(to_image(grant), separators=(",", ":"), ensure_ascii=False)
        signature = _unpadded(self._key.sign(grant_message(text)))
        return SignedGrant(text=text, signature=signature, store_key=self.public)


def grant_now(
    connection: Connection, warehouse_id: str, station_id: str, *, now_utc: datetime, life: timedelta
) -> Grant:
    """Everybody who works in the warehouse now may sign in at the station for `life`."""
    found = connection.scalars(
        select(rows.c.image).where(
            rows.c.warehouse_id == warehouse_id, rows.c.row_kind == Worker.row_kind, rows.c.deleted.is_(False)
        )
    )
    return Grant(
        warehouse_id=warehouse_id,
        station_id=station_id,
        issued_at_utc=now_utc,
        until_utc=now_utc + life,
        roles={image["worker_id"]: frozenset(image["roles"]) for image in found},
    )


def _unpadded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
