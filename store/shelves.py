"""The bins of a warehouse and the way to them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select

from app.domain.locations import Location, LocationKind
from app.domain.routing import Floor, Point
from store.desk import Desk
from store.tables import feeds, rows


class Shelves:
    """Where goods may be promised from.

    Args:
        locations: all of the warehouse's.
    """

    def __init__(self, locations: Iterable[Location]) -> None:
        self.by_id = {place.location_id: place for place in locations}
        bins = [place for place in self.by_id.values() if place.kind is LocationKind.BIN]
        self.floor = Floor.of(bins)
        self.start = _start(self.by_id.values())
        self.walk_mm = {
            place.location_id: self.floor.distance_mm(self.start, (place.x_mm, place.y_mm)) for place in bins
        }

    @classmethod
    def of(cls, desk: Desk) -> Shelves:
        """The warehouse's shelves as they stand; read again only when a location has changed."""
        here = (rows.c.warehouse_id == desk.warehouse_id, rows.c.row_kind == Location.row_kind)
        newest = desk.connection.scalar(select(func.max(rows.c.change_seq)).where(*here)) or 0
        epoch = desk.connection.scalar(select(feeds.c.epoch).where(feeds.c.warehouse_id == desk.warehouse_id)) or ""
        known = _known.get((desk.warehouse_id, epoch))
        if known is None or known[0] != newest:
            known = _known[desk.warehouse_id, epoch] = (newest, cls(desk.book.all(Location)))
        return known[1]


# Every order asks for them, and 1,200 images take longer to read than everything else that an order needs. A feed's
# epoch is drawn by lot, so two databases in one process do not meet here.
_known: dict[tuple[str, str], tuple[int, Shelves]] = {}


def _start(places: Iterable[Location]) -> Point:
    """Walks begin where totes are handed to packing; at the corner where no such place is known."""
    benches = sorted((place.x_mm, place.y_mm) for place in places if place.kind is LocationKind.PACKING)
    return benches[0] if benches else (0, 0)
