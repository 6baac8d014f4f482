"""The OpenAPI description is all that a shop's programmer has: it holds together, and an order can be sent from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from store import rate_limit
from tests.store.shop import OWNER_KEY, Json, Shop

JSON_TYPE, JSON_LINES = "application/json", "application/x-ndjson"
OPEN = {"/v1/health", "/v1/stations", "/v1/stations/token"}


class Stranger:
    """A program that knows the description, a key, and nothing else."""

    def __init__(self, shop: Shop, key: str) -> None:
        self._shop = shop
        self._key = key
        self.document: Json = shop.get("/v1/openapi.json").json()

    def call(self, method: str, path: str, *, content_type: str = JSON_TYPE, **names: str) -> Any:
        """Send the operation's own example; the answer has to be one of those described."""
        operation = self.document["paths"][path][method]
        schemes = [
            self.document["components"]["securitySchemes"][name] for way in operation["security"] for name in way
        ]
        assert all((scheme["type"], scheme["scheme"]) == ("http", "bearer") for scheme in schemes)
        headers = {"Authorization": f"Bearer {self._key}"}
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "header":
                headers[parameter["name"]] = names["warehouse_id"]
        body = operation["requestBody"]["content"][content_type]
        content = (
            {"content": body["examples"][names["kind"]]["value"]}
            if "examples" in body
            else {"json": self._example(body)}
        )
        headers["Content-Type"] = content_type
        answer = self._shop.request(method.upper(), path.format(**names), headers=headers, **content)
        assert str(answer.status_code) in operation["responses"], answer.text
        return answer

    def _example(self, body: Json) -> Any:
        return self.resolve(body["schema"]["$ref"])["examples"][0]

    def resolve(self, reference: str) -> Any:
        found: Any = self.document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        return found


@pytest.fixture
def stranger(shop: Shop) -> Stranger:
    return Stranger(shop, OWNER_KEY)


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def test_a_program_made_from_the_description_alone_sends_an_order(stranger: Stranger) -> None:
    for kind in ("products", "locations", "stock", "workers", "cartons", "totes"):
        loaded = stranger.call("post", "/v1/import/{kind}", content_type=JSON_LINES, kind=kind, warehouse_id="W1")
        assert loaded.status_code == 200, loaded.text

    taken = stranger.call("post", "/v1/orders", warehouse_id="W1")

    assert (taken.status_code, taken.json()["state"]) == (201, "allocated")
    again = stranger.call("post", "/v1/orders", warehouse_id="W1")
    assert again.status_code == 200
    answer = stranger.document["paths"]["/v1/orders"]["post"]["responses"]["201"]["content"][JSON_TYPE]["schema"]
    assert set(stranger.resolve(answer["$ref"])["required"]) <= set(taken.json())


def test_the_example_of_a_warehouse_opens_one(stranger: Stranger) -> None:
    # It exists already in the tests' shop, with the same facts.
    assert stranger.call("post", "/v1/warehouses").status_code in (200, 201)


def test_everything_that_the_description_refers_to_is_in_it(stranger: Stranger) -> None:
    named = set(references(stranger.document))

    assert len(named) > 20
    for reference in named:
        assert stranger.resolve(reference)


def test_every_operation_says_who_may_call_it(stranger: Stranger) -> None:
    schemes = stranger.document["components"]["securitySchemes"]
    assert set(schemes) == {"shopKey", "adminKey", "stationToken"}
    for path, _, operation in operations(stranger.document):
        ways = {name for way in operation.get("security", ()) for name in way}
        assert ways <= set(schemes)
        assert (not ways) == (path in OPEN), path
    # What needs no key proves no caller to those who count requests.
    assert OPEN - {"/v1/health"} == rate_limit.OPEN - {"/v1/openapi.json"}


def test_every_operation_is_named_once_and_described_with_all_its_parameters(stranger: Stranger) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(stranger.document)]
    assert len(set(ids)) == len(ids)
    for path, _, operation in operations(stranger.document):
        assert operation["description"], path
        in_path = {parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "path"}
        assert in_path == set(re.findall(r"\{(\w+)\}", path))


def test_every_refusal_has_a_meaning_a_shape_and_an_example(stranger: Stranger) -> None:
    for path, _, operation in operations(stranger.document):
        for status, answer in operation["responses"].items():
            if int(status) < 400:
                continue
            body = answer["content"][JSON_TYPE]
            wanted = "problems" if status == "422" else "reason"
            assert wanted in body["example"], (path, status)
            assert answer["description"] not in ("", "Bad Request", "Validation Error"), (path, status)
            assert body["schema"]


@pytest.mark.parametrize(
    ("path", "method", "statuses"),
    [
        ("/v1/orders", "post", "200 201 401 403 409 413 415 422 503"),
        ("/v1/orders/{channel}/{reference}", "put", "200 202 401 403 404 409 413 415 422 503"),
        ("/v1/import/{kind}", "post", "200 401 403 413 415 422 503"),
        ("/v1/facts", "post", "200 401 403 413 415 422 426 503"),
        ("/v1/pull", "get", "200 401 403 422 426"),
        ("/v1/asks/get_work", "post", "200 401 409 415 422 426"),
        ("/v1/stations/token", "post", "200 401 403 415 422 426"),
        ("/v1/stations/{station_id}/revoke", "post", "200 400 401 403 404 413 415 422"),
    ],
)
def test_every_answer_that_a_caller_meets_is_described(
    stranger: Stranger, path: str, method: str, statuses: str
) -> None:
    assert set(statuses.split()) <= set(stranger.document["paths"][path][method]["responses"])


def test_whoever_opens_the_bare_address_is_led_to_the_contract(shop: Shop) -> None:
    reply = shop.get("/")
    assert reply.is_redirect
    assert reply.headers["location"] == "/docs"
