"""Asks a store everything that its OpenAPI description allows, and much that it does not, and compares each answer with
the description: status, content type, headers and shape. `make fuzz-api` does it for long and prints a line of JSON.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import schemathesis
from anyio.from_thread import start_blocking_portal
from requests import PreparedRequest
from requests.auth import AuthBase
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import StopReason, events, from_schema

from app.domain.packing import CartonOpened
from app.domain.picking import UnitPicked
from app.domain.workers import WorkerSignedIn
from store.access import WAREHOUSE_HEADER
from store.keys import KeyRole, make_key
from store.rate_limit import OPEN
from sync.protocol import SIGNATURE_HEADER, ask_message
from sync.signer import base64url
from tests.store.a_station import AStation
from tests.store.a_store import AStore, a_listening_store
from tests.store.w1 import OWNER_KEY, PICKER, SOCKS, SOCKS_BIN, SUPERVISOR, W1

# Half of what is drawn for a text is something that this warehouse knows, or the answers would all be refusals.
KNOWN_PROBABILITY = 0.5
# What JSON Schema cannot say (a time zone's name, a product that there is, 6.0 is no whole number) is refused with 422.
# Bad queries and headers that come out as good ones on the wire are taken for accepted: test_bad_messages has the real.
_NOT_CHECKED = ("positive_data_acceptance", "negative_data_rejection")
_SHOWN_MAX = 20


@dataclass(slots=True, kw_only=True)
class Found:
    """Args:
    failures: (operation, check, what was wrong) → how often; `example`: the first request of each, as a command.
    """

    operations: int = 0
    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    failures: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str, str], str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    stopped: str = ""

    def told(self) -> list[str]:
        return [
            f"{times} × {' · '.join(what)}\n    {self.examples[what]}"
            for what, times in self.failures.most_common(_SHOWN_MAX)
        ] + self.errors


@schemathesis.serializer("application/x-ndjson", "text/csv")
def _lines(_context: Any, value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A store with people, goods, an order on the floor, and a caller of each kind."""

    store: AStore
    shop_key: str
    handset: AStation
    packing: AStation
    bench: AStation
    lost: AStation
    words: list[str]
    facts: list[str]


@contextmanager
def a_target(folder: Path) -> Iterator[Target]:
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(a_listening_store(folder, poll_wait_max_s=0.0, token_life_s=86_400)) as store,
    ):
        yield portal.call(_opened, store)


async def _opened(store: AStore) -> Target:
    order_id = await store.order("1001")
    picklist_ids = await store.release()
    handset, packing, bench, lost = [await store.station(kind) for kind in ("handset", "packing", "bench", "handset")]
    handset.tell(WorkerSignedIn(seat_id="s1"), UnitPicked(task_id="T", product_id=SOCKS, quantity_each=1))
    packing.tell(CartonOpened(carton_id="C", order_id=order_id, number=1))
    shop_key = store.room.writer.submit(lambda connection: make_key(connection, KeyRole.SHOP, W1)).result()
    stations = [station.station_id for station in (handset, packing, bench)]
    known = [W1, "web", "1001", order_id, SOCKS, SOCKS_BIN, PICKER, SUPERVISOR, "Europe/Berlin", "EUR", "DE"]
    return Target(
        store=store,
        shop_key=shop_key,
        handset=handset,
        packing=packing,
        bench=bench,
        lost=lost,
        words=[*known, *stations, *picklist_ids],
        facts=[*handset.owed, *handset.owed, *packing.owed, '{"seq":3}', "{}"],
    )


def fuzz(target: Target, *, seed: int, cases_an_operation: int, seconds: int, sequences: bool) -> Found:
    """Ask, until every operation has had its cases or the time is over.

    Args:
        sequences: also ask several operations in a row, the later with what the earlier answered.
    """
    found = Found()
    config = SchemathesisConfig.from_dict(
        _config(target, seed=seed, cases_an_operation=cases_an_operation, seconds=seconds, sequences=sequences)
    )
    schema = schemathesis.openapi.from_url(f"{target.store.url}/v1/openapi.json", config=config)
    schema.auth.set_from_requests(_Callers(target))
    asked: set[str] = set()
    for event in from_schema(schema).execute():
        match event:
            case events.ScenarioFinished():
                _count(found, event, asked)
            case events.NonFatalError() | events.FatalError():
                found.errors.append(str(getattr(event, "info", event)))
            case events.EngineFinished():
                found.stopped = str(event.stop_reason)
    found.operations = len(asked)
    return found


