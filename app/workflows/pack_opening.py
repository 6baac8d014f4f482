"""Which order a tote or a slip stands for, and how its packing begins here: afresh, again, blind, or beside another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.cartons import FILLING, Carton, CartonState
from app.domain.orders import ORDER_TRANSITIONS, Order, OrderState
from app.domain.packing import CartonOpened
from app.domain.totes import Tote, ToteLoad, ToteLoadState
from app.errors import UnknownCode
from app.ports import Ledger

# In the last of these its label is still owed or on its way.
UNFINISHED = FILLING | {CartonState.CLOSED}
_WAITS = frozenset({CartonState.WEIGHED, CartonState.CLOSED})
_BEGUN = "pack/waiting"
_THROUGH = frozenset({OrderState.PACKED, OrderState.HANDED_OVER, OrderState.CANCELLED})
_ARRIVED = frozenset({ToteLoadState.READY, ToteLoadState.PACKING})
_COMING = frozenset({ToteLoadState.FILLING, ToteLoadState.FULL})


@dataclass(frozen=True, slots=True, kw_only=True)
class ToteFound:
    """What is known of a scanned tote.

    Args:
        order_id: what it holds units of; None when its picks have not arrived at all.
        blind: its picks are not known here, or not to their end.
    """

    tote_id: str
    order_id: str | None
    blind: bool


class Shelf:
    """The totes, orders and cartons that this station knows."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def tote(self, tote_id: str) -> ToteFound:
        """What is known of a tote: its arrived load first, then one that is still being filled.

        A load of an order that is through comes last: it came when its order was packed already, or it was put back,
        and whoever scans the tote now means what lies in it since.

        Raises:
            UnknownCode: the warehouse has no such tote.
        """
        if self._ledger.get(Tote, tote_id) is None:
            raise UnknownCode(scanned=tote_id)
        loads = [load for load in self._loads(tote_id) if load.state is not ToteLoadState.EMPTIED]
        loads.sort(key=lambda load: (self._is_through(load.order_id), load.state not in _ARRIVED))
        if not loads:
            return ToteFound(tote_id=tote_id, order_id=None, blind=True)
        first = loads[0]
        return ToteFound(tote_id=tote_id, order_id=first.order_id, blind=first.state not in _ARRIVED)

    def order_of_slip(self, text: str) -> Order:
        """The order that a slip names, by its number here or by the customer's reference.

        Raises:
            UnknownCode: no order that is to be packed is called so.
        """
        order = self.find_slip(text)
        if order is None:
            raise UnknownCode(scanned=text)
        return order

    def find_slip(self, text: str) -> Order | None:
        """As `order_of_slip`; None when no order is called so."""
        order = self._ledger.get(Order, text)
        return order or next((one for one in self._ledger.all(Order) if one.external_reference == text), None)

    def arrived_loads(self, order_id: str) -> tuple[ToteLoad, ...]:
        """The loads of an order that can be packed with what was picked known."""
        return tuple(
            load for load in self._ledger.all(ToteLoad) if load.order_id == order_id and load.state in _ARRIVED
        )

    def is_blind(self, carton: Carton) -> bool:
        """Whether it is packed against its order's lines alone: the picks of its tote have not arrived to this day."""
        if not carton.blind:
            return False
        loads = (load for load in self._ledger.all(ToteLoad) if load.order_id == carton.order_id)
        return all(load.state in _COMING for load in loads if carton.tote_id in (None, load.tote_id))

    def loads_of(self, order_id: str, *cartons: Carton) -> tuple[ToteLoad, ...]:
        """What these cartons are packed from: the loads that they began with, and those that arrived since."""
        begun_with = dict.fromkeys(load_id for one in cartons for load_id in one.tote_load_ids)
        known = [load for load_id in begun_with if (load := self._ledger.get(ToteLoad, load_id)) is not None]
        return (*known, *(load for load in self.arrived_loads(order_id) if load.tote_load_id not in begun_with))

    def totes_of(self, carton: Carton) -> tuple[str, ...]:
        """The totes that a carton's order lies in, as far as its picks have arrived."""
        loads = self.loads_of(carton.order_id, carton)
        return tuple(dict.fromkeys(load.tote_id for load in loads if load.state is not ToteLoadState.EMPTIED))

    def cartons(self, order_id: str) -> list[Carton]:
        """The order's cartons, abandoned ones left out, in the order of their numbers."""
        found = self._ledger.all(Carton, parent=order_id)
        kept = (carton for carton in found if carton.state is not CartonState.ABANDONED)
        return sorted(kept, key=lambda carton: carton.number)

    def mine(self, order_id: str) -> Carton | None:
        """This station's unfinished carton of an order, one that is being filled first."""
        mine = [one for one in self.cartons(order_id) if self._is_mine(one) and one.state in UNFINISHED]
        return min(mine, key=lambda carton: carton.state not in FILLING, default=None)

    def mine_filling(self, order_id: str) -> Carton | None:
        """This station's carton of an order that units still go into."""
        mine = self.mine(order_id)
        return mine if mine is not None and mine.state in FILLING else None

    def mine_from(self, found: ToteFound, *, waiting: bool) -> Carton | None:
        """This station's unfinished carton that was packed out of a tote, of the order that the tote holds.

        Args:
            waiting: whether a carton counts that waits for a number or its label: its tote may be refilled by now.
        """
        states = UNFINISHED if waiting else FILLING - _WAITS
        mine = [
            one
            for one in self._ledger.all(Carton)
            if one.tote_id == found.tote_id and self._is_mine(one) and one.state in states
        ]
        of_order = [one for one in mine if found.order_id in (None, one.order_id)]
        return min(of_order, key=lambda carton: carton.state not in FILLING, default=None)

    def owed(self, labelled: Iterable[str]) -> list[Carton]:
        """This station's cartons that wait for a number, an address, or for their label to be stuck on.

        Args:
            labelled: cartons, by id, that have a print job at work.
        """
        rows = (self._ledger.get(Carton, carton_id) for carton_id in dict.fromkeys((*self._begun(), *labelled)))
        return [one for one in rows if one is not None and self._is_mine(one) and self._waits(one)]

    def standing(self) -> list[Carton]:
        """This station's cartons that somebody has to go on with, first opened first: units or a weight go into them,
        or their units go back, because their order was cancelled or packed without them.
        """
        rows = (self._ledger.get(Carton, carton_id) for carton_id in self._begun())
        mine = [one for one in rows if one is not None and self._is_mine(one)]
        return [one for one in mine if one.state in FILLING and not self._waits(one)]

    def keep_in_mind(self, carton_id: str) -> None:
        """Remember a carton that is about to be opened, or to wait; forget those that are done.

        The cartons of a whole season are in the book, so that those which are not done are remembered by name.
        """
        rows = (self._ledger.get(Carton, one) for one in self._begun())
        kept = [one.carton_id for one in rows if one is not None and one.state in UNFINISHED]
        self._ledger.remember(_BEGUN, " ".join(dict.fromkeys((*kept, carton_id))))

    def _begun(self) -> list[str]:
        return (self._ledger.recall(_BEGUN) or "").split()

    def labelled(self, sscc: str) -> Carton:
        """The carton that has this number, wherever it was closed.

        Raises:
            UnknownCode: no carton that is known here has it.
        """
        found = next((one for one in self._ledger.all(Carton) if one.sscc == sscc), None)
        if found is None:
            raise UnknownCode(scanned=sscc)
        return found

    def stations_at(self, order_id: str) -> tuple[str, ...]:
        """Other stations that have a carton of this order open."""
        others = {one.station_id for one in self.cartons(order_id) if one.state in FILLING and not self._is_mine(one)}
        return tuple(sorted(others))

    def opening(self, order: Order, *, carton_id: str, tote_id: str | None, blind: bool) -> CartonOpened:
        """The fact that begins the order's next carton."""
        loads = () if blind else tuple(load.tote_load_id for load in self.arrived_loads(order.order_id))
        return CartonOpened(
            carton_id=carton_id,
            order_id=order.order_id,
            number=max((carton.number for carton in self.cartons(order.order_id)), default=0) + 1,
            tote_load_ids=loads,
            tote_id=tote_id,
            blind=blind or not loads,
            station_id=self._ledger.station_id,
        )

    def _waits(self, carton: Carton) -> bool:
        """Whether what a carton lacks comes by itself: a number, an address, its label."""
        if carton.state is CartonState.WEIGHED:
            return not self._is_through(carton.order_id)
        return carton.state is CartonState.CLOSED

    def _is_mine(self, carton: Carton) -> bool:
        return carton.station_id == self._ledger.station_id

    def _is_through(self, order_id: str) -> bool:
        return is_through(self._ledger.get(Order, order_id))

    def _loads(self, tote_id: str) -> list[ToteLoad]:
        return self._ledger.all(ToteLoad, parent=tote_id)


def is_cancelled(order: Order | None) -> bool:
    """Whether nobody wants it any more; the store takes a cancelled order's row away from packing stations."""
    return order is None or order.state is OrderState.CANCELLED


def is_through(order: Order | None) -> bool:
    """Whether nothing of it is packed any more: it was cancelled, or is packed to its end."""
    return order is None or order.state in _THROUGH


def may_be_packed(order: Order) -> bool:
    """Whether the table lets a carton of this order be opened."""
    return CartonOpened in ORDER_TRANSITIONS[order.state] and order.left_to_pack_each > 0


def why_not(order: Order) -> str:
    """The wording key of why an order is not to be packed."""
    if order.state is OrderState.CANCELLED:
        return "pack.order_cancelled"
    if order.left_to_pack_each == 0 or order.state in (OrderState.PACKED, OrderState.HANDED_OVER):
        return "pack.order_is_packed"
    return "pack.order_not_ready"
