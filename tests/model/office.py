"""What comes from outside the floor: lists are released, orders cancelled and changed, leases ended by a supervisor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from typing import Any, Protocol

from app.domain.discrepancies import Discrepancy, DiscrepancyState
from app.domain.picking import PickState, PickTask
from app.domain.picklists import Picklist, PicklistState, Slot
from app.domain.totes import ToteLoad
from tests.model.store_book import OPEN_LISTS, StoreBook

LISTS = 10
PRODUCTS = ("SOCKS", "PEN", "MILK")
WALKED = (PicklistState.PICKED, PicklistState.PARTLY_PICKED)


Act = Callable[[Any, datetime], None]
"""One write at the store, in a transaction of its writer."""


class TheOffice(Protocol):
    def acts(self) -> list[tuple[Act, tuple[float, ...]]]:
        """What it does by chance, each with the weights that a run draws from."""

    def releases(self, book: Any, now_utc: datetime) -> None:
        """New work for the floor."""

    def at_last(self) -> list[Act]:
        """What is left to do when all is quiet."""


@dataclass(frozen=True, slots=True)
class Office:
    """The model's."""

    rng: Random

    def acts(self) -> list[tuple[Act, tuple[float, ...]]]:
        return [
            (self.releases, (0.8,)),
            (self.tidies_up, (0.05, 0.2)),
            (self.ends_the_shift, (0.05,)),
            (self.cancels, (0, 0.05, 0.2)),
            (self.changes, (0, 0.05, 0.2)),
            (self.reassigns, (0, 0.05, 0.3)),
            (self.forgets_tombstones, (0, 0.02, 0.1)),
            (self.begins_anew, (0, 0, 0.02)),
            (self.upgrades, (0, 0.02)),
        ]

    def at_last(self) -> list[Act]:
        return [self.upgrades]

    def releases(self, book: StoreBook, now_utc: datetime) -> None:
        """A new list, when there are few."""
        if sum(one.state in OPEN_LISTS for one in book.feed.all(Picklist)) >= LISTS:
            return
        number = book.next_list()
        picklist_id, order_id = f"P{number}", f"O{number}"
        stops = self.rng.randint(2, 5)
        book.feed.put(
            Picklist(
                picklist_id=picklist_id,
                wave_id="WV",
                zone="A",
                ship_by_utc=now_utc,
                slots=(Slot(name="A1", order_id=order_id),),
                task_count=stops,
            )
        )
        for position in range(1, stops + 1):
            product = self.rng.choice(PRODUCTS)
            book.feed.put(
                PickTask(
                    task_id=f"T{number}.{position}-{product}",
                    picklist_id=picklist_id,
                    position=position,
                    order_id=order_id,
                    line_id=f"L{position}",
                    product_id=product,
                    location_id=f"BIN-{product}",
                    quantity_each=self.rng.randint(2, 9),
                )
            )

    def cancels(self, book: StoreBook, _now_utc: datetime) -> None:
        if task := self._task(book):
            book.feed.put(replace(task, state=PickState.CANCELLED))

    def changes(self, book: StoreBook, _now_utc: datetime) -> None:
        """Another quantity, while nobody is known to have begun."""
        task = self._task(book)
        if task is not None and task.state is PickState.OPEN and not task.picked_each:
            book.feed.put(replace(task, quantity_each=max(task.missing_each + 1, self.rng.randint(1, 6))))

    def reassigns(self, book: StoreBook, now_utc: datetime) -> None:
        """A supervisor ends a lease, whatever its station has done and not said."""
        leased = [one for one in book.feed.all(Picklist) if one.state in OPEN_LISTS and one.station_id is not None]
        if leased:
            book.promise(self.rng.choice(leased), None, now_utc)

    def ends_the_shift(self, book: StoreBook, now_utc: datetime) -> None:
        """Leases that are over are ended, by name and not by silence."""
        for one in book.feed.all(Picklist):
            if one.state in OPEN_LISTS and one.lease_until_utc is not None and one.lease_until_utc <= now_utc:
                book.promise(one, None, now_utc)

    def tidies_up(self, book: StoreBook, _now_utc: datetime) -> None:
        """Lists that are walked go, with all that hangs on them, and work that is done."""
        for one in book.feed.all(Picklist):
            if one.state in WALKED:
                hanging: list[PickTask | ToteLoad] = [*book.feed.all(PickTask), *book.feed.all(ToteLoad)]
                for row in hanging:
                    if row.picklist_id == one.picklist_id:
                        book.feed.remove(row)
                book.feed.remove(one)
        for work in book.feed.all(Discrepancy):
            if work.state is DiscrepancyState.SETTLED:
                book.feed.remove(work)
                book.written.done.add(work.discrepancy_id)

    def forgets_tombstones(self, book: StoreBook, _now_utc: datetime) -> None:
        book.feed.sweep()

    def begins_anew(self, book: StoreBook, _now_utc: datetime) -> None:
        book.feed.begin_anew()

    def upgrades(self, book: StoreBook, now_utc: datetime) -> None:
        book.upgrade(now_utc)

    def _task(self, book: StoreBook) -> PickTask | None:
        tasks = [task for task in book.feed.all(PickTask) if not task.settled]
        return self.rng.choice(tasks) if tasks else None
