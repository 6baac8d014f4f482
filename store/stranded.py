"""Picklists that are with a station or a worker that nobody trusts any more: a supervisor has to give them on.

Their leases stay until then. Their goods lie in totes on somebody's cart, and what was done there may still come: a
list that went back to everybody at once would be picked twice before anybody had looked for the cart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancyState
from app.domain.picklists import Picklist, PicklistState
from store.desk import Desk

FLOOR = "floor"
_HELD = frozenset({PicklistState.LEASED, PicklistState.IN_PROGRESS, PicklistState.PAUSED})


def lists_of_station(desk: Desk, station_id: str) -> list[Picklist]:
    """The lists that a station holds."""
    return [one for one in desk.book.in_scope(Picklist, FLOOR) if one.station_id == station_id and one.state in _HELD]


def strand_lists_of_worker(desk: Desk, worker_id: str) -> None:
    """Make work of the lists of somebody who has left; what was only meant for them is everybody's again."""
    theirs = [one for one in desk.book.in_scope(Picklist, FLOOR) if one.worker_id == worker_id]
    desk.book.put(*(replace(one, worker_id=None) for one in theirs if one.state is PicklistState.RELEASED))
    strand(desk, (one for one in theirs if one.state in _HELD))


def strand(desk: Desk, lists: Iterable[Picklist]) -> None:
    """Make work for the supervisor of each list, once for as long as it is held by the same."""
    for one in lists:
        facts = {"picklist_id": one.picklist_id, "station_id": one.station_id, "worker_id": one.worker_id}
        desk.raise_discrepancy(
            _work_id(one),
            DiscrepancyKind.LIST_STRANDED,
            ("picklist", one.picklist_id),
            {name: fact for name, fact in facts.items() if fact is not None},
            station_id=one.station_id,
        )


def given_on(desk: Desk, picklist: Picklist) -> None:
    """The list is about to be somebody else's: whoever had to see to that has nothing left to do."""
    found = desk.book.get(Discrepancy, _work_id(picklist))
    if found is not None and found.state is DiscrepancyState.OPEN:
        desk.book.put(replace(found, state=DiscrepancyState.SETTLED, how="reassigned"))


def _work_id(picklist: Picklist) -> str:
    return f"D-{DiscrepancyKind.LIST_STRANDED}-{picklist.picklist_id}-{picklist.epoch}"
