"""Files and bodies as careless programs write them: taken where they can only mean one thing, else told why."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.imports import IMPORTABLE, read_import
from store.problems import PROBLEMS_TOLD_MAX
from tests.store.shop import Shop, a_product, an_order, stocked

JSON_LINES, CSV = "application/x-ndjson", "text/csv"
JSON_TYPE = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbftote_id\r\nT-1\r\nT-2\r\n",
        b"tote_id\rT-1\rT-2\r",
        b'"tote_id"\n"T-1"\n\n"T-2"',
        b"\n \ntote_id\n T-1 \n\tT-2\t\n",
    ],
    ids=["BOM and CRLF", "CR", "quoted", "blank lines and spaces"],
)
def test_a_spreadsheets_habits_do_no_harm(shop: Shop, body: bytes) -> None:
    assert shop.send_file("totes", body, CSV).json() == {"imported": 2}


def test_a_file_with_semicolons_is_read_by_its_header(shop: Shop) -> None:
    good = a_product()
    body = ";".join(good) + "\n" + ";".join(str(value) for value in good.values())

    assert shop.send_file("products", body.encode(), CSV).json() == {"imported": 1}


@pytest.mark.parametrize(
    ("content_type", "body", "reason"),
    [
        (CSV, b"", "holds no line"),
        (CSV, b"tote_id\n", "holds no line"),
        (JSON_LINES, b"\n\n", "holds no line"),
        (CSV, "tote_id\nT-1\n".encode("utf-16"), "is UTF-16: save the file as UTF-8"),
        (CSV, b"tote_id\nT-\xe4\n", "no UTF-8"),
        (CSV, b'tote_id\n"T-1\n', "no CSV: unexpected end of data"),
        (JSON_LINES, b'{"tote_id": "T-1", "tote_id": "T-2"}', "names the field 'tote_id' twice"),
        (JSON_LINES, b'{"tote_id": NaN}', "holds NaN, which is no number of JSON"),
        (JSON_LINES, b'{"tote_id": -Infinity}', "holds -Infinity, which is no number of JSON"),
        (JSON_LINES, b'{"tote_id": 1e400}', "holds the number 1e400, which is too large"),
        (JSON_LINES, b'{"tote_id": ' + b"9" * 5_000 + b"}", "no JSON that can be read"),
        (JSON_LINES, b'{"tote_id": ' + b"[" * 100_000, "no JSON that can be read"),
        (JSON_LINES, b"[]", "wanted an object"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_why(shop: Shop, content_type: str, body: bytes, reason: str) -> None:
    answer = shop.send_file("totes", body, content_type)

    assert answer.status_code == 422
    assert [problem["reason"] for problem in answer.json()["problems"]] == [reason]


@pytest.mark.parametrize("field", ["T\x00", "T\ud800", "T\u202e"])
def test_a_line_that_smuggles_something_in_names_its_field(shop: Shop, field: str) -> None:
    answer = shop.load("totes", {"tote_id": field})

    assert [(problem["line"], problem["path"]) for problem in answer.json()["problems"]] == [(1, "tote_id")]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"channel": "web", "channel": "shop"}', "names the field 'channel' twice"),
        (b'{"a": {"b": 1, "b": 2}}', "names the field 'b' twice"),
        (b'{"lines": NaN}', "holds NaN, which is no number of JSON"),
        (b'{"lines": 1e999}', "holds the number 1e999, which is too large"),
        (b"[" * 100_000, "no JSON that can be read"),
        (b"\xff\xfe{", "no JSON that can be read"),
    ],
)
def test_an_order_that_is_no_strict_json_is_told_why(shop: Shop, body: bytes, reason: str) -> None:
    answer = shop.request("POST", "/v1/orders", content=body, headers=JSON_TYPE)

    assert answer.status_code == 422
    assert answer.json()["problems"] == [{"path": "body", "reason": reason}]


def test_an_order_behind_a_byte_order_mark_is_taken(shop: Shop) -> None:
    body = b"\xef\xbb\xbf" + json.dumps(an_order()).encode()

    assert stocked(shop).request("POST", "/v1/orders", content=body, headers=JSON_TYPE).status_code == 201


def test_problems_beyond_the_room_of_an_answer_are_counted_one_by_one() -> None:
    bad = [{**a_product(f"S-{number}"), "weight_g": "heavy", "name": ""} for number in range(3_000)]
    body = "\n".join(json.dumps(line) for line in bad).encode()

    lines, problems = read_import(IMPORTABLE["products"], body, JSON_LINES)

    assert (len(lines), len(problems.told), problems.left_out) == (0, PROBLEMS_TOLD_MAX, 6_000 - PROBLEMS_TOLD_MAX)
    assert [problem.line for problem in problems.told[:4]] == [1, 1, 2, 2]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    content_type=st.sampled_from([CSV, JSON_LINES]),
    kind=st.sampled_from(sorted(IMPORTABLE)),
    body=st.text(st.sampled_from('{}[]":,;\n\r\t tT1eE+-.\ufeff\u202e\x00\\u0dsku'), max_size=80).map(str.encode)
    | st.binary(max_size=60),
)
def test_each_line_of_any_file_is_taken_or_told(content_type: str, kind: str, body: bytes) -> None:
    lines, problems = read_import(IMPORTABLE[kind], body, content_type)

    assert lines or problems
    assert all(problem.path and problem.reason and problem.line >= 1 for problem in problems.told)
