"""What the OpenAPI description says of an answer is true of every answer; the long search is `make fuzz-api`."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.store.api_fuzzing import a_target, fuzz


@pytest.mark.timeout(240)
def test_no_request_gets_an_answer_that_the_description_does_not_have(tmp_path: Path) -> None:
    with a_target(tmp_path) as target:
        described = httpx.get(f"{target.store.url}/v1/openapi.json").json()["paths"]
        found = fuzz(target, seed=1, cases_an_operation=3, seconds=90, sequences=False)

    assert found.told() == []
    assert found.operations == sum(len(operations) for operations in described.values())
    # Answers of all kinds were met, and most of the requests got past the door.
    assert {200, 201, 401, 403, 404, 409, 415, 422} <= set(found.statuses)
    assert found.statuses[401] < found.cases / 4
