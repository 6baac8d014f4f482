"""Clients that do not keep to the manual, byte by byte on a real socket: a clear answer, or a clean end."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
from typing import Any

import pytest

from store.body_limit import BODY_BYTES_MAX
from tests.store.a_store import AStore
from tests.store.w1 import OWNER_KEY, W1, an_order

KEY = f"Authorization: Bearer {OWNER_KEY}\r\nFloorhand-Warehouse: {W1}\r\n"
ORDER = json.dumps(an_order(SOCKS=1)).encode()


class Wire:
    """One connection to the store."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def to(cls, store: AStore) -> Wire:
        host, port = store.url.removeprefix("http://").split(":")
        return cls(*await asyncio.open_connection(host, int(port)))

    async def send(self, *parts: str | bytes) -> None:
        for part in parts:
            self._writer.write(part.encode() if isinstance(part, str) else part)
            await self._writer.drain()

    async def answer(self) -> tuple[int, Any]:
        """Status and body of the next answer."""
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()
        status = int(head.split()[1])
        lengths = [line.partition(":")[2] for line in head.split("\r\n") if line.startswith("content-length:")]
        body = await self._reader.readexactly(int(lengths[0])) if lengths else b""
        return status, json.loads(body) if body.startswith(b"{") else body

    async def __aenter__(self) -> Wire:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        await self._writer.wait_closed()


def post(length: int | str, *headers: str, path: str = "/v1/orders", version: str = "1.1") -> str:
    more = "".join(f"{header}\r\n" for header in ("Content-Type: application/json", *headers))
    said = f"Content-Length: {length}\r\n" if length != "" else ""
    return f"POST {path} HTTP/{version}\r\nHost: store\r\n{KEY}{said}{more}\r\n"


async def still_up(store: AStore) -> None:
    answer = await store.http.get("/v1/health")
    assert answer.status_code == 200


