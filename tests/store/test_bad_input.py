"""Whatever comes in: a clear answer for whoever can act, never a traceback, never a 5xx."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.store.shop import NOW_UTC, Json, Shop, a_line, a_product, a_shop, a_stock, an_order, paths, stocked

JSON_TYPE = {"Content-Type": "application/json"}
fuzzing = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One store for all examples: nothing that is refused leaves a trace, and what is taken does not matter here."""
    with a_shop(tmp_path_factory.mktemp("store")) as shop:
        yield stocked(shop, a_stock(10))


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(["\ud800", "\0", "web", "SOCKS", "EUR", "2026-03-02T08:00:00Z", 2**63, -1, 0, 1e308, "9" * 5000])
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def bent(good: Json) -> st.SearchStrategy[Json]:
    """A good request with one to three of its fields, at any depth, missing, renamed or of any other type."""
    cut = st.lists(
        st.tuples(st.sampled_from(places_of(good)), st.none() | st.just("lost") | anything), min_size=1, max_size=3
    )
    return cut.map(lambda cuts: _bend(good, cuts))


def _parts(value: Any) -> list[str]:
    return list(value[0] if isinstance(value, list) and value else value if isinstance(value, dict) else [])


def _bend(good: Json, cuts: list[tuple[tuple[str, ...], Any]]) -> Json:
    bad: Json = json.loads(json.dumps(good))
    for place, value in cuts:
        holder: Any = bad
        for name in place[:-1]:
            holder = holder.get(name)
            holder = holder[0] if isinstance(holder, list) and holder else holder
        if isinstance(holder, dict):
            holder[place[-1]] = value
            if value == "lost":
                del holder[place[-1]]
    return bad


def send(shop: Shop, method: str, path: str, body: object) -> Response:
    # allow_nan and half surrogates: what a careless client really sends.
    content = json.dumps(body).encode()
    return shop.request(method, path, content=content, headers=JSON_TYPE)


def assert_clear(shop: Shop, answer: Response) -> None:
    """A success, or a refusal in one of the two shapes that the contract has; described in either case."""
    assert answer.status_code < 500, answer.text
    assert answer.status_code in described(shop, answer), answer.text
    if answer.status_code == 422:
        assert all(problem["path"] and problem["reason"] for problem in answer.json()["problems"])
    elif answer.status_code >= 400:
        assert answer.json()["reason"]
    assert "Traceback" not in answer.text


def described(shop: Shop, answer: Response) -> set[int]:
    """The statuses that the OpenAPI description lists for the request that was answered; 404 where it knows none."""
    if shop not in _described:
        _described[shop] = shop.get("/v1/openapi.json").json()["paths"]
    asked = answer.request
    for template, operations in _described[shop].items():
        pattern = re.sub(r"\\{[a-z_]+\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, asked.url.path) and asked.method.lower() in operations:
            return {int(status) for status in operations[asked.method.lower()]["responses"]}
    return {404}


_described: dict[Shop, Json] = {}

RETURN: Json = {
    "rma": "7001",
    "channel": "web",
    "external_reference": "1001",
    "lines": [{"external_line": "1", "quantity_each": 1, "reason": ""}],
}


OF_OTHER_TYPES: list[Any] = [
    "lost",
    None,
    True,
    0,
    -1,
    1.5,
    2**63,
    1e400,
    "",
    " ",
    "\0",
    "\ud800",
    "x" * 2_000,
    [],
    {},
    [[]],
    [{}],
]


def places_of(good: Json) -> list[tuple[str, ...]]:
    return [*((name,) for name in good), *((name, part) for name in good for part in _parts(good[name]))]


@pytest.mark.parametrize("place", places_of(an_order()), ids=".".join)
def test_each_field_of_an_order_may_be_anything(fuzzed: Shop, place: tuple[str, ...]) -> None:
    for value in OF_OTHER_TYPES:
        assert_clear(fuzzed, send(fuzzed, "POST", "/v1/orders", _bend(an_order(), [(place, value)])))


@fuzzing
@given(body=bent(an_order()) | anything)
def test_no_order_however_bent_breaks_the_store(fuzzed: Shop, body: object) -> None:
    assert_clear(fuzzed, send(fuzzed, "POST", "/v1/orders", body))
    assert_clear(fuzzed, send(fuzzed, "PUT", "/v1/orders/web/1001", body))


@fuzzing
@given(body=bent(RETURN) | anything)
def test_no_return_however_bent_breaks_the_store(fuzzed: Shop, body: object) -> None:
    assert_clear(fuzzed, send(fuzzed, "POST", "/v1/returns", body))


@fuzzing
@given(body=anything, path=st.sampled_from(["/v1/release", "/v1/warehouses"]))
def test_no_other_request_however_bent_breaks_the_store(fuzzed: Shop, body: object, path: str) -> None:
    assert_clear(fuzzed, send(fuzzed, "POST", path, body))


@fuzzing
@given(
    kind=st.sampled_from(["products", "locations", "stock", "workers", "cartons", "totes"]),
    lines=st.lists(bent(a_product()) | bent(a_stock()) | anything, max_size=3),
)
def test_no_file_however_bent_breaks_the_store(fuzzed: Shop, kind: str, lines: list[object]) -> None:
    body = "\n".join(json.dumps(line) for line in lines).encode()
    assert_clear(fuzzed, fuzzed.send_file(kind, body, "application/x-ndjson"))


@fuzzing
@given(
    kind=st.sampled_from(["products", "locations", "stock", "workers", "cartons", "totes"]),
    content_type=st.sampled_from(["text/csv", "application/x-ndjson"]),
    body=st.binary(max_size=200)
    | st.text(alphabet=st.sampled_from('sku,;"\r\n0*{}[]:é\ufeff'), max_size=60).map(str.encode),
)
def test_no_bytes_break_an_import(fuzzed: Shop, kind: str, content_type: str, body: bytes) -> None:
    assert_clear(fuzzed, fuzzed.send_file(kind, body, content_type))


@fuzzing
@given(reference=st.text(min_size=1, max_size=80))
@example(reference="0/")
def test_no_address_breaks_the_store(fuzzed: Shop, reference: str) -> None:
    reference = "".join(f"%{byte:02X}" for byte in reference.encode(errors="surrogatepass"))
    assert_clear(fuzzed, fuzzed.get(f"/v1/orders/web/{reference}"))
    assert_clear(fuzzed, fuzzed.post(f"/v1/orders/{reference}/1/cancel"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"channel": "web",}',
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b"1" * 5_000,
        b'{"lines": NaN}',
        b'"\\ud800"',
    ],
)
def test_malformed_json_is_one_problem_of_the_body(fuzzed: Shop, body: bytes) -> None:
    answer = fuzzed.request("POST", "/v1/orders", content=body, headers=JSON_TYPE)
    assert "Traceback" not in answer.text
    assert paths(answer)


