"""The app was updated while facts were owed."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.facts import UPCASTS
from app.domain.picking import PickTask, UnitPicked
from tests.sync.floor import a_change, a_ledger, a_picklist, a_pull, a_task, at_bin, do, picked


def test_an_owed_pick_of_the_app_before_still_counts_after_its_update(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = a_ledger(tmp_path, a_picklist(), a_task(quantity_each=4))
    do(before, at_bin(), picked(each=1))
    texts = before.owed(1, 10)
    before.close()
    monkeypatch.setattr(UnitPicked, "version", 2)
    # As if the app before had counted in pairs.
    monkeypatch.setitem(
        UPCASTS, (UnitPicked.kind, 1), lambda body: {**body, "quantity_each": body["quantity_each"] * 2}
    )

    updated = a_ledger(tmp_path)
    updated.apply(a_pull(a_change(a_task(quantity_each=4), 2), at=2))

    task = updated.get(PickTask, "T1")
    assert task is not None
    assert task.picked_each == 2
    assert updated.owed(1, 10) == texts
    updated.close()
