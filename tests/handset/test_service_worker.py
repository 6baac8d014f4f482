"""A handset keeps whole releases: without a network, with a bad one, and over an update that is no good."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Error, Page, expect

from tests.browser.chromium import chromium
from tests.handset.a_site import Network, a_network, a_release

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

BEGINS_TO_KEEP = """async () => {
  const taken = new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve));
  await keepReleases();
  await taken;
}"""
# The paths of everything that is kept, of each release.
KEPT = """async () => {
  const names = (await caches.keys()).filter((name) => name.startsWith("floorhand-release-"));
  const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
  return requests.flat().map(({ url }) => new URL(url).pathname.slice("/handset/".length)).sort();
}"""
# Looks for a new release, and what became of it.
UPDATE = """async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  const heard = new Promise((resolve) => {
    window.addEventListener("release", () => resolve("ready"), { once: true });
    window.addEventListener("release-failed", ({ detail }) => resolve(detail.reason), { once: true });
  });
  await registration.update().catch(() => {});
  return heard;
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[BrowserContext]:
    async with chromium() as context:
        yield context


@pytest_asyncio.fixture(loop_scope="module")
async def network() -> AsyncIterator[Network]:
    with a_network(a_release("one")) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: BrowserContext) -> AsyncIterator[Page]:
    page = await browser.new_page()
    yield page
    await page.close()


async def kept(page: Page, network: Network) -> None:
    """Open the page, and wait until its release is on the handset and serves it."""
    await page.goto(network.url)
    await page.evaluate(BEGINS_TO_KEEP)


async def sees(page: Page, says: str) -> None:
    await expect(page.locator("body")).to_have_attribute("data-says", says)


async def loads_anew(page: Page) -> None:
    await page.reload()
    await page.evaluate("keepReleases()")


async def test_a_page_that_was_opened_once_opens_without_any_network_at_any_of_its_addresses(
    page: Page, network: Network
) -> None:
    await kept(page, network)
    network.away = True

    await page.goto(network.url + "pick/4")

    await sees(page, "one")


async def test_the_store_is_always_asked_itself(page: Page, network: Network) -> None:
    await kept(page, network)
    ask = "fetch('/v1/health').then((answer) => answer.json(), String)"

    assert await page.evaluate(ask) == {"store": "here"}
    network.away = True
    assert "TypeError" in await page.evaluate(ask)


async def test_only_what_this_browser_draws_by_is_kept_and_the_rest_once_it_was_used(
    page: Page, network: Network
) -> None:
    await kept(page, network)
    assert "main.dart.wasm" in await page.evaluate(KEPT)
    assert "main.dart.js" not in await page.evaluate(KEPT)

    await page.evaluate("fetch('main.dart.js').then((answer) => answer.text())")

    assert "main.dart.js" in await page.evaluate(KEPT)


async def test_what_the_page_used_before_there_was_a_worker_is_kept_when_it_says_so(
    page: Page, network: Network
) -> None:
    await page.goto(network.url)
    await page.evaluate("fetch('main.dart.js').then((answer) => answer.text())")
    await page.evaluate(BEGINS_TO_KEEP)
    assert "main.dart.js" not in await page.evaluate(KEPT)

    await page.evaluate("releaseStarted()")

    assert "main.dart.js" in await page.evaluate(KEPT)


async def test_the_page_of_a_captive_portal_is_never_kept(page: Page, network: Network) -> None:
    await kept(page, network)
    network.files = a_release("two")
    network.portal = True
    before = await page.evaluate(KEPT)

    # The Wi-Fi answers even the worker's own script, which a browser refuses for its type.
    update = (
        "navigator.serviceWorker.getRegistration().then((one) => one.update()).then(() => 'taken', () => 'refused')"
    )
    assert await page.evaluate(update) == "refused"
    await page.reload()

    await sees(page, "one")
    assert await page.evaluate(KEPT) == before


@pytest.mark.parametrize("portal", [False, True], ids=["cut half way", "the page of a Wi-Fi"])
async def test_a_file_that_arrives_wrong_keeps_a_release_away_until_it_arrives_right(
    page: Page, network: Network, portal: bool
) -> None:
    await kept(page, network)
    network.files = a_release("two", large=b"x" * 10_000, other=b"y" * 10_000)
    right = dict(network.files)
    if portal:
        network.files["large.json"] = b"<title>Welcome to our Wi-Fi</title>"
    else:
        network.cut = {"large.json"}

    assert "large.json: not what this release is made of" in await page.evaluate(UPDATE)
    await page.reload()
    await sees(page, "one")

    network.files, network.cut = right, set()
    await page.evaluate("keepReleases()")
    network.asked.clear()
    if not await page.evaluate("navigator.serviceWorker.getRegistration().then((one) => Boolean(one.waiting))"):
        assert await page.evaluate(UPDATE) == "ready"
    # What had arrived right is not fetched again.
    assert "other.json" not in network.asked


async def test_the_old_release_serves_until_the_page_takes_the_new_one(page: Page, network: Network) -> None:
    await kept(page, network)
    network.files = a_release("two")
    assert await page.evaluate(UPDATE) == "ready"

    await loads_anew(page)
    await sees(page, "one")

    async with page.expect_navigation():
        assert await page.evaluate("takeRelease()") is True
    await sees(page, "two")


async def test_an_update_fetches_what_has_changed_and_nothing_else(page: Page, network: Network) -> None:
    network.files = a_release("one", large=b"x" * 10_000)
    await kept(page, network)
    network.files = a_release("two", large=b"x" * 10_000)
    network.asked.clear()

    assert await page.evaluate(UPDATE) == "ready"

    assert sorted(set(network.asked)) == ["index.html", "says.js", "service_worker.js"]


async def test_a_release_that_does_not_start_gives_way_to_the_one_before_without_a_network(
    page: Page, network: Network
) -> None:
    await kept(page, network)
    network.files = a_release("broken")
    assert await page.evaluate(UPDATE) == "ready"
    async with page.expect_navigation():
        await page.evaluate("takeRelease()")
    await sees(page, "broken")
    network.away = True

    assert await page.evaluate("fallBack()") is True
    await page.reload()

    await sees(page, "one")
    assert await page.evaluate("fallBack()") is False


async def test_once_the_new_release_has_started_the_one_before_is_let_go(page: Page, network: Network) -> None:
    await kept(page, network)
    network.files = a_release("two")
    assert await page.evaluate(UPDATE) == "ready"
    async with page.expect_navigation():
        await page.evaluate("takeRelease()")
    await sees(page, "two")
    releases = "caches.keys().then((names) => names.filter((name) => name.startsWith('floorhand-release-')).length)"
    assert await page.evaluate(releases) == 2

    await page.evaluate("releaseStarted()")

    assert await page.evaluate("fallBack()") is False
    assert await page.evaluate(releases) == 1


async def test_two_releases_are_never_mixed(page: Page, network: Network) -> None:
    await kept(page, network)
    network.files = {**a_release("two"), "main.dart.js": b"// of another release"}

    with pytest.raises(Error, match="Failed to fetch"):
        await page.evaluate("fetch('main.dart.js')")
