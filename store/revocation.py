"""A device that is trusted no longer."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from sqlalchemy import select, update

from store.desk import Desk
from store.notice import changed_by
from store.stranded import lists_of_station, strand
from store.tables import stations
from store.turned_away import TurnedAway

log = logging.getLogger(__name__)


def revoke(desk: Desk, station_id: str, reason: str) -> dict[str, Any]:
    """Shut a station out from now on, once; what was done, as `store.stations.Revoked` has it.

    Raises:
        TurnedAway: 404, there is no such station in the warehouse.
    """
    here = (stations.c.warehouse_id == desk.warehouse_id, stations.c.station_id == station_id)
    known = desk.connection.execute(
        select(stations.c.revoked_at_utc, stations.c.revoked_reason).where(*here)
    ).one_or_none()
    if known is None:
        raise TurnedAway(HTTPStatus.NOT_FOUND, "there is no such station in this warehouse")
    at_utc, why = known
    lists = lists_of_station(desk, station_id)
    if at_utc is None:
        at_utc, why = desk.now_utc, reason
        desk.connection.execute(update(stations).where(*here).values(revoked_at_utc=at_utc, revoked_reason=why))
        strand(desk, lists)
        # A pull that waits is to hear it now.
        changed_by(desk.connection.info).add(desk.warehouse_id, 0, {f"station:{station_id}"})
        log.warning("station_revoked station=%s lists=%d", station_id, len(lists))
    stranded = [one.picklist_id for one in lists]
    return {"station_id": station_id, "revoked_at_utc": at_utc, "reason": why, "stranded_picklist_ids": stranded}
