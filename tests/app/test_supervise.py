"""The supervisor: a board with its age, and changes with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.workers import Role, Worker
from app.errors import NotAllowed, StoreUnreachable
from app.workflows.supervise import Supervise
from tests.fakes.clock import FakeClock
from tests.fakes.discrepancies import recount
from tests.fakes.ledger import FakeLedger
from tests.fakes.store import FakeStore

BOARD: dict[str, Any] = {
    "as_of_utc": "2026-03-02T06:00:00+00:00",
    "warehouse": {"id": "W1", "name": "Demo"},
    "cutoffs": [
        {
            "ship_by_utc": "2026-03-02T16:00:00+00:00",
            "channels": ["shop"],
            "orders_done": 42,
            "orders_total": 60,
            "lines_done": 101,
            "lines_total": 150,
            "projected_finish_utc": None,
            "risk": "tight",
        }
    ],
    "exceptions": [],
}


def a_floor(*roles: Role) -> tuple[Supervise, FakeStore, FakeLedger, FakeClock]:
    clock, store = FakeClock(), FakeStore()
    worker = Worker(worker_id="W-sue", name="Sue", badge="sue", pin_hash="", roles=frozenset(roles))
    ledger = FakeLedger((worker, recount()), clock=clock)
    store.answers["board"] = BOARD
    return Supervise(ledger=ledger, store=store, clock=clock, worker_id="W-sue"), store, ledger, clock


async def test_the_board_is_fresh_when_it_has_just_come() -> None:
    supervise, *_ = a_floor(Role.SUPERVISOR)
    board = await supervise.refresh()
    assert board is not None
    assert (board.cutoffs[0].orders_done, supervise.stale) == (42, False)


async def test_with_the_store_away_the_last_board_stays_and_says_its_age() -> None:
    supervise, store, _, clock = a_floor(Role.SUPERVISOR)
    await supervise.refresh()
    store.away = True
    clock.advance(s=90)
    assert await supervise.refresh() is not None
    assert (supervise.age_s, supervise.stale) == (90, True)


async def test_a_board_that_cannot_be_read_leaves_the_one_before() -> None:
    supervise, store, *_ = a_floor(Role.SUPERVISOR)
    before = await supervise.refresh()
    store.answers["board"] = {"as_of_utc": "yesterday"}
    assert await supervise.refresh() is before


async def test_before_any_board_there_is_no_age() -> None:
    supervise, *_ = a_floor(Role.SUPERVISOR)
    assert (supervise.age_s, supervise.stale) == (None, True)


async def test_a_list_is_reassigned_with_a_reason() -> None:
    supervise, store, *_ = a_floor(Role.SUPERVISOR)
    answer = await supervise.reassign("P-1042", "W-boris", reason="Anna's battery is flat")
    assert answer.sentence.key == "supervise.reassigned"
    name, body = store.asked[0]
    assert (name, body["picklist_id"], body["to_worker_id"]) == ("reassign", "P-1042", "W-boris")
    assert (body["reason"], body["worker_id"]) == ("Anna's battery is flat", "W-sue")


async def test_without_a_reason_nothing_is_asked() -> None:
    supervise, store, *_ = a_floor(Role.SUPERVISOR)
    answer = await supervise.reassign("P-1042", None, reason="  ")
    assert (answer.sentence.key, store.asked) == ("supervise.reason_missing", [])


async def test_asking_again_after_silence_is_the_same_question() -> None:
    supervise, store, *_ = a_floor(Role.SUPERVISOR)
    store.away = True
    for _ in range(2):
        with pytest.raises(StoreUnreachable):
            await supervise.reassign("P-1042", None, reason="flat battery")
    store.away = False
    await supervise.reassign("P-1042", None, reason="flat battery")
    await supervise.reassign("P-1042", None, reason="flat battery")
    keys = [body["key"] for _, body in store.asked]
    assert keys[0] == keys[1] == keys[2] != keys[3]


@pytest.mark.parametrize("role", [Role.PICKER, Role.PACKER, Role.RECEIVER])
async def test_only_supervisors_change_other_peoples_work(role: Role) -> None:
    supervise, store, ledger, _ = a_floor(role)
    with pytest.raises(NotAllowed):
        await supervise.reassign("P-1042", None, reason="because")
    with pytest.raises(NotAllowed):
        supervise.settle("D-1", how="looked")
    assert (store.asked, ledger.facts) == ([], [])


def test_an_exception_is_settled_once() -> None:
    supervise, _, ledger, _ = a_floor(Role.SUPERVISOR)
    settled = supervise.settle("D-1", how="was miscounted").sentence
    assert (settled.key, settled.facts) == ("supervise.settled", {"what": "short_pick"})
    assert supervise.settle("D-1", how="again").sentence.key == "supervise.settled_already"
    assert [fact.kind for fact in ledger.facts] == ["discrepancy.settled"]
