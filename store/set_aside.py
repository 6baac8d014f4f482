"""Facts that nobody here can read: one piece of work a station and reason, however many they are.

A station that is newer than its store sends hundreds in an hour, all for one reason: as many rows would hide everything
else from the supervisor.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.domain.discrepancies import Discrepancy, DiscrepancyKind
from store.desk import Desk


def set_aside(desk: Desk, facts: Mapping[tuple[str, str], Sequence[int]]) -> None:
    """Have the supervisor look into facts that were quarantined just now.

    Work that is open already is added to. It tells of each of its facts: they are those of its `station_id` and
    `reason` from `seq` to `last_seq`, `count` of them; the latter two stand in it when there is more than one.

    Args:
        facts: their numbers, in order, by station and reason.
    """
    # By their ids, and not as all that is open: a store that was set back could not read what it did not write.
    desk.book.fetch((Discrepancy.row_kind, _name(*whose)) for whose in facts)
    for (station_id, reason), seqs in facts.items():
        work_id, work = desk.work_under(_name(station_id, reason))
        if work is not None:
            desk.book.put(replace(work, facts={**work.facts, **_more(work.facts, seqs)}))
            continue
        told = {"station_id": station_id, "seq": str(seqs[0]), "reason": reason}
        told |= _more(told, seqs[1:])
        desk.raise_discrepancy(work_id, DiscrepancyKind.QUARANTINED_FACT, ("station", station_id), told)


def _name(station_id: str, reason: str) -> str:
    """The name of the work; of a reason's text not every letter may stand in an id."""
    digest = hashlib.sha256(reason.encode()).hexdigest()
    return f"D-{DiscrepancyKind.QUARANTINED_FACT}-{station_id}-{digest[:16]}"


def _more(told: Mapping[str, str], seqs: Sequence[int]) -> dict[str, str]:
    """What changes in work when these are its facts too."""
    return {"last_seq": str(seqs[-1]), "count": str(int(told.get("count", "1")) + len(seqs))} if seqs else {}
