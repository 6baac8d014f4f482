"""The order store serves the handset beside its API: what the release lists, in the form that a browser takes."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import brotli
import httpx
import pytest

from store.handset_site import HEADERS, RELEASE, HandsetSite
from tests.store.a_process import a_process
from tests.store.a_store import AStore, a_store
from tests.store.test_rate_limits import FEW

FILES = {
    "index.html": b"<!DOCTYPE html><title>Floorhand</title>",
    "service_worker.js": b"// keeps releases",
    "worker.mjs": b"export const one = 1;",
    "pyodide/pyodide.asm.wasm": b"\0asm" + bytes(100),
    "vendor/noble/LICENSE": b"MIT",
}


def put(folder: Path, files: dict[str, bytes], *, version: str = "one") -> None:
    """A release, with every file squeezed."""
    listed = {}
    for name, data in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        place.with_name(f"{place.name}.gz").write_bytes(gzip.compress(data))
        place.with_name(f"{place.name}.br").write_bytes(brotli.compress(data))
        listed[name] = {"sha256": hashlib.sha256(data).hexdigest(), "codings": ["br", "gz"]}
    (folder / RELEASE).write_text(json.dumps({"version": version, "files": listed}))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put(tmp_path / "site", FILES)
    return tmp_path / "site"


@pytest.fixture
async def site(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The site by itself, asked by somebody who takes nothing squeezed."""
    transport = httpx.ASGITransport(app=HandsetSite(folder))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://store", headers={"accept-encoding": "identity"}
    ) as http:
        yield http


async def test_each_file_comes_as_it_is_by_its_right_type(site: httpx.AsyncClient) -> None:
    types = {"index.html": "text/html; charset=utf-8", "worker.mjs": "text/javascript; charset=utf-8"}
    for name, data in FILES.items():
        answer = await site.get(f"/{name}")
        assert (answer.status_code, answer.content) == (200, data)
        assert answer.headers["content-type"] == types.get(name, answer.headers["content-type"])
    assert (await site.get("/pyodide/pyodide.asm.wasm")).headers["content-type"] == "application/wasm"


@pytest.mark.parametrize("path", ["/", "/pick/4", "/anything", "/a/b/"])
async def test_every_address_without_a_suffix_is_the_page(site: httpx.AsyncClient, path: str) -> None:
    assert (await site.get(path)).content == FILES["index.html"]


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/missing.js",
            f"/{RELEASE}",
            "/worker.mjs.br",
            "/worker.mjs.gz",
            "/../site/worker.mjs",
            "/%2e%2e/secret.txt",
        ),
        *("//etc/passwd.txt", "/worker.mjs%00", "/..%5csecret.txt", "/.env", "/%ff.js"),
    ],
)
async def test_nothing_is_served_that_the_release_does_not_list(
    site: httpx.AsyncClient, folder: Path, path: str
) -> None:
    (folder.parent / "secret.txt").write_text("secret")
    (folder / ".env").write_text("secret")

    answer = await site.get(httpx.URL("http://store" + path))

    assert "secret" not in answer.text
    assert answer.status_code == 404 or answer.content == FILES["index.html"]


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("gzip;q=1.0, *;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("identity", ""),
        ("", ""),
    ],
)
async def test_a_browser_gets_the_smallest_form_that_it_takes(folder: Path, accepted: str, coding: str) -> None:
    status, headers, body = await raw(folder, "/worker.mjs", {"accept-encoding": accepted})
    unpacked = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[coding](body)

    assert (status, headers.get("content-encoding", "")) == (200, coding)
    assert unpacked == FILES["worker.mjs"]
    assert headers["vary"] == "Accept-Encoding"
    assert headers["content-type"] == "text/javascript; charset=utf-8"


async def test_a_file_that_has_not_changed_is_not_sent_again(site: httpx.AsyncClient, folder: Path) -> None:
    first = await site.get("/worker.mjs")
    asked = {"if-none-match": first.headers["etag"]}

    again = await site.get("/worker.mjs", headers=asked)
    weak = await site.get("/worker.mjs", headers={"if-none-match": f'"x", W/{first.headers["etag"]}'})
    squeezed = await site.get("/worker.mjs", headers={**asked, "accept-encoding": "gzip"})
    put(folder, {**FILES, "worker.mjs": b"export const two = 2;"}, version="two")
    changed = await site.get("/worker.mjs", headers=asked)

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert weak.status_code == 304
    # Another form has a name of its own: a cache in between must not take one for the other.
    assert (squeezed.status_code, squeezed.content) == (200, FILES["worker.mjs"])
    assert (changed.status_code, changed.content) == (200, b"export const two = 2;")
    assert first.headers["cache-control"] == "no-cache"


