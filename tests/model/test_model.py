"""I1 to I10 over a seeded walk of chance, and ten planted bugs that must be found; `make model` is the long run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from tests.model.planted import NOTICED_BY, PLANTED
from tests.model.walk import Walk, walked

STEPS = 1_000
SEEDS = range(40)
# Every kind of trouble has to come, or the walk says nothing of it.
COMES = {
    *("lost", "doubled", "lost in a cut line", "fetched anew", "in pages"),
    *("refused: 401", "refused: 413", "refused: 426", "refused: 429", "refused: 500", "refused: lost"),
    *(f"{side} died {when} its commit" for side in ("station", "store") for when in ("before", "after")),
    *("accepted", "order_cancelled", "lease_lost", "double_pick", "illegal_step", "quarantined", "read later"),
}


def test_whatever_comes_in_forty_thousand_steps_every_invariant_holds() -> None:
    met: Counter[str] = Counter()
    for seed in SEEDS:
        walk = Walk(seed)
        walk.run(STEPS)
        met += walk.network.met
    assert COMES - met.keys() == set(), "never came"


@pytest.mark.parametrize("bug", PLANTED)
def test_a_planted_bug_is_found(bug: str, record_property: Callable[[str, object], None]) -> None:
    found = next(filter(None, (walked(seed, STEPS, PLANTED[bug]) for seed in SEEDS)), None)
    assert found is not None, f"{bug} was not found in {len(SEEDS)} seeds"
    said = f"{bug}: seed {found.seed}, step {found.step}, {found.invariant} ({found.what})"
    record_property("found", said)
    print(said)
    assert found.invariant == NOTICED_BY[bug], said


def test_there_are_ten_planted_bugs_and_each_has_its_invariant() -> None:
    assert len(PLANTED) == 10
    assert PLANTED.keys() == NOTICED_BY.keys()


def test_the_same_seed_walks_the_same_way() -> None:
    one, two = Walk(7), Walk(7)
    one.run(STEPS)
    two.run(STEPS)
    assert one.network.met == two.network.met
    assert one.witness.recorded == two.witness.recorded
