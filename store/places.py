"""The names of places that are not on the map: what the stock book calls a tote, a carton, a tote nobody knows yet."""

from __future__ import annotations

from app.domain.totes import ToteLoad

_TOTE = f"{ToteLoad.row_kind}:"


def tote_place(tote_load_id: str) -> str:
    return f"{_TOTE}{tote_load_id}"


def load_at(place: str) -> str | None:
    """The id of the tote load that a place is; None when it is something else."""
    return place.removeprefix(_TOTE) if place.startswith(_TOTE) else None


def carton_place(carton_id: str) -> str:
    return f"carton:{carton_id}"


def blind_place(order_id: str) -> str:
    """Where blind-packed units come from until their tote load is known."""
    return f"blind:{order_id}"


def hand_place(station_id: str) -> str:
    """Where units are between bin and tote."""
    return f"hand:{station_id}"


def bench_place(return_id: str) -> str:
    return f"returns:{return_id}"
