"""Who might do what, at the time at which it was done."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancyState
from app.domain.picklists import Picklist, PicklistStarted, PicklistState
from app.domain.workers import Worker
from tests.store.a_station import AStation
from tests.store.a_store import AStore, later
from tests.store.test_facts import a_leased_list
from tests.store.w1 import PICKER, WORKERS


async def import_ann(store: AStore, *roles: str, **facts: Any) -> None:
    ann = next(worker for worker in WORKERS if worker["worker_id"] == PICKER)
    await store.load("workers", [{**ann, "roles": list(roles) or ["picker"], **facts}])


async def do(store: AStore, handset: AStation, picklist_id: str, **said: Any) -> str | None:
    """Ann begins to walk; what the store has against it."""
    await handset.sign_in()
    fact = PicklistStarted(picklist_id=picklist_id)
    handset.owe(handset.text_of(fact, PICKER, **said))
    [outcome] = await handset.push()
    return outcome.exception


async def test_a_role_that_is_taken_away_makes_nothing_wrong_that_was_done_before(store: AStore) -> None:
    handset, picklist_id, _ = await a_leased_list(store)
    done_at = store.clock[0]
    later(store, hours=1)
    await import_ann(store, "packer")
    later(store, hours=1)

    assert await do(store, handset, picklist_id, occurred_at_utc=done_at) is None


async def test_what_is_done_after_the_role_was_taken_away_is_the_supervisors_to_hear(store: AStore) -> None:
    handset, picklist_id, _ = await a_leased_list(store)
    await import_ann(store, "packer")
    later(store, minutes=11)

    assert await do(store, handset, picklist_id) == "not_allowed"


async def test_a_role_that_is_given_does_not_make_right_what_was_done_before(store: AStore) -> None:
    handset, picklist_id, _ = await a_leased_list(store)
    await import_ann(store, "packer")
    later(store, minutes=30)
    done_at = store.clock[0]
    later(store, minutes=30)
    await import_ann(store, "picker")

    assert await do(store, handset, picklist_id, occurred_at_utc=done_at) == "not_allowed"


async def test_a_clock_that_is_ahead_does_not_borrow_a_role_of_the_future(store: AStore) -> None:
    handset, picklist_id, _ = await a_leased_list(store)
    await import_ann(store, "packer")
    later(store, hours=1)

    assert await do(store, handset, picklist_id, occurred_at_utc=store.clock[0] + timedelta(days=300)) == "not_allowed"


async def test_a_clock_that_is_some_minutes_slow_does_not_make_a_new_role_wrong(store: AStore) -> None:
    handset, picklist_id, _ = await a_leased_list(store)
    await import_ann(store, "packer")
    later(store, hours=1)
    await import_ann(store, "picker")

    assert await do(store, handset, picklist_id, occurred_at_utc=store.clock[0] - timedelta(minutes=9)) is None


async def test_the_roster_again_changes_nothing(store: AStore) -> None:
    await import_ann(store, "packer")
    before = store.row(Worker, PICKER)
    later(store, hours=1)
    await import_ann(store, "packer")
    assert store.row(Worker, PICKER) == before


async def test_somebody_who_has_left_is_on_no_station_and_what_they_did_before_stands(store: AStore) -> None:
    handset, picklist_id, _ = await a_leased_list(store)
    await handset.pull()
    done_at = store.clock[0]
    later(store, hours=1)
    await import_ann(store, active=False)
    await handset.sign_in()
    await handset.pull()

    assert PICKER not in handset.sees("worker")
    assert await do(store, handset, picklist_id, occurred_at_utc=done_at) is None
    later(store, hours=1)
    assert await do(store, handset, picklist_id) == "illegal_step"
    assert [one.kind for one in store.rows(Discrepancy)].count(DiscrepancyKind.NOT_ALLOWED) == 1


async def test_the_lists_of_somebody_who_has_left_are_the_supervisors_work_and_what_was_meant_for_them_is_everybodys(
    store: AStore,
) -> None:
    _, picklist_id, _ = await a_leased_list(store)
    await store.order("1002", PEN=1)
    [meant] = await store.release()
    store.put(replace(store.row(Picklist, meant), worker_id=PICKER))

    await import_ann(store, active=False)

    work = [one for one in store.rows(Discrepancy) if one.kind is DiscrepancyKind.LIST_STRANDED]
    assert [(one.facts["picklist_id"], one.state) for one in work] == [(picklist_id, DiscrepancyState.OPEN)]
    assert store.row(Picklist, picklist_id).state is PicklistState.LEASED
    assert store.row(Picklist, meant).worker_id is None


async def test_a_badge_of_somebody_who_has_left_is_free(store: AStore) -> None:
    await import_ann(store, active=False)
    new = {**WORKERS[1], "worker_id": "new", "badge": f"badge-{PICKER}"}
    await store.load("workers", [new])
    assert store.row(Worker, "new").badge == f"badge-{PICKER}"


async def test_somebody_who_comes_back_had_no_rights_meanwhile(store: AStore) -> None:
    handset, picklist_id, _ = await a_leased_list(store)
    await import_ann(store, active=False)
    later(store, hours=1)
    away_at = store.clock[0]
    later(store, hours=1)
    await import_ann(store)

    assert await do(store, handset, picklist_id, occurred_at_utc=away_at) == "not_allowed"
