"""Whatever happens on the floor, the stock book adds up, and nothing is lost without a word."""

from __future__ import annotations

from random import Random

import pytest

from tests.store.a_shift import AShift
from tests.store.a_store import AStore
from tests.store.what_holds import what_does_not_hold, what_is_left_over

ACTS = 60
LOOK_EVERY = 10


# Each takes some seconds: whoever changes what follows from facts tries more of them, and longer shifts.
@pytest.mark.parametrize("seed", [1, 4])
async def test_the_books_add_up_through_a_shift_of_chance_and_at_its_end(
    store: AStore, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Ids sort differently by chance, and with them the shift would.
    monkeypatch.setattr("secrets.choice", Random(seed).choice)
    shift = await AShift.begin(store, seed)
    for number in range(1, ACTS + 1):
        act = await shift.goes_on()
        if number % LOOK_EVERY == 0:
            assert what_does_not_hold(store) == [], f"act {number}, {act}"

    await shift.ends()

    assert what_does_not_hold(store) + what_is_left_over(store) == []
