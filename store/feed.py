"""The feed: what has changed for a station since its cursor, as whole rows; a pull without a cursor is a snapshot."""

from __future__ import annotations

import json
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import NamedTuple

from sqlalchemy import Connection, Text, and_, case, cast, func, select

from app.domain.rows import from_image, to_image
from store.station import Station
from store.tables import feeds, row_scopes, rows, stations
from sync.protocol import Cursor, Pulled


class _Row(NamedTuple):
    row_kind: str
    row_id: str
    change_seq: int
    parent: str | None
    image: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a pull is answered.

    Args:
        about: the answer but for its rows.
        rows: with their images as the database keeps them: JSON, which nobody need read on its way through here.
    """

    about: Pulled
    rows: tuple[_Row, ...] = ()

    @property
    def has_news(self) -> bool:
        return bool(self.rows) or self.about.must_refetch

    def text(self) -> str:
        """The answer as JSON."""
        about = json.dumps({**to_image(self.about), "rows": None}, separators=(",", ":"))
        before, _, after = about.partition('"rows":null')
        return f'{before}"rows":[{",".join(map(_text, self.rows))}]{after}'

    def pulled(self) -> Pulled:
        """The answer as a station reads it."""
        return from_image(Pulled, json.loads(self.text()))


def _text(row: _Row) -> str:
    quoted = encode_basestring
    parent = "null" if row.parent is None else quoted(row.parent)
    names = f'"row_kind":{quoted(row.row_kind)},"row_id":{quoted(row.row_id)},"change_seq":{row.change_seq}'
    return f'{{{names},"parent":{parent},"image":{row.image or "null"}}}'


def changes(connection: Connection, station: Station, cursor: Cursor, limit: int) -> Page:
    """At most `limit` rows that changed after `cursor` in the station's scopes, each as it stands now.

    A row that was deleted or has left all of the station's scopes comes without an image. While `more` is true the
    rows are those of a part of the feed only.
    """
    now = connection.execute(select(feeds).where(feeds.c.warehouse_id == station.warehouse_id)).one_or_none()
    if now is None:
        # A warehouse that has no row yet has no feed; its first row begins one, with an epoch of its own.
        return Page(about=Pulled(cursor=Cursor(), must_refetch=bool(cursor.epoch), included_through_seq=0))
    if (cursor.epoch or cursor.change_seq) and (cursor.epoch != now.epoch or cursor.change_seq > now.change_seq):
        return Page(about=Pulled(cursor=Cursor(), must_refetch=True))
    held = connection.scalar(
        select(stations.c.held_through_seq).where(
            stations.c.warehouse_id == station.warehouse_id, stations.c.station_id == station.station_id
        )
    )
    found = _changed_rows(connection, station, cursor, limit)
    more = len(found) > limit
    found = found[:limit]
    about = Pulled(
        cursor=Cursor(epoch=now.epoch, change_seq=found[-1].change_seq if more else now.change_seq),
        included_through_seq=held or 0,
        more=more,
    )
    return Page(about=about, rows=tuple(found))


def _changed_rows(connection: Connection, station: Station, cursor: Cursor, limit: int) -> list[_Row]:
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
        select(newest, rows.c.parent, cast(rows.c.image, Text).label("image"), rows.c.deleted, there.label("there"))
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
        _Row(row_kind, row_id, change_seq, parent, image if is_there and not deleted else None)
        for row_kind, row_id, change_seq, parent, image, deleted, is_there in connection.execute(query)
    ]
