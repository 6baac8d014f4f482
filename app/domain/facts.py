"""Facts: what happened, in the past tense. A fact is never edited; a correction is a new fact.

Each class states its wire kind and version. No names and no addresses stand in a fact: a hash chain cannot forget. When
a class changes so that an old body could not be read any more, its version grows by one and `UPCASTS` gets the step
from the one before: books and handsets keep old facts for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

Subject = tuple[str, str]
"""(row kind, row id): a row that a fact changes."""

Body = Mapping[str, Any]
FACT_TYPES: dict[str, type[Fact]] = {}
UPCASTS: dict[tuple[str, int], Callable[[Body], Body]] = {}
"""(kind, version) → what makes a body of the next version out of one of this. A field that was added with a default
needs no step."""


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


def upcast(fact_type: type[Fact], version: int, body: Body) -> Body:
    """A body of any version as one of today's.

    Raises:
        ValueError: a version that there is not, or a body that is none of its version; the message says which.
    """
    kind, newest = fact_type.kind, fact_type.version
    if version > newest:
        raise ValueError(f"version {version} of {kind}: newer than the {newest} that is known here")
    for old in range(version, newest):
        step = UPCASTS.get((kind, old))
        if step is None:
            raise ValueError(f"unknown version {old} of {kind}")
        try:
            body = step(body)
        except (LookupError, TypeError, AttributeError, ValueError) as reason:
            raise ValueError(f"no body of version {old} of {kind}: {type(reason).__name__} {reason}") from None
    return body
