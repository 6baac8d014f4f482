"""What a packer does, as facts: a carton opened, filled unit by unit, weighed, closed with an SSCC, labelled."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from app.domain.facts import Fact, Subject


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


def exit_name(carton_id: str, seq: int) -> str:
    """What an exit is told apart by from the others of its line: a carton is filled at one station alone."""
    return f"{carton_id}#{seq}"


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

    @property
    def exit_name(self) -> str:
        return exit_name(self.carton_id, self.negates_seq)

    def subjects(self) -> tuple[Subject, ...]:
        order: tuple[Subject, ...] = (("order", self.order_id),) if self.line_id else ()
        # What was said of units that are not in the carton changes nothing of it.
        return order if self.exception else (("carton", self.carton_id), *order)
