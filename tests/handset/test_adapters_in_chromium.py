"""What of the page's adapters needs a browser: a key in IndexedDB, a decoder in a worker of its own, WebP."""

from __future__ import annotations

import base64
import functools
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.async_api import Error, Page

from tests.browser.chromium import chromium
from tests.contracts.code_pictures import drawn
from tests.handset.in_pyodide import page_folder

pytestmark = pytest.mark.browser

KEY = """async () => {
    const key = await (await import('/device_key.mjs')).deviceKey();
    const said = new TextEncoder().encode('a message');
    return [[...key.publicKey()], [...await key.sign(said)]];
}"""
KEPT = """async act => {
    const opened = indexedDB.open('floorhand-keys');
    const database = await new Promise(resolve => { opened.onsuccess = () => resolve(opened.result); });
    const keys = database.transaction('keys', 'readwrite').objectStore('keys');
    const asked = act === 'damage' ? keys.put({}, 'device') : keys.get('device');
    const pair = await new Promise(resolve => { asked.onsuccess = () => resolve(asked.result); });
    database.close();
    return act === 'damage' ? null : crypto.subtle.exportKey('pkcs8', pair.privateKey).then(String, String);
}"""
READ = """async picture => {
    const codes = await import('/codes_beside.mjs');
    const bytes = Uint8Array.from(atob(picture), letter => letter.charCodeAt(0));
    return (await codes.readCodes(bytes, {formats: ['QRCode']})).map(({text, corners}) => [text, corners.length]);
}"""


class Handler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


@contextmanager
def served(folder: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=folder)) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """A page of nothing on the site of the adapters."""
    with served(page_folder()) as url:
        async with chromium() as browser:
            page = browser.pages[0]
            await page.goto(f"{url}signed.mjs")
            yield page


async def read(page: Page, name: str, *, share: float = 1.0) -> Any:
    picture = drawn()[name]
    return await page.evaluate(READ, base64.b64encode(picture[: int(len(picture) * share)]).decode())


async def test_a_device_keeps_its_key_over_a_reload_and_nobody_takes_it_out(page: Page) -> None:
    key, signature = await page.evaluate(KEY)
    assert (len(key), len(signature)) == (32, 64)
    await page.reload()
    assert await page.evaluate(KEY) == [key, signature]
    assert "not extractable" in await page.evaluate(KEPT, "take out")


async def test_a_damaged_key_is_said_to_be_so_and_not_made_anew(page: Page) -> None:
    await page.evaluate(KEY)
    await page.evaluate(KEPT, "damage")
    for _ in range(2):
        with pytest.raises(Error, match="KeyDamaged"):
            await page.evaluate(KEY)
        await page.reload()


async def test_a_browser_without_such_keys_is_too_old(page: Page) -> None:
    await page.evaluate("() => { crypto.subtle.generateKey = async () => { throw new DOMException('no'); }; }")
    with pytest.raises(Error, match="KeyTooOld"):
        await page.evaluate(KEY)


@pytest.mark.parametrize("name", ["qr.png", "qr.jpg", "qr.webp"])
async def test_a_picture_is_read_beside_the_station(page: Page, name: str) -> None:
    assert await read(page, name) == [["T.0007", 4]]
    assert await read(page, name) == [["T.0007", 4]]


@pytest.mark.parametrize("name", ["qr.png", "qr.webp"])
async def test_half_a_picture_is_damaged_and_the_next_one_is_read(page: Page, name: str) -> None:
    with pytest.raises(Error, match="FrameDamaged"):
        await read(page, name, share=0.1)
    assert await read(page, name) == [["T.0007", 4]]


async def test_a_decoder_that_does_not_load_is_said_to_be_gone_and_the_next_picture_starts_another(page: Page) -> None:
    await page.evaluate("""() => {
        const Real = Worker;
        globalThis.Worker = function (url, options) {
            globalThis.Worker = Real;
            return new Real('/nowhere.mjs', options);
        };
    }""")
    with pytest.raises(Error, match="DecoderGone"):
        await read(page, "qr.png")
    assert await read(page, "qr.png") == [["T.0007", 4]]
