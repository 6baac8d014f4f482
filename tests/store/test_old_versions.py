"""Facts that an older app recorded: read as if they were of today, and kept as they were sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.facts import UPCASTS
from app.domain.picking import UnitPicked
from store.tables import facts
from sync.protocol import Outcome, Verdict, fact_hash
from tests.store.a_station import AStation
from tests.store.a_store import AStore
from tests.store.w1 import PICKER, SOCKS

PICK = UnitPicked(task_id="T", product_id=SOCKS, quantity_each=1)


@pytest.fixture(autouse=True)
def _pick_is_of_version_3(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if UnitPicked had been changed twice: first it said `sku`, then it counted in pairs."""
    monkeypatch.setattr(UnitPicked, "version", 3)
    monkeypatch.setitem(UPCASTS, (UnitPicked.kind, 1), _sku_is_product_id)
    monkeypatch.setitem(UPCASTS, (UnitPicked.kind, 2), _pairs_are_units)


def _sku_is_product_id(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in body.items() if name != "sku"} | {"product_id": body["sku"]}


def _pairs_are_units(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**body, "quantity_each": body["pairs"] * 2}


async def push_of(station: AStation, version: int, body: Any) -> Outcome:
    station.owe(station.text_of(PICK, PICKER, version=version, body=body))
    (outcome,) = await station.push()
    return outcome


@pytest.mark.parametrize(
    ("version", "body"),
    [
        (1, {"task_id": "T", "sku": SOCKS, "pairs": 1}),
        (2, {"task_id": "T", "product_id": SOCKS, "pairs": 1}),
        (3, {"task_id": "T", "product_id": SOCKS, "quantity_each": 2}),
    ],
)
async def test_a_pick_of_any_version_there_was_moves_the_same_units_and_is_kept_as_it_was_sent(
    store: AStore, version: int, body: Any
) -> None:
    handset = await store.station()

    outcome = await push_of(handset, version, body)

    assert outcome.verdict in (Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_EXCEPTION)
    assert store.stock_each("unknown", SOCKS) == -2
    with store.room.reading() as connection:
        kept = connection.execute(select(facts.c.text, facts.c.hash)).one()
    assert tuple(kept) == (handset.told[0], fact_hash("0" * 64, handset.told[0]))
    assert (await handset.send(*handset.told)).json()["outcomes"][0]["verdict"] == outcome.verdict


@pytest.mark.parametrize(
    ("version", "body", "reason"),
    [
        (4, {}, "version 4 of pick.unit_picked: newer than the 3 that is known here"),
        (0, {}, "unknown version 0 of pick.unit_picked"),
        (-(10**9), {}, "unknown version -1000000000 of pick.unit_picked"),
        (1, {"task_id": "T"}, "no body of version 1 of pick.unit_picked"),
        (1, [], "Envelope.body: wanted an object"),
        (2, {"task_id": "T", "product_id": SOCKS, "pairs": None}, "no body of version 2 of pick.unit_picked"),
        (2, {"task_id": "T", "product_id": SOCKS, "pairs": "1"}, "UnitPicked.quantity_each: wanted int, got str"),
    ],
)
async def test_a_version_or_a_body_that_there_never_was_is_set_aside_and_the_numbers_go_on(
    store: AStore, version: int, body: Any, reason: str
) -> None:
    handset = await store.station()

    outcome = await push_of(handset, version, body)
    (last,) = await handset.do(PICK)

    assert (outcome.verdict, (outcome.reason or "")[: len(reason)]) == (Verdict.QUARANTINED, reason)
    assert last.verdict in (Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_EXCEPTION)