async def test_a_client_that_hangs_up_in_the_middle_of_its_order_leaves_nothing_behind(
    open_store: AStore, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        async with await Wire.to(open_store) as wire:
            await wire.send(post(len(ORDER)), ORDER[:100])
        await still_up(open_store)

    assert (await open_store.http.get("/v1/orders/web/1001", headers=open_store.owner)).status_code == 404
    assert not caplog.records


async def test_a_refusal_is_logged_with_its_facts_and_on_one_line(
    open_store: AStore, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        await open_store.http.get("/v1/orders/web/1%0d%0aX", headers=open_store.owner)
        await open_store.http.post("/v1/orders", json=an_order(NOPE=1), headers=open_store.owner)
        await open_store.http.get("/v1/orders/web/1", headers={"Authorization": "Bearer wrong"})

    lines = [record.getMessage() for record in caplog.records if record.name == "store.problems"]
    assert [line.split(" reason=")[0] for line in lines] == [
        "request_refused method=GET path=/v1/orders/web/1%0d%0aX status=422",
        "request_refused method=POST path=/v1/orders status=422",
        "request_refused method=GET path=/v1/orders/web/1 status=401",
    ]
    assert all("\n" not in line and "Person" not in line for line in lines)


async def test_a_body_longer_than_it_said_is_cut_where_it_said(open_store: AStore) -> None:
    async with await Wire.to(open_store) as wire:
        await wire.send(post(20), ORDER)

        # What is left over is no request: whichever of the two is noticed first.
        assert (await wire.answer())[0] in (400, 422)
        await still_up(open_store)


@pytest.mark.parametrize("length", ["-1", "ten", "99999999999999999999999"])
async def test_a_length_that_is_none_is_refused(open_store: AStore, length: str) -> None:
    async with await Wire.to(open_store) as wire:
        await wire.send(post(length))

        status, _ = await wire.answer()

        assert status in (400, 413)
        await still_up(open_store)


async def test_chunks_beyond_the_limit_are_answered_before_they_end(open_store: AStore) -> None:
    async with await Wire.to(open_store) as wire:
        chunk = b"x" * 1_048_576
        await wire.send(post("", "Transfer-Encoding: chunked"))
        answering = asyncio.create_task(wire.answer())
        for _ in range(BODY_BYTES_MAX // len(chunk) + 1):
            await wire.send(f"{len(chunk):x}\r\n", chunk, "\r\n")

        status, said = await answering

        assert (status, said) == (413, {"reason": f"more than {BODY_BYTES_MAX} bytes"})


async def test_a_slow_order_is_taken_and_holds_nobody_up(open_store: AStore) -> None:
    async with await Wire.to(open_store) as wire:
        await wire.send(post(len(ORDER)), ORDER[:10])
        await still_up(open_store)
        await open_store.order("1002", SOCKS=1)
        await wire.send(ORDER[10:])

        status, said = await wire.answer()

        assert (status, said["external_reference"]) == (201, "1001")


async def test_an_old_client_of_http_1_0_is_served(open_store: AStore) -> None:
    async with await Wire.to(open_store) as wire:
        await wire.send(post(len(ORDER), version="1.0"), ORDER)

        assert (await wire.answer())[0] == 201


async def test_a_compressed_body_is_named(open_store: AStore) -> None:
    headers = {**open_store.owner, "Content-Encoding": "gzip", "Content-Type": "application/json"}
    answer = await open_store.http.post("/v1/orders", content=gzip.compress(ORDER), headers=headers)

    assert answer.status_code == 415
    assert answer.json() == {"reason": "the body is compressed (gzip): send it as it is"}


@pytest.mark.parametrize("said", ["text/plain", "application/x-www-form-urlencoded", "text/xml; charset=utf-8", ""])
async def test_an_order_that_is_not_said_to_be_json_is_told_what_is_wanted(open_store: AStore, said: str) -> None:
    headers = {**open_store.owner, "Content-Type": said}
    answer = await open_store.http.post("/v1/orders", content=ORDER, headers=headers)

    assert (answer.status_code, answer.json()) == (415, {"reason": "send the body as application/json"})


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "DELETE", "PATCH", "TRACE"])
async def test_another_method_is_told_which_there_are(open_store: AStore, method: str) -> None:
    answer = await open_store.http.request(method, "/v1/orders", headers=open_store.owner)

    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert method == "HEAD" or answer.json()["reason"]


async def test_another_method_is_told_all_that_there_are_for_one_address(open_store: AStore) -> None:
    answer = await open_store.http.delete("/v1/orders/web/1001", headers=open_store.owner)

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, PUT")


async def test_a_slash_too_many_is_no_other_order(open_store: AStore) -> None:
    await open_store.order("1001")
    answer = await open_store.http.get("/v1/orders/web/1001/", headers=open_store.owner)

    assert answer.status_code in (307, 404)


@pytest.mark.parametrize(
    "reference",
    ["a%2Fb", "..%2F..%2Fhealth", "%252F", "%F0%9F%98%80" * 200, "%00", "%ED%A0%80", "%E2%80%AE1001", "1001%0d%0aX: 1"],
)
async def test_an_odd_reference_in_an_address_is_no_order_and_no_fault(open_store: AStore, reference: str) -> None:
    answer = await open_store.http.get(f"/v1/orders/web/{reference}", headers=open_store.owner)

    assert answer.status_code in (404, 422)
    assert answer.json().get("reason") or answer.json()["problems"][0]["path"] == "reference"


async def test_a_reference_of_two_hundred_emoji_is_one_problem(open_store: AStore) -> None:
    answer = await open_store.http.post("/v1/orders", json=an_order("😀" * 200, SOCKS=1), headers=open_store.owner)

    assert [problem["path"] for problem in answer.json()["problems"]] == ["external_reference"]


async def test_ten_thousand_lines_are_one_problem(open_store: AStore) -> None:
    line = an_order(SOCKS=1)["lines"][0]
    lines = [{**line, "external_line": str(number)} for number in range(10_000)]
    answer = await open_store.http.post(
        "/v1/orders", json=an_order(SOCKS=1) | {"lines": lines}, headers=open_store.owner
    )

    assert [problem["path"] for problem in answer.json()["problems"]] == ["lines"]
    assert "500" in answer.json()["problems"][0]["reason"]
