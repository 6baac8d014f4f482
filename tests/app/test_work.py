"""Get work: mine first, then by cut-off; and on with what is leased when the store is away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.domain.picklists import Picklist, PicklistState
from app.domain.rows import Row
from app.errors import StoreRefused
from app.workflows.work import Found, Work
from tests.fakes.clock import SHIFT_BEGINS_UTC, FakeClock
from tests.fakes.ledger import FakeLedger
from tests.fakes.picking import ANNA, LIST, a_list, a_task
from tests.fakes.store import FakeStore


def leased(picklist_id: str, *, hours: int = 8, **facts: Any) -> Picklist:
    return a_list(0, picklist_id=picklist_id, ship_by_utc=SHIFT_BEGINS_UTC + timedelta(hours=hours), **facts)


def work(*rows: Row) -> tuple[Work, FakeStore, FakeLedger]:
    clock = FakeClock()
    ledger, store = FakeLedger(rows, clock=clock), FakeStore()
    return Work(ledger=ledger, store=store, clock=clock, worker_id=ANNA), store, ledger


async def test_the_store_says_which_list_comes_next() -> None:
    getting, store, ledger = work()
    store.answers["get_work"] = {"picklist_ids": ["P-7", "P-8"], "current": "P-7"}
    store.on_pull = lambda: ledger.receive(leased("P-7"), leased("P-8"))
    assert await getting.get() == Found(picklist_id="P-7")
    name, body = store.asked[0]
    assert (name, body["worker_id"], body["take_over"]) == ("get_work", ANNA, False)


async def test_what_was_begun_at_another_station_is_told_and_taken_over_only_when_asked() -> None:
    getting, store, ledger = work()
    store.answers["get_work"] = {"picklist_ids": [], "current": None, "elsewhere": ["P-3"]}
    assert await getting.get() == Found(picklist_id=None, elsewhere=("P-3",))
    store.answers["get_work"] = {"picklist_ids": ["P-3"], "current": "P-3", "elsewhere": []}
    store.on_pull = lambda: ledger.receive(leased("P-3", state=PicklistState.PAUSED))
    assert await getting.get(take_over=True) == Found(picklist_id="P-3")
    assert [body["take_over"] for _, body in store.asked] == [False, True]


async def test_when_there_is_no_work_there_is_none() -> None:
    getting, store, _ = work()
    store.answers["get_work"] = {"picklist_ids": [], "current": None}
    assert await getting.get() == Found(picklist_id=None)


async def test_offline_the_walk_goes_on_with_what_is_leased() -> None:
    getting, store, _ = work(leased("P-2", hours=6), leased("P-1", hours=4))
    store.away = True
    assert await getting.get() == Found(picklist_id="P-1", offline=True)


async def test_offline_with_nothing_leased_there_is_nothing() -> None:
    getting, store, _ = work()
    store.away = True
    assert await getting.get() == Found(picklist_id=None, offline=True)


async def test_a_list_that_was_given_and_has_not_come_through_is_not_said_to_be_no_work() -> None:
    getting, store, _ = work()
    store.answers["get_work"] = {"picklist_ids": ["P-7"], "current": "P-7"}
    # The answer came, and the pull after it did not.
    found = await getting.get()
    assert found == Found(picklist_id=None, late=True)
    assert found.nothing == "work.late"


async def test_a_list_of_which_stops_have_not_come_through_yet_is_not_walked() -> None:
    """The feed comes in pages: the list may be here when the store goes away, and its stops not."""
    getting, store, ledger = work(a_list(2), a_task(1))
    store.answers["get_work"] = {"picklist_ids": [LIST], "current": LIST}
    assert getting.leased() == []
    assert await getting.get() == Found(picklist_id=None, late=True)
    store.on_pull = lambda: ledger.receive(a_task(2))
    assert await getting.get() == Found(picklist_id=LIST)


async def test_who_asks_before_the_store_has_heard_of_the_last_walk_is_not_told_that_there_is_no_work() -> None:
    getting, store, _ = work(leased("P-1", state=PicklistState.PICKED))
    store.answers["get_work"] = {"picklist_ids": ["P-1"], "current": "P-1"}
    assert await getting.get() == Found(picklist_id=None, late=True)


async def test_a_no_of_the_store_is_said_with_its_reason() -> None:
    getting, store, _ = work()
    store.answers["get_work"] = StoreRefused("This handset is not enrolled for picking.")
    with pytest.raises(StoreRefused):
        await getting.get()


def order(*lists: Picklist) -> list[str]:
    return [one.picklist_id for one in work(*lists)[0].leased()]


def test_mine_in_progress_comes_before_mine_not_begun() -> None:
    begun = leased("P-2", hours=9, state=PicklistState.IN_PROGRESS)
    assert order(leased("P-1", hours=1), begun) == ["P-2", "P-1"]


def test_mine_comes_before_anybodys() -> None:
    assert order(leased("P-1", hours=1, worker_id=None), leased("P-2")) == ["P-2", "P-1"]


def test_urgent_comes_before_early() -> None:
    assert order(leased("P-1", hours=1), leased("P-2", priority=5)) == ["P-2", "P-1"]


def test_a_list_that_somebody_else_walks_is_not_offered() -> None:
    assert order(leased("P-1", worker_id="W-boris", state=PicklistState.IN_PROGRESS)) == []


def test_a_list_that_somebody_else_paused_is_offered_last() -> None:
    paused = leased("P-1", worker_id="W-boris", state=PicklistState.PAUSED, hours=1)
    assert order(paused, leased("P-2")) == ["P-2", "P-1"]


BORIS_LEFT: dict[str, Any] = {"worker_id": "W-boris", "state": PicklistState.PAUSED}


async def test_a_list_that_a_colleague_left_here_is_told_when_there_is_nothing_else() -> None:
    getting, store, _ = work(leased("P-1", **BORIS_LEFT))
    assert await getting.get() == Found(picklist_id=None, left_here="P-1")
    store.away = True
    assert await getting.get() == Found(picklist_id=None, offline=True, left_here="P-1")


async def test_a_list_that_nobody_has_begun_comes_before_one_that_a_colleague_left() -> None:
    getting, store, _ = work(leased("P-1", **BORIS_LEFT), leased("P-2", worker_id="W-boris"))
    store.away = True
    assert await getting.get() == Found(picklist_id="P-2", offline=True)


async def test_a_list_that_one_has_left_oneself_is_gone_on_with_and_not_asked_about() -> None:
    getting, store, _ = work(leased("P-1", state=PicklistState.PAUSED))
    store.away = True
    assert await getting.get() == Found(picklist_id="P-1", offline=True)


@pytest.mark.parametrize(
    "facts", [{"state": PicklistState.PICKED}, {"state": PicklistState.RELEASED}, {"station_id": "K4"}]
)
def test_what_is_over_or_elsewhere_is_not_offered(facts: dict[str, Any]) -> None:
    assert order(leased("P-1", **facts)) == []
