"""A carton: opened, verified unit by unit, weighed, closed with an SSCC, labelled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Self

from app.domain.facts import Fact, Subject
from app.domain.rows import Row
from app.domain.states import Table, step, to
from app.errors import IllegalTransition


class WeightSource(StrEnum):
    TYPED = "typed"
    SCALE = "scale"


class PackException(StrEnum):
    EXTRA = "extra"
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class CartonFact(Fact):
    carton_id: str

    def subjects(self) -> tuple[Subject, ...]:
        return (("carton", self.carton_id),)


@dataclass(frozen=True, slots=True, kw_only=True)
class CartonOpened(CartonFact):
    """Packing of an order (or of its next carton) begins.

    Args:
        tote_load_ids: the loads that are packed; empty when a tote is packed whose picks have not arrived.
        tote_id: the tote that was scanned.
        blind: packed against the order's lines, to be reconciled when the picks arrive.
        number: n of "n of m".
        station_id: where it stands open, so that a second station is told.
    """

    kind: ClassVar[str] = "carton.opened"
    order_id: str
    number: int
    tote_load_ids: tuple[str, ...] = ()
    tote_id: str | None = None
    blind: bool = False
    station_id: str = ""

    def subjects(self) -> tuple[Subject, ...]:
        loads = tuple(("tote_load", load) for load in self.tote_load_ids)
        return (("carton", self.carton_id), ("order", self.order_id), *loads)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitVerified(CartonFact):
    """One good tone at the station: units of a line that are in the carton now."""

    kind: ClassVar[str] = "carton.unit_verified"
    order_id: str
    line_id: str
    product_id: str
    quantity_each: int
    lot: str | None = None
    serial: str | None = None

    def subjects(self) -> tuple[Subject, ...]:
        return (("carton", self.carton_id), ("order", self.order_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class CartonVerified(CartonFact):
    """No further unit goes into this carton."""

    kind: ClassVar[str] = "carton.verified"


@dataclass(frozen=True, slots=True, kw_only=True)
class CartonReopened(CartonFact):
    """It was not full: units go into it again. Takes a `CartonVerified` back."""

    kind: ClassVar[str] = "carton.reopened"


@dataclass(frozen=True, slots=True, kw_only=True)
class CartonTypeConfirmed(CartonFact):
    kind: ClassVar[str] = "carton.type_confirmed"
    carton_type_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CartonWeighed(CartonFact):
    """What the scale said.

    Args:
        approved_by: the supervisor who let a weight outside the tolerance pass; None when it was inside.
        approval_reason: a wording key, with `approved_by` only.
    """

    kind: ClassVar[str] = "carton.weighed"
    weight_g: int
    expected_weight_g: int
    source: WeightSource
    approved_by: str | None = None
    approval_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CartonClosed(CartonFact):
    """Closed for good, with its number.

    Args:
        sscc: 18 digits.
        of: m of "n of m" when it is known that this is the last carton, else None.
        order_complete: nothing of the order is left to pack.
    """

    kind: ClassVar[str] = "carton.closed"
    order_id: str
    sscc: str
    order_complete: bool
    of: int | None = None

    def subjects(self) -> tuple[Subject, ...]:
        return (("carton", self.carton_id), ("order", self.order_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class CartonAbandoned(CartonFact):
    """An opened carton that will not be shipped: nothing is left to go into it, or its order was cancelled.

    Args:
        order_complete: other cartons are closed and nothing of the order is left to pack.
    """

    kind: ClassVar[str] = "carton.abandoned"
    order_id: str
    order_complete: bool = False

    def subjects(self) -> tuple[Subject, ...]:
        order: tuple[Subject, ...] = (("order", self.order_id),) if self.order_complete else ()
        return (("carton", self.carton_id), *order)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelPrinted(CartonFact):
    """The printer said that it is through."""

    kind: ClassVar[str] = "label.printed"
    job_id: str
    printer_id: str
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelApplied(CartonFact):
    """The printed label was scanned back from the carton."""

    kind: ClassVar[str] = "label.applied"
    sscc: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelReprinted(CartonFact):
    kind: ClassVar[str] = "label.reprinted"
    job_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackExceptionFound(Fact):
    """A unit too many, too few, or broken, found while packing: work for somebody."""

    kind: ClassVar[str] = "pack.exception_found"
    order_id: str
    carton_id: str
    exception: PackException
    product_id: str
    quantity_each: int
    line_id: str | None = None

    def subjects(self) -> tuple[Subject, ...]:
        return (("order", self.order_id),) if self.line_id else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackUndone(CartonFact):
    """Negates the newest `UnitVerified` or `PackExceptionFound` of an open carton that is not negated yet.

    Args:
        negates_seq: the fact's number at this station.
        negates_kind: its wire kind.
        exception: what was said of the units, when an exception is taken back.
        line_id, product_id, quantity_each, lot: as that fact has them.
    """

    kind: ClassVar[str] = "carton.unit_undone"
    order_id: str
    negates_seq: int
    product_id: str
    quantity_each: int
    negates_kind: str = UnitVerified.kind
    line_id: str | None = None
    lot: str | None = None
    exception: PackException | None = None

    def subjects(self) -> tuple[Subject, ...]:
        order: tuple[Subject, ...] = (("order", self.order_id),) if self.line_id else ()
        # What was said of units that are not in the carton changes nothing of it.
        return order if self.exception else (("carton", self.carton_id), *order)


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
