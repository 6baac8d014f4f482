"""Questions that are open at a packing station for a moment. They live in memory only: a restart asks anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from app.domain.packing import PackException, WeightSource
from app.workflows.pack_step import PackStep
from app.workflows.pack_units import Unit


@dataclass(frozen=True, slots=True)
class Slip:
    """Whose is this tote?"""

    tote_id: str


@dataclass(frozen=True, slots=True)
class Beside:
    """Another station packs this order: pack beside it?"""

    order_id: str
    tote_id: str | None
    blind: bool


@dataclass(frozen=True, slots=True)
class Detail:
    """Which lot, which serial?"""

    unit: Unit


@dataclass(frozen=True, slots=True)
class Exit:
    """Which unit is extra, missing or damaged?"""

    exception: PackException


@dataclass(frozen=True, slots=True)
class Recheck:
    """The weight is implausible: weigh again."""

    weight_g: int


@dataclass(frozen=True, slots=True)
class Approval:
    """It was implausible twice: who lets it pass, and why?"""

    weight_g: int
    source: WeightSource
    supervisor_id: str | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """Why does an order that should ship complete go without what is missing?"""

    supervisor_id: str


@dataclass(frozen=True, slots=True)
class Reprint:
    """Why is this carton's label printed again?"""

    carton_id: str


Asking: TypeAlias = "Slip | Beside | Detail | Exit | Recheck | Approval | Release | Reprint"
# About a carton that is being filled.
OF_CARTON = (Detail, Exit, Recheck, Approval, Release)
_OF_EXIT = {
    PackException.EXTRA: PackStep.EXTRA,
    PackException.MISSING: PackStep.MISSING,
    PackException.DAMAGED: PackStep.DAMAGED,
}


def step_asked(asking: Asking) -> PackStep:
    """The step that an open question puts in front of the rows' own."""
    match asking:
        case Slip():
            return PackStep.SLIP
        case Beside():
            return PackStep.BESIDE
        case Detail():
            return PackStep.LOT if asking.unit.needs_lot else PackStep.SERIAL
        case Exit():
            return _OF_EXIT[asking.exception]
        case Recheck():
            return PackStep.RECHECK
        case Approval():
            return PackStep.REASON if asking.supervisor_id else PackStep.SUPERVISOR
        case Release():
            return PackStep.REASON
        case Reprint():
            return PackStep.REPRINT


def weight_asked(asking: Asking | None) -> int | None:
    """The weight that an open question is about, in grams."""
    return asking.weight_g if isinstance(asking, Recheck | Approval) else None
