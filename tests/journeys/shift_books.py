"""What the books of a shift say: those of its stations and the store's, read from outside while they are written to."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import app.domain.catalogue  # noqa: F401  (rows and facts by their kinds)
from app.domain.codes import CodeKind, Command, printed
from app.domain.picking import PickTask
from app.domain.picklists import Picklist, PicklistState
from app.domain.products import Product
from app.domain.rows import Row, from_image
from app.domain.totes import ToteLoad, ToteLoadState
from app.domain.walk import Walk
from demo.hands import item_code
from demo.shift import RunningShift
from demo.warehouse import Warehouse
from tests.journeys.page_book import page_book

R = TypeVar("R", bound=Row)
APPEARS_S = 20.0


async def eventually(look: Callable[[], Awaitable[bool]], what: str, *, within_s: float = APPEARS_S) -> None:
    """Look again and again until it is so.

    Raises:
        AssertionError: it was not so within the time; names `what`.
    """
    give_up_at_s = time.monotonic() + within_s
    while not await look():
        assert time.monotonic() < give_up_at_s, f"not within {within_s:g} s: {what}"
        await asyncio.sleep(0.05)


def the(rows: list[R], wanted: Callable[[R], bool]) -> R:
    """The one row that is wanted.

    Raises:
        AssertionError: there is none, or there are several.
    """
    found = [row for row in rows if wanted(row)]
    assert len(found) == 1, f"{len(found)} of {len(rows)} rows are it"
    return found[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFact:
    """A fact as the store holds it."""

    seq: int
    kind: str
    worker_id: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ShiftBooks:
    """Args:
    profiles: of the browsers that stations live in, by the station's kind.
    """

    shift: RunningShift
    warehouse: Warehouse
    profiles: dict[str, Path] = field(default_factory=dict)

    async def until(self, so: Callable[[], bool], what: str, *, within_s: float = APPEARS_S) -> None:
        """As `eventually`, for what can be asked at once."""

        async def look() -> bool:
            return so()

        await eventually(look, what, within_s=within_s)

    @contextmanager
    def _book(self, station: str) -> Iterator[sqlite3.Connection]:
        if station in self.profiles:
            with page_book(self.profiles[station]) as book:
                yield book
            return
        book = sqlite3.connect(f"file:{self.shift.data / station / 'book.db'}?mode=ro", uri=True)
        try:
            yield book
        finally:
            book.close()

    def rows(self, station: str, row_type: type[R]) -> list[R]:
        """Rows of a station's book, read from outside, as the screen shows them."""
        with self._book(station) as book:
            found = book.execute(
                "SELECT coalesce(view, held) FROM rows WHERE row_kind = ? ORDER BY row_id", (row_type.row_kind,)
            ).fetchall()
        return [from_image(row_type, json.loads(text)) for (text,) in found]

    def owed(self, station: str) -> int:
        """Facts of a station that the store has not judged."""
        with self._book(station) as book:
            (count,) = book.execute("SELECT count(*) FROM facts WHERE outcome IS NULL").fetchone()
        return int(count)

    def facts_at_the_store(self, station: str) -> list[HeldFact]:
        """Facts of a station that the store holds, in their order there."""
        with sqlite3.connect(f"file:{self.shift.data / 'store' / 'store.db'}?mode=ro", uri=True) as store:
            found = store.execute(
                "SELECT seq, kind, worker_id, text FROM facts WHERE station_id = ? ORDER BY change_seq, seq",
                (self.station_id(station),),
            ).fetchall()
        store.close()
        return [
            HeldFact(seq=seq, kind=kind, worker_id=worker_id, body=json.loads(text)["body"])
            for seq, kind, worker_id, text in found
        ]

    def rows_at_the_store(self, row_type: type[R]) -> list[R]:
        """Rows as the store has them, those that have left a station's scope too."""
        with sqlite3.connect(f"file:{self.shift.data / 'store' / 'store.db'}?mode=ro", uri=True) as store:
            found = store.execute(
                "SELECT image FROM rows WHERE row_kind = ? AND NOT deleted ORDER BY row_id", (row_type.row_kind,)
            ).fetchall()
        store.close()
        return [from_image(row_type, json.loads(text)) for (text,) in found]

    def facts_in_the_book(self, station: str) -> list[tuple[int, str]]:
        """(number, kind) of each fact that a station's book keeps, owed or held, in the order of recording."""
        with self._book(station) as book:
            found = book.execute("SELECT seq, kind FROM facts ORDER BY seq").fetchall()
        return [(int(seq), str(kind)) for seq, kind in found]

    def stock_each(self, sku: str, place: str) -> int:
        """Units of a product that lie at a place, as the store counts them."""
        with sqlite3.connect(f"file:{self.shift.data / 'store' / 'store.db'}?mode=ro", uri=True) as store:
            (each,) = store.execute(
                "SELECT coalesce(sum(quantity_each), 0) FROM stock WHERE product_id = ? AND place = ?", (sku, place)
            ).fetchone()
        store.close()
        return int(each)

    def product(self, station: str, product_id: str) -> Product:
        return the(self.rows(station, Product), lambda one: one.product_id == product_id)

    def station_id(self, station: str) -> str:
        with self._book(station) as book:
            (enrolled,) = book.execute("SELECT value FROM meta WHERE key = 'enrolled'").fetchone()
        return str(json.loads(enrolled)["station_id"])

    async def all_arrived(self, *stations: str) -> None:
        """Wait until these stations owe nothing."""
        owed_by = ", ".join(stations)
        await self.until(lambda: not any(map(self.owed, stations)), f"nothing is owed by {owed_by}", within_s=60)

    def walk(self, worker_id: str | None = None) -> Walk | None:
        """The picklist in progress on the handset.

        Args:
            worker_id: whose it is; needed where several people share the handset.
        """
        lists = [
            one
            for one in self.rows("handset", Picklist)
            if one.state is PicklistState.IN_PROGRESS and worker_id in (None, one.worker_id)
        ]
        if not lists:
            return None
        tasks = (task for task in self.rows("handset", PickTask) if task.picklist_id == lists[0].picklist_id)
        loads = (load for load in self.rows("handset", ToteLoad) if load.picklist_id == lists[0].picklist_id)
        return Walk(picklist=lists[0], tasks=tuple(tasks), loads=tuple(loads))

    def next_code(self, walk: Walk, totes: dict[str, str], station: str = "handset") -> str:
        """What stands on the thing that the walk asks for.

        Args:
            totes: order → the tote that was chosen for it; a new order takes the first free one.
        """
        task = walk.here
        if task is None:
            return printed(CodeKind.COMMAND, Command.FINISH)
        if walk.stage == "bin":
            return printed(CodeKind.LOCATION, task.location_id)
        if walk.stage == "item":
            return item_code(self.product(station, task.product_id), task.lot, task.expires_on)
        if task.order_id not in totes:
            used = {
                load.tote_id for load in self.rows(station, ToteLoad) if load.state is not ToteLoadState.EMPTIED
            } | set(totes.values())
            totes[task.order_id] = next(tote["tote_id"] for tote in self.warehouse.totes if tote["tote_id"] not in used)
        return printed(CodeKind.TOTE, totes[task.order_id])
