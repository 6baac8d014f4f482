"""What goes into a carton: units in, three exits for what is not right, the newest of both back, the carton itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, tzinfo
from typing import Any

from app.domain.cartons import FILLING, Carton, CartonState, CartonType
from app.domain.codes import Code
from app.domain.deeds import deed_of
from app.domain.facts import Fact
from app.domain.orders import Order
from app.domain.packing import (
    CartonReopened,
    CartonTypeConfirmed,
    CartonVerified,
    PackException,
    PackExceptionFound,
    PackUndone,
    UnitVerified,
    exit_name,
)
from app.domain.products import Product
from app.domain.weighing import goods_weight_g
from app.errors import CartonAlreadyClosed, IllegalTransition, UnknownCode
from app.ports import Clock, Ledger, Tone
from app.workflows.answers import Answer
from app.workflows.pack_opening import Shelf
from app.workflows.pack_proposal import fits_goods
from app.workflows.pack_units import PackedSoFar, Unit, left_each, product_of, unit_of

# How far back the book is read for the act that an undo negates.
_FACTS_READ_BACK = 500
_UNDOABLE = frozenset({UnitVerified.kind, PackExceptionFound.kind, CartonVerified.kind})


class Contents:
    """Fills cartons, for whoever stands at the station."""

    def __init__(self, *, ledger: Ledger, shelf: Shelf, clock: Clock, worker_id: str, zone: tzinfo) -> None:
        self._ledger = ledger
        self._shelf = shelf
        self._clock = clock
        self._worker_id = worker_id
        self._zone = zone

    def so_far(self, order: Order, carton: Carton) -> PackedSoFar:
        """What the totes of this order held when they arrived, and what is in its cartons."""
        cartons = self._shelf.cartons(order.order_id)
        loads = () if carton.blind else self._shelf.loads_of(order.order_id, *cartons, carton)
        return PackedSoFar.of(tuple(item for load in loads for item in load.contents), cartons)

    def judge(self, order: Order, carton: Carton, code: Code) -> Unit:
        """The unit that was scanned; raises as `pack_units.unit_of` does."""
        return unit_of(self._ledger, order, self.so_far(order, carton), code, today=self.today())

    def today(self) -> date:
        """The day at the warehouse."""
        return self._clock.now_utc().astimezone(self._zone).date()

    def put_in(self, carton: Carton, unit: Unit) -> Answer:
        """A unit with everything known of it goes into the carton.

        Raises:
            TooMany: it has gone in elsewhere meanwhile.
        """
        self._record(
            UnitVerified(
                carton_id=carton.carton_id,
                order_id=carton.order_id,
                line_id=unit.line_id,
                product_id=unit.product.product_id,
                quantity_each=unit.quantity_each,
                lot=unit.lot,
                serial=unit.serial,
            )
        )
        order = self._order(carton)
        if order.left_to_pack_each == 0:
            return Answer.good("pack.all_in", tone=Tone.LIST_DONE)
        left = left_each(order.line(unit.line_id))
        if left == 0:
            return Answer.good("pack.line_in", tone=Tone.LINE_DONE, product=unit.product.name)
        return Answer.good("pack.unit_in", product=unit.product.name, count=left)

    def undo(self, carton: Carton) -> Answer:
        """Take the newest act back: a unit comes out again, what was said of one is not so, or it was not full.

        Raises:
            CartonAlreadyClosed: it is closed for good.
            IllegalTransition: it is weighed, nothing was done, or it is no longer in the station's book.
        """
        if carton.state not in FILLING:
            raise CartonAlreadyClosed
        act = self._newest_act(carton) if carton.state is not CartonState.WEIGHED else None
        if carton.state is CartonState.VERIFIED and (act is None or act[1] == CartonVerified.kind):
            self._record(CartonReopened(carton_id=carton.carton_id))
            return Answer.caution("pack.reopened", number=carton.number)
        if act is None:
            raise IllegalTransition("undo", str(carton.state))
        seq, kind, body = act
        undone = PackUndone(
            carton_id=carton.carton_id,
            order_id=carton.order_id,
            negates_seq=seq,
            negates_kind=kind,
            line_id=body["line_id"],
            product_id=body["product_id"],
            quantity_each=body["quantity_each"],
            lot=body.get("lot"),
            exception=PackException(body["exception"]) if kind == PackExceptionFound.kind else None,
        )
        self._record(undone)
        key = f"pack.undone_{undone.exception}" if undone.exception else "pack.undone"
        return Answer.caution(key, product=self._name(undone.product_id), count=undone.quantity_each)

    def finish(self, carton: Carton) -> Answer:
        """The carton is full: what is left goes into the next one."""
        if not carton.units:
            return Answer.wrong("pack.carton_empty")
        self._record(CartonVerified(carton_id=carton.carton_id))
        return Answer.good("pack.carton_full", tone=Tone.LINE_DONE)

    def extra(self, carton: Carton, code: Code) -> Answer:
        """A unit that does not belong to the order; raises as `product_of` does."""
        product, hit = product_of(self._ledger, code)
        self._except(carton, PackException.EXTRA, product.product_id, hit.each_of(code), None)
        return Answer.caution("pack.extra_noted", product=product.name)

    def damaged(self, order: Order, carton: Carton, code: Code) -> Answer:
        """A unit of the order that must not be sent; raises as `judge` does."""
        unit = self.judge(order, carton, code)
        self._except(carton, PackException.DAMAGED, unit.product.product_id, unit.quantity_each, unit.line_id)
        return Answer.caution("pack.damaged_noted", product=unit.product.name)

    def missing(self, order: Order, carton: Carton, line_ids: tuple[str, ...]) -> Answer:
        """Everything that is left of these lines is not there."""
        lines = [order.line(line_id) for line_id in line_ids]
        found = [
            PackExceptionFound(
                order_id=order.order_id,
                carton_id=carton.carton_id,
                exception=PackException.MISSING,
                product_id=line.product_id,
                quantity_each=left_each(line),
                line_id=line.line_id,
            )
            for line in lines
            if left_each(line)
        ]
        self._record(*found)
        return Answer.caution("pack.missing_noted", count=sum(one.quantity_each for one in found))

    def take_carton(self, carton: Carton, carton_type_id: str) -> Answer:
        """This is the box that the units lie in.

        Raises:
            UnknownCode: nobody here knows such a box.
        """
        box = self._ledger.get(CartonType, carton_type_id)
        if box is None:
            raise UnknownCode(scanned=carton_type_id)
        goods = self.goods(carton)
        if box.tare_weight_g + goods_weight_g(goods) > box.max_weight_g:
            return Answer.wrong("pack.carton_too_weak", carton=box.name, kilograms=box.max_weight_g / 1000)
        self._record(CartonTypeConfirmed(carton_id=carton.carton_id, carton_type_id=carton_type_id))
        if not fits_goods(goods, box):
            return Answer.caution("pack.carton_looks_small", carton=box.name)
        return Answer.good("pack.carton_taken", carton=box.name)

    def goods(self, carton: Carton) -> list[tuple[Product, int]]:
        """What lies in the carton; products that nobody here knows are left out."""
        found = ((self._ledger.get(Product, unit.product_id), unit.quantity_each) for unit in carton.units)
        return [(product, each) for product, each in found if product is not None]

    def _except(self, carton: Carton, what: PackException, product_id: str, each: int, line_id: str | None) -> None:
        self._record(
            PackExceptionFound(
                order_id=carton.order_id,
                carton_id=carton.carton_id,
                exception=what,
                product_id=product_id,
                quantity_each=each,
                line_id=line_id,
            )
        )

    def _newest_act(self, carton: Carton) -> tuple[int, str, Mapping[str, Any]] | None:
        """(seq, kind, body) of what was done last with a carton and is not negated; None when nothing is."""
        negated: set[int] = set()
        reopened = 0
        for seq, kind, body in self._ledger.last_facts(_FACTS_READ_BACK):
            if body.get("carton_id") != carton.carton_id:
                continue
            if kind == PackUndone.kind:
                negated.add(body["negates_seq"])
            elif kind == CartonReopened.kind:
                reopened += 1
            elif kind == CartonVerified.kind and reopened:
                reopened -= 1
            elif kind in _UNDOABLE and seq not in negated and not self._is_settled(carton, seq, kind, body):
                return seq, kind, body
        return None

    def _is_settled(self, carton: Carton, seq: int, kind: str, body: Mapping[str, Any]) -> bool:
        """Whether somebody has brought what an exit called missing or damaged: it is short no longer."""
        order = self._ledger.get(Order, carton.order_id)
        if order is None or kind != PackExceptionFound.kind or body["exception"] == PackException.EXTRA:
            return False
        if exit_name(carton.carton_id, seq) in order.exits_settled:
            return True
        return bool(order.line(body["line_id"]).short_each < body["quantity_each"])

    def _order(self, carton: Carton) -> Order:
        order = self._ledger.get(Order, carton.order_id)
        if order is None:
            raise IllegalTransition("packing", "the order is gone")
        return order

    def _name(self, product_id: str) -> str:
        product = self._ledger.get(Product, product_id)
        return product.name if product else product_id

    def _record(self, *facts: Fact) -> None:
        if facts:
            self._ledger.record(deed_of(self._ledger.get, *facts), worker_id=self._worker_id)
