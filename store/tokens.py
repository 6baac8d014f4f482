"""Stations' access tokens: a few minutes of trust, signed by this store, given for a proof of the device's key."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import jwt
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from store.station import Speaker
from store.turned_away import not_known
from sync.protocol import TokenWanted, token_message

CLOCK_MAY_DIFFER = timedelta(minutes=10)
PUBLIC_KEY_BYTES = 32
NONCE_LENGTH_MAX = 100
_ALGORITHM = "HS256"


class _Says(NamedTuple):
    speaker: Speaker
    ends_s: int


def make_token(secret: str, speaker: Speaker, now_utc: datetime, life_s: int) -> str:
    """A token that says which station of which warehouse its bearer is, and for whom it asks, for `life_s` seconds."""
    says = {
        "sub": speaker.station_id,
        "warehouse": speaker.warehouse_id,
        "worker": speaker.worker_id,
        "exp": int(now_utc.timestamp()) + life_s,
    }
    return jwt.encode(says, secret, algorithm=_ALGORITHM)


def token_says(token: str, secret: str, now_utc: datetime) -> Speaker:
    """Whom a token names that is still good.

    Raises:
        TurnedAway: 401, when it is no token of ours or has run out: sign in again.
    """
    try:
        said = _signed(token, secret)
    except (jwt.InvalidTokenError, TypeError, ValueError):
        raise not_known("the token is not one of this store") from None
    if now_utc.timestamp() >= said.ends_s:
        raise not_known("the token has run out")
    return said.speaker


@lru_cache(maxsize=4096)
def _signed(token: str, secret: str) -> _Says:
    """What is in a token; a station shows its own with every push."""
    says = jwt.decode(
        token,
        secret,
        algorithms=[_ALGORITHM],
        # The store's clock is handed in, so that a test can say what time it is.
        options={"verify_exp": False, "require": ["sub", "warehouse", "exp"]},
    )
    speaker = Speaker(
        warehouse_id=str(says["warehouse"]), station_id=str(says["sub"]), worker_id=str(says.get("worker", ""))
    )
    return _Says(speaker, int(says["exp"]))


def read_public_key(text: str) -> Ed25519PublicKey | None:
    """The device key in base64url without padding; None when it is none."""
    raw = _unpadded(text)
    return Ed25519PublicKey.from_public_bytes(raw) if raw is not None and len(raw) == PUBLIC_KEY_BYTES else None


def check_proof(wanted: TokenWanted, public_key: str, now_utc: datetime) -> None:
    """Pass when `wanted` was signed just now by the device whose key this is.

    Raises:
        TurnedAway: 401; when the clocks differ too much the answer carries the store's time.
    """
    try:
        issued = datetime.fromisoformat(wanted.issued_at_utc)
    except ValueError:
        raise not_known("issued_at_utc is no time") from None
    check_clock(issued if issued.tzinfo else issued.replace(tzinfo=UTC), now_utc)
    if not 0 < len(wanted.nonce) <= NONCE_LENGTH_MAX:
        raise not_known("the nonce is empty or too long")
    if not is_signed(
        token_message(wanted.station_id, wanted.nonce, wanted.issued_at_utc, wanted.worker_id),
        wanted.signature,
        public_key,
    ):
        raise not_known("the signature is not the device's")


def check_clock(said_utc: datetime, now_utc: datetime) -> None:
    """Pass when a station's time is about the store's: what was signed is of now, and cannot be shown again later.

    Raises:
        TurnedAway: 401; the answer carries the store's time.
    """
    if abs(said_utc - now_utc) > CLOCK_MAY_DIFFER:
        raise not_known("the station's clock is more than ten minutes off", store_now_utc=now_utc.isoformat())


def is_signed(message: bytes, signature: str, public_key: str) -> bool:
    """Whether the device with this key signed the message; both in base64url without padding."""
    key, raw = read_public_key(public_key), _unpadded(signature)
    if key is None or raw is None:
        return False
    try:
        key.verify(raw, message)
    except InvalidSignature:
        return False
    return True


def _unpadded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
