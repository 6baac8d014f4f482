"""The feed: what has changed for a station since its cursor, as whole rows; a pull without a cursor is a snapshot."""

from __future__ import annotations

from sqlalchemy import Connection, and_, case, func, select

from store.station import Station
from store.tables import feeds, row_scopes, rows, stations
from sync.protocol import Cursor, Pulled, RowChange


def changes(connection: Connection, station: Station, cursor: Cursor, limit: int) -> Pulled:
    """At most `limit` rows that changed after `cursor` in the station's scopes, each as it stands now.

    A row that was deleted or has left all of the station's scopes comes without an image. While `more` is true the
    rows are those of a part of the feed only.
    """
    now = connection.execute(select(feeds).where(feeds.c.warehouse_id == station.warehouse_id)).one_or_none()
    if now is None:
        # A warehouse that has no row yet has no feed; its first row begins one, with an epoch of its own.
        return Pulled(cursor=Cursor(), must_refetch=bool(cursor.epoch), included_through_seq=0)
    if (cursor.epoch or cursor.change_seq) and (cursor.epoch != now.epoch or cursor.change_seq > now.change_seq):
        return Pulled(cursor=Cursor(), must_refetch=True)
    held = connection.scalar(
        select(stations.c.held_through_seq).where(
            stations.c.warehouse_id == station.warehouse_id, stations.c.station_id == station.station_id
        )
    )
    found = _changed_rows(connection, station, cursor, limit)
    more = len(found) > limit
    found = found[:limit]
    return Pulled(
        cursor=Cursor(epoch=now.epoch, change_seq=found[-1].change_seq if more else now.change_seq),
        rows=tuple(found),
        included_through_seq=held or 0,
        more=more,
    )


def _changed_rows(connection: Connection, station: Station, cursor: Cursor, limit: int) -> list[RowChange]:
    here = and_(row_scopes.c.warehouse_id == station.warehouse_id, row_scopes.c.scope.in_(station.scopes))
    key = (row_scopes.c.row_kind, row_scopes.c.row_id)
    touched = (
        select(*key, func.max(row_scopes.c.change_seq).label("change_seq"))
        .where(here, row_scopes.c.change_seq > cursor.change_seq)
        .group_by(*key)
    )
    if not cursor.change_seq:
        # A snapshot has nothing to evict.
        touched = touched.where(row_scopes.c.present.is_(True))
    newest = touched.order_by("change_seq").limit(limit + 1).subquery("newest")
    # A row may have left one of the station's scopes and stand in another.
    there = (
        select(func.max(case((row_scopes.c.present.is_(True), 1), else_=0)))
        .where(here, row_scopes.c.row_kind == newest.c.row_kind, row_scopes.c.row_id == newest.c.row_id)
        .correlate(newest)
        .scalar_subquery()
    )
    query = (
        select(newest, rows.c.parent, rows.c.image, rows.c.deleted, there.label("there"))
        .join(
            rows,
            and_(
                rows.c.warehouse_id == station.warehouse_id,
                rows.c.row_kind == newest.c.row_kind,
                rows.c.row_id == newest.c.row_id,
            ),
        )
        .order_by(newest.c.change_seq)
    )
    return [
        RowChange(
            row_kind=row.row_kind,
            row_id=row.row_id,
            change_seq=row.change_seq,
            parent=row.parent,
            image=row.image if row.there and not row.deleted else None,
        )
        for row in connection.execute(query)
    ]