def _config(target: Target, *, seed: int, cases_an_operation: int, seconds: int, sequences: bool) -> dict[str, Any]:
    known = {"dictionary": "words", "probability": KNOWN_PROBABILITY}
    pushed = {
        "body.station_id": target.handset.station_id,
        "body.facts[*]": {"dictionary": "facts", "probability": 0.8},
    }
    return {
        "seed": seed,
        "max-time": seconds,
        "base-url": target.store.url,
        "continue-on-failure": True,
        "dictionaries": {"words": {"values": target.words}, "facts": {"values": target.facts}},
        "generation": {
            "max-examples": cases_an_operation,
            "deterministic": True,
            "no-shrink": True,
            # Who is not let in is asked by the check `ignored_auth`; here everybody is who they say.
            "with-security-parameters": False,
            "dictionaries": {"string": known},
        },
        "phases": {"stateful": {"enabled": sequences}},
        "parameters": {WAREHOUSE_HEADER: W1},
        "checks": {name: {"enabled": False} for name in _NOT_CHECKED},
        "operations": [
            {"include-name": "POST /v1/facts", "parameters": pushed},
            # Whoever asks here must not be shut out by another case.
            {
                "include-name": "POST /v1/stations/{station_id}/revoke",
                "parameters": {"path.station_id": target.lost.station_id},
            },
        ],
    }


class _Callers(AuthBase):
    """Who asks what, as the bytes go out: an ask is signed over them by its device."""

    def __init__(self, target: Target) -> None:
        bench = target.bench
        self._stations = {
            "/v1/facts": target.handset,
            "/v1/asks/get_work": target.handset,
            "/v1/asks/sscc_range": target.packing,
            "/v1/asks/reassign": bench,
            "/v1/pull": bench,
            "/v1/board": bench,
        }
        self._shop_key = target.shop_key

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        path = (request.path_url or "").partition("?")[0]
        station = self._stations.get(path)
        if station is not None:
            request.headers["Authorization"] = station.headers["Authorization"]
            body = request.body if isinstance(request.body, bytes) else str(request.body or "").encode()
            said = ask_message(station.station_id, path.rpartition("/")[2], body)
            request.headers[SIGNATURE_HEADER] = base64url(station.device.sign(said))
        elif path not in OPEN:
            shops = path.startswith(("/v1/orders", "/v1/returns"))
            request.headers["Authorization"] = f"Bearer {self._shop_key if shops else OWNER_KEY}"
        return request


def _count(found: Found, event: Any, asked: set[str]) -> None:
    recorder = event.recorder
    found.cases += len(recorder.cases)
    asked.update(node.value.operation.label for node in recorder.cases.values())
    for interaction in recorder.interactions.values():
        if interaction.response is not None:
            found.statuses[interaction.response.status_code] += 1
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                failure = check.failure_info.failure
                label = recorder.cases[case_id].value.operation.label
                what = (label, check.name, f"{failure.title}: {failure.message}")
                found.failures[what] += 1
                found.examples.setdefault(what, check.failure_info.code_sample)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make fuzz-api", description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--cases", type=int, default=200, help="drawn cases an operation")
    parser.add_argument("--seconds", type=int, default=900)
    options = parser.parse_args(arguments)
    # What is refused is what is looked for here; only the store's own faults are worth a line.
    logging.getLogger("store").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder, a_target(Path(folder)) as target:
        began = time.monotonic()
        found = fuzz(
            target, seed=options.seed, cases_an_operation=options.cases, seconds=options.seconds, sequences=True
        )
        took_s = time.monotonic() - began
    for line in found.told():
        print(line, file=sys.stderr)
    figures = {
        "seed": options.seed,
        "operations": found.operations,
        "cases": found.cases,
        "failures": sum(found.failures.values()) + len(found.errors),
        "statuses": {str(status): times for status, times in sorted(found.statuses.items())},
        "took_s": round(took_s, 1),
        "stopped": found.stopped,
    }
    print(json.dumps(figures))
    return 1 if figures["failures"] or found.stopped not in (StopReason.COMPLETED, StopReason.MAX_TIME) else 0


if __name__ == "__main__":
    sys.exit(main())