async def test_the_page_shares_its_memory_with_nobody_and_takes_scripts_from_here_alone(
    site: httpx.AsyncClient,
) -> None:
    for path in ("/", "/worker.mjs", "/missing.js"):
        answer = await site.get(path)
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    policy = HEADERS["Content-Security-Policy"]
    assert "http" not in policy
    assert "unsafe-eval'" not in policy.replace("'wasm-unsafe-eval'", "")
    assert "unsafe-inline" not in policy.split("style-src")[0]
    assert (await site.get("/service_worker.js")).headers["service-worker-allowed"] == "/handset/"


async def test_it_is_only_read(site: httpx.AsyncClient) -> None:
    head = await site.head("/worker.mjs")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "21")
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        answer = await site.request(method, "/worker.mjs")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


async def test_a_release_that_goes_and_comes_is_seen_while_the_store_runs(
    site: httpx.AsyncClient, folder: Path
) -> None:
    shutil.rmtree(folder)
    gone = await site.get("/")
    put(folder, {"index.html": b"back again"})

    assert (gone.status_code, "make site" in gone.text) == (404, True)
    assert (await site.get("/")).content == b"back again"


async def test_a_file_that_is_missing_in_the_middle_of_a_renewal_is_asked_for_again(
    site: httpx.AsyncClient, folder: Path
) -> None:
    (folder / "worker.mjs").unlink()

    answer = await site.get("/worker.mjs")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"files": 3}', '{"version": "1", "files": {"index.html": {}}}'])
async def test_a_list_that_cannot_be_read_is_no_site(site: httpx.AsyncClient, folder: Path, text: str) -> None:
    (folder / RELEASE).write_text(text)

    assert (await site.get("/")).status_code == 404


async def test_without_a_site_the_store_says_how_to_have_one(store: AStore) -> None:
    for path in ("/handset/", "/handset/pick/4", "/handset/worker.mjs"):
        answer = await store.http.get(path)
        assert (answer.status_code, "make site" in answer.text) == (404, True)
    bare = await store.http.get("/handset")
    assert (bare.status_code, bare.headers["location"]) == (307, "/handset/")


async def test_the_contract_knows_nothing_of_it(tmp_path: Path, folder: Path) -> None:
    async with a_store(tmp_path, site=folder) as store:
        described = (await store.http.get("/v1/openapi.json")).json()
        assert [path for path in described["paths"] if "handset" in path] == []
        assert (await store.http.get("/handset/")).content == FILES["index.html"]
        assert (await store.http.get("/v1/health")).is_success


async def test_a_handset_that_asks_for_many_fonts_that_are_not_there_is_no_attack(tmp_path: Path, folder: Path) -> None:
    async with a_store(tmp_path, site=folder, rate_limits=FEW) as store:
        for number in range(3 * FEW.stranger.burst):
            assert (await store.http.get(f"/handset/assets/fonts/{number}.ttf")).status_code == 404

        assert (await store.http.get("/handset/")).status_code == 200
        assert (await store.http.get("/v1/openapi.json")).status_code == 200


async def test_a_store_s_process_serves_the_folder_that_it_was_told(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOORHAND_STORE_SITE", str(folder))
    async with a_process(tmp_path / "store") as running, httpx.AsyncClient(base_url=running.url) as http:
        assert (await http.get("/handset/")).content == FILES["index.html"]


async def raw(folder: Path, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    """The answer before anybody has unpacked it."""
    transport = httpx.ASGITransport(app=HandsetSite(folder))
    async with httpx.AsyncClient(transport=transport, base_url="http://store") as http:
        async with http.stream("GET", path, headers=headers) as answer:
            body = b"".join([chunk async for chunk in answer.aiter_raw()])
        return answer.status_code, dict(answer.headers), body
