"""A packer of chance: opens cartons, verifies, takes back, finds exceptions, closes."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from app.domain.cartons import Carton, CartonState
from app.domain.facts import Fact
from app.domain.orders import Order, OrderLine, OrderState
from app.domain.packing import (
    CartonAbandoned,
    CartonClosed,
    CartonOpened,
    CartonVerified,
    CartonWeighed,
    PackException,
    PackExceptionFound,
    PackUndone,
    UnitVerified,
    WeightSource,
)
from app.domain.totes import ToteEmptied, ToteLoad, ToteLoadState
from store.places import tote_place
from tests.store.a_station import AStation
from tests.store.a_store import AStore
from tests.store.w1 import MILK, PACKER

PACKABLE = (OrderState.PICKING, OrderState.PICKED, OrderState.PACKING)
_FILLED_NOW = (CartonState.OPENED, CartonState.VERIFYING)
_TO_PACK = (ToteLoadState.READY, ToteLoadState.PACKING)


@dataclass(slots=True)
class APackerOfChance:
    """Args:
    said: what each carton's packer may still take back, with the number of the fact.
    """

    store: AStore
    chance: Random
    station: AStation
    said: dict[str, list[tuple[int, UnitVerified | PackExceptionFound]]] = field(default_factory=dict)

    async def packs(self, *, undo: bool) -> None:
        """The next thing: mostly of a carton that is open already."""
        filled = [one for one in self.store.rows(Carton) if one.state in _FILLED_NOW]
        if filled and self.chance.random() < 0.8:
            await self._packs_on(self.chance.choice(filled), undo=undo)
            return
        busy = {carton.order_id for carton in filled}
        loads = self.store.rows(ToteLoad)
        blind = self.chance.random() < 0.05
        ready = {load.order_id for load in loads if load.state in _TO_PACK}
        seen = {load.order_id for load in loads if load.state is not ToteLoadState.FILLING}
        orders = [
            order
            for order in self.store.rows(Order)
            if order.state in PACKABLE
            and order.order_id not in busy
            and (order.order_id not in seen if blind else order.order_id in ready)
        ]
        if orders:
            await self._opens(self.chance.choice(orders), blind=blind)

    async def _opens(self, order: Order, *, blind: bool) -> None:
        loads = [] if blind else [load for load in self._loads(order.order_id) if load.state in _TO_PACK]
        number = len(self.store.rows(Carton, order.order_id)) + 1
        await self._do(
            CartonOpened(
                carton_id=f"C-{order.order_id}-{number}",
                order_id=order.order_id,
                number=number,
                tote_load_ids=tuple(load.tote_load_id for load in loads),
                tote_id=loads[0].tote_id if loads else None,
                blind=blind,
            )
        )

    async def _packs_on(self, carton: Carton, *, undo: bool) -> None:
        order = self.store.row(Order, carton.order_id)
        said = self.said.setdefault(carton.carton_id, [])
        lines = [line for line in order.lines if line.quantity_each - line.short_each - line.packed_each > 0]
        if order.state is OrderState.CANCELLED and undo and said and self.chance.random() < 0.3:
            await self._do(_undone(*said.pop()))
        elif order.state is OrderState.CANCELLED:
            await self._do(CartonAbandoned(carton_id=carton.carton_id, order_id=order.order_id))
        elif undo and said and self.chance.random() < 0.1:
            await self._do(_undone(*said.pop()))
        elif not lines:
            await self._closes(carton, order)
        else:
            fact = self._unit(carton, self.chance.choice(lines))
            await self._do(fact)
            said.append((self.station.seq, fact))

    def _unit(self, carton: Carton, line: OrderLine) -> UnitVerified | PackExceptionFound:
        lots, serials = self._in_totes(carton, line.product_id)
        about = {"order_id": carton.order_id, "carton_id": carton.carton_id, "product_id": line.product_id}
        gone = not carton.blind and not lots
        if gone or self.chance.random() < 0.12:
            what = PackException.MISSING if gone else self.chance.choice(list(PackException))
            return PackExceptionFound(**about, exception=what, quantity_each=1, line_id=line.line_id)
        lot = "L1" if line.product_id == MILK else None
        return UnitVerified(
            **about,
            line_id=line.line_id,
            quantity_each=1,
            lot=self.chance.choice(lots) if lots else lot,
            serial=self.chance.choice(serials) if serials else None,
        )

    def _in_totes(self, carton: Carton, product_id: str) -> tuple[list[str | None], list[str]]:
        """Lots and serials of a product in the order's totes."""
        lots: list[str | None] = []
        serials: list[str] = []
        for load in self._loads(carton.order_id):
            for marks, each in self.store.held_at(tote_place(load.tote_load_id), product_id).items():
                if load.state in _TO_PACK and each > 0 and marks.condition == "good":
                    lots.append(marks.lot or None)
                    serials += [marks.serial] if marks.serial else []
        return lots, serials

    async def _closes(self, carton: Carton, order: Order) -> None:
        cartons = self.store.rows(Carton, order.order_id)
        others = [one for one in cartons if one.state in _FILLED_NOW and one.carton_id != carton.carton_id]
        blind = any(one.blind for one in cartons)
        empty = [
            ToteEmptied(tote_load_id=load.tote_load_id)
            for load in self._loads(order.order_id)
            if load.state in _TO_PACK and (not blind or load.tote_load_id in carton.tote_load_ids)
        ]
        carton_id, order_id = carton.carton_id, order.order_id
        if not carton.units:
            complete = order.cartons_closed > 0 and not others
            await self._do(CartonAbandoned(carton_id=carton_id, order_id=order_id, order_complete=complete), *empty)
            return
        await self._do(
            CartonVerified(carton_id=carton.carton_id),
            CartonWeighed(carton_id=carton.carton_id, weight_g=9, expected_weight_g=9, source=WeightSource.TYPED),
            CartonClosed(carton_id=carton_id, order_id=order_id, sscc="0" * 18, order_complete=not others),
            *empty,
        )

    def _loads(self, order_id: str) -> list[ToteLoad]:
        return [load for load in self.store.rows(ToteLoad) if load.order_id == order_id]

    async def _do(self, *facts: Fact) -> None:
        await self.station.do(*facts, worker_id=PACKER)


def _undone(seq: int, fact: UnitVerified | PackExceptionFound) -> PackUndone:
    return PackUndone(
        carton_id=fact.carton_id,
        order_id=fact.order_id,
        negates_seq=seq,
        negates_kind=fact.kind,
        line_id=fact.line_id,
        product_id=fact.product_id,
        quantity_each=fact.quantity_each,
        lot=fact.lot if isinstance(fact, UnitVerified) else None,
        exception=fact.exception if isinstance(fact, PackExceptionFound) else None,
    )
