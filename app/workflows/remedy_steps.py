"""What each remedy asks of a person, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.discrepancies import COUNTED, Discrepancy, Remedy
from app.domain.products import Product
from app.ports import View


class Stage(StrEnum):
    TOTE = "tote"
    BIN = "bin"
    ITEM = "item"
    COUNT = "count"
    CONFIRM = "confirm"


# What is scanned for each remedy, in order; a stage whose fact is not known is left out.
STAGES: Mapping[Remedy, tuple[Stage, ...]] = {
    Remedy.PUT_BACK: (Stage.TOTE, Stage.ITEM, Stage.BIN),
    Remedy.RECOUNT: (Stage.BIN, Stage.COUNT),
    Remedy.REPICK: (Stage.BIN, Stage.ITEM, Stage.CONFIRM),
    Remedy.SWAP: (Stage.BIN, Stage.ITEM, Stage.CONFIRM),
    Remedy.REVIEW: (Stage.CONFIRM,),
}
BRINGS = frozenset({Remedy.REPICK, Remedy.SWAP})
LOOKED_FOR = BRINGS | {Remedy.PUT_BACK}
HOW: Mapping[Remedy, str] = {
    Remedy.PUT_BACK: "put_back",
    Remedy.RECOUNT: COUNTED,
    Remedy.REPICK: "brought",
    Remedy.SWAP: "brought",
    Remedy.REVIEW: "reviewed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a discrepancy asks for, read out of its facts."""

    remedy: Remedy
    stages: tuple[Stage, ...]
    product: Product | None
    quantity_each: int
    tote_id: str
    location_id: str
    lot: str | None

    @classmethod
    def of(cls, row: Discrepancy, view: View) -> Task:
        facts = row.facts
        told = facts.get("quantity_each") or facts.get("missing_each") or ""
        known = {
            Stage.TOTE: bool(facts.get("tote_id")),
            Stage.ITEM: facts.get("product_id", "") != "",
            # Where units go to or come from is always said: the books follow it.
            Stage.BIN: row.remedy is not Remedy.REVIEW,
        }
        return cls(
            remedy=row.remedy,
            stages=tuple(stage for stage in STAGES[row.remedy] if known.get(stage, True)),
            product=view.get(Product, facts.get("product_id", "")),
            quantity_each=int(told) if told.isdigit() else 1,
            tote_id=facts.get("tote_id", ""),
            location_id=facts.get("location_id", ""),
            lot=facts.get("lot") or None,
        )

    def asks_the_same(self, other: Task) -> bool:
        """Whether what was done for `other` counts here; how the catalogue describes the product changes nothing."""
        return replace(self, product=None) == replace(other, product=None)

    def may_be_missing(self, stage: Stage) -> bool:
        """Whether units are looked for now: later they are all in the hand, and a count says it by its number."""
        if self.remedy not in LOOKED_FOR:
            return False
        last = self.stages.index(Stage.ITEM) if Stage.ITEM in self.stages else 0
        return self.stages.index(stage) <= last
