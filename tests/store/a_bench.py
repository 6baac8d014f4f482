"""An order of socks on its way through packing: what its packer says of a carton, and the stations that are there."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.discrepancies import Discrepancy, DiscrepancySettled
from app.domain.facts import Fact
from app.domain.orders import Order
from app.domain.packing import (
    CartonAbandoned,
    CartonClosed,
    CartonOpened,
    CartonVerified,
    CartonWeighed,
    PackException,
    PackExceptionFound,
    UnitVerified,
    WeightSource,
)
from sync.protocol import Verdict
from tests.store.a_station import AStation
from tests.store.a_store import AStore
from tests.store.w1 import PACKER, SOCKS, SOCKS_BIN
from tests.store.walk import a_walk, load_id


@dataclass(slots=True, kw_only=True)
class ACarton:
    """The carton C1 of an order, as its packer's facts tell of it; `line_id` is the line of the socks."""

    order_id: str
    line_id: str
    load_ids: tuple[str, ...]
    tote_id: str = "T-01"

    def opened(self, *, blind: bool = False) -> CartonOpened:
        loads = () if blind else self.load_ids
        return CartonOpened(
            carton_id="C1", order_id=self.order_id, number=1, tote_load_ids=loads, tote_id=self.tote_id, blind=blind
        )

    def verified(self, each: int = 1) -> UnitVerified:
        return UnitVerified(
            carton_id="C1", order_id=self.order_id, line_id=self.line_id, product_id=SOCKS, quantity_each=each
        )

    def found(self, exception: PackException, each: int = 1) -> PackExceptionFound:
        return PackExceptionFound(
            order_id=self.order_id,
            carton_id="C1",
            exception=exception,
            product_id=SOCKS,
            quantity_each=each,
            line_id=self.line_id,
        )

    def closed(self) -> list[Fact]:
        weighed = CartonWeighed(carton_id="C1", weight_g=330, expected_weight_g=330, source=WeightSource.TYPED)
        closed = CartonClosed(carton_id="C1", order_id=self.order_id, sscc="040123450000000017", order_complete=True)
        return [CartonVerified(carton_id="C1"), weighed, closed]

    def given_up(self) -> CartonAbandoned:
        return CartonAbandoned(carton_id="C1", order_id=self.order_id)


@dataclass(slots=True, kw_only=True)
class Bench(ACarton):
    """An order that is picked (or is just being picked), and a packing station."""

    store: AStore
    handset: AStation
    packing: AStation
    picklist_id: str

    @property
    def load(self) -> str:
        return self.load_ids[0]

    async def pack(self, *facts: Fact) -> list[str | None]:
        """Do as the packer did; the exceptions that came of it."""
        outcomes = await self.packing.do(*facts, worker_id=PACKER)
        return [outcome.exception for outcome in outcomes if outcome.verdict is not Verdict.ACCEPTED]


async def a_bench(store: AStore, *, picked: bool = True, socks: int = 3, pens: int = 0) -> Bench:
    order_id = await (store.order(SOCKS=socks, PEN=pens) if pens else store.order(SOCKS=socks))
    await store.release()
    handset, packing = await store.station("handset"), await store.station("packing")
    picklist_id = await handset.get_work()
    assert picklist_id is not None
    handset.tell(*a_walk(store, picklist_id))
    if picked:
        await handset.push()
    return Bench(
        store=store,
        handset=handset,
        packing=packing,
        order_id=order_id,
        picklist_id=picklist_id,
        line_id=store.row(Order, order_id).lines[0].line_id,
        load_ids=(load_id(picklist_id, order_id),),
    )


def put_back(work: Discrepancy, location_id: str = SOCKS_BIN) -> DiscrepancySettled:
    """All of it is in a bin again."""
    return DiscrepancySettled(
        discrepancy_id=work.discrepancy_id,
        how="put_back",
        location_id=location_id,
        product_id=work.facts["product_id"],
        quantity_each=int(work.facts["quantity_each"]),
    )
