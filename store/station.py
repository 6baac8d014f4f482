"""A station, as the store knows who is speaking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from store.turned_away import TurnedAway, not_known, replaced


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Whom a good token names. Whether that station is trusted still, its row says: see `check_trusted`.

    Args:
        worker_id: for whom it may ask; empty when it carries facts and rows alone.
    """

    warehouse_id: str
    station_id: str
    worker_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Station(Speaker):
    """A station whose token is good, and which is trusted."""

    kind: str
    scopes: tuple[str, ...]
    public_key: str = ""


def check_trusted(scopes: Sequence[str] | None, revoked_reason: str | None) -> None:
    """Pass when a station may speak.

    Args:
        scopes: of its row; None when there is none.

    Raises:
        TurnedAway: 401, it is not known here, or goes on under another id; 403, an administrator has revoked it.
    """
    if scopes is None:
        raise not_known("the station is not enrolled here")
    if revoked_reason is not None:
        raise TurnedAway(HTTPStatus.FORBIDDEN, f"this station was revoked: {revoked_reason}")
    if is_over(scopes):
        raise replaced()


def is_over(scopes: Sequence[str]) -> bool:
    """Whether an id was replaced by another one of its device: it pulls nothing, and is not listened to."""
    return not scopes
