"""A device that is lost is shut out at once; what it did stays, and what it holds becomes somebody's work."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancyState
from app.domain.picklists import Picklist, PicklistStarted, PicklistState
from app.domain.workers import WorkerSignedIn
from store.keys import KeyRole, make_key
from sync.protocol import Verdict
from tests.store.a_station import AStation
from tests.store.a_store import AStore, somebody_waits
from tests.store.test_enrolled_anew import enrolled_anew
from tests.store.test_facts import a_leased_list
from tests.store.w1 import OTHER_PICKER, PICKER, SUPERVISOR, W1
from tests.store.walk import a_walk

REASON = "Lost at dock 3"


async def revoke(store: AStore, station: AStation, reason: str = REASON) -> Any:
    return await store.post(f"/v1/stations/{station.station_id}/revoke", {"reason": reason})


def stranded(store: AStore) -> list[Discrepancy]:
    return [one for one in store.rows(Discrepancy) if one.kind is DiscrepancyKind.LIST_STRANDED]


async def test_a_revoked_station_is_told_so_at_once_whatever_it_asks(store: AStore) -> None:
    handset = await store.station()
    await revoke(store, handset)
    text = handset.text_of(WorkerSignedIn(seat_id="s"), PICKER)

    answers = [
        await handset.send(text),
        await store.http.get("/v1/pull", headers=handset.headers),
        await handset.ask("get_work", worker_id=PICKER),
        await store.http.post("/v1/stations/token", json=handset.proof("n")),
    ]

    assert [answer.status_code for answer in answers] == [403] * 4
    assert {answer.json()["reason"] for answer in answers} == {f"this station was revoked: {REASON}"}


async def test_a_stranger_does_not_learn_that_a_station_was_revoked(store: AStore) -> None:
    handset, stranger = await store.station(), await store.station()
    await revoke(store, handset)
    stranger.station_id = handset.station_id

    answer = await store.http.post("/v1/stations/token", json=stranger.proof("n"))

    assert answer.status_code == 401
    assert "revoked" not in answer.text


async def test_a_pull_that_waits_brings_nothing_more_to_a_station_that_was_revoked_meanwhile(store: AStore) -> None:
    handset = await store.station()
    await handset.pull()
    cursor: Any = {"epoch": handset.cursor.epoch, "change_seq": handset.cursor.change_seq, "wait_s": 20}
    waiting = asyncio.create_task(store.http.get("/v1/pull", params=cursor, headers=handset.headers))
    await somebody_waits(store)

    await revoke(store, handset)

    assert (await waiting).status_code == 403


async def test_what_the_store_holds_of_it_stays_and_what_it_owes_comes_when_it_is_enrolled_anew(store: AStore) -> None:
    handset, picklist_id, _ = await a_leased_list(store)
    walk = a_walk(store, picklist_id)
    await handset.do(walk[0])
    handset.tell(*walk[1:])
    await revoke(store, handset)
    assert (await handset.send(*handset.owed)).status_code == 403
    assert store.row(Picklist, picklist_id).state is PicklistState.IN_PROGRESS

    again = await store.station()
    again.lease = handset.lease
    for number, fact in enumerate(walk, 1):
        again.owe(again.text_of(fact, PICKER, resent=f"{handset.station_id}#{number}"))
    outcomes = await again.push()

    assert outcomes[0].verdict is Verdict.SUPERSEDED
    assert {outcome.verdict for outcome in outcomes[1:]} == {Verdict.ACCEPTED}
    assert store.row(Picklist, picklist_id).state is PicklistState.PICKED


async def test_the_list_that_it_holds_is_the_supervisors_work_until_it_is_given_on(store: AStore) -> None:
    handset, picklist_id, _ = await a_leased_list(store)
    await handset.do(PicklistStarted(picklist_id=picklist_id))

    said = await revoke(store, handset)

    assert said["stranded_picklist_ids"] == [picklist_id]
    [work] = stranded(store)
    assert (work.addressee, work.state, work.facts["picklist_id"]) == (
        "supervisor",
        DiscrepancyState.OPEN,
        picklist_id,
    )
    bench = await store.station("bench")
    wanted = {"picklist_id": picklist_id, "to_worker_id": OTHER_PICKER, "reason": "lost"}
    assert (await bench.ask("reassign", worker_id=SUPERVISOR, **wanted)).status_code == 200
    assert stranded(store)[0].state is DiscrepancyState.SETTLED


async def test_whoever_walked_with_it_takes_another_handset_and_goes_on(store: AStore) -> None:
    handset, picklist_id, _ = await a_leased_list(store)
    await handset.do(PicklistStarted(picklist_id=picklist_id))
    await revoke(store, handset)

    other = await store.station()
    assert await other.get_work(take_over=True) == picklist_id

    assert stranded(store)[0].state is DiscrepancyState.SETTLED


async def test_revoking_again_changes_nothing(store: AStore) -> None:
    handset, _, _ = await a_leased_list(store)
    first = await revoke(store, handset)
    store.clock[0] += timedelta(hours=1)

    assert await revoke(store, handset, "something else") == first
    assert len(stranded(store)) == 1


async def test_the_supervisors_board_says_which_station_is_revoked(store: AStore) -> None:
    handset, bench = await store.station(name="Lost"), await store.station("bench", name="There")
    await revoke(store, handset)

    board = (await store.http.get("/v1/board", headers=bench.headers)).json()

    told = {station["name"]: (station["revoked_at_utc"], station["revoked_reason"]) for station in board["stations"]}
    assert told == {"Lost": ("2026-03-02T08:00:00Z", REASON), "There": (None, None)}


async def test_the_code_that_made_it_brings_it_back_no_more(store: AStore) -> None:
    code = (await store.post("/v1/enrolments", {"station_kind": "handset", "name": "One"}))["code"]
    handset = await store.station()
    wanted = {"code": code, "public_key": handset.public_key, "name": "One"}
    handset.station_id = (await store.http.post("/v1/stations", json=wanted)).json()["station_id"]
    await revoke(store, handset)

    answer = await store.http.post("/v1/stations", json=wanted)

    assert (answer.status_code, answer.json()["reason"]) == (403, f"this station was revoked: {REASON}")


async def test_only_an_administrator_of_its_warehouse_revokes_a_station(store: AStore) -> None:
    handset = await store.station()
    path = f"/v1/stations/{handset.station_id}/revoke"
    keys = {"itself": handset.token}
    for name, role, warehouse_id in (("shop", KeyRole.SHOP, W1), ("elsewhere", KeyRole.ADMIN, "W2")):
        make = partial(make_key, role=role, warehouse_id=warehouse_id)
        keys[name] = store.room.writer.submit(make).result()
    told = {}
    for name, key in keys.items():
        headers = {"Authorization": f"Bearer {key}"}
        told[name] = (await store.http.post(path, json={"reason": "x"}, headers=headers)).status_code
    assert told == {"shop": 403, "elsewhere": 404, "itself": 401}
    unknown = await store.http.post("/v1/stations/H-NOBODY/revoke", json={"reason": "x"}, headers=store.owner)
    assert unknown.status_code == 404
    assert (await store.http.get("/v1/pull", headers=handset.headers)).status_code == 200


async def test_a_name_that_no_station_can_have_is_a_problem_and_no_trouble(store: AStore) -> None:
    answer = await store.http.post("/v1/stations/a%00b/revoke", json={"reason": "x"}, headers=store.owner)
    assert answer.status_code == 422


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "a\x00b"}, {"reason": 7}, {"reason": "x", "more": 1}])
async def test_a_station_is_revoked_for_a_reason(store: AStore, body: Any) -> None:
    handset = await store.station()
    answer = await store.http.post(f"/v1/stations/{handset.station_id}/revoke", json=body, headers=store.owner)
    assert answer.status_code == 422


async def test_a_device_that_was_found_and_is_enrolled_anew_goes_on_with_its_list(store: AStore) -> None:
    handset, picklist_id, _ = await a_leased_list(store)
    await handset.do(PicklistStarted(picklist_id=picklist_id))
    await revoke(store, handset)

    anew = await enrolled_anew(handset)

    assert store.row(Picklist, picklist_id).station_id == anew.station_id
    assert stranded(store)[0].state is DiscrepancyState.SETTLED
    assert (await store.http.get("/v1/pull", headers=anew.headers)).status_code == 200
