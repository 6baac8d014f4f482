from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.facts import Fact
from app.domain.picking import PickState, PickTask
from app.domain.rows import Row
from app.errors import RuleBroken
from sync.rebase import replay
from tests.sync.floor import a_change, a_ledger, a_pull, a_task, at_bin, do, gone, picked

ACTS: list[Fact] = [at_bin(), picked(), picked(each=2)]
IMAGES: list[PickTask | None] = [
    None,
    a_task(),
    a_task(quantity_each=5),
    a_task(state=PickState.CANCELLED),
    a_task(state=PickState.AT_LOCATION, picked_each=1),
]
Step = tuple[str, int]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("act"), st.integers(0, len(ACTS) - 1)),
        st.tuples(st.just("include"), st.integers(0, 3)),
        st.tuples(st.just("image"), st.integers(0, len(IMAGES) - 1)),
    ),
    max_size=14,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_what_is_seen_is_the_stores_image_with_the_facts_played_that_it_lacks(steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ledger = a_ledger(Path(folder), a_task())
        image: Row | None = a_task()
        facts: list[Fact] = []
        included = 0
        for at, (what, which) in enumerate(steps, 2):
            if what == "act":
                try:
                    do(ledger, ACTS[which])
                except RuleBroken:
                    continue
                facts.append(ACTS[which])
                if ledger.get(PickTask, "T1") is None:  # the row is away: the fact changes nothing here
                    assert image is None
            elif what == "include":
                included = min(included + which, len(facts))
                ledger.apply(a_pull(at=at, included=included))
            else:
                image = IMAGES[which]
                change = gone(a_task()) if image is None else a_change(image)
                ledger.apply(a_pull(change, at=at, included=included))
            assert ledger.get(PickTask, "T1") == replay(PickTask, image, facts[included:])
        ledger.close()


def test_a_fact_that_does_not_fit_is_passed_over_and_the_next_is_played() -> None:
    task = replay(PickTask, a_task(state=PickState.CANCELLED), [at_bin(), picked()])
    assert task == a_task(state=PickState.CANCELLED)
    task = replay(PickTask, a_task(quantity_each=1), [at_bin(), picked(each=2), picked(each=1)])
    assert task is not None
    assert isinstance(task, PickTask)
    assert (task.picked_each, task.state) == (1, PickState.ITEM_CONFIRMED)


def test_no_row_and_no_fact_that_makes_one_is_no_row() -> None:
    assert replay(PickTask, None, [at_bin()]) is None
