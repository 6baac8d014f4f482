"""docs/protocol.md says what the store does: its examples are sent, its figures computed, its tables compared."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.catalogue import FACT_TYPES
from store.body_limit import BODY_BYTES_MAX
from store.buckets import Rate
from store.contract import REFUSALS
from store.pull import ROWS_A_PULL_MAX, WAIT_MAX_S
from store.rate_limit import USUAL
from store.scopes import STATION_SCOPES
from sync.protocol import (
    FACT_BYTES_MAX,
    FACTS_A_PUSH_MAX,
    GENESIS_HASH,
    PROTOCOL_VERSION,
    SIGNATURE_HEADER,
    Verdict,
    ask_message,
    fact_hash,
)
from sync.signer import base64url
from tests.store.a_document import Answer, Block, Conversation, Request, blocks, minutes_later
from tests.store.a_station import AStation
from tests.store.a_store import AStore, later
from tests.store.fact_table import DOCUMENT, written
from tests.store.w1 import NOW_UTC, OWNER_KEY

TEXT = DOCUMENT.read_text(encoding="utf-8")


async def test_every_example_of_the_document_is_answered_as_it_says(open_store: AStore) -> None:
    await open_store.order("1001")
    await open_store.release()
    mine = AStation(store=open_store, device=Ed25519PrivateKey.generate())
    anew, bench, packing = [await open_store.station(kind) for kind in ("handset", "bench", "packing")]
    bench.token = await bench.token_for("sue")
    said = Conversation(
        **{
            "admin key": OWNER_KEY,
            "public key": mine.public_key,
            "another public key": anew.public_key,
            "new station": anew.station_id,
            "token of the new station": anew.token,
            "token of a bench": bench.token,
            "token of a packing station": packing.token,
            "nonce": "0123456789abcdef",
            "nonce of ann": "fedcba9876543210",
            "time": NOW_UTC.isoformat(),
            "signature of these bytes": THESE_BYTES,
        }
    )
    answer: Answer | None = None
    for block in blocks(TEXT, "http", "fact"):
        if block.language == "fact":
            said.hear_fact(block)
        elif block.text[:3].isdigit():
            assert answer is not None, where(block)
            try:
                said.expect(block, answer)
            except AssertionError as differs:
                pytest.fail(f"{where(block)}: {differs}\n{answer}")
            answer = None
            mine.station_id = said.known.get("station", "")
            mine.token = said.known.get("token of ann", said.known.get("token", ""))
            said.known["signature"] = mine.proof(said.known["nonce"], said.known["time"])["signature"]
            for_ann = mine.proof(said.known["nonce of ann"], said.known["time"], "ann")
            said.known["signature for ann"] = for_ann["signature"]
        else:
            assert answer is None, f"{where(block)}: the request before has no answer"
            later(open_store, minutes=minutes_later(block))
            answer = await sent(open_store.http, said.request(block), (mine, anew, bench, packing))
    assert answer is None


# Stands in a request until its bytes are known, which are signed by the station whose token it has.
THESE_BYTES = "<signature of these bytes>"


async def sent(http: httpx.AsyncClient, asked: Request, stations: Iterable[AStation]) -> Answer:
    body = asked.body.encode()
    if asked.headers.get(SIGNATURE_HEADER) == THESE_BYTES:
        (asker,) = (each for each in stations if each.headers["Authorization"] == asked.headers["Authorization"])
        message = ask_message(asker.station_id, asked.path.rpartition("/")[2], body)
        asked.headers[SIGNATURE_HEADER] = base64url(asker.device.sign(message))
    came = await http.request(asked.method, asked.path, headers=asked.headers, content=body)
    return Answer(status=came.status_code, headers=dict(came.headers), body=came.json())


def where(block: Block) -> str:
    return f"docs/protocol.md:{block.line}"


def test_the_table_of_facts_is_todays() -> None:
    assert written(TEXT) == TEXT, "run: .venv/bin/python -m tests.store.fact_table"


def test_no_fact_has_a_field_for_a_name_or_an_address() -> None:
    said_of_people = re.compile(r"name|address|street|city|postcode|country|mail|phone")
    every_field = {field.name for of in FACT_TYPES.values() for field in fields(of)}

    assert "worker_id" in every_field
    assert not [field for field in every_field if said_of_people.search(field)]


def test_the_worked_example_has_the_hashes_that_it_says() -> None:
    first, second = (block.text for block in blocks(TEXT, "text"))
    hash_1 = fact_hash(GENESIS_HASH, first)
    hash_2 = fact_hash(hash_1, second)

    assert f"{len(first.encode())} bytes; behind 32 zero bytes their hash is\n`{hash_1}`" in TEXT
    assert f'"prev_hash":"{hash_1}"' in second
    assert f"{len(second)} characters, {len(second.encode())} bytes, hash `{hash_2}`" in TEXT


def test_the_worked_signature_is_the_one_that_it_says() -> None:
    (secret,) = re.findall(r"secret key `([0-9a-f]{64})`", TEXT)
    device = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
    said = "floorhand-token\nH-7K3M9Q\nn-1\n2026-03-02T08:00:00+00:00"

    assert f"`{base64url(device.sign(said.encode()))}`" in TEXT


def test_every_verdict_every_scope_and_every_refusal_that_a_station_meets_is_named() -> None:
    named = set(re.findall(r"^\| `?([^|`]+?)`? \|", TEXT, re.MULTILINE))
    assert {str(verdict) for verdict in Verdict} <= named
    assert {str(int(status)) for status in REFUSALS} - {"400", "404", "500"} <= named
    for scope in {scope for scopes in STATION_SCOPES.values() for scope in scopes}:
        assert f"`{scope}`" in TEXT


def _said(rate: Rate) -> str:
    return f"{rate.per_s:.0f}/s, {rate.burst:,} at once"


@pytest.mark.parametrize(
    ("what", "figure"),
    [
        ("facts a push", FACTS_A_PUSH_MAX),
        ("bytes a fact", FACT_BYTES_MAX),
        ("bytes a request", BODY_BYTES_MAX),
        ("rows a pull", ROWS_A_PULL_MAX),
        ("wait of a pull", f"{WAIT_MAX_S:.0f} s"),
        ("requests of a station", _said(USUAL.station)),
        ("requests of an API key", _said(USUAL.key)),
        ("refused requests of an address", _said(USUAL.stranger)),
    ],
)
def test_every_limit_is_the_stores(what: str, figure: Any) -> None:
    said = f"{figure:,}" if isinstance(figure, int) else figure
    assert f"| {what} | {said} |" in TEXT


def test_the_document_is_of_the_version_that_is_spoken() -> None:
    assert f"# The wire, version {PROTOCOL_VERSION}\n" in TEXT


def test_every_address_that_a_station_calls_is_in_the_document() -> None:
    calls = set(
        re.findall(r'"(/v1/[a-z_/]+)"', (DOCUMENT.parents[1] / "sync" / "transport.py").read_text(encoding="utf-8"))
    )
    assert calls
    for path in calls:
        assert path in TEXT, path
