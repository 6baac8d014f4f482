"""A carton: the box as it stands, what lies in it, and what may become of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Self

from app.domain.facts import Fact
from app.domain.packing import (
    CartonAbandoned,
    CartonClosed,
    CartonOpened,
    CartonReopened,
    CartonTypeConfirmed,
    CartonVerified,
    CartonWeighed,
    LabelApplied,
    LabelPrinted,
    LabelReprinted,
    PackUndone,
    UnitVerified,
)
from app.domain.rows import Row
from app.domain.states import Table, step, to
from app.errors import IllegalTransition


class CartonState(StrEnum):
    OPENED = "opened"
    VERIFYING = "verifying"
    VERIFIED = "verified"
    WEIGHED = "weighed"
    CLOSED = "closed"
    LABELLED = "labelled"
    ABANDONED = "abandoned"
    STAGED = "staged"
    LOADED = "loaded"
    HANDED_OVER = "handed_over"


# STAGED, LOADED and HANDED_OVER belong to shipping.
CARTON_TRANSITIONS: Table[CartonState] = {
    CartonState.OPENED: {
        UnitVerified: to(CartonState.VERIFYING),
        CartonTypeConfirmed: to(CartonState.OPENED),
        CartonAbandoned: to(CartonState.ABANDONED),
    },
    CartonState.VERIFYING: {
        UnitVerified: to(CartonState.VERIFYING),
        PackUndone: to(CartonState.VERIFYING, CartonState.OPENED),
        CartonTypeConfirmed: to(CartonState.VERIFYING),
        CartonVerified: to(CartonState.VERIFIED),
        CartonAbandoned: to(CartonState.ABANDONED),
    },
    CartonState.VERIFIED: {
        CartonReopened: to(CartonState.VERIFYING),
        CartonTypeConfirmed: to(CartonState.VERIFIED),
        CartonWeighed: to(CartonState.WEIGHED),
        PackUndone: to(CartonState.VERIFYING, CartonState.OPENED),
        CartonAbandoned: to(CartonState.ABANDONED),
    },
    CartonState.WEIGHED: {
        CartonTypeConfirmed: to(CartonState.WEIGHED),
        CartonWeighed: to(CartonState.WEIGHED),
        CartonClosed: to(CartonState.CLOSED),
        CartonAbandoned: to(CartonState.ABANDONED),
    },
    CartonState.CLOSED: {
        LabelPrinted: to(CartonState.CLOSED),
        LabelReprinted: to(CartonState.CLOSED),
        LabelApplied: to(CartonState.LABELLED),
    },
    CartonState.LABELLED: {LabelPrinted: to(CartonState.LABELLED), LabelReprinted: to(CartonState.LABELLED)},
    CartonState.ABANDONED: {},
    CartonState.STAGED: {},
    CartonState.LOADED: {},
    CartonState.HANDED_OVER: {},
}
# A carton in these is being filled; it is somebody's.
FILLING = frozenset({CartonState.OPENED, CartonState.VERIFYING, CartonState.VERIFIED, CartonState.WEIGHED})


@dataclass(frozen=True, slots=True, kw_only=True)
class CartonType(Row):
    """A box that a packer can take from the shelf; inner sizes."""

    row_kind: ClassVar[str] = "carton_type"

    carton_type_id: str
    name: str
    length_mm: int
    width_mm: int
    height_mm: int
    tare_weight_g: int
    max_weight_g: int

    @property
    def row_id(self) -> str:
        return self.carton_type_id


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedUnit:
    line_id: str
    product_id: str
    quantity_each: int
    lot: str | None = None
    serial: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Carton(Row):
    """One box of an order.

    Args:
        station_id: where it was opened.
        printed_attempt: the newest attempt of its label that a `LabelPrinted` tells of.
    """

    row_kind: ClassVar[str] = "carton"

    carton_id: str
    order_id: str
    number: int
    tote_load_ids: tuple[str, ...] = ()
    tote_id: str | None = None
    blind: bool = False
    state: CartonState = CartonState.OPENED
    units: tuple[PackedUnit, ...] = ()
    carton_type_id: str | None = None
    weight_g: int | None = None
    sscc: str | None = None
    of: int | None = None
    printed_count: int = 0
    printed_attempt: int = 0
    station_id: str = ""

    @property
    def row_id(self) -> str:
        return self.carton_id

    @property
    def parent(self) -> str | None:
        return self.order_id

    @classmethod
    def born_of(cls, fact: Fact) -> Self | None:
        if not isinstance(fact, CartonOpened):
            return None
        return cls(
            carton_id=fact.carton_id,
            order_id=fact.order_id,
            number=fact.number,
            tote_load_ids=fact.tote_load_ids,
            tote_id=fact.tote_id,
            blind=fact.blind,
            station_id=fact.station_id,
        )

    def after(self, fact: Fact) -> Self:
        wanted = None
        moved = self
        match fact:
            case UnitVerified():
                unit = PackedUnit(
                    line_id=fact.line_id,
                    product_id=fact.product_id,
                    quantity_each=fact.quantity_each,
                    lot=fact.lot,
                    serial=fact.serial,
                )
                moved = replace(self, units=(*self.units, unit))
            case PackUndone():
                moved = replace(self, units=self._units_without(fact))
                wanted = CartonState.VERIFYING if moved.units else CartonState.OPENED
            case CartonTypeConfirmed():
                moved = replace(self, carton_type_id=fact.carton_type_id)
            case CartonWeighed():
                moved = replace(self, weight_g=fact.weight_g)
            case CartonClosed():
                moved = replace(self, sscc=fact.sscc, of=fact.of)
            case LabelPrinted():
                moved = replace(self, printed_count=self.printed_count + 1, printed_attempt=fact.attempt)
            case LabelApplied() if fact.sscc != self.sscc:
                raise IllegalTransition("LabelApplied of another carton", str(self.state))
        return replace(moved, state=step(CARTON_TRANSITIONS, self.state, fact, wanted))

    def _units_without(self, undone: PackUndone) -> tuple[PackedUnit, ...]:
        wanted = (undone.line_id, undone.product_id, undone.quantity_each, undone.lot)
        for index in range(len(self.units) - 1, -1, -1):
            unit = self.units[index]
            if (unit.line_id, unit.product_id, unit.quantity_each, unit.lot) == wanted:
                return self.units[:index] + self.units[index + 1 :]
        raise IllegalTransition("PackUndone of a unit that is not in the carton", str(self.state))
