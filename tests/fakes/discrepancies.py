"""Discrepancies, for tests of what is done about them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.domain.discrepancies import ADDRESSEES, Discrepancy, DiscrepancyKind
from tests.fakes.clock import SHIFT_BEGINS_UTC


def a_discrepancy(
    kind: DiscrepancyKind, facts: Mapping[str, str], *, number: int = 1, minutes_ago: int = 0
) -> Discrepancy:
    addressee, remedy = ADDRESSEES[kind]
    return Discrepancy(
        discrepancy_id=f"D-{number}",
        kind=kind,
        about=("pick_task", "T-1"),
        raised_at_utc=SHIFT_BEGINS_UTC - timedelta(minutes=minutes_ago),
        addressee=addressee,
        remedy=remedy,
        facts=facts,
    )


def put_back(**facts: str) -> Discrepancy:
    """Two pairs of socks of a cancelled order, in tote T-1."""
    told = {"product_id": "socks", "quantity_each": "2", "tote_id": "T-1", "location_id": "A-12-03-2"}
    return a_discrepancy(DiscrepancyKind.ORDER_CANCELLED, {**told, **facts})


def recount(**facts: str) -> Discrepancy:
    """A bin that held three pairs of socks too few."""
    told = {"product_id": "socks", "location_id": "A-12-03-2", "missing_each": "3"}
    return a_discrepancy(DiscrepancyKind.SHORT_PICK, {**told, **facts})


def missed(number: int = 1, **facts: str) -> Discrepancy:
    """A pair of socks that packing misses in tote T-1."""
    told = {"product_id": "socks", "quantity_each": "1", "tote_id": "T-1", "location_id": "A-12-03-2"}
    return a_discrepancy(DiscrepancyKind.PACK_MISSING, {**told, **facts}, number=number)
