"""What a packer can answer to an open question: by ANSWER_1 to ANSWER_4, page by page, or by a tap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from app.domain.packing import PackException
from app.workflows.answer_pages import page_turn
from app.workflows.answers import Answer, Fact, Sentence
from app.workflows.pack_asking import Approval, Asking, Beside, Detail, Exit, Release, Reprint
from app.workflows.pack_step import GOES_BACK, LineCard, PackStep
from app.workflows.pack_units import Unit

# Why a supervisor lets it pass, or a label is printed again; wording keys under `pack.reason`.
WEIGHT_REASONS = ("counted_again", "packaging_heavier", "weight_on_file_wrong")
PARTIAL_REASONS = ("customer_agreed", "rest_follows", "no_more_stock")
REPRINT_REASONS = ("label_damaged", "label_lost", "label_unreadable")
NEVER_PRINTED = "never_printed"
"""Why a label is tried anew that could not be made the first time: nobody is asked."""


class Acts(Protocol):
    """What choices lead to; `workflows.pack.Pack` does them."""

    def turn_to(self, page: int) -> Answer: ...

    def go_on(self, carton_id: str) -> Answer: ...

    def open_beside(self, asked: Beside) -> Answer: ...

    def take_lot(self, unit: Unit, lot: str | None) -> Answer: ...

    def miss(self, line_ids: tuple[str, ...]) -> Answer: ...

    def approve(self, asked: Approval, reason: str) -> Answer: ...

    def release(self, asked: Release, reason: str) -> Answer: ...

    def reprint(self, asked: Reprint, reason: str) -> Answer: ...

    def came_out(self, yes: bool) -> Answer: ...

    def put_back(self) -> Answer: ...

    def undo(self) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: its words, and what it does."""

    sentence: Sentence
    act: Callable[[Acts], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOpen:
    """A carton that somebody left open at this station; `order` as people call it."""

    carton_id: str
    number: int
    order: str
    tote_id: str | None


def to_page(page: int, pages: int) -> Choice:
    """The choice that turns to a page, counted from 0."""
    return Choice(page_turn(page, pages), lambda acts: acts.turn_to(page))


def choices_of(
    asking: Asking | None, step: PackStep, lines: tuple[LineCard, ...], left_open: tuple[LeftOpen, ...] = ()
) -> tuple[Choice, ...]:
    """The answers to the open question, or to the step that the rows call for; empty when a scan is awaited.

    Args:
        lines: of the order; read when a line is to be chosen.
        left_open: offered where nothing is asked.
    """
    match asking:
        case Beside():
            return (
                Choice(Sentence("pack.choice.beside"), lambda acts: acts.open_beside(asking)),
                Choice(Sentence("pack.choice.leave"), lambda acts: acts.undo()),
            )
        case Detail(unit) if unit.needs_lot:
            lots: tuple[str | None, ...] = unit.lots or (None,)
            return tuple(_lot(unit, lot) for lot in lots)
        case Exit(PackException.MISSING):
            return _missing([card for card in lines if card.left_each])
        case Approval(supervisor_id=str()):
            return tuple(_reason(why, partial(_approve, asking, why)) for why in WEIGHT_REASONS)
        case Release():
            return tuple(_reason(why, partial(_release, asking, why)) for why in PARTIAL_REASONS)
        case Reprint():
            return tuple(_reason(why, partial(_reprint, asking, why)) for why in REPRINT_REASONS)
        case None if step is PackStep.UNCERTAIN:
            return (
                Choice(Sentence("pack.choice.came_out"), lambda acts: acts.came_out(True)),
                Choice(Sentence("pack.choice.did_not"), lambda acts: acts.came_out(False)),
            )
        case None if step in GOES_BACK:
            return (Choice(Sentence("pack.choice.put_back"), lambda acts: acts.put_back()),)
        case None if step is PackStep.TOTE:
            return tuple(map(_go_on, left_open))
    return ()


def _lot(unit: Unit, lot: str | None) -> Choice:
    words = Sentence("pack.choice.lot", {"lot": lot}) if lot else Sentence("pack.choice.no_lot")
    return Choice(words, lambda acts: acts.take_lot(unit, lot))


def _go_on(one: LeftOpen) -> Choice:
    facts: dict[str, Fact] = {"order": one.order, "number": one.number, "tote": one.tote_id or ""}
    key = "pack.choice.go_on_tote" if one.tote_id else "pack.choice.go_on"
    return Choice(Sentence(key, facts), lambda acts: acts.go_on(one.carton_id))


def _missing(left: list[LineCard]) -> tuple[Choice, ...]:
    """Everything that is left, then line by line."""
    everything = tuple(card.line_id for card in left)
    single = left if len(left) > 1 else []
    return (Choice(Sentence("pack.choice.all_left"), lambda acts: acts.miss(everything)), *map(_missing_line, single))


def _missing_line(card: LineCard) -> Choice:
    name = card.product.name if card.product is not None else card.product_id
    return Choice(Sentence("pack.choice.missing", {"product": name}), lambda acts: acts.miss((card.line_id,)))


def _reason(why: str, act: Callable[[Acts], Answer]) -> Choice:
    return Choice(Sentence(f"pack.reason.{why}"), act)


def _approve(asked: Approval, why: str, acts: Acts) -> Answer:
    return acts.approve(asked, why)


def _release(asked: Release, why: str, acts: Acts) -> Answer:
    return acts.release(asked, why)


def _reprint(asked: Reprint, why: str, acts: Acts) -> Answer:
    return acts.reprint(asked, why)
