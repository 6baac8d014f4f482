"""A list goes from one person to another: who, why, OK."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any

import pytest

from app.domain.codes import identify
from app.domain.scan import Scan, Source
from app.domain.workers import Role, Worker
from app.errors import StoreRefused
from app.workflows.answers import Answer
from app.workflows.reassign import NOBODY, Reassign, Stage
from app.workflows.supervise import Supervise
from tests.fakes.clock import SHIFT_BEGINS_UTC, FakeClock
from tests.fakes.ledger import FakeLedger
from tests.fakes.store import FakeStore


def a_worker(name: str, role: Role) -> Worker:
    return Worker(worker_id=f"W-{name}", name=name.title(), badge=name, pin_hash="", roles=frozenset({role}))


WORKERS = {
    name: a_worker(name, role)
    for name, role in (
        ("sue", Role.SUPERVISOR),
        ("anna", Role.PICKER),
        ("boris", Role.PICKER),
        ("carl", Role.PICKER),
        ("petra", Role.PACKER),
    )
}


def a_person(name: str, doing: str) -> dict[str, Any]:
    worker = WORKERS[name]
    return {
        "worker_id": worker.worker_id,
        "name": worker.name,
        "roles": [str(role) for role in worker.roles],
        "doing": doing,
    }


class SlowStore(FakeStore):
    """A store whose answer comes when the test lets it."""

    def __init__(self) -> None:
        super().__init__()
        self.is_asked, self.may_answer = asyncio.Event(), asyncio.Event()

    async def ask(self, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        self.is_asked.set()
        await self.may_answer.wait()
        return await super().ask(name, body)


async def a_handover(store: FakeStore | None = None) -> tuple[Reassign, FakeStore]:
    """Anna walks P-1042; Boris packs his bag, Carl is free."""
    clock, store = FakeClock(), store or FakeStore()
    store.answers["board"] = {
        "as_of_utc": SHIFT_BEGINS_UTC.isoformat(),
        "people": [
            a_person("anna", "picking"),
            a_person("boris", "away"),
            a_person("carl", "idle"),
            a_person("petra", "packing"),
        ],
        "picklists": [
            {
                "picklist_id": "P-1042",
                "zone": "A",
                "state": "in_progress",
                "worker_id": "W-anna",
                "ship_by_utc": SHIFT_BEGINS_UTC.isoformat(),
            }
        ],
    }
    ledger = FakeLedger(tuple(WORKERS.values()), clock=clock)
    supervise = Supervise(ledger=ledger, store=store, clock=clock, worker_id="W-sue")
    await supervise.refresh()
    return Reassign(supervise, view=ledger, picklist_id="P-1042"), store


async def scanned(reassign: Reassign, *texts: str) -> Answer | None:
    """The answer to the last scan."""
    answer: Answer | None = None
    for text in texts:
        code = identify(Scan(text=text, source=Source.WEDGE))
        outcome = reassign.scan(code, WORKERS.get(code.value))
        answer = await outcome if isinstance(outcome, Awaitable) else outcome
    return answer


def asked(store: FakeStore) -> list[tuple[Any, Any, Any]]:
    return [(body["picklist_id"], body["to_worker_id"], body["reason"]) for _, body in store.asked]


@pytest.mark.parametrize(
    ("scans", "to_worker_id", "reason"),
    [
        (("W.boris", "X.D.3", "X.OK"), "W-boris", "cutoff"),
        (("W.boris", "X.A.3", "X.OK"), "W-boris", "cutoff"),
        (("X.D.1", "X.OK", "X.D.1", "X.OK"), "W-carl", "break"),
        (("X.D.0", "X.OK", "X.D.4", "X.OK"), None, "needed_elsewhere"),
        (("2", "2", "X.OK"), "W-boris", "station_down"),
        (("W.boris", "X.D.1", "X.D.2", "X.OK"), "W-boris", "station_down"),
        (("W.boris", "X.D.1", "W.carl", "X.OK"), "W-carl", "break"),
    ],
)
async def test_a_list_is_given_on_by_scans(scans: tuple[str, ...], to_worker_id: str | None, reason: str) -> None:
    reassign, store = await a_handover()
    answer = await scanned(reassign, *scans)
    assert answer is not None
    assert answer.sentence.key == ("supervise.reassigned_to" if to_worker_id else "supervise.reassigned")
    assert (asked(store), reassign.done) == ([("P-1042", to_worker_id, reason)], True)


async def test_nothing_is_asked_before_ok() -> None:
    reassign, store = await a_handover()
    await scanned(reassign, "W.boris", "X.D.1")
    assert (reassign.stage, store.asked) == (Stage.OK, [])


async def test_a_second_ok_asks_nothing() -> None:
    reassign, store = await a_handover()
    await scanned(reassign, "W.boris", "X.D.1", "X.OK", "X.OK")
    assert len(store.asked) == 1


async def test_who_is_free_comes_first_and_the_walker_is_not_offered() -> None:
    reassign, _ = await a_handover()
    assert [person.name for person in reassign.people] == ["Carl", "Boris"]
    await scanned(reassign, "X.D.0")
    assert reassign.pointed_at == NOBODY


@pytest.mark.parametrize(
    ("scans", "key"),
    [
        (("W.petra",), "supervisor.no_picker"),
        (("W.anna",), "supervisor.theirs_already"),
        (("W.nobody",), "sign_in.unknown_badge"),
        (("X.D.9", "X.OK"), "supervisor.no_row"),
        (("X.OK",), "supervisor.badge_first"),
        (("X.A.1",), "supervisor.badge_first"),
        (("W.boris", "X.OK"), "supervisor.reason_first"),
        (("W.boris", "X.D.7"), "supervisor.no_reason"),
        (("W.boris", "X.D.1", "T.T-17"), "supervisor.ok_first"),
    ],
)
async def test_what_does_not_lead_on_says_what_does(scans: tuple[str, ...], key: str) -> None:
    reassign, store = await a_handover()
    answer = await scanned(reassign, *scans)
    assert answer is not None
    assert (answer.sentence.key, store.asked) == (key, [])


async def test_back_takes_one_thing_at_a_time_and_then_has_nothing_left() -> None:
    reassign, _ = await a_handover()
    await scanned(reassign, "W.boris", "X.D.1")
    stages = []
    while reassign.back():
        stages.append(reassign.stage)
    assert stages == [Stage.REASON, Stage.PERSON]


async def test_while_the_store_is_asked_nothing_changes_and_the_end_names_whom_it_was_asked_for() -> None:
    store = SlowStore()
    reassign, _ = await a_handover(store)
    await scanned(reassign, "W.boris", "X.D.1")
    asking = asyncio.create_task(scanned(reassign, "X.OK"))
    await store.is_asked.wait()
    said = [await scanned(reassign, text) for text in ("W.carl", "X.D.2", "X.A.2", "X.OK", "T.T-17")]
    said += [reassign.give_to("W-carl"), reassign.because(2)]
    back = reassign.back()
    assert isinstance(back, Answer)
    assert {answer and answer.sentence.key for answer in (*said, back)} == {"supervisor.one_moment"}
    assert (reassign.to_worker_id, reassign.reason) == ("W-boris", "break")
    store.may_answer.set()
    answer = await asking
    assert answer is not None
    assert answer.sentence.facts["name"] == "Boris"
    assert asked(store) == [("P-1042", "W-boris", "break")]


async def test_without_an_answer_the_same_question_is_asked_by_another_ok() -> None:
    reassign, store = await a_handover()
    store.away = True
    answer = await scanned(reassign, "W.boris", "X.D.1", "X.OK")
    assert answer is not None
    assert (answer.sentence.key, reassign.done) == ("supervisor.no_word", False)
    store.away = False
    await scanned(reassign, "X.OK")
    assert store.asked[0] == store.asked[1]
    assert reassign.done


async def test_a_no_of_the_store_leaves_the_answers_to_be_changed() -> None:
    reassign, store = await a_handover()
    store.answers["reassign"] = StoreRefused("the picklist P-1042 is not open")
    with pytest.raises(StoreRefused):
        await scanned(reassign, "W.boris", "X.D.1", "X.OK")
    assert (reassign.stage, reassign.done, reassign.asking) == (Stage.OK, False, False)
