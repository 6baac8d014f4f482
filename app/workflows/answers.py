"""What a workflow says back to the person who scanned: roles and keys, never finished text.

A workflow names a sentence by its key in `assets/words/*.toml` and hands the facts over; `screens/wording.py` makes
the text in the worker's language. Keys are `room.what_happened` (`pick.line_done`); facts fill the sentence's fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from app.ports import Tone

# Days and decimals are said as the language says them.
Fact = str | int | float | date


class Role(StrEnum):
    """What a colour, a shape and a tone stand for; the themes say how each looks."""

    GO = "go"
    WRONG = "wrong"
    CAUTION = "caution"
    SHORT = "short"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence by its key, with the facts that fill its fields; the fact `count` chooses the plural form."""

    key: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The floor's answer to one scan or one tap.

    Args:
        role: GO moves on and may be overwritten by anything; WRONG stays on the screen until the next GO.
        sentence: what happened, what to do now.
        tone: what is heard and felt.
    """

    role: Role
    sentence: Sentence
    tone: Tone

    @classmethod
    def good(cls, key: str, *, tone: Tone = Tone.GOOD, **facts: Fact) -> Answer:
        return cls(role=Role.GO, sentence=Sentence(key, facts), tone=tone)

    @classmethod
    def info(cls, key: str, **facts: Fact) -> Answer:
        """Taken, and nothing is recorded or decided by it yet."""
        return cls(role=Role.INFO, sentence=Sentence(key, facts), tone=Tone.GOOD)

    @classmethod
    def wrong(cls, key: str, *, tone: Tone = Tone.WRONG, **facts: Fact) -> Answer:
        return cls(role=Role.WRONG, sentence=Sentence(key, facts), tone=tone)

    @classmethod
    def wanted(cls, asked: Sentence) -> Answer:
        """Refused, with what is asked for instead."""
        return cls(role=Role.WRONG, sentence=asked, tone=Tone.WRONG)

    @classmethod
    def caution(cls, key: str, *, tone: Tone = Tone.CAUTION, **facts: Fact) -> Answer:
        return cls(role=Role.CAUTION, sentence=Sentence(key, facts), tone=tone)


class StepState(StrEnum):
    """Where a step of the strip stands: *bin → item (1 of 3) → tote*."""

    DONE = "done"
    NOW = "now"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a task: its word's key, and how far it is when it takes several scans (0 of 0: it takes one)."""

    key: str
    state: StepState
    done: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What the person is asked to scan now.

    Args:
        sentence: six words or fewer.
        steps: every step of this task in its order, done ones too.
        expects: the kinds of code that would move on ("bin", "item", "tote", "carton", "badge", "command"…).
        care: what stands in the way until somebody sees to it; painted as caution over whatever was said but a wrong.
    """

    sentence: Sentence
    steps: tuple[Step, ...] = ()
    expects: frozenset[str] = frozenset()
    care: Sentence | None = None
