"""The same walk with the real ledger, and with the real store too, in the model's place: the same invariants."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.model.broken import Broken
from tests.model.planted import NOTICED_BY, PLANTED
from tests.model.real_parts import all_real, with_real_books


@pytest.mark.parametrize("seed", range(4))
def test_the_real_ledger_holds_what_the_model_s_book_holds(seed: int, tmp_path: Path) -> None:
    with with_real_books(tmp_path, seed) as walk:
        walk.run(1_500)
        assert walk.network.met["accepted"] > 0


@pytest.mark.parametrize("seed", [1, 3, 4])
def test_the_real_ledger_and_the_real_store_hold_what_the_model_holds(seed: int, tmp_path: Path) -> None:
    with all_real(tmp_path, seed) as walk:
        walk.run(800)
        assert walk.network.met["accepted"] > 0


@pytest.mark.parametrize("bug", ["drop on 4xx", "no retry without new writes"])
def test_what_is_planted_beside_the_real_things_is_found_there_too(bug: str, tmp_path: Path) -> None:
    assert any(_is_found(bug, tmp_path / str(seed), seed) for seed in range(12))


def _is_found(bug: str, folder: Path, seed: int) -> bool:
    folder.mkdir()
    station, session = PLANTED[bug].station, PLANTED[bug].session
    with all_real(folder, seed, station=station, session=session) as walk:
        try:
            walk.run(500)
        except Broken as broken:
            print(f"{bug}: seed {seed}, step {walk.steps_done}, {broken}")
            return broken.invariant == NOTICED_BY[bug]
    return False
