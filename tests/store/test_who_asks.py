"""Who asks: the device vouches for who is at its screen, and the store judges them by what they may do now."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.workers import WorkerSignedIn
from store.tables import asks
from sync.protocol import SIGNATURE_HEADER, Verdict
from tests.store.a_station import AStation
from tests.store.a_store import AStore, later
from tests.store.test_rights import import_ann
from tests.store.w1 import OTHER_PICKER, PICKER, SUPERVISOR


async def a_pickers_handset(store: AStore) -> AStation:
    """A handset whose token is the picker's."""
    handset = await store.station()
    handset.token = await handset.token_for(PICKER)
    return handset


def get_work(store: AStore, **said: Any) -> bytes:
    asked_at = store.clock[0].isoformat()
    return json.dumps({"key": "k", "asked_at_utc": asked_at, "worker_id": PICKER, **said}).encode()


def written_down(store: AStore) -> list[tuple[str, str, str]]:
    with store.room.reading() as connection:
        found = connection.execute(select(asks.c.name, asks.c.worker_id, asks.c.asked_at_utc)).all()
    return [(row.name, row.worker_id, row.asked_at_utc.isoformat()) for row in found]


async def test_what_is_asked_is_written_down_with_who_and_when(store: AStore) -> None:
    handset, packing = await a_pickers_handset(store), await store.station("packing")

    assert (await handset.send_ask("get_work", get_work(store))).status_code == 200
    assert (await packing.ask("sscc_range", count=10)).status_code == 200

    when = "2026-03-02T08:00:00+00:00"
    assert sorted(written_down(store)) == [("get_work", PICKER, when), ("sscc_range", "", when)]


@pytest.mark.parametrize("signature", ["", "x", "A" * 86, "ü"])
async def test_a_stolen_token_alone_asks_for_nothing(store: AStore, signature: str) -> None:
    handset = await store.station()
    header: Any = {SIGNATURE_HEADER: signature.encode()} if signature else {}
    headers = {**handset.headers, "Content-Type": "application/json", **header}

    answer = await store.http.post("/v1/asks/get_work", content=get_work(store), headers=headers)

    assert answer.status_code == 401
    assert "signed" in answer.json()["reason"]
    assert written_down(store) == []


async def test_what_was_signed_cannot_be_changed_nor_used_for_something_else(store: AStore) -> None:
    bench, thief = await store.station("bench"), await store.station("bench")
    bench.token, thief.token = await bench.token_for(SUPERVISOR), await thief.token_for(SUPERVISOR)
    said = {"picklist_id": "P-0", "reason": "x"}
    signed = get_work(store, **said, worker_id=SUPERVISOR)
    heard = await bench.send_ask("reassign", signed)
    signature = heard.request.headers[SIGNATURE_HEADER]
    assert heard.status_code == 409

    changed = await bench.send_ask("reassign", get_work(store, **said), **{SIGNATURE_HEADER: signature})
    elsewhere = await bench.send_ask("get_work", signed, **{SIGNATURE_HEADER: signature})
    by_another = await thief.send_ask("reassign", signed, **{SIGNATURE_HEADER: signature})

    assert [answer.status_code for answer in (changed, elsewhere, by_another)] == [401] * 3


async def test_what_was_signed_is_not_heard_again_later(store: AStore) -> None:
    handset = await a_pickers_handset(store)
    body = get_work(store)
    later(store, minutes=11)

    answer = await handset.send_ask("get_work", body)

    assert answer.status_code == 401
    assert answer.json()["store_now_utc"] == "2026-03-02T08:11:00+00:00"


async def test_a_role_that_was_taken_away_a_moment_ago_asks_for_nothing_more(store: AStore) -> None:
    handset = await a_pickers_handset(store)
    await import_ann(store, "packer")
    assert "has not the role" in (await handset.send_ask("get_work", get_work(store))).json()["reason"]

    await import_ann(store, active=False)
    assert "nobody here" in (await handset.send_ask("get_work", get_work(store))).json()["reason"]


async def test_a_key_answers_whoever_asked_first_with_it(store: AStore) -> None:
    handset = await a_pickers_handset(store)
    first = await handset.send_ask("get_work", get_work(store))

    again = await handset.send_ask("get_work", get_work(store))
    handset.token = await handset.token_for(OTHER_PICKER)
    other = await handset.send_ask("get_work", get_work(store, worker_id=OTHER_PICKER))

    assert again.json() == first.json()
    assert (other.status_code, other.json()["reason"]) == (409, "somebody else has asked with this key")


@pytest.mark.parametrize("whose", ["", OTHER_PICKER])
async def test_a_token_of_somebody_else_asks_for_nothing(store: AStore, whose: str) -> None:
    handset = await store.station()
    handset.token = await handset.token_for(whose)

    answer = await handset.send_ask("get_work", get_work(store))

    assert (answer.status_code, answer.json()["reason"]) == (401, f"the token is not for {PICKER}")
    assert written_down(store) == []


async def test_a_token_of_a_worker_carries_facts_of_whoever_worked_there(store: AStore) -> None:
    handset = await a_pickers_handset(store)

    (outcome,) = await handset.do(WorkerSignedIn(seat_id="s1"), worker_id=OTHER_PICKER)

    assert outcome.verdict is Verdict.ACCEPTED


async def test_there_is_no_token_for_somebody_whom_nobody_knows(store: AStore) -> None:
    answer = await (await store.station()).ask_for_token("nobody")

    assert (answer.status_code, answer.json()["reason"]) == (409, "nobody here is called nobody")


async def test_the_worker_of_a_token_is_the_one_whom_the_device_signed_for(store: AStore) -> None:
    handset = await store.station()
    proof = handset.proof("n-1", worker_id=PICKER) | {"worker_id": SUPERVISOR}

    answer = await store.http.post("/v1/stations/token", json=proof)

    assert (answer.status_code, answer.json()["reason"]) == (401, "the signature is not the device's")


@pytest.mark.parametrize("said", [{"asked_at_utc": None}, {"asked_at_utc": "2026-03-02T08:00:00"}, {"worker_id": ""}])
async def test_an_ask_says_who_asks_and_when(store: AStore, said: dict[str, Any]) -> None:
    handset = await store.station()
    answer = await handset.send_ask("get_work", get_work(store, **said))
    assert answer.status_code == 422
