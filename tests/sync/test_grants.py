"""Who may sign in while the store is away: what the store has signed, and for how long."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.domain.rows import to_image
from app.domain.workers import Role, Worker
from store.grants import GrantKey
from sync.grants import StoreGrants
from sync.ledger import SqliteLedger
from sync.protocol import Grant, SignedGrant
from sync.signature_check import is_signed
from tests.fakes.clock import SHIFT_BEGINS_UTC
from tests.sync.floor import a_ledger

STORE = GrantKey("the store's secret")
ANN = Worker(worker_id="ann", name="Ann", badge="a", pin_hash="", roles=frozenset({Role.PICKER}))
SHIFT = timedelta(hours=14)


def a_grant(*, by: GrantKey = STORE, **changes: object) -> SignedGrant:
    values: dict[str, object] = {
        "warehouse_id": "W1",
        "station_id": "K3",
        "issued_at_utc": SHIFT_BEGINS_UTC,
        "until_utc": SHIFT_BEGINS_UTC + SHIFT,
        "roles": {"ann": frozenset({"picker"})},
    }
    return by.sign(Grant(**{**values, **changes}))  # type: ignore[arg-type]


def the_grants(ledger: SqliteLedger, *, store_key: str = STORE.public) -> StoreGrants:
    """As a station that has just started has them."""
    return StoreGrants(ledger, is_signed, store_key=store_key)


@pytest.fixture
def ledger(tmp_path: Path) -> SqliteLedger:
    return a_ledger(tmp_path)


@pytest.mark.parametrize(
    ("at", "may"),
    [
        (timedelta(), True),
        (timedelta(minutes=-9), True),
        (timedelta(minutes=-11), False),
        (SHIFT - timedelta(seconds=1), True),
        (SHIFT, False),
    ],
)
def test_a_grant_holds_for_a_shift_over_a_restart_too(ledger: SqliteLedger, at: timedelta, may: bool) -> None:
    grants = the_grants(ledger)
    grants.take(a_grant())
    for known in (grants, the_grants(ledger)):
        assert known.allows(ANN, SHIFT_BEGINS_UTC + at) is may


def test_a_station_that_was_never_granted_anything_lets_nobody_in(ledger: SqliteLedger) -> None:
    assert not the_grants(ledger).allows(ANN, SHIFT_BEGINS_UTC)


def test_a_row_that_says_more_than_the_store_granted_lets_nobody_in(ledger: SqliteLedger) -> None:
    grants = the_grants(ledger)
    grants.take(a_grant())
    assert not grants.allows(replace(ANN, roles=frozenset({Role.SUPERVISOR})), SHIFT_BEGINS_UTC)
    assert not grants.allows(replace(ANN, worker_id="mallory"), SHIFT_BEGINS_UTC)
    assert grants.cover([ANN])
    assert not grants.cover([ANN, replace(ANN, worker_id="new")])


@pytest.mark.parametrize(
    "wrong",
    [
        a_grant(by=GrantKey("somebody else's secret")),
        a_grant(station_id="K4"),
        a_grant(warehouse_id="W2"),
        replace(a_grant(), text=a_grant().text.replace("picker", "supervisor")),
        replace(a_grant(), signature=""),
        replace(a_grant(), signature="ü"),
    ],
    ids=["another key", "another station", "another warehouse", "another text", "no signature", "no base64"],
)
def test_what_the_store_did_not_sign_for_this_station_changes_nothing(ledger: SqliteLedger, wrong: SignedGrant) -> None:
    grants = the_grants(ledger)
    grants.take(wrong)
    assert not grants.allows(ANN, SHIFT_BEGINS_UTC)
    grants.take(a_grant())
    grants.take(wrong)
    assert grants.allows(ANN, SHIFT_BEGINS_UTC)
    ledger.remember("grant", json.dumps(to_image(wrong)))
    assert not the_grants(ledger).allows(ANN, SHIFT_BEGINS_UTC)


@pytest.mark.parametrize("kept", ["", "[]", "{", "7", '{"text": 3}'])
def test_a_grant_that_is_damaged_in_the_book_is_none(ledger: SqliteLedger, kept: str) -> None:
    ledger.remember("grant", kept)
    assert not the_grants(ledger).allows(ANN, SHIFT_BEGINS_UTC)


def test_a_book_of_before_the_grants_believes_the_first_store_that_it_hears(ledger: SqliteLedger) -> None:
    grants = the_grants(ledger, store_key="")
    grants.take(a_grant())
    other = GrantKey("another store")
    later: datetime = SHIFT_BEGINS_UTC + SHIFT
    again = the_grants(ledger, store_key="")
    again.take(a_grant(by=other, issued_at_utc=later, until_utc=later + SHIFT))
    assert again.allows(ANN, SHIFT_BEGINS_UTC)
    assert not again.allows(ANN, later)
