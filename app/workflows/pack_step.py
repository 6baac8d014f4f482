"""Where a packing station stands: told by the rows alone, so that a restart comes back to the same step."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.cartons import FILLING, Carton, CartonState, CartonType
from app.domain.orders import Order, ShipPolicy
from app.domain.printing import PrintJob, PrintState
from app.domain.products import Product
from app.workflows.answers import Sentence
from app.workflows.pack_opening import is_cancelled, is_through


class PackStep(StrEnum):
    """What is asked of the packer now; also the name of the prompt, `pack.ask.<step>`."""

    TOTE = "tote"
    SLIP = "slip"
    """The tote's picks have not arrived: whose is it?"""
    BESIDE = "beside"
    """Another station packs this order: pack beside it?"""
    UNIT = "unit"
    LOT = "lot"
    SERIAL = "serial"
    EXTRA = "extra"
    MISSING = "missing"
    DAMAGED = "damaged"
    PARKED = "parked"
    """It must ship complete and something is missing: a supervisor's word, or aside with it."""
    CARTON = "carton"
    WEIGHT = "weight"
    RECHECK = "recheck"
    SUPERVISOR = "supervisor"
    REASON = "reason"
    NUMBER = "number"
    """No SSCC is left: the carton waits."""
    ADDRESS = "address"
    """The label waits for the address."""
    LABEL = "label"
    """The label is on its way, or waits for the printer."""
    UNCERTAIN = "uncertain"
    SCAN_BACK = "scan_back"
    REPRINT = "reprint"
    CANCELLED = "cancelled"
    TOO_LATE = "too_late"
    """Another station has packed the order without this carton: its units go back."""


# Nothing is asked, or what is awaited comes by itself: the packer may take the next tote.
MAY_GO_ON = frozenset({PackStep.TOTE, PackStep.NUMBER, PackStep.ADDRESS, PackStep.LABEL})
# A tote begins or changes what is packed here.
BEGINS = MAY_GO_ON | {PackStep.SLIP, PackStep.BESIDE}
# Units go in: a tote may be another one of the order's. At any other step it comes too early.
TAKES_UNITS = frozenset({PackStep.UNIT, PackStep.LOT, PackStep.SERIAL})
# Nobody wants the carton any more: its units go back.
GOES_BACK = frozenset({PackStep.CANCELLED, PackStep.TOO_LATE})
AT_LABEL = frozenset({PackStep.LABEL, PackStep.UNCERTAIN, PackStep.SCAN_BACK})

_BY_JOB = {
    PrintState.UNCERTAIN: PackStep.UNCERTAIN,
    PrintState.CONFIRMED: PackStep.SCAN_BACK,
    PrintState.VERIFIED: PackStep.SCAN_BACK,
    PrintState.DROPPED: PackStep.SCAN_BACK,
}


def step_of(carton: Carton | None, order: Order | None, job: PrintJob | None) -> PackStep:
    """The step that rows and print job call for; TOTE when the carton asks for nothing more."""
    if carton is None:
        return PackStep.TOTE
    if carton.state is CartonState.CLOSED:
        return PackStep.ADDRESS if job is None else _BY_JOB.get(job.state, PackStep.LABEL)
    if carton.state not in FILLING:
        return PackStep.TOTE
    if order is None or is_cancelled(order):
        return PackStep.CANCELLED
    if is_through(order):
        return PackStep.TOO_LATE
    if carton.state is CartonState.WEIGHED:
        return PackStep.NUMBER
    if carton.state is not CartonState.VERIFIED and order.left_to_pack_each:
        return PackStep.UNIT
    if is_parked(order):
        return PackStep.PARKED
    return PackStep.CARTON if carton.carton_type_id is None else PackStep.WEIGHT


def is_parked(order: Order) -> bool:
    return order.ship_policy is ShipPolicy.COMPLETE and any(line.short_each for line in order.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCard:
    """One line of the order, as the packer sees it."""

    line_id: str
    product: Product | None
    product_id: str
    quantity_each: int
    packed_each: int
    here_each: int
    """Of the packed ones, those in this carton."""
    short_each: int
    lots: tuple[str, ...] = ()

    @property
    def left_each(self) -> int:
        return self.quantity_each - self.packed_each - self.short_each


@dataclass(frozen=True, slots=True, kw_only=True)
class PackView:
    """Everything that the packing screen shows.

    Args:
        lines: remaining ones on top, then in the order's own order.
        proposed: the smallest carton that takes what is left; the largest there is when one is not enough.
        one_carton: whether the proposed one is enough.
        typed: digits typed so far, as grams.
        weighed_g: the weight of the carton, or the one that is looked at because it is off.
        choices: what ANSWER_1, ANSWER_2… (or a tap) would say now.
        blind: the picks of its tote have not arrived: it is being packed against the lines of its order.
        totes: in which the order lies.
        beside: other stations that have a carton of this order open.
        owed: cartons of this station, by id, that wait for a number or for their label to be stuck on.
    """

    step: PackStep
    order: Order | None
    carton: Carton | None
    lines: tuple[LineCard, ...]
    proposed: CartonType | None
    one_carton: bool
    confirmed: CartonType | None
    expected_weight_g: int | None
    tolerance_g: int
    typed: str
    weighed_g: int | None
    job: PrintJob | None
    choices: tuple[Sentence, ...]
    blind: bool
    totes: tuple[str, ...]
    beside: tuple[str, ...]
    owed: tuple[str, ...]
