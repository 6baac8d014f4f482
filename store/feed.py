"""The feed: what has changed for a station since its cursor, as whole rows; a pull without a cursor is a snapshot."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from json.encoder import encode_basestring as _quoted
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Integer,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    exists,
    null,
    or_,
    select,
    union_all,
)

from app.domain.facts import Subject
from app.domain.rows import from_image, to_image
from store.station import Station
from store.tables import feeds, row_scopes, rows, stations
from sync.protocol import Cursor, Pulled

_Found = Row[str, str, int, str | None, str | None]
"""Kind, id, number in the feed, parent and image of a row; no image when it was deleted or is none of the station's."""

_by_number = itemgetter(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a pull is answered.

    Args:
        about: the answer but for its rows.
        rows: with their images as the database keeps them: JSON, which nobody need read on its way through here.
    """

    about: Pulled
    rows: Collection[_Found] = ()

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


def _text(row: _Found) -> str:
    row_kind, row_id, change_seq, parent, image = row
    names = f'"row_kind":{_quoted(row_kind)},"row_id":{_quoted(row_id)},"change_seq":{change_seq}'
    return f'{{{names},"parent":{"null" if parent is None else _quoted(parent)},"image":{image or "null"}}}'


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
    found = _changed_rows(connection, station, cursor, limit + 1)
    more = len(found) > limit
    found = found[:limit]
    about = Pulled(
        cursor=Cursor(epoch=now.epoch, change_seq=found[-1].change_seq if more else now.change_seq),
        included_through_seq=held or 0,
        more=more,
    )
    # What stands in two scopes is said once, and at the lower of its numbers: a station counts by them.
    once: dict[Subject, _Found] = {}
    for row in found:
        once.setdefault((row[0], row[1]), row)
    return Page(about=about, rows=once.values())


def _changed_rows(connection: Connection, station: Station, cursor: Cursor, limit: int) -> Sequence[_Found]:
    """The first `limit` that the station's scopes say after its cursor; what two scopes say is there twice."""
    scopes = {f"scope_{number}": scope for number, scope in enumerate(station.scopes)}
    asked = {
        "warehouse_id": station.warehouse_id,
        "after_seq": cursor.change_seq,
        "evicts": bool(cursor.change_seq),  # a snapshot has nothing to evict
        "most": limit,
        **scopes,
    }
    found = connection.execute(_said_in(tuple(scopes)), asked).all()
    # They mostly come in order, and a database would carry their images through its sorting.
    return sorted(found, key=_by_number)


@cache
def _said_in(scopes: tuple[str, ...]) -> Select[Any]:
    """Built once: making a statement costs more than running it. `scopes` are names of its parameters.

    Each scope's index is read from the cursor on, and no further than the answer goes: a pull costs what it brings,
    however much the warehouse holds.
    """
    here, columns = row_scopes.c.warehouse_id == bindparam("warehouse_id"), row_scopes.c
    newer = (
        select(columns.row_kind, columns.row_id, columns.change_seq, columns.present)
        .where(here, columns.change_seq > bindparam("after_seq"))
        .where(or_(columns.present.is_(True), bindparam("evicts", type_=Boolean)))
    )
    most = bindparam("most", type_=Integer)
    first = newer.order_by(columns.change_seq).limit(most)
    each = [select(first.where(columns.scope == bindparam(scope)).subquery()) for scope in scopes]
    said = union_all(*each).order_by("change_seq").limit(most).subquery("said")
    # A row may have left one of the station's scopes and stand in another, where nothing has changed.
    elsewhere = (
        exists()
        .where(here, columns.scope.in_([bindparam(scope) for scope in scopes]), columns.present.is_(True))
        .where(columns.row_kind == said.c.row_kind, columns.row_id == said.c.row_id)
        .correlate(said)
    )
    its_text = cast(rows.c.image, Text)
    image = case(
        (rows.c.deleted.is_(True), null()),
        (said.c.present.is_(True), its_text),
        (elsewhere, its_text),
    )
    its_row = and_(
        rows.c.warehouse_id == bindparam("warehouse_id"),
        rows.c.row_kind == said.c.row_kind,
        rows.c.row_id == said.c.row_id,
    )
    return select(said.c.row_kind, said.c.row_id, said.c.change_seq, rows.c.parent, image.label("image")).join(
        rows, its_row
    )
