"""Facts: what happened, in the past tense. A fact is never edited; a correction is a new fact.

Each class states its wire kind and version. No names and no addresses stand in a fact: a hash chain cannot forget.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

Subject = tuple[str, str]
"""(row kind, row id): a row that a fact changes."""

FACT_TYPES: dict[str, type[Fact]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    kind: ClassVar[str] = ""
    version: ClassVar[int] = 1

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super(Fact, cls).__init_subclass__(**kwargs)
        if cls.kind:
            FACT_TYPES[cls.kind] = cls

    def subjects(self) -> tuple[Subject, ...]:
        """The rows that this fact changes, in the order in which they change."""
        return ()
