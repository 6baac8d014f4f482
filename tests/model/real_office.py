"""The shop and the supervisor of the real store: what they do goes through the store's own doings, in the group."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from sqlalchemy import update

from app.domain.orders import Order, OrderState
from app.domain.picklists import Picklist
from store.assignment import reassign
from store.desk import Desk, new_id
from store.order_requests import OrderWanted
from store.orders import cancel, change, take
from store.release import release
from store.tables import feeds
from store.turned_away import TurnedAway
from tests.model.office import Act
from tests.model.real_store import RealStore
from tests.store.w1 import PEN, SOCKS, SUPERVISOR, W1, an_order

LISTS_WAITING = 4


@dataclass(slots=True)
class RealOffice:
    rng: Random
    orders: int = field(default=0)

    def acts(self) -> list[tuple[Act, tuple[float, ...]]]:
        return [
            (self.releases, (0.6,)),
            (self.cancels, (0, 0.05, 0.2)),
            (self.changes, (0, 0.05, 0.2)),
            (self.reassigns, (0, 0.05, 0.3)),
            (self.begins_anew, (0, 0, 0.02)),
        ]

    def at_last(self) -> list[Act]:
        return []

    def releases(self, store: RealStore, now_utc: datetime) -> None:
        """An order or two on a list of their own, when there are few."""
        desk = Desk.at(store.group, W1, now_utc)
        if len([one for one in desk.book.in_scope(Picklist, "floor") if one.lease_until_utc is None]) >= LISTS_WAITING:
            return
        for _ in range(self.rng.randint(1, 2)):
            self.orders += 1
            take(desk, OrderWanted.model_validate(self._lines(str(self.orders))))
        release(desk, new_id("WV"), orders_a_list_max=2)
        desk.flush()

    def cancels(self, store: RealStore, now_utc: datetime) -> None:
        desk = Desk.at(store.group, W1, now_utc)
        if order := self._order(desk):
            cancel(desk, "web", order.external_reference)
        desk.flush()

    def changes(self, store: RealStore, now_utc: datetime) -> None:
        desk = Desk.at(store.group, W1, now_utc)
        if order := self._order(desk):
            change(desk, OrderWanted.model_validate(self._lines(order.external_reference)))
        desk.flush()

    def reassigns(self, store: RealStore, now_utc: datetime) -> None:
        desk = Desk.at(store.group, W1, now_utc)
        leased = [one for one in desk.book.in_scope(Picklist, "floor") if one.station_id is not None]
        if leased:
            picklist_id = self.rng.choice(leased).picklist_id
            try:
                reassign(desk, picklist_id, by_worker_id=SUPERVISOR, to_worker_id=None, reason="by chance")
            except TurnedAway:
                # It is not open any more.
                return
        desk.flush()

    def begins_anew(self, store: RealStore, _now_utc: datetime) -> None:
        """Every cursor is worthless."""
        store.group.execute(update(feeds).where(feeds.c.warehouse_id == W1).values(epoch=secrets.token_hex(8)))

    def _order(self, desk: Desk) -> Order | None:
        orders = [one for one in desk.book.all(Order) if one.state is not OrderState.CANCELLED]
        return self.rng.choice(orders) if orders else None

    def _lines(self, reference: str) -> dict[str, object]:
        lines = {SOCKS: self.rng.randint(0, 6), PEN: self.rng.randint(1, 6)}
        return an_order(reference, ship_policy="partial", **{sku: each for sku, each in lines.items() if each})
