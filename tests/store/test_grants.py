"""With each token the store grants a station a shift: everybody who works in the warehouse, as what they are now."""

from __future__ import annotations

import json
from datetime import timedelta

from app.domain.rows import from_image
from store.backroom import Backroom
from store.settings import StoreSettings
from sync.protocol import Grant, SignedGrant, grant_message
from sync.signature_check import is_signed
from tests.store.a_station import AStation
from tests.store.a_store import AStore, later
from tests.store.test_rights import import_ann
from tests.store.w1 import NOW_UTC, OTHER_PICKER, PICKER, SUPERVISOR, W1


async def granted(store: AStore, station: AStation, nonce: str = "n") -> tuple[SignedGrant, Grant]:
    answer = await store.http.post("/v1/stations/token", json=station.proof(nonce))
    signed = from_image(SignedGrant, answer.json()["grant"])
    return signed, from_image(Grant, json.loads(signed.text))


async def test_a_token_brings_a_grant_for_everybody_that_the_stores_key_has_signed(store: AStore) -> None:
    station = await store.station()
    signed, grant = await granted(store, station)

    assert (grant.warehouse_id, grant.station_id) == (W1, station.station_id)
    assert (grant.issued_at_utc, grant.until_utc) == (NOW_UTC, NOW_UTC + timedelta(hours=14))
    assert grant.roles[PICKER] == {"picker"}
    assert grant.roles[SUPERVISOR] == {"supervisor"}
    assert is_signed(grant_message(signed.text), signed.signature, signed.store_key)


async def test_the_key_is_told_at_enrolment_and_is_the_same_after_a_restart(store: AStore) -> None:
    code = (await store.post("/v1/enrolments", {"station_kind": "handset", "name": "One"}))["code"]
    station = await store.station()
    wanted = {"code": code, "public_key": station.public_key, "name": "One"}
    enrolled = (await store.http.post("/v1/stations", json=wanted)).json()
    signed, _ = await granted(store, station)

    assert enrolled["store_key"] == signed.store_key == store.room.grant_key.public
    again = Backroom.open(StoreSettings(data=store.room.settings.data))
    assert again.grant_key.public == signed.store_key
    again.close()


async def test_somebody_who_has_left_is_granted_nothing_more(store: AStore) -> None:
    station = await store.station()
    await import_ann(store, active=False)
    later(store, minutes=1)

    _, grant = await granted(store, station)

    assert PICKER not in grant.roles
    assert OTHER_PICKER in grant.roles


async def test_a_revoked_station_is_granted_nothing_more(store: AStore) -> None:
    station = await store.station()
    await store.post(f"/v1/stations/{station.station_id}/revoke", {"reason": "Lost"})
    answer = await store.http.post("/v1/stations/token", json=station.proof("n"))
    assert answer.status_code == 403
    assert "grant" not in answer.json()
