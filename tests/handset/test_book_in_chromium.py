"""The station's book in a browser: pytest runs in Chromium's worker, in the Python of the handset, on OPFS."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page

from tests.browser.chromium import chromium
from tests.handset.site import site

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
INSIDE = "tests/handset/inside/"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page() -> AsyncIterator[Page]:
    """A page whose worker has Python, with the house and its tests."""
    with site() as served:
        async with chromium() as browser:
            page = browser.pages[0]
            page.on("console", lambda said: print(said.text))
            await page.goto(served.url)
            yield page


async def passed(page: Page, *files: str) -> int:
    """How many tests of these files pass in the browser; all of them, or this one fails with what they said."""
    report: dict[str, Any] = json.loads(
        await page.evaluate("args => ask('tests.handset.inside.run', ...args)", [INSIDE + file for file in files])
    )
    failed = "\n\n".join(f"{name}\n{said}" for name, said in report["others"].items())
    assert not failed, f"\n{failed}\n\n{len(report['passed'])} passed in the browser"
    assert report["code"] == 0
    print(f"{len(report['passed'])} passed in the browser")
    return len(report["passed"])


async def test_the_ledger_keeps_its_contracts_on_opfs(page: Page) -> None:
    assert await passed(page, "ledger_on_opfs.py") >= 25


async def test_files_on_opfs_do_what_python_and_sqlite_ask_of_them(page: Page) -> None:
    assert await passed(page, "files_on_opfs.py") >= 25


async def test_a_damaged_book_on_opfs_is_set_aside_and_gives_what_it_has(page: Page) -> None:
    assert await passed(page, "damage_on_opfs.py") >= 15


async def test_a_browser_that_gives_no_more_room_is_a_full_disk(page: Page) -> None:
    browser = await page.context.new_cdp_session(page)
    origin = page.url.rstrip("/")
    # Chromium sets room aside for each open file by the megabyte.
    await browser.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 40_000_000})
    try:
        assert await passed(page, "full_on_opfs.py") == 1
    finally:
        await browser.send("Storage.overrideQuotaForOrigin", {"origin": origin})


async def test_what_was_acknowledged_on_opfs_outlives_a_power_cut(page: Page) -> None:
    assert await passed(page, "power_on_opfs.py") == 5
