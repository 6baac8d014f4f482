"""What the store writes as JSON is what stations read: a row's text is the text of its image."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.rows import to_image
from app.domain.workers import Role, Worker
from store.json_text import write_json
from sync.protocol import Outcome, Verdict

ANN = Worker(
    worker_id="ann",
    name="Ann Ågren",
    badge="B1",
    pin_hash="",
    roles=frozenset({Role.SUPERVISOR, Role.PICKER, Role.PACKER}),
    roles_since_utc=datetime(2026, 3, 2, 8, 0, 0, 5, tzinfo=UTC),
)


@pytest.mark.parametrize("value", [ANN, Outcome(seq=3, verdict=Verdict.SUPERSEDED, by="H-1#3"), {"rows": [ANN]}])
def test_a_row_is_written_as_its_image(value: Any) -> None:
    assert write_json(value) == json.dumps(to_image(value), ensure_ascii=False, separators=(",", ":"))


def test_a_number_of_more_than_64_bits_is_written_too() -> None:
    assert json.loads(write_json({"row": ANN, "each": 2**70})) == {"row": to_image(ANN), "each": 2**70}
