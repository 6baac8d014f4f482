"""The same walk with the real ledger, and with the real store too, in the model's place: the same invariants."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.model.broken import Broken
from tests.model.planted import PLANTED
from tests.model.real_parts import all_real, with_real_books


@pytest.mark.parametrize("seed", range(6))
def test_the_real_ledger_holds_what_the_model_s_book_holds(seed: int, tmp_path: Path) -> None:
    with with_real_books(tmp_path, seed) as walk:
        walk.run(1_500)
        assert walk.network.met["accepted"] > 20


@pytest.mark.parametrize("seed", [1, 3, 4])
def test_the_real_ledger_and_the_real_store_hold_what_the_model_holds(seed: int, tmp_path: Path) -> None:
    with all_real(tmp_path, seed) as walk:
        walk.run(800)
        assert walk.network.met["accepted"] > 20


@pytest.mark.parametrize(
    ("bug", "seed", "invariant"), [("drop on 4xx", 1, "I1"), ("no retry without new writes", 7, "I8")]
)
def test_what_is_planted_beside_the_real_things_is_found_there_too(
    bug: str, seed: int, invariant: str, tmp_path: Path
) -> None:
    station, session = PLANTED[bug].station, PLANTED[bug].session
    with all_real(tmp_path, seed, station=station, session=session) as walk, pytest.raises(Broken) as broken:
        walk.run(500)
    assert broken.value.invariant == invariant
