"""A pull's answer is packed as the caller reads it, and says the same however it comes."""

from __future__ import annotations

import gzip
import json

import pytest
import zstandard

from tests.store.a_store import AStore
from tests.store.w1 import TOTES


def unpacked(content: bytes, encoding: str | None) -> bytes:
    if encoding == "zstd":
        return zstandard.ZstdDecompressor().decompress(content)
    return gzip.decompress(content) if encoding == "gzip" else content


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br, zstd", "zstd"), ("gzip;q=1.0", "gzip"), ("br", None), ("", None), ("*;q=0", None)],
)
async def test_a_snapshot_comes_as_the_station_reads_it(store: AStore, accepted: str, encoding: str | None) -> None:
    station = await store.station()
    headers = {**station.headers, "Accept-Encoding": accepted}
    async with store.http.stream("GET", "/v1/pull", headers=headers) as answer:
        raw = b"".join([part async for part in answer.aiter_raw()])

    assert answer.headers.get("Content-Encoding") == encoding
    said = json.loads(unpacked(raw, encoding))
    totes = [row["row_id"] for row in said["rows"] if row["row_kind"] == "tote"]
    assert sorted(totes) == sorted(tote["tote_id"] for tote in TOTES)
    assert encoding is None or len(raw) * 4 < len(unpacked(raw, encoding))


async def test_an_answer_without_news_is_not_worth_packing(store: AStore) -> None:
    station = await store.station()
    await station.pull()
    cursor = f"epoch={station.cursor.epoch}&change_seq={station.cursor.change_seq}"
    answer = await store.http.get(f"/v1/pull?{cursor}", headers={**station.headers, "Accept-Encoding": "zstd"})
    assert "Content-Encoding" not in answer.headers
    assert answer.json()["rows"] == []


async def test_what_people_have_written_comes_through_word_for_word(store: AStore) -> None:
    name = 'Łukasz "Öl" 雪\\'
    worker = {"worker_id": "w9", "name": name, "badge": "b9", "pin": "246810", "roles": ["picker"]}
    await store.load("workers", [worker])
    station = await store.station()
    await station.pull()
    assert station.view["worker", "w9"]["name"] == name