def test_malformed_json_says_where(fuzzed: Shop) -> None:
    answer = fuzzed.request("POST", "/v1/orders", content=b'{"channel": web}', headers=JSON_TYPE)
    [problem] = answer.json()["problems"]
    assert problem == {"path": "body", "reason": "no JSON: Expecting value, at character 12"}


def test_ten_megabytes_are_too_much_for_an_order_and_not_for_a_file(fuzzed: Shop) -> None:
    big = json.dumps(an_order(gift_note="x" * 10_000_000)).encode()
    for content in (big, iter([big[:5_000_000], big[5_000_000:]])):
        answer = fuzzed.request("POST", "/v1/orders", content=_as_sent(content), headers=JSON_TYPE)
        assert answer.status_code == 413
        assert "bytes" in answer.json()["reason"]
    totes = b"tote_id\n" + b"\n" * 10_000_000 + b"001\n"
    assert fuzzed.send_file("totes", totes, "text/csv").json() == {"imported": 1}


def _as_sent(content: bytes | Iterator[bytes]) -> Any:
    """Bytes carry their length; a stream does not say it beforehand."""
    if isinstance(content, bytes):
        return content

    async def streamed() -> Any:
        for part in content:
            yield part

    return streamed()


def test_a_million_bad_lines_get_a_bounded_answer(fuzzed: Shop) -> None:
    answer = fuzzed.send_file("totes", b"x\n" * 50_000, "application/x-ndjson")
    told = answer.json()
    assert len(told["problems"]) + told["left_out"] == 50_000
    assert len(answer.content) < 500_000


def test_without_a_key_nothing_is_said(fuzzed: Shop) -> None:
    for headers in ({"Authorization": ""}, {"Authorization": "Bearer wrong"}):
        answer = fuzzed.request("POST", "/v1/orders", json=an_order(lines=[a_line(sku="NOPE")]), headers=headers)
        assert (answer.status_code, list(answer.json())) == (401, ["reason"])
    assert fuzzed.request("GET", "/v1/orders/web/1001", headers={"Authorization": ""}).status_code == 401


def test_the_description_names_every_answer_that_an_order_gets(fuzzed: Shop) -> None:
    """The OpenAPI description is what a shop's programmer reads: it has to be true."""
    described = fuzzed.get("/v1/openapi.json").json()["paths"]
    assert set(described["/v1/orders"]["post"]["responses"]) >= {"200", "201", "401", "403", "409", "413", "422"}
    assert set(described["/v1/import/{kind}"]["post"]["responses"]) >= {"200", "401", "403", "413", "415", "422"}
    problems = described["/v1/orders"]["post"]["responses"]["422"]["content"]["application/json"]["schema"]
    assert problems == {"$ref": "#/components/schemas/Problems"}


def test_an_order_of_five_hundred_lines_is_taken(tmp_path: Path) -> None:
    with a_shop(tmp_path) as shop:
        lines = [a_line(str(number), quantity_each=1) for number in range(1, 501)]
        taken = stocked(shop, a_stock(500)).post("/v1/orders", an_order(lines=lines))
        assert taken.json()["state"] == "allocated"
        assert paths(shop.post("/v1/orders", an_order("1002", lines=[*lines, a_line("501")]))) == ["lines"]
        assert NOW_UTC.isoformat().replace("+00:00", "Z") == taken.json()["history"][0]["at_utc"]
