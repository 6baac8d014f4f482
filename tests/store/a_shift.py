"""A shift of chance on a running store: orders, walks, cartons, returns and remedies, one act after the other.

Every hand believes what the store's rows say, as a station that is online does; a handset may keep what it did to
itself for a while. Which acts are frequent is drawn anew for each shift.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from app.domain.discrepancies import COUNTED, NOT_FOUND, Discrepancy, DiscrepancySettled, DiscrepancyState, Remedy
from app.domain.facts import Fact
from app.domain.orders import Order, OrderState
from app.domain.picklists import Picklist, PicklistState
from app.domain.returns import (
    Disposition,
    FoundBy,
    Grade,
    ItemState,
    Return,
    ReturnItemDisposed,
    ReturnItemGraded,
    ReturnItemIdentified,
    ReturnItemPutAway,
    ReturnReceived,
    ReturnState,
    ReturnUndone,
)
from app.domain.workers import Role
from tests.store.a_packer_of_chance import PACKABLE, APackerOfChance
from tests.store.a_picker_of_chance import APickerOfChance
from tests.store.a_station import AStation
from tests.store.a_store import AStore
from tests.store.w1 import (
    MILK,
    MILK_BIN,
    OTHER_PICKER,
    PEN,
    PEN_BIN,
    PHONE,
    PICKER,
    RECEIVER,
    SOCKS,
    SOCKS_BIN,
    SOCKS_RESERVE,
    an_order,
)

T = TypeVar("T")
_WALKED_NOW = (PicklistState.LEASED, PicklistState.IN_PROGRESS, PicklistState.PAUSED)
_ON_THE_BENCH = (ReturnState.RECEIVED, ReturnState.INSPECTING, ReturnState.DECIDED)
_NEWEST_STEP = {
    ItemState.IDENTIFIED: ReturnItemIdentified.kind,
    ItemState.GRADED: ReturnItemGraded.kind,
    ItemState.DISPOSED: ReturnItemDisposed.kind,
    ItemState.PUT_AWAY: ReturnItemPutAway.kind,
}
_ROUNDS_MAX = 60


@dataclass(slots=True)
class AShift:
    """Args:
    chance: everything that is left to it.
    walkers: the handsets, and who carries each.
    """

    store: AStore
    chance: Random
    walkers: list[tuple[AStation, str]]
    bench: AStation
    picker: APickerOfChance
    packer: APackerOfChance
    orders: int = 0
    returns: int = 0
    asks: int = 0
    acts: list[Callable[[], Awaitable[object]]] = field(default_factory=list)
    weights: list[int] = field(default_factory=list)

    @classmethod
    async def begin(cls, store: AStore, seed: int) -> AShift:
        await store.load("stock", [{"location_id": SOCKS_RESERVE, "sku": MILK, "quantity_each": 5, "lot": "L2"}])
        chance = Random(seed)
        shift = cls(
            store=store,
            chance=chance,
            walkers=[(await store.station("handset", name), who) for name, who in (("1", PICKER), ("2", OTHER_PICKER))],
            bench=await store.station("bench"),
            picker=APickerOfChance(store, chance),
            packer=APackerOfChance(store, chance, await store.station("packing")),
        )
        shift.acts = [
            *(shift.takes_an_order, shift.changes_an_order, shift.cancels_an_order, shift.releases),
            *(shift.picks, shift.packs, shift.puts_right, shift.takes_a_return, shift.counts_from_a_file),
        ]
        usual = [6, 1, 1, 3, 30, 20, 6, 4, 1]
        shift.weights = [weight * chance.choice((1, 1, 1, 3)) for weight in usual]
        return shift

    async def goes_on(self) -> str:
        """One act of chance; what it was."""
        (act,) = self.chance.choices(self.acts, self.weights)
        await act()
        return act.__name__

    async def ends(self) -> None:
        """Everything that is begun is brought to its end."""
        for _ in range(_ROUNDS_MAX):
            for handset, _who in self.walkers:
                await handset.push()
            if not self._unfinished():
                return
            await self.releases()
            for _again in range(10):
                await self.picks(undo=False)
                await self.packs(undo=False)
            await self.puts_right()
        raise AssertionError(f"never ends: {self._unfinished()}")

    def _unfinished(self) -> list[str]:
        under_way = (*_WALKED_NOW, PicklistState.RELEASED)
        lists = [one.picklist_id for one in self.store.rows(Picklist) if one.state in under_way]
        begun = (*PACKABLE, OrderState.ALLOCATED)
        orders = [one.order_id for one in self.store.rows(Order) if one.state in begun]
        return [*lists, *orders, *(work.discrepancy_id for work in self._work())]

    async def takes_an_order(self) -> None:
        self.orders += 1
        most = {SOCKS: 4, PEN: 3, MILK: 3, PHONE: 1}
        skus = self.chance.sample(sorted(most), self.chance.choice((1, 1, 2, 3)))
        lines = {sku: self.chance.randint(1, most[sku]) for sku in skus}
        await self.store.order(f"{self.orders}", ship_policy=self.chance.choice(("partial", "complete")), **lines)

    async def changes_an_order(self) -> None:
        if order := self._any(self.store.rows(Order)):
            wanted = an_order(order.external_reference, SOCKS=self.chance.randint(1, 5))
            path = f"/v1/orders/web/{order.external_reference}"
            answer = await self.store.http.put(path, json=wanted, headers=self.store.owner)
            assert answer.status_code in (200, 202, 409), answer.text

    async def cancels_an_order(self) -> None:
        if order := self._any(self.store.rows(Order)):
            path = f"/v1/orders/web/{order.external_reference}/cancel"
            answer = await self.store.http.post(path, headers=self.store.owner)
            assert answer.status_code in (200, 202), answer.text

    async def releases(self) -> None:
        await self.store.release(max_orders_a_list=self.chance.randint(1, 3))

    async def counts_from_a_file(self) -> None:
        place, sku = self.chance.choice([(SOCKS_BIN, SOCKS), (SOCKS_RESERVE, SOCKS), (PEN_BIN, PEN)])
        each = max(0, self.store.stock_each(place, sku) + self.chance.randint(-2, 4))
        await self.store.load("stock", [{"location_id": place, "sku": sku, "quantity_each": each}])

    async def picks(self, *, undo: bool = True) -> None:
        handset, who = self.chance.choice(self.walkers)
        # What it owes, the store's rows do not tell yet.
        await handset.push()
        mine = [one for one in self.store.rows(Picklist) if one.station_id == handset.station_id]
        walks = [one for one in mine if one.state in _WALKED_NOW]
        if not walks:
            self.asks += 1
            await handset.get_work(who, key=f"w{self.asks}")
            return
        facts = self.picker.steps(self.chance.choice(walks), handset.told, undo=undo)
        handset.tell(*facts, worker_id=who)
        if self.chance.random() < 0.8:
            await handset.push()

    async def packs(self, *, undo: bool = True) -> None:
        await self.packer.packs(undo=undo)

    def _work(self) -> list[Discrepancy]:
        return [work for work in self.store.rows(Discrepancy, Role.PICKER) if work.state is DiscrepancyState.OPEN]

    async def puts_right(self) -> None:
        handset, who = self.chance.choice(self.walkers)
        await handset.push()
        work = self._any(self._work())
        if work is None:
            return
        facts = work.facts
        product_id = facts.get("product_id", SOCKS)
        each = int(facts.get("quantity_each") or facts.get("missing_each") or 1)
        place = facts.get("location_id") or SOCKS_BIN
        how = {Remedy.PUT_BACK: "put_back", Remedy.RECOUNT: COUNTED}.get(work.remedy, "brought")
        if work.remedy is Remedy.RECOUNT:
            there = self.store.stock_each(place, product_id, **({"lot": facts["lot"]} if facts.get("lot") else {}))
            each = max(0, there + self.chance.choice((0, 0, -1, 1)))
        elif self.chance.random() < 0.15:
            how, each = NOT_FOUND, self.chance.randint(0, each - 1) if each > 1 else 0
        settled = DiscrepancySettled(
            discrepancy_id=work.discrepancy_id,
            how=how,
            location_id=place,
            product_id=product_id,
            lot=facts.get("lot"),
            quantity_each=each or (0 if how == COUNTED else None),
        )
        await handset.do(settled, worker_id=who)

    async def takes_a_return(self) -> None:
        at_work = [one for one in self.store.rows(Return) if one.state in _ON_THE_BENCH]
        came = self._any(at_work)
        if came is None or self.chance.random() < 0.3:
            packed = [order for order in self.store.rows(Order) if order.state is OrderState.PACKED]
            if order := self._any(packed):
                self.returns += 1
                received = ReturnReceived(
                    return_id=f"R-{self.returns}", found_by=FoundBy.ORDER, order_id=order.order_id
                )
                await self.bench.do(received, worker_id=RECEIVER)
            return
        await self.bench.do(self._with_return(came), worker_id=RECEIVER)

    def _with_return(self, came: Return) -> Fact:
        item = self._any(came.items)
        if item is None or self.chance.random() < 0.2:
            order = self.store.row(Order, came.order_id or "")
            line = self.chance.choice(order.lines)
            lot = "L1" if line.product_id == MILK else None
            item_id = f"{came.return_id}-{self.bench.seq}"
            return ReturnItemIdentified(
                return_id=came.return_id, item_id=item_id, product_id=line.product_id, line_id=line.line_id, lot=lot
            )
        if item.state is ItemState.PUT_AWAY or self.chance.random() < 0.2:
            return ReturnUndone(
                return_id=came.return_id, item_id=item.item_id, negates_seq=1, negates_kind=_NEWEST_STEP[item.state]
            )
        if item.state is ItemState.IDENTIFIED:
            return ReturnItemGraded(return_id=came.return_id, item_id=item.item_id, grade=Grade.NEW)
        if item.state is ItemState.GRADED:
            disposition = self.chance.choice((Disposition.RESTOCK, Disposition.SCRAP))
            return ReturnItemDisposed(
                return_id=came.return_id, item_id=item.item_id, disposition=disposition, licence_plate="LP"
            )
        return ReturnItemPutAway(return_id=came.return_id, item_id=item.item_id, location_id=MILK_BIN)

    def _any(self, of: Sequence[T]) -> T | None:
        return self.chance.choice(of) if of else None
