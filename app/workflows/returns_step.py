"""Where a returns bench stands, and what its screen shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.grading import Question
from app.domain.locations import Location
from app.domain.orders import Order
from app.domain.printing import PrintJob
from app.domain.products import Product
from app.domain.returns import ItemState, Money, Return, ReturnItem
from app.workflows.answers import Fact, Prompt, Sentence, Step, StepState


class ReturnStep(StrEnum):
    """What is asked of the receiver now; also the name of the prompt, `returns.ask.<step>`."""

    PARCEL = "parcel"
    CHOOSE = "choose"
    """Several returns or orders may be meant."""
    ITEM = "item"
    QUESTION = "question"
    PUT_AWAY = "put_away"
    PLATE = "plate"
    """Several units wait to be put away: which one is in the hand?"""
    MISSING = "missing"
    """Announced units did not come: close it anyway?"""


EXPECTS: dict[ReturnStep, frozenset[str]] = {
    ReturnStep.PARCEL: frozenset({"return", "tracking", "order", "item", "command"}),
    ReturnStep.CHOOSE: frozenset({"answer"}),
    ReturnStep.ITEM: frozenset({"item", "command"}),
    ReturnStep.QUESTION: frozenset({"answer"}),
    ReturnStep.PUT_AWAY: frozenset({"bin", "item", "plate"}),
    ReturnStep.PLATE: frozenset({"plate", "item"}),
    ReturnStep.MISSING: frozenset({"answer"}),
}
_STAGES: tuple[tuple[str, frozenset[ReturnStep]], ...] = (
    ("returns.stage.parcel", frozenset({ReturnStep.PARCEL, ReturnStep.CHOOSE})),
    ("returns.stage.item", frozenset({ReturnStep.ITEM, ReturnStep.MISSING})),
    ("returns.stage.grade", frozenset({ReturnStep.QUESTION})),
    ("returns.stage.put_away", frozenset({ReturnStep.PUT_AWAY, ReturnStep.PLATE})),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncedCard:
    """One announced line, and how much of it came."""

    line_id: str
    product_id: str
    product: Product | None
    announced_each: int
    come_each: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnView:
    """Everything that the returns screen shows.

    Args:
        called: how people at the bench call the parcel; empty when nobody announced it and nothing explains it.
        hand: the unit that a question or a put-away is about.
        product: of that unit.
        question: asked now; its answers are `choices`.
        shelf: where the unit in the hand goes, as proposed.
        job: the licence plate's label.
        money: what the store would be asked for if the return were closed now.
        missing_each: announced units that have not come.
        choices: what ANSWER_1, ANSWER_2… (or a tap) would say now.
    """

    step: ReturnStep
    parcel: Return | None
    called: str
    order: Order | None
    announced: tuple[AnnouncedCard, ...]
    items: tuple[tuple[ReturnItem, Product | None], ...]
    hand: ReturnItem | None
    product: Product | None
    question: Question | None
    shelf: Location | None
    job: PrintJob | None
    money: Money
    missing_each: int
    choices: tuple[Sentence, ...]


def step_of(parcel: Return | None, hand: ReturnItem | None) -> ReturnStep:
    """The step that the rows call for."""
    if parcel is None:
        return ReturnStep.PARCEL
    if hand is None:
        waiting = any(item.state is ItemState.DISPOSED for item in parcel.items)
        return ReturnStep.PLATE if waiting else ReturnStep.ITEM
    return ReturnStep.QUESTION if hand.state is ItemState.IDENTIFIED else ReturnStep.PUT_AWAY


def prompt_of(view: ReturnView) -> Prompt:
    """What the receiver is asked now."""
    at = next(index for index, (_, steps) in enumerate(_STAGES) if view.step in steps)
    states = (
        StepState.DONE if index < at else StepState.NOW if index == at else StepState.LATER
        for index in range(len(_STAGES))
    )
    facts: dict[str, Fact] = {
        "product": view.product.name if view.product else "",
        "place": view.shelf.location_id if view.shelf else "",
        "count": view.missing_each,
    }
    key = f"returns.ask.{view.step}"
    if view.step is ReturnStep.QUESTION and view.question is not None:
        key = f"returns.question.{view.question.key}"
    return Prompt(
        sentence=Sentence(key, facts),
        steps=tuple(Step(stage, state) for (stage, _), state in zip(_STAGES, states, strict=True)),
        expects=EXPECTS[view.step],
    )
