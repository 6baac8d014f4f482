"""How a device becomes a station, and who is let in."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from store.keys import KeyRole, make_key
from sync.protocol import PROTOCOL_HEADER
from tests.store.a_station import AStation
from tests.store.a_store import AStore, later
from tests.store.w1 import W1


async def a_code(store: AStore) -> str:
    return str((await store.post("/v1/enrolments", {"station_kind": "handset", "name": "One"}))["code"])


async def enrol(store: AStore, code: str, device: AStation) -> Any:
    return await store.http.post("/v1/stations", json={"code": code, "public_key": device.public_key, "name": "One"})


def a_device(store: AStore) -> AStation:
    return AStation(store=store, device=Ed25519PrivateKey.generate())


async def test_a_station_learns_who_it_is(store: AStore) -> None:
    enrolled = (await enrol(store, await a_code(store), a_device(store))).json()

    assert enrolled["warehouse_id"] == W1
    assert enrolled["time_zone"] == "Europe/Berlin"
    assert enrolled["sscc_company_prefix"] == "4012345"
    assert set(enrolled["scopes"]) == {"all", "role:picker", f"station:{enrolled['station_id']}"}


async def test_a_device_whose_enrolment_was_lost_on_the_way_asks_again_and_stays_one_station(store: AStore) -> None:
    code, device = await a_code(store), a_device(store)

    first, again = await enrol(store, code, device), await enrol(store, code, device)

    assert first.json() == again.json()


async def test_a_code_enrols_one_device_only(store: AStore) -> None:
    code = await a_code(store)
    await enrol(store, code, a_device(store))

    answer = await enrol(store, code, a_device(store))

    assert answer.status_code == 401
    assert "another device" in answer.json()["reason"]


async def test_a_code_is_good_for_a_day(store: AStore) -> None:
    code = await a_code(store)
    later(store, hours=24)

    assert (await enrol(store, code, a_device(store))).status_code == 401


async def test_a_code_typed_in_small_letters_is_the_same_code(store: AStore) -> None:
    code = await a_code(store)

    assert (await enrol(store, f" {code.lower()} ", a_device(store))).status_code == 201


async def test_a_code_nobody_gave_is_refused(store: AStore) -> None:
    assert (await enrol(store, "ABCDEFGHJK", a_device(store))).status_code == 401


async def test_a_key_that_is_none_is_a_problem_of_its_field(store: AStore) -> None:
    wanted = {"code": "WHATEVER", "public_key": "no key", "name": "One"}

    answer = await store.http.post("/v1/stations", json=wanted)

    assert answer.status_code == 422
    assert [problem["path"] for problem in answer.json()["problems"]] == ["public_key"]


async def test_a_proof_opens_once(store: AStore) -> None:
    station = await store.station()
    proof = station.proof("nonce-1")

    answers = [(await store.http.post("/v1/stations/token", json=proof)).status_code for _ in range(2)]

    assert answers == [200, 401]


async def test_another_device_cannot_sign_for_a_station(store: AStore) -> None:
    station = await store.station()
    station.device = Ed25519PrivateKey.generate()

    answer = await store.http.post("/v1/stations/token", json=station.proof("nonce-1"))

    assert answer.status_code == 401


async def test_a_station_whose_clock_is_wrong_is_told_the_stores_time(store: AStore) -> None:
    station = await store.station()

    answer = await store.http.post("/v1/stations/token", json=station.proof("n", "2026-03-02T08:10:01+00:00"))

    assert answer.status_code == 401
    assert answer.json()["store_now_utc"] == "2026-03-02T08:00:00+00:00"


@pytest.mark.parametrize("issued", ["yesterday", "", "0001-01-01T00:00:00+14:00"])
async def test_a_time_that_is_none_is_refused(store: AStore, issued: str) -> None:
    station = await store.station()
    proof = {**station.proof("n"), "issued_at_utc": issued}

    assert (await store.http.post("/v1/stations/token", json=proof)).status_code == 401


async def test_a_token_runs_out_and_a_new_one_opens_again(store: AStore) -> None:
    station = await store.station()
    later(store, minutes=15)
    assert (await store.http.get("/v1/pull", headers=station.headers)).status_code == 401

    await station.sign_in()

    assert (await store.http.get("/v1/pull", headers=station.headers)).status_code == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Bearer a.b.c", "Basic eDp5", "Bearer ü"])
async def test_whoever_brings_no_token_is_sent_to_sign_in(store: AStore, header: str) -> None:
    headers = {b"Authorization": header.encode()}

    for path in ("/v1/pull", "/v1/board"):
        answer = await store.http.get(path, headers=headers)
        assert (answer.status_code, set(answer.json())) == (401, {"reason"})


async def test_a_station_of_another_version_of_the_wire_is_told_so(store: AStore) -> None:
    station = await store.station()

    answer = await store.http.get("/v1/pull", headers={**station.headers, PROTOCOL_HEADER: "2"})

    assert answer.status_code == 426
    assert "version" in answer.json()["reason"]


async def test_a_shops_key_enrols_nobody(store: AStore) -> None:
    key = store.room.writer.submit(lambda connection: make_key(connection, KeyRole.SHOP, W1, "web")).result()

    answer = await store.http.post(
        "/v1/enrolments", json={"station_kind": "bench", "name": "X"}, headers={"Authorization": f"Bearer {key}"}
    )

    assert answer.status_code == 403


async def test_an_administrator_of_one_warehouse_has_no_say_in_another(store: AStore) -> None:
    key = store.room.writer.submit(lambda connection: make_key(connection, KeyRole.ADMIN, "W2")).result()

    answer = await store.http.post(
        "/v1/enrolments",
        json={"station_kind": "bench", "name": "X"},
        headers={**store.owner, "Authorization": f"Bearer {key}"},
    )

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/enrolments", b"{"),
        ("/v1/enrolments", b'{"station_kind": "ship", "name": 7, "more": 1}'),
        ("/v1/stations", b"[]"),
        ("/v1/stations", b'{"code": "\xff"}'),
        ("/v1/stations/token", b'{"station_id": 1}'),
        ("/v1/facts", b'{"station_id": "x", "facts": [1, null]}'),
        ("/v1/stations", b'{"code": "\\ud800", "public_key": "x", "name": "\\ud800"}'),
        ("/v1/stations/token", b'{"station_id": "\\ud800", "nonce": "n", "issued_at_utc": "", "signature": ""}'),
        ("/v1/asks/get_work", b'{"key": ""}'),
        ("/v1/asks/get_work", b"[" * 5000),
    ],
)
async def test_a_body_that_makes_no_sense_is_told_every_problem(store: AStore, path: str, body: bytes) -> None:
    station = await store.station()
    if path.startswith("/v1/asks/"):
        answer = await station.send_ask(path.rpartition("/")[2], body)
    else:
        headers = store.owner if path == "/v1/enrolments" else station.headers
        answer = await store.http.post(path, content=body, headers={**headers, "Content-Type": "application/json"})

    assert answer.status_code == 422, answer.text
    assert answer.json()["problems"]


async def test_the_store_says_whether_it_is_up(store: AStore) -> None:
    assert (await store.http.get("/v1/health")).json() == {"status": "up", "protocol": 1}
