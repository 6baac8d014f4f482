"""What the packing screen shows and asks, out of the rows alone."""

from __future__ import annotations

from app.domain.cartons import FILLING, Carton, CartonState, CartonType
from app.domain.orders import Order
from app.domain.printing import PrintJob
from app.domain.products import Product
from app.domain.weighing import expected_weight_g, tolerance_g
from app.ports import View
from app.workflows.answers import Fact, Prompt, Sentence, Step, StepState
from app.workflows.pack_proposal import propose
from app.workflows.pack_step import LineCard, PackStep, PackView
from app.workflows.pack_units import PackedSoFar

# Kinds of code that move each step on, by the words of `Prompt.expects`.
EXPECTS: dict[PackStep, frozenset[str]] = {
    PackStep.TOTE: frozenset({"tote", "order", "label", "item", "answer"}),
    PackStep.SLIP: frozenset({"order"}),
    PackStep.BESIDE: frozenset({"answer"}),
    PackStep.UNIT: frozenset({"item", "carton", "command"}),
    PackStep.LOT: frozenset({"lot", "answer"}),
    PackStep.SERIAL: frozenset({"serial"}),
    PackStep.EXTRA: frozenset({"item"}),
    PackStep.MISSING: frozenset({"answer"}),
    PackStep.DAMAGED: frozenset({"item"}),
    PackStep.PARKED: frozenset({"badge", "command"}),
    PackStep.CARTON: frozenset({"carton"}),
    PackStep.WEIGHT: frozenset({"digit", "carton"}),
    PackStep.RECHECK: frozenset({"digit", "carton"}),
    PackStep.SUPERVISOR: frozenset({"badge"}),
    PackStep.REASON: frozenset({"answer"}),
    PackStep.NUMBER: frozenset({"tote", "item"}),
    PackStep.ADDRESS: frozenset({"tote", "item"}),
    PackStep.LABEL: frozenset({"tote", "item", "label"}),
    PackStep.UNCERTAIN: frozenset({"answer", "label"}),
    PackStep.SCAN_BACK: frozenset({"label"}),
    PackStep.REPRINT: frozenset({"answer"}),
    PackStep.CANCELLED: frozenset({"command"}),
    PackStep.TOO_LATE: frozenset({"command"}),
}
# What stands in the way at a step until somebody has seen to it.
_CARE = {
    PackStep.PARKED: "pack.must_be_complete",
    PackStep.CANCELLED: "pack.was_cancelled",
    PackStep.TOO_LATE: "pack.packed_without_it",
}
# The strip's stages, and which steps belong to each.
_STAGES: tuple[tuple[str, frozenset[PackStep]], ...] = (
    ("pack.stage.tote", frozenset({PackStep.TOTE, PackStep.SLIP, PackStep.BESIDE})),
    (
        "pack.stage.units",
        frozenset(
            {
                PackStep.UNIT,
                PackStep.LOT,
                PackStep.SERIAL,
                PackStep.EXTRA,
                PackStep.MISSING,
                PackStep.DAMAGED,
                PackStep.PARKED,
                PackStep.CANCELLED,
                PackStep.TOO_LATE,
            }
        ),
    ),
    ("pack.stage.carton", frozenset({PackStep.CARTON})),
    (
        "pack.stage.weight",
        frozenset({PackStep.WEIGHT, PackStep.RECHECK, PackStep.SUPERVISOR, PackStep.REASON, PackStep.NUMBER}),
    ),
    (
        "pack.stage.label",
        frozenset({PackStep.ADDRESS, PackStep.LABEL, PackStep.UNCERTAIN, PackStep.SCAN_BACK, PackStep.REPRINT}),
    ),
)


def lines_of(view: View, order: Order, carton: Carton | None, so_far: PackedSoFar | None) -> tuple[LineCard, ...]:
    """The order's lines, those with units left first."""
    here: dict[str, int] = {}
    for unit in carton.units if carton is not None else ():
        here[unit.line_id] = here.get(unit.line_id, 0) + unit.quantity_each
    cards = [
        LineCard(
            line_id=line.line_id,
            product=view.get(Product, line.product_id),
            product_id=line.product_id,
            quantity_each=line.quantity_each,
            packed_each=line.packed_each,
            here_each=here.get(line.line_id, 0),
            short_each=line.short_each,
            lots=tuple(sorted(so_far.lots_left(line.line_id))) if so_far is not None else (),
        )
        for line in order.lines
    ]
    return tuple(sorted(cards, key=lambda card: card.left_each == 0))


def view_of(
    view: View,
    *,
    step: PackStep,
    order: Order | None,
    carton: Carton | None,
    so_far: PackedSoFar | None,
    typed: str,
    weighed_g: int | None,
    job: PrintJob | None,
    choices: tuple[Sentence, ...],
    blind: bool,
    totes: tuple[str, ...],
    beside: tuple[str, ...],
    owed: tuple[str, ...],
) -> PackView:
    """Everything to be shown; see `PackView`."""
    lines = lines_of(view, order, carton, so_far) if order is not None and so_far is not None else ()
    goods = [
        (card.product, card.here_each + (card.left_each if _takes_more(carton) else 0))
        for card in lines
        if card.product is not None
    ]
    proposal = propose(goods, view.all(CartonType)) if any(each for _, each in goods) else None
    confirmed = view.get(CartonType, carton.carton_type_id) if carton and carton.carton_type_id else None
    expected_g = None
    if carton is not None and confirmed is not None:
        products = {card.product_id: card.product for card in lines if card.product is not None}
        expected_g = expected_weight_g(carton.units, products, confirmed)
    return PackView(
        step=step,
        order=order,
        carton=carton,
        lines=lines,
        proposed=proposal.carton if proposal else None,
        one_carton=proposal.takes_all if proposal else True,
        confirmed=confirmed,
        expected_weight_g=expected_g,
        tolerance_g=tolerance_g(expected_g) if expected_g is not None else 0,
        typed=typed,
        weighed_g=weighed_g,
        job=job,
        choices=choices,
        blind=blind,
        totes=totes,
        beside=beside,
        owed=owed,
    )


def prompt_of(view: PackView, *, product: str = "") -> Prompt:
    """What the packer is asked to scan now; `product` is the unit that a question is about."""
    at = next(index for index, (_, steps) in enumerate(_STAGES) if view.step in steps)
    done, of = packed_of(view)
    steps = []
    for index, (key, _) in enumerate(_STAGES):
        state = StepState.DONE if index < at else StepState.NOW if index == at else StepState.LATER
        steps.append(Step(key, state, done, of) if key == "pack.stage.units" and of > 1 else Step(key, state))
    facts: dict[str, Fact] = {
        "order": view.order.external_reference if view.order else "",
        "carton": view.proposed.name if view.proposed else "",
        "count": of - done,
        "product": product,
        "number": view.carton.number if view.carton else 0,
    }
    return Prompt(
        sentence=Sentence(f"pack.ask.{view.step}", facts),
        steps=tuple(steps),
        expects=EXPECTS[view.step],
        care=Sentence(_CARE[view.step], facts) if view.step in _CARE else None,
    )


def packed_of(view: PackView) -> tuple[int, int]:
    """Units packed, and of how many that are to be packed: of all, where nothing may be left out."""
    packed = sum(card.packed_each for card in view.lines)
    missed = sum(card.short_each for card in view.lines) if view.step is PackStep.PARKED else 0
    return packed, packed + missed + sum(card.left_each for card in view.lines)


def _takes_more(carton: Carton | None) -> bool:
    return carton is not None and carton.state in FILLING - {CartonState.VERIFIED, CartonState.WEIGHED}
