"""What an answer said, by its key."""

from __future__ import annotations

from app.workflows.answers import Answer


def said(answer: Answer | None) -> str:
    assert answer is not None
    return answer.sentence.key
