"""API keys of shops and administrators. Only their SHA-256 is kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, insert, select

from store.tables import api_keys

EVERY_WAREHOUSE = "*"


class KeyRole(StrEnum):
    SHOP = "shop"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """Whose key it is.

    Args:
        channel: the sales channel that a shop's key speaks for; None when it may speak for any.
        warehouse_id: the one it is good for, or `*`.
    """

    role: KeyRole
    warehouse_id: str
    channel: str | None = None


def make_key(connection: Connection, role: KeyRole, warehouse_id: str, channel: str | None = None) -> str:
    """A fresh key in clear text, seen this once."""
    key = f"fh_{secrets.token_urlsafe(32)}"
    register_key(connection, key, ApiKey(role=role, warehouse_id=warehouse_id, channel=channel))
    return key


def register_key(connection: Connection, key: str, known_as: ApiKey) -> None:
    """Let `key` in from now on; harmless when it is known."""
    if find_key(connection, key) is None:
        connection.execute(
            insert(api_keys).values(
                key_hash=_hash(key),
                role=str(known_as.role),
                channel=known_as.channel,
                warehouse_id=known_as.warehouse_id,
            )
        )


def find_key(connection: Connection, key: str) -> ApiKey | None:
    found = connection.execute(select(api_keys).where(api_keys.c.key_hash == _hash(key))).one_or_none()
    if found is None:
        return None
    return ApiKey(role=KeyRole(found.role), warehouse_id=found.warehouse_id, channel=found.channel)


def _hash(key: str) -> str:
    # A key is 256 bits of chance: a slow hash would protect nothing more.
    return hashlib.sha256(key.encode()).hexdigest()
