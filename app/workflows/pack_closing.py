"""From a verified carton to a labelled one: weighed, numbered, its label asked for, all of it in one deed."""

from __future__ import annotations

from app.domain.cartons import FILLING, Carton, CartonState, CartonType
from app.domain.deeds import deed_of
from app.domain.facts import Fact
from app.domain.orders import Order, OrderState
from app.domain.packing import CartonAbandoned, CartonClosed, CartonVerified, CartonWeighed, LabelApplied, WeightSource
from app.domain.printing import PrintJob
from app.domain.products import Product
from app.domain.totes import ToteEmptied, ToteLoadState
from app.domain.weighing import expected_weight_g
from app.errors import IllegalTransition
from app.ports import Clock, Ledger
from app.workflows.pack_label import LabelDesk
from app.workflows.pack_opening import Shelf, is_cancelled
from app.workflows.pack_step import is_parked

_EMPTIABLE = frozenset({ToteLoadState.READY, ToteLoadState.PACKING})


class Closing:
    """Ends cartons, for whoever stands at the station."""

    def __init__(self, *, ledger: Ledger, labels: LabelDesk, shelf: Shelf, clock: Clock, worker_id: str) -> None:
        self._ledger = ledger
        self._labels = labels
        self._shelf = shelf
        self._clock = clock
        self._worker_id = worker_id

    def expected_g(self, carton: Carton) -> int:
        """What a carton should weigh.

        Raises:
            IllegalTransition: nobody has said which carton it is.
        """
        box = self._ledger.get(CartonType, carton.carton_type_id) if carton.carton_type_id else None
        if box is None:
            raise IllegalTransition("weighing", "no carton chosen")
        rows = (self._ledger.get(Product, unit.product_id) for unit in carton.units)
        products = {product.product_id: product for product in rows if product is not None}
        return expected_weight_g(carton.units, products, box)

    def close(
        self, carton: Carton, order: Order, weight_g: int, *, source: WeightSource, approved_by: str | None, reason: str
    ) -> bool:
        """Verify, weigh, number and close a carton, with its print job, in one deed.

        Returns:
            Whether there was a number. Without one the carton is verified and weighed, and waits; see `number`.
        """
        verified = () if carton.state is CartonState.VERIFIED else (CartonVerified(carton_id=carton.carton_id),)
        weighed = CartonWeighed(
            carton_id=carton.carton_id,
            weight_g=weight_g,
            expected_weight_g=self.expected_g(carton),
            source=source,
            approved_by=approved_by,
            approval_reason=reason,
        )
        ended, jobs = self._ending(carton, order, weight_g)
        if not jobs:
            self._shelf.keep_in_mind(carton.carton_id)
        self._record(*verified, weighed, *ended, print_jobs=jobs)
        return bool(ended)

    def number(self, carton: Carton) -> bool:
        """Close a weighed carton that waited for a number; False while there is none, or nobody wants it any more."""
        order = self._ledger.get(Order, carton.order_id)
        if order is None or order.state is not OrderState.PACKING or carton.state is not CartonState.WEIGHED:
            return False
        ended, jobs = self._ending(carton, order, carton.weight_g or 0)
        self._record(*ended, print_jobs=jobs)
        return bool(ended)

    def apply(self, carton: Carton) -> Carton | None:
        """The label sticks on its carton: the next carton of the order is opened when something is left.

        Returns:
            That next carton; None when the order needs no further one from this station.
        """
        applied = LabelApplied(carton_id=carton.carton_id, sscc=carton.sscc or "")
        order = self._ledger.get(Order, carton.order_id)
        following = None
        if order is not None and order.left_to_pack_each and self._shelf.mine_filling(order.order_id) is None:
            following = self._shelf.opening(
                order, carton_id=self._clock.new_id(), tote_id=carton.tote_id, blind=carton.blind
            )
            self._shelf.keep_in_mind(following.carton_id)
        opened = (following,) if following is not None else ()
        self._record(*self._labels.facts_of_scan_back(carton), applied, *opened)
        self._labels.end_job(carton)
        return self._ledger.get(Carton, following.carton_id) if following is not None else None

    def abandon(self, carton: Carton, order: Order | None) -> None:
        """Give up a carton that will not be shipped; with the last one its totes are free when nothing is left."""
        over = order is not None and order.left_to_pack_each == 0 and not self._others(carton)
        packed = order is not None and order.state is OrderState.PACKING and order.cartons_closed > 0
        abandoned = CartonAbandoned(
            carton_id=carton.carton_id, order_id=carton.order_id, order_complete=over and packed
        )
        self._record(abandoned, *(self._emptied(carton) if over else ()))

    def give_up_empty(self) -> list[Carton]:
        """Give up this station's empty cartons whose orders have nothing left: others packed it, or it will not come.

        No scan would lead on from there, and as long as they stand open their orders are not complete.
        """
        given_up = []
        for carton in self._shelf.standing():
            order = self._ledger.get(Order, carton.order_id)
            if order is None or is_cancelled(order) or is_parked(order):
                continue
            if not order.left_to_pack_each and not carton.units:
                self.abandon(carton, order)
                given_up.append(carton)
        return given_up

    def _ending(self, carton: Carton, order: Order, weight_g: int) -> tuple[tuple[Fact, ...], tuple[PrintJob, ...]]:
        sscc = self._ledger.take_sscc()
        if sscc is None:
            return (), ()
        nothing_left = order.left_to_pack_each == 0
        complete = nothing_left and not self._others(carton)
        count = len(self._shelf.cartons(order.order_id))
        of = count if complete and carton.number == count else None
        closed = CartonClosed(
            carton_id=carton.carton_id, order_id=order.order_id, sscc=sscc, order_complete=complete, of=of
        )
        job = self._labels.new_job(carton, order, sscc=sscc, of=of, weight_g=weight_g)
        return (closed, *(self._emptied(carton) if nothing_left else ())), (job,) if job else ()

    def _others(self, carton: Carton) -> bool:
        """Whether another carton of the order is still being filled, here or elsewhere."""
        cartons = self._shelf.cartons(carton.order_id)
        return any(one.state in FILLING and one.carton_id != carton.carton_id for one in cartons)

    def _emptied(self, carton: Carton) -> tuple[ToteEmptied, ...]:
        """Everything in the order's loads has been packed: the totes are free, whether the label prints or not.

        Of an order that was packed blind, what arrived since stays until the store has compared it with the cartons.
        """
        blind = any(one.blind for one in (carton, *self._shelf.cartons(carton.order_id)))
        return tuple(
            ToteEmptied(tote_load_id=load.tote_load_id)
            for load in self._shelf.loads_of(carton.order_id, carton)
            if load.state in _EMPTIABLE and (not blind or load.tote_load_id in carton.tote_load_ids)
        )

    def _record(self, *facts: Fact, print_jobs: tuple[PrintJob, ...] = ()) -> None:
        if facts:
            deed = deed_of(self._ledger.get, *facts, print_jobs=print_jobs)
            self._ledger.record(deed, worker_id=self._worker_id)
